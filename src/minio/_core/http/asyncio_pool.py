"""Connections that wait for their next request, on one event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minio._core.wire.message import Origin

    from .asyncio_connection import Connection

MAX_AGE = 60.0
"""Seconds after which an idle connection is not trusted any more: something between may have forgotten it."""


class Idle:
    """Idle connections by origin, the last used one first. Connections do not know of it: it can be dropped."""

    __slots__ = ("_closed", "_count", "_max", "_stacks")

    def __init__(self, max_idle: int) -> None:
        self._stacks: dict[Origin, list[Connection]] = {}
        self._max = max_idle
        self._count = 0
        self._closed = False

    def take(self, origin: Origin) -> Connection | None:
        """A connection that was open a moment ago, or None."""
        stack = self._stacks.get(origin)
        while stack:
            connection = stack.pop()
            self._count -= 1
            if connection.open and connection.loop.time() - connection.since < MAX_AGE and connection.is_quiet():
                return connection
            connection.abort()
        return None

    def put(self, connection: Connection) -> None:
        """Lay a connection aside whose response is over; close it if it cannot be used again."""
        incoming = connection.incoming
        if self._closed or not connection.open or incoming is None or not incoming.reusable or self._max < 1:
            connection.abort()
            return
        connection.incoming = None
        connection.resume()
        connection.since = connection.loop.time()
        if self._count >= self._max:
            self._drop_oldest()
        stack = self._stacks.get(connection.origin)
        if stack is None:
            self._stacks[connection.origin] = [connection]
        else:
            stack.append(connection)
        self._count += 1

    def close(self) -> None:
        """Close all of them, and keep none from now on."""
        self._closed = True
        for stack in self._stacks.values():
            for connection in stack:
                connection.abort()
        self._stacks.clear()
        self._count = 0

    def _drop_oldest(self) -> None:
        for origin in [origin for origin, stack in self._stacks.items() if not stack]:
            del self._stacks[origin]
        oldest = min(self._stacks.values(), key=lambda stack: stack[0].since)
        oldest.pop(0).abort()
        self._count -= 1


async def guard(idle: Idle) -> AsyncGenerator[None, None]:
    """Close the connections when the loop ends, or when nobody holds this generator any more.

    A loop that ends (`asyncio.run`, `Runner`) finishes the asynchronous generators that were started on it; it is
    the only word of its end that a library gets, and without it every idle connection would be warned of.
    """
    try:
        yield
    finally:
        idle.close()
