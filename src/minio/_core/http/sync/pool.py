"""The idle connections of the blocking transport."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress

from ...wire.message import Origin
from ..settings import TransportSettings
from .connection import Connection


class ConnectionPool:
    """Keeps idle connections by origin. The most recently used one is reused first.

    No lock is needed, because operations on both ends of a deque and on a dict are atomic.
    """

    __slots__ = ("__weakref__", "_closed", "_idle", "_max_idle", "_max_idle_seconds")

    def __init__(self, settings: TransportSettings) -> None:
        self._max_idle = min(settings.max_idle, settings.max_connections)
        self._max_idle_seconds = settings.max_idle_seconds
        self._idle: dict[Origin, deque[Connection]] = {}
        self._closed = False

    def acquire_nowait(self, origin: Origin) -> Connection | None:
        """Return an idle connection that appears to be open, or None."""
        idle = self._idle.get(origin)
        while idle:
            try:
                connection = idle.pop()
            except IndexError:
                break
            if time.monotonic() - connection.since < self._max_idle_seconds and connection.is_reusable():
                return connection
            connection.close()
        return None

    def release(self, connection: Connection) -> None:
        """Keep a connection whose response was read to the end."""
        if connection.scope is not None:
            connection.leave_scope()
        idle = self._idle.get(connection.origin)
        if idle is None:
            idle = self._idle.setdefault(connection.origin, deque())
        if self._closed or len(idle) >= self._max_idle:
            connection.close()
            return
        connection.used = True
        connection.since = time.monotonic()
        idle.append(connection)
        if self._closed:  # closed by another thread in the meantime
            self._close_idle()

    def idle_count(self, origin: Origin) -> int:
        """Return the number of idle connections to an origin."""
        return len(self._idle.get(origin, ()))

    def close(self) -> None:
        """Close the idle connections now, and the others when they are released."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        for idle in list(self._idle.values()):
            with suppress(IndexError):
                while True:
                    idle.pop().close()
