# Generated from src/minio/aio/_download.py by tools/generate_sync.py. Do not edit.
"""The call that fetches an object into a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._core.ops.objects import GetObject, HeadObject
from .._core.transfer.partfile import PartFile, check_target
from .._core.transfer.progress import Progress, ProgressArgument, check_progress
from .._core.transfer.verify import Verifier
from ..datatypes import Object
from ..error import PreconditionFailed, TransportError
from ..helpers import DictType, check_headers, check_names, check_text
from ._objects import ObjectCalls
from ._seam import run_blocking

if TYPE_CHECKING:
    from ..sse import SseCustomerKey

_BLOCK = 1024 * 1024


class DownloadCalls(ObjectCalls):
    """The call that fetches an object into a file."""

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
    ) -> Object:
        """Fetch an object into a file.

        The bytes go into a file beside the target, are verified, and get the target's name when all are there: the
        target appears whole or not at all. What a killed download has left behind is used by the next one.

        S3 operations: HeadObject, GetObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            file_path: Where to; missing directories are made.
            request_headers: Further headers of the request.
            ssec: The key that the object was encrypted with.
            version_id: The version to get.
            extra_query_params: Further parameters of the request.
            tmp_file_path: Where to write until all is there, instead of beside the target.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.

        Returns:
            The object's metadata, as `stat_object` gives it.

        Raises:
            InvalidPathError: The file is a directory or cannot be written (an OSError).
            OSError: The disk is full.
            NoSuchKey: There is no such object.
            ResponseError: The server refuses.
            TransportError: The server was lost, or the bytes that came are not the object's.

        Example:
            >>> found = client.fget_object("my-bucket", "my-object", "copy-of-my-object")
            >>> print(found.size)
        """
        check_names(bucket_name, object_name)
        target = check_target(file_path)
        scratch = None if tmp_file_path is None else check_target(tmp_file_path, "tmp_file_path")
        check_progress(progress)
        headers = self._read_headers(0, 0, request_headers, ssec)
        query = check_headers("extra_query_params", extra_query_params)
        version = check_text("version_id", version_id) or None
        ranged = any(name.lower() == "range" for name in headers)
        asked = {name: value for name, value in headers.items() if name.lower() != "range"}
        asked.setdefault("x-amz-checksum-mode", "ENABLED")
        found = self._call(HeadObject(bucket_name, object_name, version, asked, query))
        operation = GetObject(bucket_name, object_name, version, headers, query)
        part = PartFile(target, f"{found.etag} {version} {ranged and headers}", scratch)
        try:
            if ranged:
                part.restart()
                self._fetch_range(operation, part, Progress(progress, object_name, -1))
            else:
                self._fetch_whole(operation, found, part, Progress(progress, object_name, found.size or 0))
            run_blocking(part.publish)
        except Exception:
            part.discard()
            raise
        finally:
            part.close()
        return found

    def _fetch_range(self, operation: GetObject, part: PartFile, progress: Progress) -> None:
        with self._get(operation) as response:
            while block := response.read(_BLOCK):
                run_blocking(part.append, block)
                progress.add(len(block))
        progress.finish()

    def _fetch_whole(self, operation: GetObject, found: Object, part: PartFile, progress: Progress) -> None:
        size = found.size or 0
        resumed = 0 < part.size <= size
        if not resumed:
            part.restart()
        try:
            self._fetch_rest(operation, found, part, progress)
        except TransportError:
            # What an earlier download left behind may be what is wrong: once more, from the first byte.
            if not resumed:
                raise
            part.restart()
            self._fetch_rest(operation, found, part, progress)
        progress.finish()

    def _fetch_rest(self, operation: GetObject, found: Object, part: PartFile, progress: Progress) -> None:
        """Fetch what is not there yet of the very version that was looked at, and verify the whole."""
        verifier = Verifier(found.metadata or {}, found.etag or "", found.size or 0)
        run_blocking(verifier.update_all, part.blocks())
        progress.add(part.size)
        if part.size < (found.size or 0):
            pinned = {**operation.headers, "If-Match": f'"{found.etag}"'} if found.etag else operation.headers
            if part.size:
                pinned = {**pinned, "Range": f"bytes={part.size}-"}
            rest = GetObject(operation.bucket, operation.key, operation.version_id, pinned, operation.query)
            self._append(rest, part, verifier, progress)
        verifier.check(str(self._session.endpoint))

    def _append(self, operation: GetObject, part: PartFile, verifier: Verifier, progress: Progress) -> None:
        def take(block: bytes) -> None:
            part.append(block)
            verifier.update(block)

        try:
            response = self._get(operation)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being fetched", cause=error) from error
        with response:
            if part.size and response.status != 206:
                raise TransportError("the server ignores ranges: the download cannot be continued")
            while block := response.read(_BLOCK):
                run_blocking(take, block)
                progress.add(len(block))
