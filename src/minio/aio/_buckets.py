"""Calls on buckets: make, list, look at, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..error import InvalidArgumentError, NoSuchBucket
from ..helpers import check_bucket_name, check_region
from ._base import AsyncBase

if TYPE_CHECKING:
    from ..datatypes import Bucket


class AsyncBucketCalls(AsyncBase):
    """Calls on buckets."""

    async def make_bucket(self, bucket_name: str, location: str | None = None, object_lock: bool = False) -> None:
        """Make a bucket.

        S3 operation: CreateBucket.

        Args:
            bucket_name: The bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens.
            location: The region to make it in; otherwise the client's, else us-east-1.
            object_lock: Allow its objects to be locked against removal.

        Raises:
            InvalidBucketError: The name breaks a rule.
            InvalidArgumentError: The client has another region than `location`.
            BucketAlreadyOwnedByYou: It exists already, and is yours.
            BucketAlreadyExists: It exists already, and is somebody else's.
            ResponseError: The server refuses for another reason.

        Example:
            >>> await client.make_bucket("my-bucket")
        """
        from .._core.ops.buckets import CreateBucket

        check_bucket_name(bucket_name, strict=True, s3_check=bool(self._session.endpoint.aws))
        location = check_region("location", location)
        own = self._session.region
        if own and location and location != own:
            raise InvalidArgumentError(f"location {location!r} is not the client's region {own!r}")
        region = location or own or self._session.endpoint.region or "us-east-1"
        await self._call(CreateBucket(bucket_name, region, object_lock))
        self._session.regions[bucket_name] = region

    async def list_buckets(self) -> list[Bucket]:
        """List the caller's buckets.

        S3 operation: ListBuckets.

        Returns:
            The buckets, each with `name` and `creation_date` (aware, UTC).

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> for bucket in await client.list_buckets():
            ...     print(bucket.name, bucket.creation_date)
        """
        from .._core.ops.buckets import ListBuckets

        return await self._call(ListBuckets())

    async def bucket_exists(self, bucket_name: str) -> bool:
        """Tell whether a bucket exists.

        S3 operation: HeadBucket.

        Args:
            bucket_name: The bucket's name.

        Returns:
            True if it is there, False if not.

        Raises:
            AccessDenied: It is somebody else's.
            ResponseError: The server refuses for another reason.

        Example:
            >>> await client.bucket_exists("my-bucket")
            True
        """
        from .._core.ops.buckets import HeadBucket

        self._check_bucket(bucket_name)
        try:
            await self._call(HeadBucket(bucket_name))
        except NoSuchBucket:
            return False
        return True

    async def remove_bucket(self, bucket_name: str) -> None:
        """Remove an empty bucket.

        S3 operation: DeleteBucket.

        Args:
            bucket_name: The bucket's name.

        Raises:
            NoSuchBucket: There is none of that name.
            BucketNotEmpty: It holds objects.
            ResponseError: The server refuses for another reason.

        Example:
            >>> await client.remove_bucket("my-bucket")
        """
        from .._core.ops.buckets import DeleteBucket

        self._check_bucket(bucket_name)
        await self._call(DeleteBucket(bucket_name))
        self._session.regions.pop(bucket_name, None)
