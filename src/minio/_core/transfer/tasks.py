"""Transfers on tasks: several awaited calls at a time, ended together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..wire.checksums import Payload
from ..wire.message import Body, body_length
from .plan import Part
from .source import AsyncSource
from .upload import Sent, Upload

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
            payload = await asyncio.to_thread(Payload, body, checksum)
            etag = await send(part, body, payload, None)
        except BaseException as error:
            upload.failed(part.number, error)
            raise
        size = body_length(body)
        upload.done(part.number, Sent(etag, size, payload.checksum(checksum)))
        on_part(size)

    await run_crew(work, min(workers, upload.plan.count or workers))
