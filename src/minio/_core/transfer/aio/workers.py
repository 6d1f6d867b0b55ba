"""Transfers on worker tasks: several concurrent calls that end together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeVar, cast

from ...http.aio.cancel import run_blocking, settle
from ...wire.body import Body, body_length
from ...wire.checksums import Payload
from ...wire.tracked_body import track
from ..pace import Pace
from ..plan import Part
from ..source import AsyncSource
from ..upload import Sent, Upload

J = TypeVar("J")
R = TypeVar("R")

SendPart = Callable[[Part, Body, Payload, None], Awaitable[str]]


async def run_workers(work: Callable[[], Awaitable[None]], workers: int) -> None:
    """Run `work` on `workers` tasks and wait for all of them. The first error or a cancellation ends them all."""

    async def run_worker() -> None:
        await work()

    tasks = [asyncio.create_task(run_worker()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await settle(tasks)


async def run_jobs(jobs: Iterable[J], work: Callable[[J, None], Awaitable[R]], workers: int) -> list[R]:
    """Run all jobs concurrently, and return their results in order. The first error ends them all."""
    todo = list(jobs)
    results: list[R | None] = [None] * len(todo)
    waiting = iter(range(len(todo)))

    async def run() -> None:
        while (index := next(waiting, None)) is not None:
            results[index] = await work(todo[index], None)

    await run_workers(run, min(workers, len(todo)))
    return cast("list[R]", results)


async def run_upload(
    upload: Upload,
    source: AsyncSource,
    send: SendPart,
    checksum: str | None,
    pace: Pace,
    on_part: Callable[[int], None],
    first: Body | None = None,
) -> None:
    """Send all parts of an upload. See `run_upload` in `transfer/sync/workers.py`."""
    work = _UploadWork(upload, source, send, checksum, pace, on_part, first)
    await run_workers(work.run, min(pace.most_requests, upload.plan.count or pace.most_requests))


class _UploadWork:
    """The state that the workers of an upload share. See `run_upload`."""

    def __init__(
        self,
        upload: Upload,
        source: AsyncSource,
        send: SendPart,
        checksum: str | None,
        pace: Pace,
        on_part: Callable[[int], None],
        first: Body | None,
    ) -> None:
        self._upload = upload
        self._source = source
        self._send = send
        self._checksum = checksum
        self._pace = pace
        self._on_part = on_part
        self._first = first
        self._ended = False
        self._reading = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        """Send parts until none are left."""
        while await self._begin() and (job := await self._fetch()) is not None:
            await self._send_part(*job)
        self._ended = True
        self._wake()

    async def _begin(self) -> bool:
        """Wait until another request may begin. Return False if no part is left."""
        await self._until(lambda: self._ended or self._pace.may_begin())
        if not self._ended:
            self._pace.begin()
        return not self._ended

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            change = self._loop.create_future()
            self._waiting.append(change)
            await change

    def _wake(self) -> None:
        """Let the workers that wait look again. An error needs no call: it cancels all of them."""
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)

    async def _fetch(self) -> tuple[Part, Body] | None:
        upload = self._upload
        async with self._reading:
            part = upload.take()
            if part is None:
                return None
            try:
                body = await self._read(part)
            except BaseException as error:
                upload.failed(part.number, error)
                raise
            if body_length(body) < part.size:
                upload.ends_with(part.number)
                if not body_length(body) and part.number > 1:
                    upload.drop(part.number)
                    return None
            return part, body

    async def _read(self, part: Part) -> Body:
        if self._first is not None and part.number == 1:
            return self._first
        return await self._source.part(part.offset, part.size)

    async def _send_part(self, part: Part, body: Body) -> None:
        try:
            payload = await run_blocking(Payload, body, self._checksum)
            await self._until(self._pace.may_send)
            self._pace.send(part.number)
            etag = await self._send(part, track(body, partial(self._sent, part.number)), payload, None)
        except BaseException as error:
            self._upload.failed(part.number, error)
            raise
        size = body_length(body)
        self._upload.done(part.number, Sent(etag, size, payload.checksum(self._checksum), payload.md5))
        self._source.release(body)
        self._pace.end(part.number)
        self._pace.stored(size, time.monotonic())
        self._wake()
        self._on_part(size)

    def _sent(self, number: int) -> None:
        """The body of a part was sent: its place is free although there is no response yet. Called on any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._free, number)

    def _free(self, number: int) -> None:
        self._pace.sent(number)
        self._wake()
