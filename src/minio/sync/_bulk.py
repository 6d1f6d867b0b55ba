# Generated from src/minio/aio/_bulk.py by tools/generate_sync.py. Do not edit.
"""Calls on many objects: their items come from an iterable, and each of them has an outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

from .._core.engine.call_options import takes_options
from .._core.ops.object_headers import check_sse, genheaders
from .._core.transfer.bulk import BUFFERED, bulk_options, check_items
from ._copying import check_directive
from ._loops import Stream, open_stream
from ._reading import Reading
from ._upload import DEFAULT, UploadCalls, with_type

if TYPE_CHECKING:
    from .._core.arguments import DictType
    from .._core.engine.call_options import CallOptions
    from ..directories import Outcome
    from ..sse import Sse, SseCustomerKey
    from ..tagging import Tags


class BulkCalls(UploadCalls, Reading):
    """Calls on many objects."""

    @takes_options
    def get_objects(
        self,
        bucket_name: str,
        names: Iterable[Any],
        *,
        jobs: int | None = None,
        ordered: bool = False,
        max_buffered: int = BUFFERED,
        ssec: SseCustomerKey | None = None,
        **options: Unpack[CallOptions],
    ) -> Stream[Outcome]:
        """Get the content of many objects. NOTHING is requested until the result is iterated.

        S3 operation: GetObject.

        Args:
            bucket_name: The bucket.
            names: The objects, as names, (name, version id) pairs or `Object` of a listing. The iterable is read while
                the result is iterated, and no further than necessary.
            jobs: How many objects are requested at a time, 1 to 256. The default is 32.
            ordered: Return the outcomes in the order of the names. Otherwise, as they come.
            max_buffered: The number of bytes to hold in memory for outcomes that were not taken yet. A single object
                that is larger is read nevertheless, while no other is.
            ssec: The customer key with which all objects are encrypted.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of outcomes, one for each name, which can be closed. `value` is the content, `source` the name,
            and `size`, `etag` and `version_id` are those of the object. A failure is an outcome with
            `status="failed"` and the `error`.

        Raises:
            InvalidArgumentError: An argument is invalid.
            InvalidArgumentTypeError: `names` is a str, or holds something else (raised during iteration).
            ClosedError: The client was closed (raised during iteration).

        Example:
            >>> for outcome in client.get_objects("my-bucket", ["one", "two"]):
            ...     print(outcome.source, len(outcome.value) if outcome.ok else outcome.error)
        """
        self._check_bucket(bucket_name)
        names = check_items("names", names)
        headers = self._read_headers(0, 0, None, ssec)
        how = bulk_options(jobs, ordered, max_buffered)
        return open_stream(self, "get_objects", "_get_many", bucket_name, names, headers, how)

    @takes_options
    def stat_objects(
        self,
        bucket_name: str,
        names: Iterable[Any],
        *,
        jobs: int | None = None,
        ordered: bool = False,
        ssec: SseCustomerKey | None = None,
        **options: Unpack[CallOptions],
    ) -> Stream[Outcome]:
        """Get the metadata of many objects. NOTHING is requested until the result is iterated.

        S3 operation: HeadObject.

        Args:
            bucket_name: The bucket.
            names: The objects, as names, (name, version id) pairs or `Object` of a listing. The iterable is read while
                the result is iterated, and no further than necessary.
            jobs: How many objects are requested at a time, 1 to 256. The default is 32.
            ordered: Return the outcomes in the order of the names. Otherwise, as they come.
            ssec: The customer key with which all objects are encrypted.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of outcomes, one for each name, which can be closed. `value` is the object as `stat_object`
            returns it, and `source` the name. A failure is an outcome with `status="failed"` and the `error`; for a
            missing object, NoSuchKey.

        Raises:
            InvalidArgumentError: An argument is invalid.
            InvalidArgumentTypeError: `names` is a str, or holds something else (raised during iteration).
            ClosedError: The client was closed (raised during iteration).

        Example:
            >>> for outcome in client.stat_objects("my-bucket", ["one", "two"]):
            ...     print(outcome.source, outcome.size if outcome.ok else outcome.error)
        """
        self._check_bucket(bucket_name)
        names = check_items("names", names)
        headers = self._customer_key(ssec)
        how = bulk_options(jobs, ordered)
        return open_stream(self, "stat_objects", "_stat_many", bucket_name, names, headers, how)

    @takes_options
    def put_objects(
        self,
        bucket_name: str,
        items: Iterable[Any],
        *,
        jobs: int | None = None,
        ordered: bool = False,
        max_buffered: int = BUFFERED,
        content_type: str = "application/octet-stream",
        metadata: DictType | None = None,
        sse: Sse | None = None,
        tags: Tags | None = None,
        if_none_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Stream[Outcome]:
        """Store many objects. NOTHING is stored until the result is iterated.

        S3 operations: PutObject; for uploads in parts CreateMultipartUpload, UploadPart and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            items: (name, data) pairs. The data is bytes, a path (`os.PathLike`, not a str) or a file object, which is
                read to its end. The iterable is read while the result is iterated, and no further than necessary.
            jobs: How many objects are stored at a time, 1 to 256. The default is 32.
            ordered: Return the outcomes in the order of the items. Otherwise, as they come.
            max_buffered: The number of bytes of the data of items that were read and are not stored yet.
            content_type: The content type of all objects.
            metadata: User metadata of all objects, and headers such as Cache-Control.
            sse: The encryption of the objects.
            tags: The tags of all objects.
            if_none_match: "*" stores only objects that do not exist. Some servers ignore it (JuiceFS).
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of outcomes, one for each item, which can be closed. `target` is the name, `source` the path,
            and `size`, `etag` and `version_id` are those of the object. A failure is an outcome with `status="failed"`
            and the `error`.

        Raises:
            InvalidArgumentError: An argument is invalid.
            InvalidArgumentTypeError: `items` holds something else (raised during iteration).
            ClosedError: The client was closed (raised during iteration).

        Example:
            >>> for outcome in client.put_objects("my-bucket", [("one", b"first"), ("two", b"second")]):
            ...     print(outcome.target, outcome.status)
        """
        self._check_bucket(bucket_name)
        items = check_items("items", items)
        target = self._target(
            bucket_name, "", with_type(metadata, content_type), sse, tags, None, False, None, DEFAULT, True
        )
        self._refine(target, metadata, None, None, None, if_none_match)
        how = bulk_options(jobs, ordered, max_buffered)
        return open_stream(self, "put_objects", "_put_many", target, items, how, writes="stored")

    @takes_options
    def copy_objects(
        self,
        bucket_name: str,
        items: Iterable[Any],
        *,
        jobs: int | None = None,
        ordered: bool = False,
        sse: Sse | None = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        metadata_directive: str | None = None,
        tagging_directive: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Stream[Outcome]:
        """Copy many objects on the server. NOTHING is copied until the result is iterated.

        S3 operations: CopyObject; for objects above 5 GiB those of `copy_object`.

        Args:
            bucket_name: The destination bucket.
            items: (name, source) pairs. The source is "/bucket/object", a `CopySource` or an `Object` of a listing. The
                iterable is read while the result is iterated, and no further than necessary.
            jobs: How many objects are copied at a time, 1 to 256. The default is 32.
            ordered: Return the outcomes in the order of the items. Otherwise, as they come.
            sse: The encryption of the copies.
            metadata: The metadata of all copies. The default is the metadata of each source.
            tags: The tags of all copies.
            metadata_directive: "COPY" to copy the metadata of the sources, or "REPLACE" to use `metadata`.
            tagging_directive: "COPY" to copy the tags of the sources, or "REPLACE" to use `tags`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of outcomes, one for each item, which can be closed. `target` is the name, `source` what was
            copied, and `etag` and `version_id` are those of the copy. A failure is an outcome with `status="failed"`
            and the `error`.

        Raises:
            InvalidArgumentError: An argument is invalid.
            InvalidArgumentTypeError: `items` holds something else (raised during iteration).
            ClosedError: The client was closed (raised during iteration).

        Example:
            >>> copies = [("copy-of-one", "/my-bucket/one"), ("copy-of-two", "/my-bucket/two")]
            >>> for outcome in client.copy_objects("my-bucket", copies):
            ...     print(outcome.source, outcome.target, outcome.status)
        """
        self._check_bucket(bucket_name)
        items = check_items("items", items)
        check_sse(sse)
        genheaders(metadata, sse, tags, None, False)
        check_directive("metadata_directive", metadata_directive)
        check_directive("tagging_directive", tagging_directive)
        copying = {
            "sse": sse,
            "metadata": metadata,
            "tags": tags,
            "metadata_directive": metadata_directive,
            "tagging_directive": tagging_directive,
        }
        how = bulk_options(jobs, ordered)
        return open_stream(self, "copy_objects", "_copy_many", bucket_name, items, copying, how, writes="copied")
