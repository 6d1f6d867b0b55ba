"""Calls for buckets: create, list, check, remove."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from .._core.arguments import check_bucket_name, check_optional, check_optional_number, check_region, optional_text
from ..error import InvalidArgumentError, NoSuchBucket
from ._backend import public_call
from ._base import AsyncBase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._core.bucket_datatypes import Bucket, HeadBucketResult
    from .._core.engine.call_options import CallOptions, ExtraOptions
    from ..bucketconfig import BucketInfo, LocationInfo
    from ..tagging import Tags


class AsyncBucketCalls(AsyncBase):
    """Calls for buckets."""

    @public_call
    async def make_bucket(
        self,
        bucket_name: str,
        location: str | None = None,
        object_lock: bool = False,
        *,
        region: str | None = None,
        tags: Tags | None = None,
        location_config: LocationInfo | Mapping[str, str] | None = None,
        bucket_config: BucketInfo | Mapping[str, str] | None = None,
        **options: Unpack[ExtraOptions],
    ) -> None:
        """Create a bucket.

        S3 operation: CreateBucket. With `tags`, on servers other than AWS also PutBucketTagging, because they ignore
        or refuse the tags of CreateBucket.

        Args:
            bucket_name: The bucket's name: 3 to 63 lowercase letters, digits, dots and hyphens.
            location: The region of the bucket. The default is the region of the client, otherwise us-east-1.
            object_lock: Enable object lock, which allows retention and legal hold on objects.
            region: Another name for `location`.
            tags: The tags of the bucket.
            location_config: The place of a directory bucket: a LocationInfo, or a dict with `name` and `type`.
            bucket_config: The kind of a directory bucket: a BucketInfo, or a dict with `type` and `data_redundancy`.
            options: Additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            InvalidArgumentError: The client's region differs from `location`.
            BucketAlreadyOwnedByYou: The bucket already exists and belongs to you.
            BucketAlreadyExists: The bucket already exists and belongs to another account.
            ResponseError: The server returns another error.

        Example:
            >>> await client.make_bucket("my-bucket")
        """
        from .._core.ops.buckets import CreateBucket
        from .._core.ops.subresources import BUCKET_TAGGING, PutSubresource
        from .._core.wire.marshal import marshal
        from ..bucketconfig import create_configuration
        from ..tagging import Tagging, Tags

        check_bucket_name(bucket_name, strict=True, s3_check=bool(self._session.endpoint.aws))
        location = check_region("location", check_region("region", region) if location is None else location)
        own = self._session.region
        if own and location and location != own:
            raise InvalidArgumentError(f"location {location!r} is not the client's region {own!r}")
        chosen = location or own or self._session.endpoint.region or "us-east-1"
        check_optional("tags", tags, Tags)
        aws = bool(self._session.endpoint.aws)
        config = create_configuration(location_config, bucket_config, tags if aws else None)
        await self._call(CreateBucket(bucket_name, chosen, object_lock, config))
        self._session.regions[bucket_name] = chosen
        if tags and not aws:
            await self._call(PutSubresource(BUCKET_TAGGING, marshal(Tagging(tags)), bucket_name))

    @public_call
    async def list_buckets(
        self,
        *,
        bucket_region: str | None = None,
        max_buckets: int | None = None,
        prefix: str | None = None,
        **options: Unpack[CallOptions],
    ) -> list[Bucket]:
        """List the buckets of the account.

        S3 operation: ListBuckets, several times if there are more buckets than `max_buckets`.

        Args:
            bucket_region: List only the buckets of this region. Servers other than AWS ignore it.
            max_buckets: The maximum number of buckets in one response of the server, 1 or more. None lets it decide.
            prefix: List only names that start with this prefix.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            All buckets, each with `name` and `creation_date` (an aware datetime in UTC).

        Raises:
            InvalidXMLError: The server repeats a page.
            ResponseError: The server returns an error.

        Example:
            >>> for bucket in await client.list_buckets(prefix="my-"):
            ...     print(bucket.name, bucket.creation_date)
        """
        from .._core.ops.buckets import ListBuckets
        from .._core.ops.listing import PageLoopGuard

        check_optional_number("max_buckets", max_buckets, 1)
        wanted = optional_text("prefix", prefix)
        page = ListBuckets(check_region("bucket_region", bucket_region) or "", max_buckets, wanted)
        found, seen = [], PageLoopGuard("the list of buckets")
        while True:
            answer = await self._call(page)
            found += answer.buckets
            if not answer.token:
                break
            seen.add((answer.token, ""), bool(answer.buckets))
            page = replace(page, token=answer.token)
        # Servers without this version of the operation send all buckets.
        return [bucket for bucket in found if bucket.name.startswith(wanted)] if wanted else found

    @public_call
    async def bucket_exists(self, bucket_name: str, **options: Unpack[CallOptions]) -> bool:
        """Return whether a bucket exists.

        S3 operation: HeadBucket.

        Args:
            bucket_name: The bucket's name.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            True if the bucket exists, otherwise False.

        Raises:
            AccessDenied: The credentials have no access to the bucket.
            ResponseError: The server returns another error.

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

    @public_call
    async def head_bucket(self, bucket_name: str, **options: Unpack[CallOptions]) -> HeadBucketResult:
        """Get the region of a bucket, and check that it exists and is accessible.

        S3 operation: HeadBucket.

        Args:
            bucket_name: The bucket's name.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            `bucket_name`, `region` (None if the server does not report it), and `headers`: all headers of the response,
            with case-insensitive names.

        Raises:
            NoSuchBucket: The bucket does not exist.
            AccessDenied: The credentials have no access to the bucket.
            ResponseError: The server returns another error.

        Example:
            >>> found = await client.head_bucket("my-bucket")
            >>> print(found.bucket_name, found.region)
        """
        from .._core.bucket_datatypes import HeadBucketResult
        from .._core.ops.buckets import HeadBucket
        from .._core.ops.objects import header_dict
        from .._core.wire.endpoint import parse_region

        self._check_bucket(bucket_name)
        headers = await self._call(HeadBucket(bucket_name))
        return HeadBucketResult(bucket_name, parse_region(headers.get("x-amz-bucket-region")), header_dict(headers))

    @public_call
    async def remove_bucket(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Remove an empty bucket.

        S3 operation: DeleteBucket.

        Args:
            bucket_name: The bucket's name.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            NoSuchBucket: The bucket does not exist.
            BucketNotEmpty: The bucket contains objects.
            ResponseError: The server returns another error.

        Example:
            >>> await client.remove_bucket("my-bucket")
        """
        from .._core.ops.buckets import DeleteBucket

        self._check_bucket(bucket_name)
        await self._call(DeleteBucket(bucket_name))
        self._session.regions.pop(bucket_name, None)
