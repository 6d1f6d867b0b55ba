"""How long calls on an event loop may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import TypeVar

from ...error import DeadlineExceeded

T = TypeVar("T")

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
