"""Sends one request after another on a connection, with a callback instead of a task for each response.

A task, its future and two iterations of the loop cost as much as everything else that a small request needs. A lane
serves the usual case only: an idle connection, a request with a small body. The rest is for tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from minio._core.exceptions import TransportError
from minio._core.wire.message import Outgoing, Response

from ..limits import SMALL_BODY
from ..request import render_head
from ..response_parser import ResponseParser
from .body import AsyncResponseBody
from .connection import Connection
from .pool import ConnectionPool

T = TypeVar("T")


class Lane(Generic[T]):
    """One request at a time. `entry` is whatever the user of the lane keeps with a request.

    Args:
        pool: The connections. None if tasks send all requests.
        on_response: Called with the lane when the response is complete, when a part of it has come that streams, and
            when the connection has failed. It waits for more, or calls `hand_over` or `fail`, or calls `finish` and
            after that `send` or `release`.
    """

    __slots__ = ("_connection", "_on_response", "_pool", "entry", "outgoing")

    def __init__(self, pool: ConnectionPool | None, on_response: Callable[[Lane[T]], None]) -> None:
        self._pool = pool
        self._on_response = on_response
        self._connection: Connection | None = None
        self.outgoing: Outgoing | None = None
        """The request that waits for its response."""
        self.entry: T | None = None

    def send(self, outgoing: Outgoing) -> bool:
        """Send a request. Return False if a task has to do it, for example because no connection is idle."""
        body, pool = outgoing.body, self._pool
        if pool is None or pool.closed or not outgoing.repeatable or type(body) is not bytes or len(body) > SMALL_BODY:
            return False
        connection = self._connection
        if connection is None or not connection.open or connection.origin != outgoing.origin:
            self.release()
            connection = self._connection = pool.acquire_nowait(outgoing.origin)
            if connection is None:
                return False
        data = render_head(outgoing, connection.proxy_headers, False)
        connection.begin(outgoing.method, outgoing.stream)
        self.outgoing = outgoing
        connection.transport.write(data + body if body else data)
        connection.listen(self)
        return True

    @property
    def parser(self) -> ResponseParser:
        """The parser of the response."""
        parser = None if self._connection is None else self._connection.parser
        assert parser is not None
        return parser

    @property
    def error(self) -> TransportError | None:
        """The error of the connection, if it has failed."""
        return None if self._connection is None else self._connection.error

    def finish(self) -> None:
        """End an exchange whose response is complete. The connection stays with the lane, unless others wait for it."""
        self.outgoing = self.entry = None
        if not self.parser.reusable or (self._pool is not None and self._pool.wanted):
            self.release()

    def hand_over(self) -> Response:
        """End an exchange, and return its response. A body that is not complete streams."""
        connection, pool, parser = self._connection, self._pool, self.parser
        head = parser.head
        assert connection is not None
        assert pool is not None
        assert head is not None
        self._connection = self.outgoing = self.entry = None
        connection.listen(None)
        if parser.streaming:
            body = AsyncResponseBody(parser, connection, pool)
            return Response(head.status, head.headers, b"", head.reason, body)
        response = Response(head.status, head.headers, parser.pop_all(), head.reason)
        pool.release(connection)
        return response

    def fail(self) -> TransportError | None:
        """End an exchange whose connection has failed. Return None if the server had closed an idle connection."""
        connection = self._connection
        self._connection = self.outgoing = self.entry = None
        if connection is None:
            return None
        connection.listen(None)
        return None if connection.stale else connection.error

    def release(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None and self._pool is not None:
            connection.listen(None)
            self._pool.release(connection)

    def abort(self) -> None:
        """End an exchange at once, and close its connection. Between two exchanges, give the connection back."""
        if self.outgoing is None:
            self.release()
            return
        connection, self._connection = self._connection, None
        self.outgoing = self.entry = None
        if connection is not None:
            connection.listen(None)
            connection.abort()

    # What a connection calls, as if this was a future.

    def done(self) -> bool:
        """Return False: it can be told any number of times."""
        return False

    def set_result(self, result: None, /) -> None:
        """Look at what has come."""
        connection = self._connection
        if connection is None or self.outgoing is None:
            return
        if connection.error is not None or self.parser.ready:
            self._on_response(self)
