# Generated from src/minio/aio/_file_download.py by tools/generate_sync.py. Do not edit.
"""How `fget_object` downloads: with GetObject alone, or with HeadObject first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.ops.objects import GetObject, HeadObject
from .._core.transfer.leftovers import Leftovers
from .._core.transfer.progress import ProgressArgument, check_progress
from .._core.transfer.small_file import SMALL, replace_file
from .._core.transfer.target import Target, find_target
from .._core.transfer.verify import proves
from .._core.wire.message import Response
from ._backend import ShortWork, new_scope, run_blocking
from ._download_job import DownloadJob, Report, is_as_described, with_checksums

if TYPE_CHECKING:
    from .._core.datatypes import StatObject
    from .._core.http.sync.content import ObjectContent
    from ._reading import Reading

__all__ = ["Downloads", "FileDownload", "GetObject", "check_progress", "find_target"]

_BLOCK = 256 * 1024
_SHORT = 256 * 1024
"""The size in bytes up to which writing a file is short work, unless it is synced to the disk."""


class Downloads:
    """What a client learns from its downloads to files."""

    def __init__(self) -> None:
        self.leftovers = Leftovers()
        self.short_work = ShortWork()


class FileDownload:
    """One download of an object to a file."""

    def __init__(
        self,
        client: Reading,
        downloads: Downloads,
        operation: GetObject,
        target: Target,
        progress: ProgressArgument,
        workers: int,
        durable: bool,
        chunk: int = 0,
    ) -> None:
        self._client = client
        self._short_work = downloads.short_work
        self._leftovers = downloads.leftovers
        self._operation = operation
        self._target = target
        self._report = Report(progress, operation.key)
        self._workers = workers
        self._durable = durable
        self._chunk = chunk

    def run(self) -> StatObject:
        """Download. The result is the object's metadata."""
        head_first = self._target.in_order or self._target.temporary or not self._client._transport.nested
        if not (head_first or self._is_ranged() or self._has_leftovers()):
            found = self._get_to_file()
            if found is not None:
                return found
        try:
            return self._head_and_get()
        finally:
            self._leftovers.forget()  # this download may have left something

    def _is_ranged(self) -> bool:
        headers = self._operation.headers
        return bool(headers) and any(name.lower() == "range" for name in headers)

    def _has_leftovers(self) -> bool:
        """Return whether earlier downloads of the target left something to resume, or to remove."""
        found = self._leftovers.recall(self._target.path)
        return run_blocking(self._leftovers.look, self._target.path) if found is None else found

    def _get_to_file(self) -> StatObject | None:
        """Download with GetObject alone. Return None if HeadObject is needed to know what the response is."""
        operation, scope = self._operation, new_scope()
        response = self._client._get(with_checksums(operation), scope)
        try:
            described = HeadObject(operation.bucket, operation.key, plain=True)
            found = described.parse(Response(response.status, response._head, b""))
            if response.status != 200 or found.size is None or not found.etag:
                return None
            if found.size > SMALL:
                job = DownloadJob(self._client, operation, found, self._report, self._durable, self._chunk)
                try:
                    return found if job.run(self._target, self._workers, response, scope) else None
                except OSError:
                    if job.begun:
                        raise
                    return None  # HeadObject tells whether the object is really too large for the disk
                finally:
                    self._leftovers.forget()
            return found if self._get_small(response, found) else None
        finally:
            response.close()

    def _get_small(self, response: ObjectContent, found: StatObject) -> bool:
        """Write a small object to a file. Return False if the bytes are not those that the response describes."""
        data = self._read(response, found.size or 0)
        proven = proves(data, response._head, found.etag or "", found.size or 0)
        if not (proven or (proven is None and is_as_described(self._client, self._operation, found))):
            return False
        if self._durable or len(data) > _SHORT:
            run_blocking(replace_file, self._target.path, data, self._durable)
        else:
            self._short_work.run(replace_file, self._target.path, data)
        self._report.finish()
        return True

    def _read(self, response: ObjectContent, size: int) -> bytes:
        self._report.begin(size)
        if self._report.silent:
            return response.read()
        blocks = []
        while block := response.read(_BLOCK):
            self._report.add(len(block))
            blocks.append(block)
        return b"".join(blocks)

    def _head_and_get(self) -> StatObject:
        """Download with HeadObject first, which tells the version that there may be a part of, and its size."""
        operation, target = self._operation, self._target
        asked = {name: value for name, value in with_checksums(operation).headers.items() if name.lower() != "range"}
        head = HeadObject(operation.bucket, operation.key, operation.version_id, asked, operation.query, plain=True)
        found = self._client._call(head)
        job = DownloadJob(self._client, operation, found, self._report, self._durable, self._chunk)
        if self._is_ranged() or found.size is None:
            job.run_range(target)
        elif target.in_order:
            job.run_in_order(target)
        else:
            job.run(target, self._workers)
        return found
