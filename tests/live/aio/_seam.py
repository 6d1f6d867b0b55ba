"""What the tests of the two clients say differently. Written by hand twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def together(*calls: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Carry out calls at the same time."""
    return await asyncio.gather(*(call() for call in calls))


async def in_background(call: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Begin a call; the result waits for what it returns."""
    task = asyncio.ensure_future(call())
    await asyncio.sleep(0)

    async def wait() -> Any:
        return await asyncio.wait_for(task, 20)

    return wait


async def pause(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def outside(function: Callable[..., Any], *args: Any) -> Any:
    """Run what may wait for another process, while this one goes on."""
    return await asyncio.to_thread(function, *args)
