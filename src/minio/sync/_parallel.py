# Generated from src/minio/aio/_parallel.py by tools/generate_sync.py. Do not edit.
"""Calls that list objects with several requests under way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import check_flag, check_page_size, check_workers, optional_text
from .._core.engine.call_options import takes_options
from ._listing import ListingCalls
from ._loops import open_stream

if TYPE_CHECKING:
    from .._core.datatypes import Object
    from .._core.engine.call_options import CallOptions
    from .._core.ops.listing import Listing
    from ._loops import Stream


class ParallelCalls(ListingCalls):
    """Calls that list objects with several requests under way."""

    @takes_options
    def list_objects_parallel(
        self,
        bucket_name: str,
        prefix: str | None = None,
        *,
        include_user_meta: bool = False,
        fetch_owner: bool = False,
        workers: int = 16,
        ordered: bool = True,
        page_size: int = 1000,
        **options: Unpack[CallOptions],
    ) -> Stream[Object]:
        """List all objects below a prefix, with several requests under way at a time.

        Each worker lists a range of the names. A worker that has finished takes over a part of the range of another
        one. Before that, it looks with requests for one name (max-keys=1) where names are. A listing of one page takes
        one request. A longer one takes about a tenth more pages than `list_objects`, in the worst case a quarter and
        half a page for each worker, and up to one such small request for each page. Pages that wait for their turn are
        kept in memory: at most 64 of them, or one for each worker.

        On servers that compare names as paths (SeaweedFS), names are divided only where this makes no difference.

        S3 operation: ListObjectsV2.

        Args:
            bucket_name: The bucket.
            prefix: List only names that start with this prefix.
            include_user_meta: Fill `metadata` with the user metadata (a MinIO extension).
            fetch_owner: Fill `owner_id` and `owner_name`.
            workers: The maximum number of requests under way.
            ordered: Return the objects in the order of the server. Otherwise they come as they are found, which is
                faster: workers list ranges that are far apart.
            page_size: The most names in one response, 1 to 1,000. With smaller pages the first objects come sooner, and
                short listings are divided, too; a long listing takes more requests.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of Object.

        Raises:
            InvalidBucketError: The bucket's name is invalid. Raised at once, not during iteration.
            InvalidArgumentError: `workers` is not a number from 1 to 256, or `page_size` not one from 1 to 1,000.
            NoSuchBucket: The bucket does not exist.
            InvalidXMLError: The server repeats a page, or lists names in no order.
            ResponseError: The server returns an error.

        Example:
            >>> for item in client.list_objects_parallel("my-bucket", "photos/", workers=8):
            ...     print(item.object_name, item.size)
        """
        from .._core.ops.listing import Listing as Request

        self._check_bucket(bucket_name)
        listing: Listing = Request(
            bucket=bucket_name,
            prefix=optional_text("prefix", prefix),
            fetch_owner=check_flag("fetch_owner", fetch_owner),
            user_meta=check_flag("include_user_meta", include_user_meta),
            page_size=check_page_size(page_size),
        )
        arguments: Any = listing, check_workers("workers", workers), check_flag("ordered", ordered)
        return open_stream(self, "list_objects_parallel", "_list_parallel", *arguments)
