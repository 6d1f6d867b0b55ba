"""The parts that differ between the two clients: how flows run, and on which transport. Not generated."""

from __future__ import annotations

import io
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import Context, copy_context
from functools import partial, wraps
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeAlias, TypeVar, cast

from .._core.engine.call_options import option_taker
from .._core.engine.drive import drive
from .._core.engine.effects import Flow
from .._core.engine.first_try import first_try, plain_result
from .._core.http.settings import TransportSettings
from .._core.http.sync.cancel import Alarm, CancelScope, current_scope, detached, fail_after, inside
from .._core.http.sync.transport import BlockingTransport
from .._core.wire.interrupts import Latch, interrupts_later, take
from ..error import DeadlineExceeded, TransportError

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from .._core.engine.session import Session
    from .._core.http.sync.urllib3_transport import Urllib3Transport
    from .._core.ops.base import Operation
    from .._core.wire.message import Response

T = TypeVar("T")
P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "Ahead",
    "Background",
    "CancelScope",
    "Channel",
    "FileBase",
    "Items",
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
"""Seconds to wait for the outcome of an interrupted `begin`: normally, and after a deadline."""
_BLOCKS = 4
"""The number of blocks that a channel holds before `put` waits."""
_LONG = 3600.0
_AT_EXIT = 1.5
"""Seconds that program exit waits for the upload of an unclosed file to be aborted."""

Transport: TypeAlias = "BlockingTransport | Urllib3Transport"


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """Return the transport for a new client: the built-in one, or an adapter for the caller's HTTP client."""
    if http_client is None:
        return BlockingTransport(settings)
    from .._core.http.sync.urllib3_transport import Urllib3Transport, check_pool_manager

    return Urllib3Transport(check_pool_manager(http_client))


def run(flow: Flow[T], transport: Transport, scope: CancelScope | None = None) -> T:
    """Run a flow on this thread. Its scope, by default the current one, can cancel it."""
    scope = scope or current_scope()
    if scope is None:
        return drive(flow, transport.send)
    return drive(flow, partial(transport.send, scope=scope), scope.pause, scope.run)


def run_call(operation: Operation[T], session: Session, transport: Transport, scope: CancelScope | None = None) -> T:
    """Run one operation. A flow runs it unless it succeeds at once."""
    scope = scope or current_scope()
    outgoing = first_try(operation, session)
    if outgoing is None:
        from .._core.engine.flow import call

        return run(call(operation, session), transport, scope)
    outcome: Response | TransportError
    try:
        outcome = response = transport.send(outgoing, scope)
        found = plain_result(operation, outgoing.method, response)
        if found is not None:
            return found[0]
    except TransportError as error:
        outcome = error
    from .._core.engine.flow import call

    return run(call(operation, session, (outgoing, outcome)), transport, scope)


def run_detached(flow: Flow[T], transport: Transport, seconds: float) -> T:
    """Run a cleanup flow for at most `seconds`. Cancelling the current call does not cancel it."""
    with fail_after(seconds, detached=True) as scope:
        return run(flow, transport, scope)


def new_scope() -> CancelScope:
    """Return a scope for the requests of a transfer. Another thread can end them."""
    return CancelScope()


