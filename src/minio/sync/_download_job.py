# Generated from src/minio/aio/_download_job.py by tools/generate_sync.py. Do not edit.
"""The download of one object to a file, after its first response."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

from .._core.ops.partial import pinned
from .._core.transfer.progress import Progress, ProgressArgument
from .._core.wire.byte_range import ByteRange
from ..error import PreconditionFailed, ResponseError, TransportError
from ._backend import CancelScope, new_scope, run_blocking

if TYPE_CHECKING:
    from .._core.datatypes import Object
    from .._core.http.sync.content import ObjectContent
    from .._core.ops.objects import GetObject
    from .._core.transfer.download import Span
    from .._core.transfer.partfile import PartFile
    from .._core.transfer.target import Target
    from .._core.transfer.verify import Composite, IncrementalVerifier
    from ._reading import Reading

_BLOCK = 1024 * 1024
_GONE = frozenset({404, 405, 410, 412, 416})
"""Statuses which mean that the object no longer exists or was replaced."""
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses which say nothing about what the server supports."""
_CHECKSUM_MODE = "x-amz-checksum-mode"


def with_checksums(operation: GetObject) -> GetObject:
    """Return the operation with the request for the object's checksums."""
    headers = operation.headers
    if headers and any(name.lower() == _CHECKSUM_MODE for name in headers):
        return operation
    return replace(operation, headers={**headers, _CHECKSUM_MODE: "ENABLED"})


def is_as_described(client: Reading, operation: GetObject, found: Object) -> bool:
    """Return whether HeadObject tells the version and the size that the response to GetObject told."""
    from .._core.ops.objects import HeadObject

    asked = with_checksums(operation)
    head = client._call(HeadObject(asked.bucket, asked.key, asked.version_id, asked.headers, asked.query, plain=True))
    return (head.etag, head.size) == (found.etag, found.size)


class Report:
    """The progress of a call, which is created when the size is known."""

    def __init__(self, progress: ProgressArgument, object_name: str) -> None:
        self.silent = progress is None
        """Whether the caller gave no `progress`."""
        self._argument = progress
        self._object_name = object_name
        self._progress: Progress | None = None

    def begin(self, total: int) -> None:
        """Begin, or begin again, with a total; -1 if it is unknown."""
        if self._progress is not None:
            self._progress.reset(total)
        elif not self.silent:
            self._progress = Progress(self._argument, self._object_name, total)

    def add(self, count: int) -> None:
        """Count more bytes."""
        if self._progress is not None:
            self._progress.add(count)

    def finish(self) -> None:
        """Report the total."""
        if self._progress is not None:
            self._progress.finish()


