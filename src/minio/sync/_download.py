# Generated from src/minio/aio/_download.py by tools/generate_sync.py. Do not edit.
"""The call that downloads an object to a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

from .._core.arguments import DictType, check_flag, check_names, check_query, check_workers, optional_text
from .._core.ops.objects import header_dict
from .._core.wire.message import Headers
from ._backend import public_call
from ._objects import ObjectCalls
from ._reading import asked_headers

if TYPE_CHECKING:
    from datetime import datetime

    from .._core.datatypes import StatObject
    from .._core.engine.call_options import HeaderOptions
    from .._core.transfer.progress import ProgressArgument
    from ..sse import SseCustomerKey


class DownloadCalls(ObjectCalls):
    """The call that downloads an object to a file."""

    @public_call
    def fget_object(
        self,
        bucket_name: str,
        object_name: str,
        file_path: str | os.PathLike[str],
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        tmp_file_path: str | os.PathLike[str] | None = None,
        progress: ProgressArgument = None,
        *,
        num_parallel_downloads: int = 4,
        match_etag: str | None = None,
        not_match_etag: str | None = None,
        modified_since: datetime | None = None,
        unmodified_since: datetime | None = None,
        fetch_checksum: bool = False,
        durable: bool | None = None,
        **options: Unpack[HeaderOptions],
    ) -> StatObject:
        """Download an object to a file.

        The content is verified and written to a temporary file next to the target, which is then renamed, so the target
        is never incomplete, even if the process is killed. The next download resumes one that was killed. A large
        object is downloaded on one connection, and on several if one of them alone is slow; their ranges are of the
        same object version.

        A power failure may leave a file that was just downloaded empty or incomplete. With `durable` it cannot: the
        call then returns when the file is on the disk.

        A replaced file keeps its permissions. A new file gets the same permissions as with `open()`. A symbolic link is
        kept, and the file that it points to is replaced. A character device, a FIFO and `/dev/stdout` are written
        sequentially; if an error occurs, the data written so far remains.

        S3 operations: GetObject. HeadObject if there may be something to resume, for a range, for a device or FIFO,
        with a urllib3 pool of the caller, to learn the size of parts, and for objects without a checksum to verify.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            file_path: The path of the target. Missing directories are created.
            request_headers: Additional request headers.
            ssec: The customer key with which the object is encrypted.
            version_id: The version to download.
            extra_query_params: Additional query parameters.
            tmp_file_path: The path of the temporary file, instead of one next to the target. It must be another file on
                the same file system. Its content is overwritten.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            num_parallel_downloads: The maximum number of connections on which a large object is downloaded.
            match_etag: Read only if the object has this ETag.
            not_match_etag: Read only if the object does not have this ETag.
            modified_since: Read only if the object was modified after this time.
            unmodified_since: Read only if the object was not modified after this time.
            fetch_checksum: Has no effect: checksums are always requested, and verified.
            durable: Sync the file and its directory to the disk before the call returns. The default is the client's.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The object's metadata, as `stat_object` returns it.

        Raises:
            InvalidArgumentError: `tmp_file_path` and `file_path` are the same file.
            InvalidPathError: The target is a directory, a block device or a socket, or cannot be written; or
                `tmp_file_path` is on another file system. It is also an OSError.
            OSError: The disk is full.
            NoSuchKey: The object does not exist.
            NotModified: `not_match_etag` or `modified_since` is not satisfied.
            PreconditionFailed: `match_etag` or `unmodified_since` is not satisfied.
            ResponseError: The server returns an error.
            TransportError: The connection to the server was lost, or the received bytes do not match the object.

        Example:
            >>> found = client.fget_object("my-bucket", "my-object", "copy-of-my-object")
            >>> print(found.size)
        """
        from ._file_download import Downloads, FileDownload, GetObject, check_progress, find_target

        check_names(bucket_name, object_name)
        target = find_target(file_path, tmp_file_path)
        check_progress(progress)
        num_parallel_downloads = check_workers("num_parallel_downloads", num_parallel_downloads)
        durable = self._durable if durable is None else check_flag("durable", durable)
        headers = self._read_headers(0, 0, request_headers, ssec)
        headers |= asked_headers(headers, match_etag, not_match_etag, modified_since, unmodified_since, False)
        query = check_query("extra_query_params", extra_query_params)
        operation = GetObject(bucket_name, object_name, optional_text("version_id", version_id) or None, headers, query)
        downloads: Downloads = self._learned.get("downloads") or self._learned.setdefault("downloads", Downloads())
        download = FileDownload(self, downloads, operation, target, progress, num_parallel_downloads, durable)
        return self._described(download.run())

    def _described(self, found: StatObject) -> StatObject:
        """Return metadata in which the caller finds headers by names in any case."""
        if type(found.metadata) is Headers:
            found.metadata = header_dict(found.metadata)
        return found
