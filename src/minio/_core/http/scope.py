"""What blocking calls belong to, so that they end together: by another thread, or when their time is over."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakSet, ref

from ...error import DeadlineExceeded

if TYPE_CHECKING:
    from .connection import Connection

_current: ContextVar[Scope | None] = ContextVar("minio_scope", default=None)
_TICK = 0.05
"""Seconds between two looks of the watch: so late may a call be ended."""


class Cancelled(Exception):
    """The call was ended from outside."""


class Scope:
    """A group of blocking calls. `cancel()` makes those under way fail at once, and all later ones.

    A scope that is made while another one is the thread's current one is ended with it.

    Args:
        seconds: End the group after so long.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._ended = threading.Event()
        self._lock = threading.RLock()  # the collector may close a forgotten body right here
        self._open: set[Connection] = set()
        self._children: WeakSet[Scope] = WeakSet()
        self._parent = _current.get()
        self._seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        self._late = False
        self._departed = False
        if self._parent is not None:
            self._parent._adopt(self)

    @property
    def cancelled(self) -> bool:
        """Whether `cancel()` was called."""
        return self._ended.is_set()

    @property
    def fault(self) -> Exception:
        """Why calls of an ended group fail."""
        if self._late:
            return DeadlineExceeded(f"the call did not end within its deadline of {self._seconds:g} s")
        return Cancelled() if self._parent is None or not self._parent.cancelled else self._parent.fault

    def left(self, most: float) -> float:
        """Seconds until the group is ended, `most` of them at most.

        Raises:
            Exception: It has ended already: `fault`.
        """
        if self._ended.is_set():
            raise self.fault
        seconds = self.left_around(most)
        return seconds if self._end is None else max(0.001, min(seconds, self._end - time.monotonic()))

    def left_around(self, most: float) -> float:
        """The same for what is around this group."""
        return most if self._parent is None else self._parent.left(most)

    def enter(self, connection: Connection) -> None:
        """A call uses this connection from now on."""
        with self._lock:
            if self._ended.is_set():
                connection.close()
                raise self.fault
            self._open.add(connection)
        if self._departed:
            _watch.add(self)

    def leave(self, connection: Connection) -> None:
        """The call is done with it."""
        with self._lock:
            self._open.discard(connection)
        if self._departed:
            self.depart()

    def depart(self) -> None:
        """The call has returned; what still streams is watched on."""
        self._departed = True
        if not self._open:
            _watch.discard(self)

    def cancel(self) -> None:
        """End all calls of the group."""
        with self._lock:
            self._ended.set()
            for connection in list(self._open):
                connection.abort()
            children = list(self._children)
        for child in children:
            child.cancel()

    def expire(self, now: float) -> bool:
        """End the group if its time is over; whether it is."""
        if self._end is None or now < self._end:
            return False
        with self._lock:
            self._late = self._late or not self._ended.is_set()
            self._ended.set()
        self.cancel()
        return True

    def is_over(self) -> bool:
        """Whether the group was ended, or must be now."""
        around = self._parent is not None and self._parent.is_over()
        return self.expire(time.monotonic()) or around or self._ended.is_set()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until the group is ended."""
        if self._ended.wait(seconds):
            raise self.fault

    def _adopt(self, child: Scope) -> None:
        with self._lock:
            self._children.add(child)
            ended = self._ended.is_set()
        if ended:
            child.cancel()


def current_scope() -> Scope | None:
    """The scope that this thread's calls belong to."""
    return _current.get()


@contextmanager
def within(seconds: float, apart: bool = False) -> Iterator[Scope]:
    """Give the calls of this thread so many seconds in all; what still streams afterwards counts too.

    Args:
        seconds: How many.
        apart: Whatever ends the calls around does not end these.
    """
    outer = _current.set(None) if apart else None
    scope = Scope(seconds)
    _watch.add(scope)
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)
        scope.depart()
        if outer is not None:
            _current.reset(outer)
            _watch.leave()


@contextmanager
def apart() -> Iterator[Scope]:
    """Make calls a group of its own that only `cancel()` ends, whatever ends the calls around."""
    outer = _current.set(None)
    scope = Scope()
    _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(outer)


class _Watch:
    """A thread that ends scopes whose time is over. There is one only as long as there are such scopes."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._scopes: dict[int, ref[Scope]] = {}
        self._hurry = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, scope: Scope) -> None:
        """Watch this one, as long as anybody holds it."""
        with self._lock:
            self._scopes[id(scope)] = ref(scope)
            if self._thread is None:
                self._hurry.clear()
                self._thread = threading.Thread(target=self._run, name="minio-deadline-watch", daemon=True)
                self._thread.start()

    def discard(self, scope: Scope) -> None:
        """Watch this one no more. A next call may come soon: the thread lingers for a tick."""
        # Without the lock, in one step: the collector may call this on any thread, at any time.
        self._scopes.pop(id(scope), None)

    def leave(self) -> None:
        """End the thread now if there is nothing to watch."""
        with self._lock:
            thread = None if self._scopes else self._thread
        if thread is not None:
            self._hurry.set()
            thread.join(1)

    def _run(self) -> None:
        while True:
            self._hurry.wait(_TICK)
            with self._lock:
                scopes = self._living()
                if not scopes:
                    self._thread = None
                    return
                self._hurry.clear()
            now = time.monotonic()
            for scope in scopes:
                if scope.expire(now):
                    self.discard(scope)
            del scopes

    def _living(self) -> list[Scope]:
        scopes = []
        for key, watched in self._scopes.copy().items():
            scope = watched()
            if scope is not None:
                scopes.append(scope)
            elif self._scopes.get(key) is watched:
                self._scopes.pop(key, None)
        return scopes

    def forget(self) -> None:
        """In a forked child there is no such thread."""
        self.__init__()  # type: ignore[misc]  # all of it begins anew


_watch = _Watch()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_watch.forget)
