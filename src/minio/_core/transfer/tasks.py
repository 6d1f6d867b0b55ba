"""Transfers on tasks: several awaited calls at a time, ended together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar, cast

from ..http.asyncio_limit import run_blocking
from ..wire.checksums import Payload
from ..wire.message import Body, body_length
from .download import Download, Span
from .partfile import PartFile
from .plan import Part
from .source import AsyncSource
from .spans import SpanWriter
from .upload import Sent, Upload

J = TypeVar("J")
R = TypeVar("R")

Fetch = Callable[[Span, None], AsyncGenerator[bytes, None]]
SendPart = Callable[[Part, Body, Payload, None], Awaitable[str]]


async def run_crew(work: Callable[[], Awaitable[None]], workers: int) -> None:
    """Run `work` on so many tasks and wait for all of them. The first failure, or a cancellation, ends them all."""

    async def one() -> None:
        await work()

    tasks = [asyncio.create_task(one()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run_jobs(jobs: Iterable[J], work: Callable[[J, None], Awaitable[R]], workers: int) -> list[R]:
    """Do all jobs, several at a time, and return their results in order. The first failure ends them all."""
    todo = list(jobs)
    results: list[R | None] = [None] * len(todo)
    waiting = iter(range(len(todo)))

    async def run() -> None:
        while (index := next(waiting, None)) is not None:
            results[index] = await work(todo[index], None)

    await run_crew(run, min(workers, len(todo)))
    return cast("list[R]", results)


async def run_upload(
    upload: Upload,
    source: AsyncSource,
    send: SendPart,
    checksum: str | None,
    workers: int,
    on_part: Callable[[int], None],
    first: Body | None = None,
) -> None:
    """Send all parts of an upload. See `threads.run_upload`: the same, awaited."""
    lock = asyncio.Lock()

    async def fetch() -> tuple[Part, Body] | None:
        async with lock:
            part = upload.take()
            if part is None:
                return None
            try:
                body = first if first is not None and part.number == 1 else await source.part(part.offset, part.size)
            except BaseException as error:
                upload.failed(part.number, error)
                raise
            if body_length(body) < part.size:
                upload.ends_with(part.number)
                if not body_length(body) and part.number > 1:
                    upload.drop(part.number)
                    return None
            return part, body

    async def work() -> None:
        while (job := await fetch()) is not None:
            await send_one(*job)

    async def send_one(part: Part, body: Body) -> None:
        try:
            payload = await run_blocking(Payload, body, checksum)
            etag = await send(part, body, payload, None)
        except BaseException as error:
            upload.failed(part.number, error)
            raise
        size = body_length(body)
        upload.done(part.number, Sent(etag, size, payload.checksum(checksum), payload.md5))
        source.release(body)
        on_part(size)

    await run_crew(work, min(workers, upload.plan.count or workers))


async def run_download(
    download: Download,
    part: PartFile,
    fetch: Fetch,
    workers: int,
    on_bytes: Callable[[int], None],
    on_chunk: Callable[[], None],
) -> None:
    """Fetch all that is missing. See `threads.run_download`: the same, awaited."""

    async def work() -> None:
        while (span := download.take()) is not None:
            writer = SpanWriter(part, span)
            async with aclosing(fetch(span, None)) as blocks:
                async for block in blocks:
                    for index in await run_blocking(writer.write, block):
                        download.finished(index)
                        await run_blocking(on_chunk)
                    on_bytes(len(block))

    try:
        await run_crew(work, workers)
    except BaseException as error:
        download.failed(error)
        raise
