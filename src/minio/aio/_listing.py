"""Calls that list objects, object versions and incomplete uploads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Unpack

from .._core.arguments import DictType, check_optional_number, check_query, optional_text
from .._core.display import shows
from .._core.engine.call_options import checked_headers, takes_options
from ._backend import AsyncItems, limits_steps
from ._base import AsyncBase

if TYPE_CHECKING:
    from .._core.bucket_datatypes import IncompleteUpload, Part
    from .._core.datatypes import Object
    from .._core.engine.call_options import CallOptions, RegionOption
    from .._core.ops.listing import Listing


class AsyncListingCalls(AsyncBase):
    """Calls that list objects and incomplete uploads."""

    @takes_options
    def list_objects(
        self,
        bucket_name: str,
        prefix: str | None = None,
        recursive: bool = False,
        start_after: str | None = None,
        include_user_meta: bool = False,
        include_version: bool = False,
        use_api_v1: bool = False,
        use_url_encoding_type: bool = True,
        fetch_owner: bool = False,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
        *,
        max_keys: int | None = None,
        **options: Unpack[RegionOption],
    ) -> AsyncIterator[Object]:
        """List the objects of a bucket. The iterator requests one page at a time.

        S3 operation: ListObjectsV2 (ListObjects with `use_api_v1`, ListObjectVersions with `include_version`).

        Args:
            bucket_name: The bucket.
            prefix: List only names that start with this prefix.
            recursive: List every object. Otherwise names that share a prefix up to the next slash are listed as one
                entry.
            start_after: List only names after this one.
            include_user_meta: Fill `metadata` with the user metadata (a MinIO extension).
            include_version: List every version and delete marker.
            use_api_v1: Use version 1 of the operation.
            use_url_encoding_type: Request URL-encoded names, which the client decodes. XML cannot represent every name.
            fetch_owner: Fill `owner_id` and `owner_name`.
            extra_headers: Additional request headers.
            extra_query_params: Additional query parameters.
            max_keys: The maximum number of entries in one page, which is one request. It does not limit the number of
                entries that are listed. The default is 1,000, which is also the maximum of most servers. Small pages
                return the first entries sooner.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of Object. A prefix has `is_dir` True, `size` 0 and an empty `etag`.

        Raises:
            InvalidBucketError: The bucket's name is invalid. Raised at once, not during iteration.
            NoSuchBucket: The bucket does not exist.
            InvalidXMLError: The server repeats a page, or sends a truncated page without a marker for the next one.
            ResponseError: The server returns an error.

        Example:
            >>> async for item in client.list_objects("my-bucket", prefix="photos/", recursive=True):
            ...     print(item.object_name, item.size)
        """
        from .._core.ops.listing import PAGE, Listing

        self._check_bucket(bucket_name)
        listing = Listing(
            bucket=bucket_name,
            prefix=optional_text("prefix", prefix),
            delimiter="" if recursive else "/",
            start_after=optional_text("start_after", start_after),
            api="versions" if include_version else "v1" if use_api_v1 else "v2",
            encode=use_url_encoding_type,
            fetch_owner=fetch_owner,
            user_meta=include_user_meta,
            headers=checked_headers("extra_headers", extra_headers, only_framing=True),
            extra=check_query("extra_query_params", extra_query_params),
            page_size=check_optional_number("max_keys", max_keys, 1) or PAGE,
        )
        return AsyncListedObjects(self._pages(listing), bucket_name, listing.prefix)

    @takes_options
    def list_objects_v2(
        self,
        bucket_name: str,
        prefix: str | None = None,
        recursive: bool = False,
        start_after: str | None = None,
        include_user_meta: bool = False,
        include_version: bool = False,
        **options: Unpack[CallOptions],
    ) -> AsyncIterator[Object]:
        """List the objects of a bucket, under the documented API's name and with fewer arguments than `list_objects`.

        S3 operation: ListObjectsV2.

        Args:
            bucket_name: The bucket.
            prefix: List only names that start with this prefix.
            recursive: List every object. Otherwise names that share a prefix up to the next slash are listed as one
                entry.
            start_after: List only names after this one.
            include_user_meta: Fill `metadata` with the user metadata (a MinIO extension).
            include_version: List every version and delete marker.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of Object.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            ResponseError: The server returns an error.

        Example:
            >>> async for item in client.list_objects_v2("my-bucket", recursive=True):
            ...     print(item.object_name)
        """
        return self.list_objects(bucket_name, prefix, recursive, start_after, include_user_meta, include_version)

    @limits_steps
    async def _pages(self, listing: Listing) -> AsyncIterator[Object]:
        async with aclosing(self._page_lists(listing)) as pages:
            async for objects in pages:
                for item in objects:
                    yield item

    async def _page_lists(self, listing: Listing) -> AsyncGenerator[list[Object], None]:
        """Yield the objects of each page."""
        from .._core.ops.listing import PageLoopGuard

        seen = PageLoopGuard(f"bucket {listing.bucket!r}")
        before: set[tuple[str, str | None]] = set()
        while True:
            page = await self._call(listing)
            yield page.without(before) if before else page.objects
            if page.token is None:
                return
            seen.add(page.token, bool(page.objects))
            # Servers differ in whether a page starts at or after a marker that they did not send themselves.
            before = {(item.object_name, item.version_id) for item in page.objects} if page.guessed else set()
            listing = listing.next(page)

    @takes_options
    def list_incomplete_uploads(
        self, bucket_name: str, prefix: str | None = None, recursive: bool = False, **options: Unpack[CallOptions]
    ) -> AsyncIterator[IncompleteUpload]:
        """List multipart uploads that were neither completed nor aborted.

        S3 operations: ListMultipartUploads, and ListParts for the size of each upload.

        Args:
            bucket_name: The bucket.
            prefix: List only names that start with this prefix.
            recursive: List every upload. Otherwise names that share a prefix up to the next slash are listed as one
                entry.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of IncompleteUpload, with `object_name`, `upload_id`, `size` (the bytes uploaded so far) and
            `initiated`.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            ResponseError: The server returns an error.

        Example:
            >>> async for upload in client.list_incomplete_uploads("my-bucket", recursive=True):
            ...     print(upload.object_name, upload.upload_id, upload.size)
        """
        self._check_bucket(bucket_name)
        prefix = optional_text("prefix", prefix)
        uploads = self._incomplete(bucket_name, prefix, "" if recursive else "/", True)
        return AsyncListedUploads(uploads, bucket_name, prefix)

    @limits_steps
    async def _incomplete(
        self, bucket_name: str, prefix: str, delimiter: str, sized: bool
    ) -> AsyncIterator[IncompleteUpload]:
        """Yield the incomplete uploads. With `sized`, list the parts of each one for its size."""
        from .._core.bucket_datatypes import IncompleteUpload

        seen: set[str] = set()
        # The client groups the names: SeaweedFS ignores a delimiter, and Ceph drops the names after it.
        async with aclosing(self._upload_pages(bucket_name, prefix)) as uploads:
            async for upload in uploads:
                name = _folded(upload.object_name, prefix, delimiter)
                if name != upload.object_name:
                    if name not in seen:
                        seen.add(name)
                        yield IncompleteUpload(bucket_name, name, "", is_dir=True)
                    continue
                if sized:
                    upload.size = sum([part.size or 0 async for part in self._parts(upload)])
                yield upload

    async def _upload_pages(self, bucket_name: str, prefix: str) -> AsyncGenerator[IncompleteUpload, None]:
        from .._core.ops.listing import PageLoopGuard
        from .._core.ops.multipart import ListMultipartUploads

        marker = ("", "")
        before: set[tuple[str, str]] = set()
        seen = PageLoopGuard(f"the uploads of bucket {bucket_name!r}")
        while True:
            page = await self._call(ListMultipartUploads(bucket_name, prefix, marker=marker))
            if page.unclear:  # Ceph encodes the names without declaring it
                page = await self._call(ListMultipartUploads(bucket_name, prefix, marker=marker, encode=False))
            # If markers are inclusive, a page starts with the last entry of the previous one.
            fresh = [item for item in page.uploads if (item.object_name, item.upload_id) not in before]
            for item in fresh:
                yield item
            if page.marker is None:
                return
            seen.add(page.marker, bool(fresh))
            before = {(item.object_name, item.upload_id) for item in page.uploads}
            marker = page.marker

    async def _parts(self, upload: IncompleteUpload) -> AsyncIterator[Part]:
        from .._core.ops.multipart import ListParts

        marker: int | None = None
        while True:
            page = await self._call(ListParts(upload.bucket_name, upload.object_name, upload.upload_id, marker))
            for part in page.parts:
                yield part
            if page.marker is None:
                return
            marker = page.marker


@shows("bucket_name=_bucket_name", "prefix=_prefix?", live=True, state="_state")
class AsyncListedObjects(AsyncItems["Object"]):
    """The iterator that `list_objects` returns."""


@shows("bucket_name=_bucket_name", "prefix=_prefix?", live=True, state="_state")
class AsyncListedUploads(AsyncItems["IncompleteUpload"]):
    """The iterator that `list_incomplete_uploads` returns."""


def _folded(name: str, prefix: str, delimiter: str) -> str:
    """Return the name up to the first delimiter after the prefix."""
    if not delimiter:
        return name
    end = name.find(delimiter, len(prefix))
    return name if end < 0 else name[: end + len(delimiter)]
