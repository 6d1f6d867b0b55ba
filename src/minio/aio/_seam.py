"""Where the two clients truly differ: how a flow is carried out, and on which transport. Written by hand twice."""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from functools import wraps
from types import AsyncGeneratorType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeAlias, TypeVar

from .._core.engine.drive import adrive
from .._core.engine.flow import Flow
from .._core.http.asyncio_ import AsyncTransport
from .._core.http.asyncio_limit import run_blocking, within
from .._core.http.settings import TransportSettings
from ..error import InvalidArgumentError

if TYPE_CHECKING:
    from urllib3 import PoolManager

T = TypeVar("T")
P = ParamSpec("P")

__all__ = [
    "Background",
    "Channel",
    "FileBase",
    "Scope",
    "Transport",
    "begin_safely",
    "carry_out",
    "carry_out_apart",
    "current_scope",
    "limited",
    "open_transport",
    "pause",
    "run_blocking",
]

_GRACE = 1.5
"""Seconds that a cancelled beginning is awaited."""

Transport = AsyncTransport
Scope: TypeAlias = None
"""A task is cancelled by itself: it needs nothing to end it with."""


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """The transport of a new client."""
    if http_client is not None:
        raise InvalidArgumentError("http_client is for the blocking client: the asynchronous one has its own")
    return AsyncTransport(settings)


def carry_out(flow: Flow[T], transport: Transport, scope: Scope | None = None) -> Coroutine[Any, Any, T]:
    """What to await to have a flow carried out. It is no coroutine around another one, which would cost every call."""
    return adrive(flow, transport.send)


async def carry_out_apart(flow: Flow[T], transport: Transport, seconds: float) -> T:
    """Await a flow that cleans up: not ended by what ends the call around, but given no more than so many seconds."""
    return await within(seconds, carry_out(flow, transport))


def current_scope() -> Any:
    """None: a deadline cancels the task by itself."""
    return None


def limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a client that keeps the client's deadline: the whole call, or each step of an iterator."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await within(self._deadline, function(self, *args, **kwargs))

        return call

    @wraps(function)
    def begin(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = function(self, *args, **kwargs)
        return _limited_steps(result, self._deadline) if isinstance(result, AsyncGeneratorType) else result

    return begin


async def _limited_steps(iterator: AsyncGenerator[T, None], seconds: float) -> AsyncGenerator[T, None]:
    async with aclosing(iterator):
        while True:
            try:
                item = await within(seconds, anext(iterator))
            except StopAsyncIteration:
                return
            yield item


async def begin_safely(
    begin: Callable[[], Coroutine[Any, Any, T]], undo: Callable[[T], Coroutine[Any, Any, None]]
) -> T:
    """Begin something on the server; if that is cancelled, its outcome is awaited for a moment, and undone."""
    beginning = asyncio.ensure_future(begin())
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:
        await asyncio.wait([beginning], timeout=_GRACE)
        if not beginning.done():
            beginning.cancel()
        elif not beginning.cancelled() and beginning.exception() is None:
            await undo(beginning.result())
        raise


async def pause(seconds: float, scope: Scope | None = None) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


class FileBase:
    """What an asynchronous file has in common with others."""

    closed = False

    def readable(self) -> bool:
        """Whether it can be read."""
        return False

    def writable(self) -> bool:
        """Whether it can be written."""
        return False

    def seekable(self) -> bool:
        """Whether positions can be sought."""
        return False

    async def read(self, size: int | None = -1) -> bytes:
        """Refuse: it is not open for reading."""
        raise io.UnsupportedOperation("not readable")

    async def write(self, data: Any) -> int:
        """Refuse: it is not open for writing."""
        raise io.UnsupportedOperation("not writable")

    def _mark_closed(self) -> None:
        self.closed = True

    async def close(self) -> None:
        """Close the file. May be called again."""
        self._mark_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()


class Channel:
    """A few blocks on their way from one task to another; b"" is the end."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(4)

    async def put(self, block: bytes) -> None:
        """Hand over a block, waiting for room."""
        await self._queue.put(block)

    def put_nowait(self, block: bytes) -> None:
        """Hand over the end; what is waiting is dropped for it."""
        while self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(block)

    async def get(self) -> bytes:
        """Take a block, waiting for one."""
        return await self._queue.get()


class Background:
    """A task beside this one."""

    def __init__(self, function: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs) -> None:
        self._task = asyncio.create_task(function(*args, **kwargs))

    async def join(self) -> None:
        """Wait for its end."""
        await asyncio.shield(self._task)

    async def stop(self, seconds: float) -> None:
        """End it, and wait so long for that."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=seconds)
