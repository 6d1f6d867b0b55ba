"""The parts that differ between the two clients: how flows run, and on which transport. Not generated."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, aclosing, nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeAlias, TypeVar, cast

from .._core.engine.call_options import option_taker
from .._core.engine.drive import adrive
from .._core.engine.effects import Flow
from .._core.engine.first_try import first_try, plain_result
from .._core.http.aio.cancel import (
    current_deadline,
    detach,
    fail_after,
    fetch,
    finish,
    keep,
    run_blocking,
    settle,
    without_deadline,
)
from .._core.http.aio.transport import AsyncTransport
from .._core.http.settings import TransportSettings
from ..error import InvalidArgumentError, TransportError

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from .._core.engine.session import Session
    from .._core.ops.base import Operation
    from .._core.wire.message import Response

T = TypeVar("T")
P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "Ahead",
    "AsyncItems",
    "Background",
    "CancelScope",
    "Channel",
    "FileBase",
    "ShortWork",
    "Transport",
    "begin_safely",
    "current_scope",
    "hold_interrupts",
    "limits_steps",
    "new_scope",
    "open_transport",
    "pause",
    "public_call",
    "run",
    "run_blocking",
    "run_call",
    "run_detached",
    "shelter",
]

_GRACE = 1.5
_SHORT_GRACE = 0.75
"""Seconds to wait for the outcome of a cancelled `begin`: normally, and with a deadline."""
_BLOCKS = 4
"""The number of blocks that a channel holds before `put` waits."""
_LONG = 0.001
"""The mean duration in seconds above which blocking work counts as slow."""
_RECENT = 8
"""The number of pieces of work over which that mean is smoothed."""
_SHARE = 50
"""For how many times the duration of slow work threads do the rest."""

Transport = AsyncTransport
CancelScope: TypeAlias = None
"""asyncio cancels tasks, so no scopes are needed."""


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """Return the transport for a new client."""
    if http_client is not None:
        raise InvalidArgumentError("http_client is for the blocking client: the asynchronous one has its own")
    return AsyncTransport(settings)


def run(flow: Flow[T], transport: Transport, scope: CancelScope | None = None) -> Coroutine[Any, Any, T]:
    """Return a coroutine that runs a flow. Not `async def`: that would add a coroutine to every call."""
    return adrive(flow, transport.send, fetch)


async def run_call(
    operation: Operation[T], session: Session, transport: Transport, scope: CancelScope | None = None
) -> T:
    """Run one operation. A flow runs it unless it succeeds at once."""
    outgoing = first_try(operation, session)
    if outgoing is None:
        from .._core.engine.flow import call

        return await run(call(operation, session), transport)
    outcome: Response | TransportError
    try:
        outcome = response = await transport.send(outgoing)
        found = plain_result(operation, outgoing.method, response)
        if found is not None:
            return found[0]
    except TransportError as error:
        outcome = error
    from .._core.engine.flow import call

    return await run(call(operation, session, (outgoing, outcome)), transport)


async def run_detached(flow: Flow[T], transport: Transport, seconds: float) -> T:
    """Run a cleanup flow for at most `seconds`. A cancellation is raised only after the flow has ended."""
    return await finish(run(flow, transport), seconds)


def current_scope() -> Any:
    """Return None: a deadline cancels the task."""
    return None


def new_scope() -> Any:
    """Return None: the requests of a transfer end with its tasks."""
    return None


def public_call(function: F) -> F:
    """Apply the client's deadline and the call options to a method."""
    take = option_taker(function)

    @wraps(function)
    async def limited(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            self = take(self, kwargs)
        if self._deadline is None:
            return await function(self, *args, **kwargs)
        return await fail_after(self._deadline, function(self, *args, **kwargs))

    return cast(F, limited)


def limits_steps(function: F) -> F:
    """Apply the client's deadline to each step of the iterator that a method returns."""

    @wraps(function)
    def iterate(self: Any, *args: Any, **kwargs: Any) -> Any:
        iterator = function(self, *args, **kwargs)
        return iterator if self._deadline is None else _limit_steps(iterator, self._deadline)

    return cast(F, iterate)


async def _limit_steps(iterator: AsyncGenerator[T, None], seconds: float) -> AsyncGenerator[T, None]:
    async with aclosing(iterator):
        while True:
            try:
                item = await fail_after(seconds, anext(iterator))
            except StopAsyncIteration:
                return
            yield item


async def begin_safely(
    begin: Callable[[], Coroutine[Any, Any, T]], undo: Callable[[T], Coroutine[Any, Any, None]]
) -> T:
    """Run `begin`. If the task is cancelled meanwhile, wait briefly for the outcome and undo it."""
    beginning = detach(begin())
    try:
        await asyncio.wait([beginning])
    except asyncio.CancelledError:
        await settle([detach(_undo_late(beginning, undo))])
        raise
    return beginning.result()


async def _undo_late(beginning: asyncio.Task[T], undo: Callable[[T], Coroutine[Any, Any, None]]) -> None:
    await settle([beginning], _GRACE if current_deadline() is None else _SHORT_GRACE)
    if not beginning.done():
        beginning.cancel()
    elif not beginning.cancelled() and beginning.exception() is None:
        await undo(beginning.result())


def shelter(function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
    """Return a coroutine for a call that cleans up after itself. Cancellation does not interrupt its cleanup."""
    return function(*args, **kwargs)


def hold_interrupts() -> AbstractContextManager[None]:
    """Do nothing. Ctrl-C cancels the main task, and cleanup runs on separate tasks."""
    return nullcontext()


async def pause(seconds: float, scope: CancelScope | None = None) -> None:
    """Sleep for `seconds`."""
    await asyncio.sleep(seconds)


class ShortWork:
    """Runs blocking work that is usually short, such as writing a small file.

    Short work runs on the event loop, because handing it to a thread costs several times as much. After slow work, a
    thread does the rest for a while, so slow work takes at most a fiftieth of the event loop's time. A single piece of
    work may have taken long because other programs ran, so the mean of recent ones decides.

    Args:
        long: The mean duration in seconds above which work counts as slow.
    """

    def __init__(self, long: float = _LONG) -> None:
        self._long = long
        self._until = self._mean = 0.0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function on the event loop, or on a thread after slow work."""
        if self.is_slow():
            return await run_blocking(function, *args, **kwargs)
        return self.timed(function, *args, **kwargs)

    def is_slow(self) -> bool:
        """Return whether a thread does the work at the moment."""
        return time.perf_counter() < self._until  # the monotonic clock of Windows has steps of 16 ms

    def timed(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function here, and measure how long it takes."""
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            end = time.perf_counter()
            self._mean += (end - begin - self._mean) / _RECENT
            if self._mean > self._long:
                self._until = end + self._mean * _RECENT * _SHARE
                self._mean = 0.0


class AsyncItems(Generic[T]):
    """The iterator that a listing returns. It requests each page when its first item is needed."""

    def __init__(self, items: AsyncIterator[T], bucket_name: str, prefix: str) -> None:
        self._items: Any = items  # a generator
        self._bucket_name = bucket_name
        self._prefix = prefix
        self._begun = False

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[T]:
        self._begun = True
        step: Awaitable[T] = self._items.__anext__()
        return step

    async def aclose(self) -> None:
        """Stop the listing. No further page is requested. Can be called more than once."""
        await self._items.aclose()

    def _state(self) -> str:
        if self._items.ag_frame is None:
            return "ended"
        return "under way" if self._begun else "not iterated yet"


class Ahead(Generic[T]):
    """Fetches the next item of an iterator while the caller uses the present one."""

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items: Any = items  # a generator
        self._task: asyncio.Task[T | None] | None = None
        self._ended = False

    def start(self) -> None:
        """Begin to fetch the next item."""
        if self._task is None and not self._ended:
            # Each step of the caller has its own deadline, which must not end a later one.
            context = without_deadline()
            self._task = asyncio.get_running_loop().create_task(self._fetch(), context=context)

    async def next(self) -> T | None:
        """Return the next item, or None at the end."""
        self.start()
        task, self._task = self._task, None
        if task is None:
            return None
        try:
            item = await task
        except BaseException:
            self._ended = True
            raise
        self._ended = item is None
        self.start()
        return item

    async def close(self) -> None:
        """Stop. Can be called more than once."""
        self._ended = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await settle([task])
        await self._items.aclose()

    async def _fetch(self) -> T | None:
        return cast("T | None", await anext(self._items, None))


class FileBase:
    """The base class of asynchronous files."""

    closed = False

    def readable(self) -> bool:
        """Return whether the file can be read."""
        return False

    def writable(self) -> bool:
        """Return whether the file can be written."""
        return False

    def seekable(self) -> bool:
        """Return whether the file can seek."""
        return False

    async def read(self, size: int | None = -1) -> bytes:
        """Raise `io.UnsupportedOperation`: the file is not open for reading."""
        raise io.UnsupportedOperation("not readable")

    async def write(self, data: Any) -> int:
        """Raise `io.UnsupportedOperation`: the file is not open for writing."""
        raise io.UnsupportedOperation("not writable")

    def _mark_closed(self) -> None:
        self.closed = True

    def _drop(self) -> None:
        """Called when the file is garbage collected."""

    async def close(self) -> None:
        """Close the file. Can be called more than once."""
        self._mark_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()


class Channel:
    """A bounded queue that passes blocks from one task to another. b"" marks the end."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._blocks: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = asyncio.Semaphore(_BLOCKS)

    async def put(self, block: bytes) -> None:
        """Add a block. Wait while the channel is full."""
        await self._room.acquire()
        self._blocks.put_nowait(block)

    async def get(self) -> bytes:
        """Remove and return a block. Wait until there is one."""
        block = await self._blocks.get()
        self._room.release()
        return block

    def end(self) -> None:
        """Mark the end, without waiting. Can be called more than once."""
        self._blocks.put_nowait(b"")

    def abandon(self) -> None:
        """Mark the end from any thread. Garbage collection can run on any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.end)

    def shut(self) -> None:
        """Release a waiting `put`, because nothing reads the channel any more."""
        for _ in range(_BLOCKS):
            self._room.release()


class Background:
    """A task that reads blocks from a channel."""

    def __init__(
        self, channel: Channel, function: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        self._channel = channel
        self._task = keep(asyncio.create_task(function(*args, **kwargs)))

    async def join(self) -> None:
        """Wait until the task has ended."""
        await asyncio.wait([self._task])

    async def stop(self, seconds: float) -> None:
        """Cancel the task and wait at most `seconds` for it. Cancelling the caller does not interrupt the wait."""
        self._channel.end()
        self._task.cancel()
        await settle([self._task], seconds)
