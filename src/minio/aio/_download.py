"""The call that fetches an object into a file."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

from ..error import PreconditionFailed, ResponseError, TransportError
from ..helpers import DictType, check_names, check_query, check_text, check_workers
from ._objects import AsyncObjectCalls
from ._seam import Scope, run_blocking

if TYPE_CHECKING:
    from .._core.ops.objects import GetObject
    from .._core.transfer.download import Span
    from .._core.transfer.partfile import PartFile
    from .._core.transfer.progress import Progress, ProgressArgument
    from .._core.transfer.verify import Composite, Follower
    from ..datatypes import Object
    from ..sse import SseCustomerKey

_BLOCK = 1024 * 1024
_PARALLEL = 64 * 1024 * 1024
_GONE = frozenset({404, 405, 410, 412, 416})
"""Answers that say that the object is not there any more, or is another one."""


class AsyncDownloadCalls(AsyncObjectCalls):
    """The call that fetches an object into a file."""

    async def fget_object(
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
    ) -> Object:
        """Fetch an object into a file.

        The bytes go into a file beside the target, are verified, and get the target's name when all are there: the
        target appears whole or not at all. What a killed download has left behind is used by the next one. Above
        64 MiB several ranges are fetched at a time, all of one version of the object.

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
            num_parallel_downloads: How many ranges of a large object are fetched at a time.

        Returns:
            The object's metadata, as `stat_object` gives it.

        Raises:
            InvalidPathError: The file is a directory or cannot be written (an OSError).
            OSError: The disk is full.
            NoSuchKey: There is no such object.
            ResponseError: The server refuses.
            TransportError: The server was lost, or the bytes that came are not the object's.

        Example:
            >>> found = await client.fget_object("my-bucket", "my-object", "copy-of-my-object")
            >>> print(found.size)
        """
        from .._core.ops.objects import GetObject, HeadObject
        from .._core.transfer.partfile import check_target
        from .._core.transfer.progress import Progress, check_progress

        check_names(bucket_name, object_name)
        target = check_target(file_path)
        scratch = None if tmp_file_path is None else check_target(tmp_file_path, "tmp_file_path")
        check_progress(progress)
        check_workers("num_parallel_downloads", num_parallel_downloads)
        headers = self._read_headers(0, 0, request_headers, ssec)
        query = check_query("extra_query_params", extra_query_params)
        version = check_text("version_id", version_id) or None
        ranged = any(name.lower() == "range" for name in headers)
        asked = {name: value for name, value in headers.items() if name.lower() != "range"}
        asked.setdefault("x-amz-checksum-mode", "ENABLED")
        found = await self._call(HeadObject(bucket_name, object_name, version, asked, query))
        operation = GetObject(bucket_name, object_name, version, headers, query)
        if ranged:
            await self._fetch_range(operation, target, scratch, Progress(progress, object_name, -1))
        else:
            job = _Job(self, operation, found, Progress(progress, object_name, found.size or 0))
            await job.run(target, scratch, num_parallel_downloads)
        return found

    async def _fetch_range(self, operation: GetObject, target: str, scratch: str | None, progress: Progress) -> None:
        """Fetch what the caller's own Range names: how much that is only the answer tells."""
        import secrets

        from .._core.transfer.download import CHUNK
        from .._core.transfer.partfile import PartFile

        async with await self._get(operation) as response:
            part = PartFile(target, secrets.token_hex(), response.length_remaining or 0, CHUNK, scratch)
            try:
                at = 0
                while block := await response.read(_BLOCK):
                    await run_blocking(part.write, block, at)
                    at += len(block)
                    progress.add(len(block))
                part.size = at  # an answer in chunks does not say it before
                await run_blocking(part.publish)
            except BaseException:
                part.discard()
                raise
        progress.finish()


