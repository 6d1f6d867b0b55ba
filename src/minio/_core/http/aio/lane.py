"""Sends one request after another on a connection, with a callback instead of a task for each response.

A task, its future and two iterations of the loop cost as much as everything else that a small request needs. A lane
serves the usual case only: an idle connection, a request with a small body. The rest is for tasks.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from minio._core.exceptions import TransportError
from minio._core.wire.message import Outgoing, Response

from ..limits import SMALL_BODY
from ..request import render_head
from ..response_parser import ResponseParser
from .body import AsyncResponseBody
from .connection import Connection
from .express import Express
from .pool import ConnectionPool

T = TypeVar("T")


class Lane(Generic[T]):
    """One request at a time. `entry` is whatever the user of the lane keeps with a request.

    Args:
        pool: The connections. None if tasks send all requests.
        express: Reads whole responses. None if the loop reads everything.
        on_response: Called with the lane when the response is complete, when a part of it has come that streams, and
            when the connection has failed. It waits for more, or calls `hand_over` or `fail`, or calls `finish` and
            after that `send` or `release`.
    """

    __slots__ = (
        "_connection",
        "_express",
        "_on_response",
        "_pool",
        "_sock",
        "_transmit",
        "entry",
        "method",
        "outgoing",
        "read_final_head",
        "receive",
        "since",
    )

    def __init__(
        self, pool: ConnectionPool | None, express: Express[Lane[T]] | None, on_response: Callable[[Lane[T]], None]
    ) -> None:
        self._pool, self._express, self._on_response = pool, express, on_response
        self._connection: Connection | None = None
        self._sock: socket.socket | None = None
        """The socket, while `Express` reads it."""
        self._transmit: Any = None
        self.receive: Any = None
        self.read_final_head: Any = None
        self.method = ""
        self.since = 0.0
        """The time of the last response, by the clock of the loop."""
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
            connection = self._acquire(pool, outgoing)
            if connection is None:
                return False
        data = render_head(outgoing, connection.proxy_headers, False)
        if body:
            data += body
        self.outgoing, self.method = outgoing, outgoing.method
        if self._sock is None:
            connection.begin(outgoing.method, outgoing.stream)
            connection.transport.write(data)
            connection.listen(self)
            return True
        try:
            sent = self._transmit(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(data)  # the loop notices the error when it reads
            self.leave(b"")
        if sent < len(data):
            connection.transport.write(data[sent:])
        return True

    def leave(self, data: bytes) -> None:
        """Let the loop read the response, some of which may have come."""
        connection, outgoing = self._connection, self.outgoing
        self._part()
        if connection is None:
            return
        if outgoing is not None:
            connection.begin(outgoing.method, outgoing.stream)
            connection.listen(self)
            if data:
                connection.received(data)
        connection.resume()

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
        if (self._sock is None and not self.parser.reusable) or (self._pool is not None and self._pool.wanted):
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
        express = self._part()
        connection, self._connection = self._connection, None
        if connection is not None and self._pool is not None:
            connection.listen(None)
            if express:
                connection.resume()
                self._pool.keep(connection)
            else:
                self._pool.release(connection)

    def abort(self) -> None:
        """End an exchange at once, and close its connection. Between two exchanges, give the connection back."""
        if self.outgoing is None:
            self.release()
            return
        self._part()
        connection, self._connection = self._connection, None
        self.outgoing = self.entry = None
        if connection is not None:
            connection.listen(None)
            connection.abort()

    def _acquire(self, pool: ConnectionPool, outgoing: Outgoing) -> Connection | None:
        self.release()
        connection = self._connection = pool.acquire_nowait(outgoing.origin)
        if connection is not None and self._express is not None:
            sock = self._sock = self._express.join(self, connection)
            if sock is not None:
                self._transmit, self.receive = sock.send, sock.recv
                self.read_final_head = connection.heads.read_final_head
                self.since = connection.loop.time()
        return connection

    def _part(self) -> bool:
        sock, self._sock = self._sock, None
        if sock is None or self._express is None:
            return False
        self._transmit = self.receive = self.read_final_head = None
        self._express.part(sock)
        return True

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
