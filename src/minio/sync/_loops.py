"""How the blocking client runs calls on many objects: on a private event loop, in the caller's thread. Not generated.

The laws:

* `open_stream` and `complete` run a method of an asynchronous client that shares the session, the credentials and the
  options of the blocking one. The method is written once, in `minio/aio`.
* A stream has a loop for itself, so any number of threads iterate streams of one client. Several threads may also
  iterate one stream: each outcome goes to exactly one of them. Loops are kept for the next
  stream, with their connections, until the client is closed or collected.
* A forked child and a copy of a pickled client have loops of their own. A stream does not continue in a child.

Programs that use none of these calls import nothing of asyncio.
"""

from __future__ import annotations

import os
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from contextvars import Context, copy_context
from functools import cache, partial
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from .._core.http.sync.transport import BlockingTransport
from .._core.wire.interrupts import interrupts_later
from ..error import ClosedError, MinioException

if TYPE_CHECKING:
    from .._core.http.aio.transport import AsyncTransport
    from .._core.transfer.aio.private_loop import PrivateLoop
    from ..aio._client import AsyncMinio

T = TypeVar("T")


class Loops:
    """The private loops of a client, and of those that `with_options` returns. Thread-safe."""

    def __init__(self) -> None:
        self._closed = False
        self._reset()
        _all.add(self)

    def _reset(self) -> None:
        self._idle: deque[PrivateLoop] = deque()
        self._active: weakref.WeakSet[PrivateLoop] = weakref.WeakSet()
        self._transport: AsyncTransport | None = None
        # Whatever closes the connections with their loop must not be collected before the loop is closed.
        self._kept: list[AsyncTransport] = []
        self._finalizer = weakref.finalize(self, _close_all, self._idle, self._kept)

    def acquire(self) -> PrivateLoop:
        """Return a loop that nothing else uses.

        Raises:
            ClosedError: The client is closed.
        """
        from .._core.transfer.aio.private_loop import PrivateLoop

        if self._closed:
            raise ClosedError("the client is closed")
        try:
            loop = self._idle.pop()
        except IndexError:
            loop = PrivateLoop()
        self._active.add(loop)
        _in_use.add(loop)
        return loop

    def release(self, loop: PrivateLoop) -> None:
        """Keep a loop for the next call, unless it is broken."""
        self._active.discard(loop)
        _in_use.discard(loop)
        if loop.broken or self._closed or not self._finalizer.alive:
            loop.close()
            return
        self._idle.append(loop)
        if self._closed:  # closed by another thread in the meantime
            _close_all(self._idle)

    def transport(self, client: Any) -> AsyncTransport:
        """Return the transport of the asynchronous client. It has connections of its own on each loop."""
        from .._core.http.aio.transport import AsyncTransport

        if self._transport is None:
            self._transport = AsyncTransport(client._settings)
            self._transport.share_bandwidth(client._transport.bandwidth)
            self._kept.append(self._transport)
        return self._transport

    def close(self) -> None:
        """Close the idle loops now, and those in use when their streams end."""
        self._closed = True
        _close_all(self._idle)
        if self._transport is not None:
            self._transport.close_soon()

    def _after_fork(self) -> None:
        self._finalizer.detach()
        for loop in (*self._idle, *self._active):
            loop.disarm()
        self._reset()


class Stream(Generic[T]):
    """The outcomes of a call that runs while it is iterated.

    Several threads may iterate it: each outcome goes to one of them. One thread at a time runs the call, while the
    others wait. If the call raises an error, one thread gets it, and for the others the iteration ends.

    Args:
        batches: The generator that runs the call, which yields lists of outcomes.
        name: The name of the public method.
        writes: What has not happened if the stream was never iterated, such as "stored". Empty if that is harmless.
    """

    def __init__(self, batches: Generator[list[T], None, None], name: str, writes: str = "") -> None:
        self._batches = batches
        self._name = name
        self._writes = writes
        self._ready: deque[T] = deque()
        self._lock = RLock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        try:
            return self._ready.popleft()  # most outcomes need no lock, because this is one step
        except IndexError:
            pass
        with self._lock:
            while True:
                try:
                    return self._ready.popleft()
                except IndexError:
                    self._ready.extend(next(self._batches))

    def close(self) -> None:
        """Stop: cancel what is under way and begin nothing more. Can be called more than once.

        If another thread runs the call, this waits until it has an outcome.
        """
        self._writes = ""
        with self._lock:
            self._batches.close()
            self._ready.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Stream call={self._name!r}, {self._state()}>"

    def _state(self) -> str:
        from inspect import GEN_CLOSED, GEN_CREATED, getgeneratorstate

        state = getgeneratorstate(self._batches)
        if self._ready:
            return "under way"
        return {GEN_CREATED: "not iterated yet", GEN_CLOSED: "ended"}.get(state, "under way")

    def __del__(self) -> None:
        if getattr(self, "_writes", "") and self._state() == "not iterated yet":
            warnings.warn(
                f"{self._name}() {self._writes} nothing: its result must be iterated, as in `for each in result: ...`",
                RuntimeWarning,
                stacklevel=2,
            )


