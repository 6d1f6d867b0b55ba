"""The connection pool of one event loop. It keeps idle connections and limits the total number of connections.

* Each connection that is open or being opened takes one of `max_connections` slots, until the loop has closed it.
* A caller that finds no idle connection and no free slot waits. Callers are served in order of arrival.
* Only a streaming response can hold a connection indefinitely. While such responses hold all slots, other requests use
  a few extra slots beyond the limit, so that data read from a stream can be written elsewhere. These extra connections
  are not kept. A request whose response does not stream therefore never waits for an unread stream.
* A request for a stream waits for another stream to end. If all streams were left unread for the read timeout (or are
  listeners, which do not end), the caller that has waited longest gets an error, so that it can close a response and
  the others can continue. If that does not help, the next two callers get an error, then four.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, NamedTuple

from minio._core.exceptions import ClosedError, TransportError

from ..settings import TransportSettings

if TYPE_CHECKING:
    from minio._core.wire.message import Origin

    from .connection import Connection


_ABOVE = 16
"""There is one extra slot per this many regular slots, and at least one."""
_PAUSE = 2.0
"""Seconds for a rejected caller to clean up and close its responses, before other callers are rejected."""


class _Waiter(NamedTuple):
    """A waiting caller. The result of its future is an idle connection, or None for a free slot."""

    future: asyncio.Future[Connection | None]
    origin: Origin
    kept: bool
    stream: bool
    since: float


class ConnectionPool:
    """Keeps idle connections by origin. The most recently used one is reused first."""

    __slots__ = (
        "_above",
        "_closed",
        "_count",
        "_lent",
        "_live",
        "_loop",
        "_max",
        "_max_idle",
        "_max_idle_seconds",
        "_refusals",
        "_slots",
        "_stacks",
        "_timer",
        "_waiting",
        "timeout",
    )

    def __init__(self, settings: TransportSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._max = settings.max_connections
        self._above = max(1, settings.max_connections // _ABOVE)
        self._max_idle = min(settings.max_idle, settings.max_connections)
        self._max_idle_seconds = settings.max_idle_seconds
        self.timeout = settings.read_timeout
        self._stacks: dict[Origin, list[Connection]] = {}
        self._count = 0
        self._live: set[Connection] = set()
        self._lent: set[Connection] = set()
        self._slots = 0
        self._waiting: deque[_Waiter] = deque()
        self._refusals = 1
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    # For the transport

    @property
    def closed(self) -> bool:
        """True once the pool keeps no connections any more."""
        return self._closed

    @property
    def wanted(self) -> bool:
        """True while callers wait for a connection."""
        return bool(self._waiting)

    def acquire_nowait(self, origin: Origin) -> Connection | None:
        """Return an idle connection that appears to be open, or None."""
        if self._waiting:
            return None  # waiting callers take precedence
        stack = self._stacks.get(origin)
        while stack:
            connection = stack.pop()
            self._count -= 1
            if (
                connection.open
                and self._loop.time() - connection.since < self._max_idle_seconds
                and connection.is_reusable()
            ):
                return connection
            connection.abort()
        return None

    async def acquire(
        self, origin: Origin, kept: bool = True, first: bool = False, stream: bool = False
    ) -> Connection | None:
        """Wait for an idle connection, or for a slot for a new one. Return None for a slot.

        Args:
            origin: The server.
            kept: Accept an idle connection. If False, wait for a slot.
            first: Take precedence over waiting callers, because the caller has just released a slot.
            stream: The response may stream.

        Raises:
            TransportError: All connections are held by unread responses.
        """
        if self._slots < self._max and (first or not self._waiting):
            self._slots += 1
            return None
        if self._count:
            self._drop_oldest()
        waiter = _Waiter(self._loop.create_future(), origin, kept, stream, self._loop.time())
        (self._waiting.appendleft if first else self._waiting.append)(waiter)
        self._serve()
        self._watch()
        try:
            return await waiter.future
        except BaseException:
            self._withdraw(waiter)
            raise

    def add(self, connection: Connection) -> None:
        """Assign an acquired slot to a connection until the loop has closed it."""
        self._live.add(connection)
        connection.on_lost = self._discard
        if connection.gone:
            self._discard(connection)

    def release_slot(self) -> None:
        """Release a slot."""
        self._slots -= 1
        self._serve()

    def lend(self, connection: Connection) -> None:
        """Record that a caller reads an incomplete response from this connection at its own pace."""
        self._lent.add(connection)
        connection.on_whole = self.release
        self._serve()

    def release(self, connection: Connection) -> None:
        """Keep a connection whose response is complete, or close it if it cannot be reused."""
        self._lent.discard(connection)
        connection.on_whole = None
        parser = connection.parser
        if self._closed or not connection.open or parser is None or not parser.reusable or self._max_idle < 1:
            connection.abort()
            return
        connection.parser = None
        connection.resume()
        self._keep_or_hand_over(connection)

    def keep(self, connection: Connection) -> None:
        """Keep a connection that was acquired, and whose responses were all read elsewhere."""
        if self._closed or not connection.open:
            connection.abort()
        else:
            connection.parser = None
            self._keep_or_hand_over(connection)

    def close(self) -> None:
        """Close idle connections, keep none from now on, and reject waiting callers."""
        self._closed = True
        for stack in self._stacks.values():
            for connection in stack:
                connection.abort()
        self._stacks.clear()
        self._count = 0
        self._refuse(ClosedError("the client is closed"), len(self._waiting))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Helpers

    def _keep_or_hand_over(self, connection: Connection) -> None:
        connection.since = self._loop.time()
        if self._waiting or self._slots > self._max:
            waiter = self._next(self._slots - 1)
            if waiter is not None and waiter.kept and waiter.origin == connection.origin:
                self._grant(waiter, connection)
            else:
                connection.abort()  # its slot goes to the waiting caller
            return
        if self._count >= self._max_idle:
            self._drop_oldest()
        stack = self._stacks.get(connection.origin)
        if stack is None:
            self._stacks[connection.origin] = [connection]
        else:
            stack.append(connection)
        self._count += 1

    def _drop_oldest(self) -> None:
        for origin in [origin for origin, stack in self._stacks.items() if not stack]:
            del self._stacks[origin]
        oldest = min(self._stacks.values(), key=lambda stack: stack[0].since)
        oldest.pop(0).abort()
        self._count -= 1

    def _discard(self, connection: Connection) -> None:
        """Forget a connection that the loop has closed."""
        if connection not in self._live:
            return
        self._live.remove(connection)
        self._lent.discard(connection)
        stack = self._stacks.get(connection.origin)
        if stack and connection in stack:
            stack.remove(connection)
            self._count -= 1
        self.release_slot()

    def _serve(self) -> None:
        """Give free slots to waiting callers."""
        while self._waiting and (waiter := self._next(self._slots)) is not None:
            self._slots += 1
            self._grant(waiter, None)

    def _next(self, taken: int) -> _Waiter | None:
        """Return the caller that gets the next slot if `taken` slots are in use."""
        if taken < self._max:
            return next((one for one in self._waiting if not one.future.done()), None)
        if taken < self._max + self._above and len(self._lent) >= self._max:
            return next((one for one in self._waiting if not one.stream and not one.future.done()), None)
        return None

    def _grant(self, waiter: _Waiter, connection: Connection | None) -> None:
        self._waiting.remove(waiter)
        self._refusals = 1
        waiter.future.set_result(connection)

    def _withdraw(self, waiter: _Waiter) -> None:
        """Remove a cancelled caller. If it was granted something at the same moment, that goes to the next caller."""
        future = waiter.future
        if not future.done() or future.cancelled() or future.exception() is not None:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            return
        connection = future.result()
        if connection is None:
            self.release_slot()
        elif connection.open and not self._closed:
            self._keep_or_hand_over(connection)
        else:
            connection.abort()

    # Unread responses

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(self.timeout, self._look)

    def _look(self) -> None:
        self._timer = None
        since = min((one.since for one in self._waiting if one.stream), default=None)
        if since is None:
            return
        now = self._loop.time()
        pause = self.timeout / 4
        if now < since + self.timeout:
            pause = since + self.timeout - now
        elif self._is_stuck(now):
            self._refuse(self._why_stuck(), self._refusals, since=now - self.timeout)
            self._refusals *= 2
            pause = min(pause, _PAUSE)
        self._timer = self._loop.call_later(pause, self._look)

    def _is_stuck(self, now: float) -> bool:
        return len(self._lent) >= self._max and all(one.is_held(now, self.timeout) for one in self._lent)

    def _why_stuck(self) -> TransportError:
        text = f"all {self._max} connections are held by responses that were not read to the end or closed"
        if listeners := sum(one.is_endless for one in self._lent):
            text += f" ({listeners} of them by listen_bucket_notification)"
        error = TransportError(f"{text}: read or close them, or raise max_connections", safe=True)
        error.final = True
        return error

    def _refuse(self, error: TransportError | ClosedError, most: int, since: float | None = None) -> None:
        """Reject waiting callers with an error. With `since`, only those that have waited for a stream since then."""
        due = [one for one in self._waiting if since is None or (one.stream and one.since <= since)]
        for waiter in due[:most]:
            self._waiting.remove(waiter)
            if not waiter.future.done():
                waiter.future.set_exception(_copy_of(error))


def _copy_of(error: TransportError | ClosedError) -> TransportError | ClosedError:
    """Copy an error, because an error raised in several tasks would collect all their tracebacks."""
    from copy import copy

    return copy(error)


async def closes_with_loop(pool: ConnectionPool) -> AsyncGenerator[None, None]:
    """Close a pool when its loop ends, or when this generator is no longer referenced.

    When a loop ends (`asyncio.run`, `Runner`), it closes the asynchronous generators that were started on it. This is
    the only notification a library gets, and Python warns about each connection that is still open.
    """
    try:
        yield
    finally:
        pool.close()