class DownloadJob:
    """The download of one version of an object to a file."""

    def __init__(
        self, client: Reading, operation: GetObject, found: Object, report: Report, durable: bool, chunk: int = 0
    ) -> None:
        self._client = client
        self._chunk = chunk
        self._found = found
        self._report = report
        self._durable = durable
        self._size = found.size or 0
        self._headers = found.metadata or {}
        self._ranges = True
        self.begun = False
        """Whether there is a part file."""
        self._fetched = self._proven = False
        self._first: ObjectContent | None = None
        self._scope: CancelScope | None = None
        self._follower: IncrementalVerifier
        self._given = replace(operation, expected=found)
        self._operation = replace(self._given, headers=pinned(operation.headers, found.etag), cut=False)

    def run(
        self,
        target: Target,
        workers: int,
        first: ObjectContent | None = None,
        scope: CancelScope | None = None,
    ) -> bool:
        """Download to a file that is replaced.

        Args:
            target: The file.
            workers: The maximum number of connections.
            first: The response with the whole object, if it was already requested.
            scope: The scope of that request.

        Returns:
            Whether the file was replaced. If not, the first response was not the object that HeadObject describes.
        """
        self._first, self._scope = first, scope
        self._report.begin(self._size)
        part = self._make_part(target)
        self.begun = True
        try:
            self._fill(part, workers)
            if first is not None and not (self._proven or is_as_described(self._client, self._given, self._found)):
                part.discard()
                return False
            run_blocking(part.publish)
        except Exception as error:
            # If every chunk arrived and the error is in the response, the content is wrong.
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
        self._report.finish()
        return True

    def run_in_order(self, target: Target) -> None:
        """Write to a target that cannot be replaced. The content is verified only at the end."""
        from .._core.transfer.verify import Verifier

        self._report.begin(self._size)
        verifier = Verifier(self._headers, self._found.etag or "", self._size)
        with self._open(None, new_scope()) as response:
            write_in_order(target.path, response._blocks(), self._report.add, verifier.update)
        mismatch = verifier.mismatch(self._host)
        if mismatch is not None:
            raise mismatch
        self._report.finish()

    def run_range(self, target: Target) -> None:
        """Download the range in the caller's headers, or an object of unknown size. The response gives the size."""
        import secrets

        from .._core.transfer.layout import CHUNK
        from .._core.transfer.partfile import PartFile
        from .._core.transfer.verify import verifier_of

        self._report.begin(-1)
        with self._client._get(self._given) as response:
            verifier = verifier_of(self._found, response._head, response.status)
            if target.in_order:
                write_in_order(target.path, response._blocks(), self._report.add, verifier.update)
                if (mismatch := verifier.mismatch(self._host)) is not None:
                    raise mismatch
                self._report.finish()
                return
            size = response.length_remaining or 0
            part = PartFile(target.path, secrets.token_hex(), size, CHUNK, target.temporary, durable=self._durable)
            try:
                at = 0
                while block := response.read(_BLOCK):
                    run_blocking(part.write, block, at)
                    run_blocking(verifier.update, block)
                    at += len(block)
                    self._report.add(len(block))
                part.size = at  # a chunked response does not give the size in advance
                if (mismatch := verifier.mismatch(self._host)) is not None:
                    raise mismatch
                run_blocking(part.publish)
            except BaseException:
                part.discard()
                raise
        self._report.finish()

    def _make_part(self, target: Target) -> PartFile:
        from .._core.transfer.layout import chunk_size

        identity = f"{self._found.etag} {self._found.version_id} {self._found.last_modified}"
        if (options := self._client._session.options) is not None:
            identity = f"{identity} {sorted(options.identity.items())}"
        size = self._size_of_parts()
        chunk = chunk_size(self._size, self._chunk)
        return _open_part(target.path, identity, self._size, chunk, target.temporary, size, self._durable)

    def _size_of_parts(self) -> int:
        """Return the size of the object's parts if its checksum combines theirs, and follows from those of chunks."""
        from .._core.transfer.verify import composite

        whole = composite(self._headers)
        if whole is None or whole.algorithm != "CRC32C" or whole.count < 2:
            return 0
        first = self._part_size(1)
        return first if first and ceil(self._size / first) == whole.count else 0

    def _fill(self, part: PartFile, workers: int) -> None:
        resumed = bool(part.done)
        try:
            self._fetch_and_check(part, workers)
        except TransportError:
            # The data of an earlier download may be wrong: start again from the first byte. If chunks are still marked,
            # the connection or the deadline failed, and the next try uses these chunks.
            if not resumed or part.done:
                raise
            self._restart(part)
            self._fetch_and_check(part, 1)

    def _fetch_and_check(self, part: PartFile, workers: int) -> None:
        try:
            self._fetch(part, workers)
        except _RangesIgnored:
            self._ranges = False
            self._restart(part)
            self._fetch(part, 1)
        self._check(part)

    def _restart(self, part: PartFile) -> None:
        self._report.begin(self._size)
        run_blocking(part.restart)

    def _fetch(self, part: PartFile, workers: int) -> None:
        from .._core.transfer.download import Download, Ramp
        from .._core.transfer.sync.downloading import run_download
        from .._core.transfer.verify import IncrementalVerifier, Verifier

        self._fetched = False
        verifier = Verifier(self._headers, self._found.etag or "", self._size)
        self._follower = IncrementalVerifier(verifier, part)
        download = Download(part.layout, part.done, workers, ranges=self._ranges)
        self._report.add(download.fetched)
        scope, self._scope = self._scope or new_scope(), None
        run_download(download, part, self._open, scope, Ramp(workers), self._report.add, self._follower)
        self._fetched = True

    def _open(self, span: Span | None, scope: CancelScope | None) -> ObjectContent:
        """Request the bytes of a span, or of the whole object. The first response is used if it begins there."""
        first, self._first = self._first, None
        if first is not None:
            if span is None or (span.start, span.stop) == (0, self._size):
                return first
            first.close()
        operation, whole = self._operation, True
        if span is not None and (self._ranges or span.start) and span.stop - span.start < self._size:
            whole = False
            asked = ByteRange(span.start, span.stop - 1)
            operation = replace(operation, headers=pinned(operation.headers, self._found.etag, asked))
        try:
            response = self._client._get(operation, scope)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being fetched", cause=error) from error
        if not whole and response.status != 206:
            response.close()
            raise _RangesIgnored
        return response

    def _check(self, part: PartFile) -> None:
        """Verify the content against every checksum that the server sent."""
        from .._core.transfer.verify import composite, wrong_content

        verifier = self._follower.verifier
        whole = None if verifier.strong else composite(self._headers)
        self._proven = verifier.strong
        mismatch: TransportError | None = None
        if self._follower.reads:
            while run_blocking(self._follower.step):
                pass
            mismatch = verifier.mismatch(self._host)
        elif verifier.strong and run_blocking(part.crc) != verifier.expected:
            mismatch = wrong_content(verifier.algorithm, self._host)
        elif whole is not None and (has := self._has_composite(part, whole)) is not None:
            self._proven = has
            mismatch = None if has else wrong_content(whole.algorithm, self._host)
        if mismatch is not None:
            part.done.clear()  # none of it can be reused
            raise mismatch

    @property
    def _host(self) -> str:
        return str(self._client._session.endpoint)

    def _has_composite(self, part: PartFile, whole: Composite) -> bool | None:
        """Return whether the composite checksum matches, or None if the server does not report the sizes of parts.

        Each part size is requested only if equal sizes do not match.
        """
        if part.layout.part and run_blocking(whole.combines, part.crcs_of_parts()):
            return True
        if whole.count == 1:
            return run_blocking(whole.matches, part.blocks(), [self._size])
        first = part.layout.part or self._part_size(1)
        if not first or ceil(self._size / first) != whole.count:
            return None
        alike = [first] * (whole.count - 1)
        alike.append(self._size - sum(alike))
        if not part.layout.part and run_blocking(whole.matches, part.blocks(), alike):
            return True
        sizes = [self._part_size(number) for number in range(1, whole.count + 1)]
        if sum(sizes) != self._size:
            return None
        return sizes != alike and run_blocking(whole.matches, part.blocks(), sizes)

    def _part_size(self, number: int) -> int:
        from .._core.ops.objects import HeadObject

        get = self._operation
        query = {**(get.query or {}), "partNumber": str(number)}
        try:
            found = self._client._call(HeadObject(get.bucket, get.key, get.version_id, get.headers, query, plain=True))
        except ResponseError as error:
            if error.status in _BUSY:
                raise  # without the sizes, what was fetched could neither be used nor verified
            return 0
        return found.size or 0


