"""The workers of a download: threads that each read one response and write its bytes to the file."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ...http.sync.cancel import CancelScope
from ...http.sync.content import ObjectContent
from ..counting import Counter, Meter
from ..download import Download, Ramp, Span
from ..partfile import PartFile
from ..range_writer import BLOCK, ChunkWriter
from ..verify import IncrementalVerifier
from .workers import Crew, run_workers

Open = Callable[[Span, CancelScope], ObjectContent]


def run_download(
    download: Download,
    part: PartFile,
    opening: Open,
    scope: CancelScope,
    ramp: Ramp,
    on_bytes: Callable[[int], None],
    follower: IncrementalVerifier,
) -> None:
    """Fetch all missing chunks.

    Args:
        download: The state of the download. It is complete unless this function raises.
        part: The file to write to.
        opening: Requests the bytes of a span.
        scope: What cancels the requests.
        ramp: Decides how many connections there are.
        on_bytes: Called with the number of bytes that were written since the last call.
        follower: Verifies what is written.

    Raises:
        BaseException: The error of the first span that failed.
    """
    work = _DownloadWork(download, part, opening, scope, ramp, on_bytes, follower)
    run_workers(work.run, 1, scope, crew=work.crew)
    if download.failure is not None:
        raise download.failure


class _DownloadWork:
    """The state that the workers of a download share. See `run_download`."""

    def __init__(
        self,
        download: Download,
        part: PartFile,
        opening: Open,
        scope: CancelScope,
        ramp: Ramp,
        on_bytes: Callable[[int], None],
        follower: IncrementalVerifier,
    ) -> None:
        self.crew = Crew(ramp.most)
        self._download = download
        self._part = part
        self._open = opening
        self._scope = scope
        self._counter = Counter(ramp, on_bytes, self.crew.want)
        self._ramp = ramp
        self._follower = follower
        self._state = threading.Lock()
        self._running = 0

    def run(self) -> None:
        """Fetch spans until none are left."""
        try:
            with self._state:
                self._running += 1
            while (span := self._take()) is not None:
                meter = Meter(self._counter)
                response = self._open(span, self._scope)
                try:
                    self._store(span, response, meter)
                finally:
                    response.close()
                meter.finish()
        except BaseException as error:  # noqa: BLE001 - stored in the state, raised by run_download
            with self._state:
                self._download.failed(error)
            self._scope.cancel()

    def _take(self) -> Span | None:
        with self._state:
            if self._running > self._ramp.wanted:  # more connections made it slower
                self._running -= 1
                return None
            return self._download.take()

    def _store(self, span: Span, response: ObjectContent, meter: Meter) -> None:
        while (index := self._claim(span)) is not None:
            writer = ChunkWriter(self._part, index, self._follower)
            while left := writer.left:
                data = response._read_some(min(left, BLOCK))
                writer.write(data)
                meter.add(len(data), len(data) == BLOCK)
            writer.finish()
            with self._state:
                self._download.finished(index)
            self._follower.advance()

    def _claim(self, span: Span) -> int | None:
        if self._scope.cancelled:
            raise self._scope.error
        with self._state:
            return self._download.claim(span)