def public_call(function: F) -> F:
    """Apply the client's deadline and the call options to a method."""
    take = option_taker(function)

    @wraps(function)
    def limited(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            self = take(self, kwargs)
        seconds: float | None = self._deadline
        if seconds is None:
            return function(self, *args, **kwargs)
        with fail_after(seconds):
            return function(self, *args, **kwargs)

    return cast(F, limited)


def limits_steps(function: F) -> F:
    """Apply the client's deadline to each step of the iterator that a method returns."""

    @wraps(function)
    def iterate(self: Any, *args: Any, **kwargs: Any) -> Any:
        iterator = function(self, *args, **kwargs)
        return iterator if self._deadline is None else _limit_steps(iterator, self._deadline)

    return cast(F, iterate)


def _limit_steps(iterator: Generator[T, None, None], seconds: float) -> Generator[T, None, None]:
    with closing(iterator):
        while True:
            with fail_after(seconds):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item


def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may block on disk access. If the current call is over, raise its error instead."""
    scope = current_scope()
    if scope is not None and scope.is_over():
        raise scope.error
    return function(*args, **kwargs)


class ShortWork:
    """Runs blocking work that is usually short, such as writing a small file."""

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function."""
        return run_blocking(function, *args, **kwargs)


def begin_safely(begin: Callable[[], T], undo: Callable[[T], None]) -> T:
    """Run `begin`. If the call is cancelled meanwhile, wait briefly for the outcome and undo it.

    Ctrl-C, a deadline or another thread can cancel the call. None of them interrupts the thread that sends the request.
    """
    if current_scope() is None and threading.current_thread() is not threading.main_thread():
        return begin()  # Ctrl-C is raised in the main thread
    with detached() as scope:
        context = copy_context()
    beginning = _Call(scope, context, "minio-begin", begin)
    try:
        return beginning.wait()
    except BaseException as error:
        with interrupts_later():
            if beginning.settle(_SHORT_GRACE if isinstance(error, DeadlineExceeded) else _GRACE):
                undo(beginning.outcome[0])
        raise


def shelter(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call that cleans up after itself. The main thread hands it to a thread that Ctrl-C does not interrupt."""
    if threading.current_thread() is not threading.main_thread():
        return function(*args, **kwargs)
    with inside(CancelScope()) as scope:
        context = copy_context()
    call = _Call(scope, context, "minio-transfer", partial(function, *args, **kwargs))
    try:
        return call.wait()
    except BaseException:
        with interrupts_later():
            scope.cancel()
            call.settle(_GRACE)
        raise


class _Call(Generic[T]):
    """A call on a separate thread. Its scope is cancelled when this object is garbage collected."""

    def __init__(self, scope: CancelScope, context: Context, name: str, function: Callable[[], T]) -> None:
        self.outcome: list[T] = []
        self._failure: list[BaseException] = []
        self._wake, self._ended = Latch(), Latch()
        self._alarm = Alarm(self._wake.set)
        self._around = current_scope()
        self._scope = scope
        arguments = (context, function, self.outcome, self._failure, self._ended, self._wake)
        self._thread = threading.Thread(target=_run, args=arguments, name=name, daemon=True)
        weakref.finalize(self, _end_at_exit, os.getpid(), scope, self._ended)

    def wait(self) -> T:
        """Wait for the outcome and return it. Raise the error of the enclosing scope if that ends first."""
        with interrupts_later():
            self._thread.start()
        while not self._wake.wait(None if self._around is None else self._around.remaining(_LONG)):
            pass
        if not self._ended.is_set() and self._around is not None:
            raise self._around.error
        self._thread.join()
        if self._failure:
            raise self._failure[0]
        return self.outcome[0]

    def settle(self, seconds: float) -> bool:
        """Wait at most `seconds` for the end, then cancel the scope. Return whether there is an outcome."""
        if self._thread.ident is None:
            return False  # interrupted before the thread was started
        if self._ended.wait(seconds):
            self._thread.join()
        else:
            self._scope.cancel()
        return bool(self.outcome)


def _run(
    context: Context,
    function: Callable[[], T],
    outcome: list[T],
    failure: list[BaseException],
    ended: Latch,
    wake: Latch,
) -> None:
    try:
        outcome.append(context.run(function))
    except BaseException as error:  # noqa: BLE001 - raised by wait()
        failure.append(error)
    ended.set()
    wake.set()


hold_interrupts = interrupts_later
"""Delay Ctrl-C until cleanup has finished."""


def pause(seconds: float, scope: CancelScope | None = None) -> None:
    """Sleep for `seconds`, or until the scope ends."""
    (time.sleep if scope is None else scope.pause)(seconds)


class Items(chain[T]):
    """The iterator that a listing returns. It requests each page when its first item is needed.

    `itertools.chain` is written in C, so passing the items on costs nothing.
    """

    def __new__(cls, items: Iterator[T], bucket_name: str, prefix: str) -> Self:
        """Wrap a generator."""
        made = super().__new__(cls, items)
        made._items = items
        made._bucket_name = bucket_name
        made._prefix = prefix
        return made

    _items: Any  # a generator
    _bucket_name: str
    _prefix: str

    def close(self) -> None:
        """Stop the listing. No further page is requested. Can be called more than once."""
        self._items.close()

    def _state(self) -> str:
        from inspect import GEN_CLOSED, GEN_CREATED, getgeneratorstate

        state = getgeneratorstate(self._items)
        return {GEN_CREATED: "not iterated yet", GEN_CLOSED: "ended"}.get(state, "under way")


class Ahead(Generic[T]):
    """Fetches the items of an iterator."""

    def __init__(self, items: Iterator[T]) -> None:
        self._items: Any = items  # a generator

    def start(self) -> None:
        """Do nothing: an item is fetched when it is needed."""

    def next(self) -> T | None:
        """Return the next item, or None at the end."""
        return cast("T | None", next(self._items, None))

    def close(self) -> None:
        """Stop. Can be called more than once."""
        self._items.close()


class FileBase(io.RawIOBase):
    """The base class of blocking files, which are `io` files."""

    def readinto(self, buffer: Any) -> int:
        """Raise `io.UnsupportedOperation`: the file is not open for reading."""
        raise io.UnsupportedOperation("not readable")

    def write(self, data: Any) -> int:
        """Raise `io.UnsupportedOperation`: the file is not open for writing."""
        raise io.UnsupportedOperation("not writable")

    def _mark_closed(self) -> None:
        io.RawIOBase.close(self)

    def _drop(self) -> None:
        """Called when the file is garbage collected."""

    def _dealloc_warn(self, source: Any) -> None:
        # The io module calls this when a layer over this file is collected, before the layer closes this file.
        self._drop()


class Channel:
    """A bounded queue that passes blocks from one thread to another. b"" marks the end.

    `SimpleQueue` is written in C, so Ctrl-C in one thread cannot leave a lock held that the other one needs.
    """

    def __init__(self) -> None:
        self._blocks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.shut()

    def put(self, block: bytes) -> None:
        """Add a block. Wait while the channel is full."""
        take(self._room)
        self._blocks.put(block)

    def get(self) -> bytes:
        """Remove and return a block. Wait until there is one."""
        block = take(self._blocks)
        self._room.put(None)
        return block

    def end(self) -> None:
        """Mark the end, without waiting. Can be called more than once."""
        self._blocks.put(b"")

    abandon = end

    def end_with(self, owner: object) -> None:
        """Mark the end when `owner` is garbage collected.

        The callback is written in C. Ctrl-C in `__del__` or in a `weakref.finalize` would be lost, and with it the end.
        """
        self._owner = weakref.ref(owner, partial(self._blocks.put, b""))

    def shut(self) -> None:
        """Release a waiting `put`, because nothing reads the channel any more."""
        for _ in range(_BLOCKS):
            self._room.put(None)


class Background:
    """A thread that reads blocks from a channel."""

    def __init__(self, channel: Channel, function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._channel = channel
        channel.end_with(self)
        ended = self._ended = Latch()
        with detached() as self._scope:
            context = copy_context()

        def run() -> None:  # refers to no owner: the thread would keep it
            try:
                context.run(function, *args, **kwargs)
            finally:
                ended.set()

        self._thread = threading.Thread(target=run, name="minio-object-writer", daemon=True)
        weakref.finalize(self, _end_at_exit, os.getpid(), self._scope, self._ended, channel.end)
        with interrupts_later():
            self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended."""
        # join() alone is not enough: up to Python 3.12 it marks the thread as ended when Ctrl-C interrupts it.
        self._ended.wait()
        self._thread.join()

    def stop(self, seconds: float) -> None:
        """Stop the thread and its calls, and wait at most `seconds` for it. Ctrl-C does not interrupt the wait."""
        with interrupts_later():
            self._channel.end()
            self._scope.cancel()
            if self._thread.ident is not None and self._ended.wait(seconds):
                self._thread.join()


def _end_at_exit(process: int, scope: CancelScope, ended: Latch, tell: Callable[[], None] | None = None) -> None:
    """Stop a thread when its owner is garbage collected or the program exits."""
    if os.getpid() == process and not ended.is_set():  # connections are shared with a forked child
        if tell is not None:
            tell()
        scope.cancel()
        ended.wait(_AT_EXIT)