def write_in_order(
    path: str,
    blocks: Iterator[bytes],
    on_bytes: Callable[[int], None],
    on_block: Callable[[bytes], None] | None = None,
) -> None:
    """Write blocks to a device, a FIFO or an open file, as fast as it accepts them."""
    from .._core.transfer.target import OrderedFile

    output = OrderedFile(path)
    try:
        while not run_blocking(output.open):
            pass
        for block in blocks:
            view = memoryview(block)
            while view:
                view = view[run_blocking(output.write_some, view) :]
            if on_block is not None:
                run_blocking(on_block, block)
            on_bytes(len(block))
    finally:
        output.close()


def _open_part(*args: Any) -> PartFile:
    """Open the part file, with the data of an earlier download, on a thread. An interrupt does not leave it open."""
    from .._core.transfer.partfile import PartFile

    made: list[PartFile] = []
    try:
        run_blocking(lambda: made.append(PartFile(*args)))
        while run_blocking(made[0].verify_next):
            pass
    except BaseException:
        for part in made:
            part.leave()
        raise
    return made[0]


def _may_go_on(error: Exception) -> bool:
    """Return whether a later try can resume: the connection was lost, or the server is busy or denies access."""
    if isinstance(error, ResponseError):
        return error.status not in _GONE
    return isinstance(error, TransportError) and not isinstance(error.__cause__, PreconditionFailed)


class _RangesIgnored(Exception):
    """The server responds to a range request with the whole object."""
