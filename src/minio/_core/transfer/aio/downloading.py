"""The workers of a download: tasks that each read one response, and write its bytes to the file on a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from ...http.aio.cancel import run_blocking, settle
from ...http.aio.content import AsyncObjectContent
from ..counting import Counter, Meter
from ..download import Download, Ramp, Span
from ..partfile import PartFile
from ..range_writer import ChunkWriter
from ..verify import IncrementalVerifier

_AT_ONCE = 1024 * 1024
"""The number of bytes that are handed to a thread at a time."""
_SECONDS = 0.02
"""The time after which fewer are, so that a slow connection is noticed soon."""

Open = Callable[[Span, None], Awaitable[AsyncObjectContent]]


async def run_download(
    download: Download,
    part: PartFile,
    opening: Open,
    scope: None,
    ramp: Ramp,
    on_bytes: Callable[[int], None],
    follower: IncrementalVerifier,
) -> None:
    """Fetch all missing chunks. See `run_download` in `transfer/sync/downloading.py`."""
    work = _DownloadWork(download, part, opening, ramp, on_bytes, follower)
    try:
        await work.run()
    except BaseException as error:
        download.failed(error)
        raise


class _DownloadWork:
    """The state that the tasks of a download share. See `run_download`."""

    def __init__(
        self,
        download: Download,
        part: PartFile,
        opening: Open,
        ramp: Ramp,
        on_bytes: Callable[[int], None],
        follower: IncrementalVerifier,
    ) -> None:
        self._download = download
        self._part = part
        self._open = opening
        self._counter = Counter(ramp, on_bytes, self._want)
        self._ramp = ramp
        self._follower = follower
        self._running = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Run the tasks, and wait for all of them. The first error or a cancellation ends them all."""
        try:
            self._want(1)
            await self._ended
        finally:
            for task in self._tasks:
                task.cancel()
            await settle(self._tasks)

    def _want(self, number: int) -> None:
        while len(self._tasks) < number and not self._ended.done():
            task = asyncio.create_task(self._fetch())
            self._tasks.append(task)
            task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if self._ended.done():
            return
        if task.cancelled():
            self._ended.cancel()
        elif (error := task.exception()) is not None:
            self._ended.set_exception(error)
        elif all(task.done() for task in self._tasks):
            self._ended.set_result(None)

    async def _fetch(self) -> None:
        self._running += 1
        while (span := self._take()) is not None:
            meter = Meter(self._counter)
            async with await self._open(span, None) as response:
                await self._store(span, response, meter)
            meter.finish()

    def _take(self) -> Span | None:
        if self._running > self._ramp.wanted:  # more connections made it slower
            self._running -= 1
            return None
        return self._download.take()

    async def _store(self, span: Span, response: AsyncObjectContent, meter: Meter) -> None:
        while (index := self._download.claim(span)) is not None:
            writer = ChunkWriter(self._part, index, self._follower)
            left = writer.left
            while left:
                blocks, count = await _read_blocks(response, min(left, _AT_ONCE))
                await run_blocking(writer.write_all, blocks)
                meter.add(count)
                left -= count
            await run_blocking(self._finish, writer)
            self._download.finished(index)

    def _finish(self, writer: ChunkWriter) -> None:
        writer.finish()
        self._follower.advance()


async def _read_blocks(response: AsyncObjectContent, size: int) -> tuple[list[bytes], int]:
    """Read up to `size` bytes in the pieces in which they arrive. A piece of b"" marks the end of the response."""
    blocks, left = [], size
    until = time.monotonic() + _SECONDS
    while left:
        block = await response.read1(left)
        blocks.append(block)
        left -= len(block)
        if not block or time.monotonic() >= until:
            break
    return blocks, size - left
