"""What blocking calls belong to, so that they can be ended together from another thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .connection import Connection


class Cancelled(Exception):
    """The call was ended from outside."""


class Scope:
    """A group of blocking calls. `cancel()` makes those under way fail at once, and all later ones."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._open: set[Connection] = set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel()` was called."""
        return self._ended.is_set()

    def enter(self, connection: Connection) -> None:
        """A call uses this connection from now on."""
        with self._lock:
            if self._ended.is_set():
                connection.close()
                raise Cancelled
            self._open.add(connection)

    def leave(self, connection: Connection) -> None:
        """The call is done with it."""
        with self._lock:
            self._open.discard(connection)

    def cancel(self) -> None:
        """End all calls of the group."""
        with self._lock:
            self._ended.set()
            for connection in self._open:
                connection.abort()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until the group is ended."""
        if self._ended.wait(seconds):
            raise Cancelled
