"""How long calls on an event loop may take, and what a cancellation waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from ...error import DeadlineExceeded

T = TypeVar("T")
P = ParamSpec("P")

_current: ContextVar[Deadline | None] = ContextVar("minio_deadline", default=None)


class Deadline:
    """A moment until which a call, with all that belongs to it, must have ended.

    Args:
        seconds: From now on.
    """

    __slots__ = ("_seconds", "_when")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._when = asyncio.get_running_loop().time() + seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await something until then.

        Raises:
            DeadlineExceeded: It took longer, and was cancelled.
        """
        scope = asyncio.timeout_at(self._when)
        try:
            async with scope:
                return await awaitable
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise DeadlineExceeded(f"the call did not end within its deadline of {self._seconds:g} s") from error


def current_deadline() -> Deadline | None:
    """What the call that is running must keep."""
    return _current.get()


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """Give a call so many seconds in all; what still streams afterwards counts too."""
    deadline = Deadline(seconds)
    token = _current.set(deadline)
    try:
        return await deadline.wait(awaitable)
    finally:
        _current.reset(token)


async def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may wait for a disk. A cancellation waits for its end too: it may be using an open file."""
    running = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():  # however often it is cancelled
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # looked at: the cancellation is what the caller hears of
        raise
