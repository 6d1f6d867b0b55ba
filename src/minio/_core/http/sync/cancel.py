"""Cancel scopes: groups of blocking calls that end together, by another thread or at a deadline.

No thread watches the time. Each wait in a scope is limited by `remaining`, and the first call that finds that the
deadline has passed ends the others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Protocol, TypeVar, cast
from weakref import WeakSet

from ...exceptions import DeadlineExceeded
from ..shared import shared

T = TypeVar("T")
_current: ContextVar[CancelScope | None] = ContextVar("minio_cancel_scope", default=None)


class Abortable(Protocol):
    """A connection of a call."""

    def abort(self) -> None:
        """Make the operation in progress fail immediately. Called from another thread."""

    def close(self) -> None:
        """Close it."""


class Cancelled(Exception):
    """The call was cancelled by another thread."""


class CancelScope:
    """A group of blocking calls. `cancel()` makes calls in progress fail immediately, and all later ones.

    If a scope is created while the thread has a current scope, it ends together with that scope.

    Args:
        seconds: The time after which the group ends. None means no deadline.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._ended = threading.Event()
        self._lock = threading.RLock()  # garbage collection may close a body while this thread holds it
        self._open: set[Abortable] = set()
        self._children: WeakSet[CancelScope] = WeakSet()
        self._parent = _current.get()
        self._seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        self._late = False
        self.has_deadline: bool = seconds is not None or (self._parent is not None and self._parent.has_deadline)
        """True if this scope or an enclosing one has a deadline."""
        if self._parent is not None:
            self._parent._add(self)

    @property
    def cancelled(self) -> bool:
        """True once the group has ended."""
        return self._ended.is_set()

    @property
    def error(self) -> Exception:
        """The error that calls of an ended group raise."""
        if self._late:
            return DeadlineExceeded(f"the call did not end within its deadline of {self._seconds:g} s")
        return Cancelled() if self._parent is None or not self._parent.cancelled else self._parent.error

    def remaining(self, most: float) -> float:
        """Return the seconds until the group ends, at most `most`.

        Raises:
            Exception: The group has ended. The exception is `error`.
        """
        if self._ended.is_set():
            raise self.error
        seconds = self.remaining_outside(most)
        if self._end is None:
            return seconds
        left = self._end - time.monotonic()
        if left <= 0:
            self._expire()
            raise self.error
        return min(seconds, left)

    def remaining_outside(self, most: float) -> float:
        """Return the remaining seconds of the enclosing scope."""
        return most if self._parent is None else self._parent.remaining(most)

    def run(self, function: Callable[[], T], spare: T | None = None) -> T:
        """Run a function that may block. With a deadline, it runs on a thread that is abandoned when the group ends.

        Args:
            function: The function.
            spare: A result to return immediately. The thread is then started in the background.
        """
        if not self.has_deadline:
            return function()
        run = shared(partial(run_outside, function), function)
        return cast(T, run.wait(self.remaining)) if spare is None else spare

    def attach(self, connection: Abortable) -> None:
        """Abort this connection when the group ends."""
        with self._lock:
            if self._ended.is_set():
                connection.close()
                raise self.error
            self._open.add(connection)

    def detach(self, connection: Abortable) -> None:
        """Stop tracking this connection."""
        with self._lock:
            self._open.discard(connection)

    def cancel(self) -> None:
        """End all calls of the group."""
        with self._lock:
            self._ended.set()
            for connection in list(self._open):
                connection.abort()
            children = list(self._children)
        for child in children:
            child.cancel()

    def is_over(self) -> bool:
        """Return whether the group has ended, or its deadline has passed."""
        around = self._parent is not None and self._parent.is_over()
        if self._end is not None and time.monotonic() >= self._end:
            self._expire()
        return around or self._ended.is_set()

    def pause(self, seconds: float) -> None:
        """Wait `seconds`, or until the group ends.

        Raises:
            Exception: The group has ended. The exception is `error`.
        """
        if self._ended.wait(self.remaining(seconds)) or self.is_over():
            raise self.error

    def _expire(self) -> None:
        """End the group because its deadline has passed."""
        with self._lock:
            if self._ended.is_set():
                return
            self._late = True
            self._ended.set()
        self.cancel()

    def _add(self, child: CancelScope) -> None:
        with self._lock:
            self._children.add(child)
            ended = self._ended.is_set()
        if ended:
            child.cancel()


class Alarm(CancelScope):
    """Calls a function when the current scope of the thread ends.

    Args:
        ring: The function. It must not raise.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        super().__init__()

    def cancel(self) -> None:
        """Call the function. The enclosing scope does this when it ends."""
        super().cancel()
        self._ring()


def current_scope() -> CancelScope | None:
    """Return the scope that the calls of this thread belong to."""
    return _current.get()


@contextmanager
def fail_after(seconds: float, detached: bool = False) -> Iterator[CancelScope]:
    """Limit the calls of this thread to `seconds` in total. This includes reading the streaming responses they return.

    Args:
        seconds: The limit.
        detached: The end of the enclosing scope does not end these calls.
    """
    outer = _current.set(None) if detached else None
    scope = CancelScope(seconds)
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)
        if outer is not None:
            _current.reset(outer)


@contextmanager
def detached() -> Iterator[CancelScope]:
    """Run the calls of this thread in a separate scope that only its own `cancel()` ends."""
    outer = _current.set(None)
    scope = CancelScope()
    _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(outer)


@contextmanager
def inside(scope: CancelScope) -> Iterator[CancelScope]:
    """Make a scope the current scope of this thread."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def run_outside(function: Callable[[], T]) -> T:
    """Run a function outside all scopes, because it may outlive the call that started it."""
    _current.set(None)  # of a copied context
    return function()
