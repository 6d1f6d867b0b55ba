"""Run blocking functions from an event loop: on a thread of the loop's executor.

If no thread can be started (the system's limit is reached, or the interpreter shuts down), the function runs on the
thread of the loop. Either way it runs once: the executor queues a function before it fails to start a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


class Work:
    """A function that either starts or is revoked. The loop's future does not show whether it has started."""

    __slots__ = ("_claim", "_function")

    def __init__(self, function: Callable[[], Any]) -> None:
        context = copy_context()
        self._function: Callable[[], Any] = lambda: context.run(function)
        self._claim = Lock()

    def __call__(self) -> Any:
        return self._function() if self._claim.acquire(blocking=False) else None

    def revoke(self) -> bool:
        """Prevent the function from starting. Return whether that succeeded."""
        return self._claim.acquire(blocking=False)

    def submit(self) -> asyncio.Future[Any] | None:
        """Queue the function for a thread. Return None if no thread can be started: it is revoked then."""
        import asyncio

        try:
            return asyncio.get_running_loop().run_in_executor(None, self)
        except RuntimeError:
            if not self.revoke():
                raise
            return None


async def on_thread(function: Callable[[], T]) -> T:
    """Run a function that may block, and return its result."""
    running = Work(function).submit()
    return function() if running is None else cast(T, await running)
