"""Calls that list: objects, their versions, and incomplete uploads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ..helpers import DictType, check_headers, check_query, check_text
from ._base import AsyncBase

if TYPE_CHECKING:
    from .._core.ops.listing import Listing
    from ..datatypes import IncompleteUpload, Object, Part


class AsyncListingCalls(AsyncBase):
    """Calls that list."""

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
    ) -> AsyncIterator[Object]:
        """List the objects of a bucket, a page at a time as the iterator is read.

        S3 operation: ListObjectsV2 (ListObjects with `use_api_v1`, ListObjectVersions with `include_version`).

        Args:
            bucket_name: The bucket.
            prefix: Only names that begin so.
            recursive: Every object; otherwise what lies behind the next slash is shown as one entry, the prefix up
                to that slash.
            start_after: Only names behind this one.
            include_user_meta: Fill `metadata` with the user's own (MinIO's extension).
            include_version: Every version and delete marker.
            use_api_v1: Speak version 1 of the call.
            use_url_encoding_type: Ask for names in url encoding, which is undone: XML cannot hold every name.
            fetch_owner: Fill `owner_id` and `owner_name`.
            extra_headers: Further headers of the request.
            extra_query_params: Further parameters of the request.

        Returns:
            An iterator of Object; a prefix has `is_dir` True, size 0 and an empty etag.

        Raises:
            InvalidBucketError: The bucket's name breaks a rule; at once, not when the iterator is read.
            NoSuchBucket: There is no such bucket.
            ResponseError: The server refuses.

        Example:
            >>> async for item in client.list_objects("my-bucket", prefix="photos/", recursive=True):
            ...     print(item.object_name, item.size)
        """
        from .._core.ops.listing import Listing

        self._check_bucket(bucket_name)
        listing = Listing(
            bucket=bucket_name,
            prefix=check_text("prefix", prefix),
            delimiter="" if recursive else "/",
            start_after=check_text("start_after", start_after),
            api="versions" if include_version else "v1" if use_api_v1 else "v2",
            encode=use_url_encoding_type,
            fetch_owner=fetch_owner,
            user_meta=include_user_meta,
            headers=check_headers("extra_headers", extra_headers),
            extra=check_query("extra_query_params", extra_query_params),
        )
        return self._pages(listing)

    def list_objects_v2(
        self,
        bucket_name: str,
        prefix: str | None = None,
        recursive: bool = False,
        start_after: str | None = None,
        include_user_meta: bool = False,
        include_version: bool = False,
    ) -> AsyncIterator[Object]:
        """List the objects of a bucket: the documented API's name for what `list_objects` does.

        S3 operation: ListObjectsV2.

        Args:
            bucket_name: The bucket.
            prefix: Only names that begin so.
            recursive: Every object, instead of one entry for all behind the next slash.
            start_after: Only names behind this one.
            include_user_meta: Fill `metadata` with the user's own (MinIO's extension).
            include_version: Every version and delete marker.

        Returns:
            An iterator of Object.

        Raises:
            InvalidBucketError: The bucket's name breaks a rule.
            ResponseError: The server refuses.

        Example:
            >>> async for item in client.list_objects_v2("my-bucket", recursive=True):
            ...     print(item.object_name)
        """
        return self.list_objects(bucket_name, prefix, recursive, start_after, include_user_meta, include_version)

    async def _pages(self, listing: Listing) -> AsyncIterator[Object]:
        from .._core.ops.listing import Places

        seen = Places(f"bucket {listing.bucket!r}")
        while True:
            page = await self._call(listing)
            for item in page.objects:
                yield item
            if page.token is None:
                return
            seen.add(page.token, bool(page.objects))
            listing = listing.after(page.token)

    def list_incomplete_uploads(
        self, bucket_name: str, prefix: str | None = None, recursive: bool = False
    ) -> AsyncIterator[IncompleteUpload]:
        """List multipart uploads that were neither completed nor aborted.

        S3 operations: ListMultipartUploads, and ListParts for each one's size.

        Args:
            bucket_name: The bucket.
            prefix: Only names that begin so.
            recursive: Every upload, instead of one entry for all behind the next slash.

        Returns:
            An iterator of IncompleteUpload: `object_name`, `upload_id`, `size` of what has arrived in bytes,
            `initiated`.

        Raises:
            InvalidBucketError: The bucket's name breaks a rule.
            ResponseError: The server refuses.

        Example:
            >>> async for upload in client.list_incomplete_uploads("my-bucket", recursive=True):
            ...     print(upload.object_name, upload.upload_id, upload.size)
        """
        self._check_bucket(bucket_name)
        prefix = check_text("prefix", prefix)
        return self._incomplete(bucket_name, prefix, "" if recursive else "/", sized=True)

    async def _incomplete(
        self, bucket_name: str, prefix: str, delimiter: str, sized: bool
    ) -> AsyncIterator[IncompleteUpload]:
        """Walk the unfinished uploads; with `sized`, ask for each one's parts."""
        from ..datatypes import IncompleteUpload

        seen: set[str] = set()
        # Names are folded here: SeaweedFS ignores a delimiter, and Ceph drops what is behind it.
        async for upload in self._upload_pages(bucket_name, prefix):
            name = _folded(upload.object_name, prefix, delimiter)
            if name != upload.object_name:
                if name not in seen:
                    seen.add(name)
                    yield IncompleteUpload(bucket_name, name, "", is_dir=True)
                continue
            if sized:
                upload.size = sum([part.size or 0 async for part in self._parts(upload)])
            yield upload

    async def _upload_pages(self, bucket_name: str, prefix: str) -> AsyncIterator[IncompleteUpload]:
        from .._core.ops.listing import Places
        from .._core.ops.multipart import ListMultipartUploads

        marker = ("", "")
        before: set[tuple[str, str]] = set()
        seen = Places(f"the uploads of bucket {bucket_name!r}")
        while True:
            page = await self._call(ListMultipartUploads(bucket_name, prefix, marker=marker))
            if page.unclear:  # Ceph encodes the names without saying so
                page = await self._call(ListMultipartUploads(bucket_name, prefix, marker=marker, encode=False))
            # A server whose markers are inclusive begins a page with the last one's end.
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


def _folded(name: str, prefix: str, delimiter: str) -> str:
    """The name up to the first delimiter behind the prefix."""
    if not delimiter:
        return name
    end = name.find(delimiter, len(prefix))
    return name if end < 0 else name[: end + len(delimiter)]