class _Job:
    """One object on its way into a file."""

    def __init__(self, client: AsyncDownloadCalls, operation: GetObject, found: Object, progress: Progress) -> None:
        self._client = client
        self._operation = operation
        self._found = found
        self._progress = progress
        self._size = found.size or 0
        self._ranges = True
        self._fetched = False
        self._follower: Follower
        if found.etag:
            self._operation = self._with({"If-Match": f'"{found.etag}"'})

    def _with(self, headers: dict[str, str]) -> GetObject:
        return replace(self._operation, headers={**self._operation.headers, **headers})

    async def run(self, target: str, scratch: str | None, workers: int) -> None:
        from .._core.transfer.download import chunk_size

        chunk = chunk_size(self._size)
        identity = f"{self._found.etag} {self._found.version_id} {self._found.last_modified}"
        part = await _make_part(target, identity, self._size, chunk, scratch)
        try:
            await self._fill(part, workers if self._size > _PARALLEL else 1)
            await run_blocking(part.publish)
        except Exception as error:
            # All of it there and yet a fault within the answer: something is wrong with what came.
            if _may_go_on(error) and (self._fetched or len(part.done) < part.count):
                part.leave()
            else:
                part.discard()
            raise
        except BaseException:
            part.leave()
            raise
        finally:
            part.close()
        self._progress.finish()

    async def _fill(self, part: PartFile, workers: int) -> None:
        resumed = bool(part.done)
        try:
            await self._fetch(part, workers)
            await self._check(part)
        except _RangesIgnored:
            self._ranges = False
            await self._again(part)
        except TransportError:
            # What an earlier download left behind may be what is wrong: once more, from the first byte. With chunks
            # still marked it is the connection or the deadline that failed, and they are for the next try.
            if not resumed or part.done:
                raise
            await self._again(part)

    async def _again(self, part: PartFile) -> None:
        self._progress.reset()
        await run_blocking(part.restart)
        await self._fetch(part, 1)
        await self._check(part)

    async def _fetch(self, part: PartFile, workers: int) -> None:
        from .._core.transfer.download import Download
        from .._core.transfer.tasks import run_download
        from .._core.transfer.verify import Follower, Verifier

        self._fetched = False
        verifier = Verifier(self._found.metadata or {}, self._found.etag or "", self._size)
        self._follower = Follower(verifier, part)
        download = Download(self._size, part.chunk, set(part.done), workers)
        self._progress.add(download.fetched)
        await run_download(download, part, self._blocks, workers, self._progress.add, self._follower.catch_up)
        self._fetched = True

    async def _blocks(self, span: Span, scope: Scope | None) -> AsyncGenerator[bytes, None]:
        """The bytes of a range, as they come."""
        everything = span.length == self._size or not self._ranges
        end = span.offset + span.length - 1
        operation = self._operation if everything else self._with({"Range": f"bytes={span.offset}-{end}"})
        try:
            response = await self._client._get(operation, scope)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being fetched", cause=error) from error
        async with response:
            if not everything and response.status != 206:
                raise _RangesIgnored
            async for block in response._blocks():
                yield block
            if response.tell() != span.length:
                raise TransportError(f"{response.tell()} bytes came where {span.length} were asked for")

    async def _check(self, part: PartFile) -> None:
        """Compare what came with all that the server tells of the object's content."""
        from .._core.transfer.verify import composite

        verifier = self._follower.verifier
        whole = composite(self._found.metadata or {})
        fault = None
        if verifier.strong:
            while await run_blocking(self._follower.step):
                pass
            fault = verifier.fault(self._host)
        elif whole is not None and not await self._has_composite(part, whole):
            fault = TransportError(f"the bytes that came do not have the object's {whole.algorithm}", self._host)
        if fault is not None:
            part.done.clear()  # nothing of it is worth keeping
            raise fault

    @property
    def _host(self) -> str:
        return str(self._client._session.endpoint)

    async def _has_composite(self, part: PartFile, whole: Composite) -> bool:
        """Mostly all parts but the last have one size; each is asked for only when that leads to another checksum."""
        first = await self._part_size(1)
        if not first or whole.count < 2 or ceil(self._size / first) != whole.count:
            return True  # this server does not tell how large the parts are
        alike = [first] * (whole.count - 1)
        alike.append(self._size - sum(alike))
        if await run_blocking(whole.matches, part.blocks(), alike):
            return True
        sizes = [await self._part_size(number) for number in range(1, whole.count + 1)]
        return sizes != alike and (sum(sizes) != self._size or await run_blocking(whole.matches, part.blocks(), sizes))

    async def _part_size(self, number: int) -> int:
        from .._core.ops.objects import HeadObject

        get = self._operation
        query = {**(get.query or {}), "partNumber": str(number)}
        try:
            found = await self._client._call(HeadObject(get.bucket, get.key, get.version_id, get.headers, query))
        except ResponseError:
            return 0
        return found.size or 0


async def _make_part(*args: Any) -> PartFile:
    """Make the file, with what is left of an earlier download, on a thread. An interrupt does not leave it open."""
    from .._core.transfer.partfile import PartFile

    made: list[PartFile] = []
    try:
        await run_blocking(lambda: made.append(PartFile(*args)))
        while await run_blocking(made[0].believe_next):
            pass
    except BaseException:
        for part in made:
            part.leave()
        raise
    return made[0]


def _may_go_on(error: Exception) -> bool:
    """Whether a later try may find the same object: the connection was lost, or the server is busy or refuses us."""
    if isinstance(error, ResponseError):
        return error.status not in _GONE
    return isinstance(error, TransportError) and not isinstance(error.__cause__, PreconditionFailed)


class _RangesIgnored(Exception):
    """The server answers a range with the whole object."""
