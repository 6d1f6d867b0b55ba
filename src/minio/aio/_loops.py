"""Iterators over the outcomes of many requests, and where they run. Not generated: see `sync/_loops.py`.

A call on many objects is an asynchronous generator of lists of outcomes, a method of `AsyncMinio`. `open_stream` makes
the iterator that callers get of it, and `complete` awaits a method. In the blocking client the same functions run the
method of an asynchronous client with the same session, on an event loop of their own.
"""

from __future__ import annotations

import asyncio
import warnings
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Generic, Self, TypeVar

from .._core.display import shows
from .._core.http.aio.cancel import fail_after

T = TypeVar("T")


class Loops:
    """Nothing: calls run on the loop of the caller."""

    async def close(self) -> None:
        """Do nothing."""


@shows("call=_call", live=True, state="_state")
class AsyncStream(Generic[T]):
    """The outcomes of a call that runs while it is iterated.

    Several tasks may iterate it: each outcome goes to one of them. If the call raises an error, one task gets it, and
    for the others the iteration ends.

    Args:
        batches: The generator that runs the call, which yields lists of outcomes.
        call: The name of the public method.
        writes: What has not happened if the stream was never iterated, such as "stored". Empty if that is harmless.
    """

    def __init__(self, batches: Any, call: str, writes: str = "") -> None:
        self._batches: Any = batches  # a generator
        self._ready: deque[T] = deque()
        self._call = call
        self._unbegun = writes
        self._begun = False
        self._lock = asyncio.Lock()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        self._begun = True
        if not self._ready:
            async with self._lock:
                while not self._ready:
                    self._ready.extend(await anext(self._batches))
        return self._ready.popleft()

    async def aclose(self) -> None:
        """Stop: cancel what is under way and begin nothing more. Can be called more than once.

        If another task runs the call, this waits until it has an outcome.
        """
        self._begun = True
        async with self._lock:
            self._ready.clear()
            await self._batches.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    def _state(self) -> str:
        if self._batches.ag_frame is None and not self._ready:
            return "ended"
        return "under way" if self._begun else "not iterated yet"

    def __del__(self) -> None:
        if not getattr(self, "_begun", True) and self._unbegun:
            warnings.warn(
                f"{self._call}() {self._unbegun} nothing: its result must be iterated, "
                "as in `async for each in result: ...`",
                RuntimeWarning,
                stacklevel=2,
            )


def open_stream(client: Any, call: str, method: str, *args: Any, writes: str = "", **kwargs: Any) -> AsyncStream[Any]:
    """Return the outcomes of an asynchronous generator method of the client. Nothing runs until it is iterated.

    Args:
        client: The client.
        call: The name of the public method.
        method: The name of the method that yields lists of outcomes.
        *args: Its arguments.
        writes: What has not happened if nothing iterates, such as "stored": then there is a warning.
        **kwargs: More of its arguments.
    """
    return AsyncStream(limited_batches(client, method, *args, **kwargs), call, writes)


async def complete(client: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Run a coroutine method of the client, and return its result."""
    return await getattr(client, method)(*args, **kwargs)


def limited_batches(client: Any, method: str, *args: Any, **kwargs: Any) -> AsyncGenerator[list[Any], None]:
    """Return the generator of a method. The client's deadline limits each step."""
    batches = getattr(client, method)(*args, **kwargs)
    return batches if client._deadline is None else _limit_batches(batches, client._deadline)


async def _limit_batches(batches: AsyncGenerator[list[T], None], seconds: float) -> AsyncGenerator[list[T], None]:
    try:
        while True:
            try:
                batch = await fail_after(seconds, anext(batches))
            except StopAsyncIteration:
                return
            yield batch
    finally:
        await batches.aclose()


async def next_batch(batches: AsyncGenerator[list[T], None]) -> list[T] | None:
    """Return the next outcomes. None after the last ones."""
    return await anext(batches, None)


async def end_batches(batches: AsyncGenerator[Any, None]) -> None:
    """Cancel what is under way, and clean up."""
    await batches.aclose()