def open_stream(client: Any, call: str, method: str, *args: Any, writes: str = "", **kwargs: Any) -> Stream[Any]:
    """Return the outcomes of a method that yields lists of them. Nothing runs until it is iterated.

    Args:
        client: The client.
        call: The name of the public method.
        method: The name of the asynchronous generator method of `AsyncMinio`.
        *args: Its arguments.
        writes: What has not happened if nothing iterates, such as "stored": then there is a warning.
        **kwargs: More of its arguments.
    """
    batches = _run_batches(client, copy_context(), method, args, kwargs)
    return Stream(batches, call, writes)


def complete(client: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Run a coroutine method of `AsyncMinio` for a blocking client, and return its result."""
    _load_asyncio()
    loops: Loops = client._loops
    loop = loops.acquire()
    try:
        return loop.run(lambda: getattr(_twin(client), method)(*args, **kwargs), copy_context())
    finally:
        loops.release(loop)


def _run_batches(
    client: Any, context: Context, method: str, args: Any, kwargs: Any
) -> Generator[list[Any], None, None]:
    _load_asyncio()
    from ..aio._loops import end_batches, limited_batches, next_batch

    loops: Loops = client._loops
    loop = loops.acquire()
    process = os.getpid()
    batches = limited_batches(_twin(client), method, *args, **kwargs)
    try:
        while (batch := loop.run(lambda: next_batch(batches), context)) is not None:
            yield batch
            if os.getpid() != process:
                raise MinioException("a forked process cannot continue an iteration of its parent")
    finally:
        if os.getpid() == process:
            try:
                if not loop.broken:
                    loop.run(lambda: end_batches(batches), context)
            finally:
                loops.release(loop)


@cache
def _load_asyncio() -> None:
    """Import what calls on many objects need. Ctrl-C waits: it would leave a package that cannot be imported again."""
    with interrupts_later():
        import minio._core.http.aio.transport
        import minio._core.transfer.aio.private_loop
        import minio.aio._client
        import minio.aio._loops  # noqa: F401


def _twin(client: Any) -> AsyncMinio:
    """Return an asynchronous client with the session and the options of a blocking one."""
    from ..aio._client import AsyncMinio

    made = object.__new__(AsyncMinio)
    made.__dict__.update(client.__dict__, _owner=False, _http_client=None)
    for name in _REPLACEABLE:
        made.__dict__.pop(name, None)
    replaced = [name for name in _REPLACEABLE if client._is_replaced(name)]
    if not replaced and isinstance(client._transport, BlockingTransport) and not client._transport.over_urllib3:
        made._transport = client._loops.transport(client)
        return made
    from .._core.transfer.aio.thread_transport import ThreadTransport

    made._session, transport = client._route(client._session)
    made._transport = cast(Any, ThreadTransport(transport))
    if "_get_region" in replaced:
        cast(Any, made)._get_region = partial(_on_thread, client._get_region)
    return made


async def _on_thread(function: Callable[..., T], *args: Any) -> T:
    from .._core.threads import on_thread

    return await on_thread(partial(function, *args))


_REPLACEABLE = ("_url_open", "_execute", "_get_region")


def _close_all(idle: deque[PrivateLoop], kept: list[AsyncTransport] | None = None) -> None:
    """Close idle loops. `kept` are their transports, which this call keeps alive."""
    with suppress(IndexError):
        while True:
            idle.pop().close()


_all: weakref.WeakSet[Loops] = weakref.WeakSet()
_in_use: set[PrivateLoop] = set()
"""The loops of streams. If a stream is collected with other objects, its loop must outlive it."""


def _after_fork_in_child() -> None:
    for loops in list(_all):
        loops._after_fork()
    _in_use.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def asynchronous(client: Any) -> Any:
    """Return an asynchronous client with the session and the options of a client."""
    _load_asyncio()
    return _twin(client)
