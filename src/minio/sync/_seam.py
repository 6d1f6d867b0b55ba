"""Where the two clients truly differ: how a flow is carried out, and on which transport. Written by hand twice."""

from __future__ import annotations

import contextlib
import io
import queue
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from contextvars import copy_context
from functools import partial, wraps
from types import GeneratorType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from .._core.engine.drive import drive
from .._core.engine.flow import Flow
from .._core.http.blocking import BlockingTransport
from .._core.http.borrowed import BorrowedTransport
from .._core.http.scope import Scope, apart, current_scope, within
from .._core.http.settings import TransportSettings

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
"""Seconds that an interrupted beginning is awaited."""

Transport = BlockingTransport | BorrowedTransport


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """The transport of a new client: our own, or the caller's HTTP client as it is."""
    return BlockingTransport(settings) if http_client is None else BorrowedTransport(http_client)


def carry_out(flow: Flow[T], transport: Transport, scope: Scope | None = None) -> T:
    """Run a flow on this thread; a scope lets other threads, or a deadline, end it."""
    scope = scope or current_scope()
    if scope is None:
        return drive(flow, transport.send)
    return drive(flow, partial(transport.send, scope=scope), scope.pause)


def carry_out_apart(flow: Flow[T], transport: Transport, seconds: float) -> T:
    """Run a flow that cleans up: not ended by what ends the call around, but given no more than so many seconds."""
    with within(seconds, apart=True) as scope:
        return carry_out(flow, transport, scope)


def limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a client that keeps the client's deadline: the whole call, or each step of an iterator."""

    @wraps(function)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        seconds: float = self._deadline
        with within(seconds):
            result = function(self, *args, **kwargs)
        return _limited_steps(result, seconds) if isinstance(result, GeneratorType) else result

    return call


def _limited_steps(iterator: Generator[T, None, None], seconds: float) -> Generator[T, None, None]:
    with closing(iterator):
        while True:
            with within(seconds):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item


def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may wait for a disk, unless the call's time is over."""
    scope = current_scope()
    if scope is not None and scope.is_over():
        raise scope.fault
    return function(*args, **kwargs)


def begin_safely(begin: Callable[[], T], undo: Callable[[T], None]) -> T:
    """Begin something on the server; if Ctrl-C comes meanwhile, its outcome is awaited for a moment, and undone."""
    if threading.current_thread() is not threading.main_thread():
        return begin()  # Ctrl-C is the main thread's
    outcome: list[T] = []
    failure: list[BaseException] = []
    ended = threading.Event()

    def run() -> None:
        try:
            outcome.append(begin())
        except BaseException as error:  # noqa: BLE001 - raised below
            failure.append(error)
        ended.set()

    threading.Thread(target=copy_context().run, args=(run,), name="minio-begin", daemon=True).start()
    try:
        ended.wait()
    except BaseException:
        if ended.wait(_GRACE) and outcome:
            undo(outcome[0])
        raise
    if failure:
        raise failure[0]
    return outcome[0]


def pause(seconds: float, scope: Scope | None = None) -> None:
    """Wait, or until the scope is ended."""
    (time.sleep if scope is None else scope.pause)(seconds)


class FileBase(io.RawIOBase):
    """What a blocking file has in common with others: it is a real one."""

    def readinto(self, buffer: Any) -> int:
        """Refuse: it is not open for reading."""
        raise io.UnsupportedOperation("not readable")

    def write(self, data: Any) -> int:
        """Refuse: it is not open for writing."""
        raise io.UnsupportedOperation("not writable")

    def _mark_closed(self) -> None:
        io.RawIOBase.close(self)


class Channel:
    """A few blocks on their way from one thread to another; b"" is the end."""

    def __init__(self) -> None:
        self._queue: queue.Queue[bytes] = queue.Queue(4)

    def put(self, block: bytes) -> None:
        """Hand over a block, waiting for room."""
        self._queue.put(block)

    def put_nowait(self, block: bytes) -> None:
        """Hand over the end; what is waiting is dropped for it."""
        while True:
            try:
                self._queue.put_nowait(block)
                return
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._queue.get_nowait()

    def get(self) -> bytes:
        """Take a block, waiting for one."""
        return self._queue.get()


class Background:
    """A thread beside this one."""

    def __init__(self, function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._ended = threading.Event()
        with apart() as self._scope:
            context = copy_context()

        def run() -> None:
            try:
                context.run(function, *args, **kwargs)
            finally:
                self._ended.set()

        self._thread = threading.Thread(target=run, name="minio-object-writer", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end."""
        # Not by the thread's own join(): one that Ctrl-C breaks off takes its thread for ended (up to Python 3.12).
        self._ended.wait()
        self._thread.join()

    def stop(self, seconds: float) -> None:
        """End its calls, and wait so long for its end: it was told to give up."""
        self._scope.cancel()
        if self._ended.wait(seconds):
            self._thread.join()
