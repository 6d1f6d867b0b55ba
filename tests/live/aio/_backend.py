"""The parts of the tests that differ between the two clients. Both versions are written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def together(*calls: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Make calls concurrently."""
    return await asyncio.gather(*(call() for call in calls))


async def in_background(call: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Start a call. Awaiting the result waits for its return value."""
    task = asyncio.ensure_future(call())
    await asyncio.sleep(0)

    async def wait() -> Any:
        return await asyncio.wait_for(task, 60)

    return wait


async def pause(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def outside(function: Callable[..., Any], *args: Any) -> Any:
    """Run something that may wait for another process, without blocking the caller's event loop."""
    return await asyncio.to_thread(function, *args)
