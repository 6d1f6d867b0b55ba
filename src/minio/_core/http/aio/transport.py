"""The asyncio transport: sends any number of concurrent requests over persistent connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from minio._core.exceptions import ClosedError, TransportError
from minio._core.wire.body import body_length
from minio._core.wire.message import Outgoing, Response

from ..bandwidth import Bandwidth
from ..limits import SMALL_BODY
from ..response_parser import ResponseParser
from ..settings import TransportSettings, refused_by_proxy
from .body import AsyncResponseBody
from .connection import Connection
from .dial import dial
from .pool import ConnectionPool, closes_with_loop
from .send import exchange
from .throttled import ThrottledBody


class _LoopState(NamedTuple):
    """The state for one event loop."""

    loop: asyncio.AbstractEventLoop
    pool: ConnectionPool
    closer: AsyncGenerator[None, None]
    """Closes the pool when the loop ends."""


class AsyncTransport:
    """Sends requests and returns responses, on any event loop.

    Args:
        settings: Time-outs, certificates, proxy.
    """

    nested = True
    """A request may be sent while a response is read by the same task."""

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._states: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopState] = WeakKeyDictionary()
        self._state: _LoopState | None = None
        self._closed = False
        rate = settings.bandwidth_limit
        self._bandwidth = None if rate is None else Bandwidth(rate)

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncTransport, (self._settings,)

    async def send(self, outgoing: Outgoing) -> Response:
        """Send a request and return its response.

        If the server has closed an idle connection, the request is sent once more on a new one. A cancellation closes
        the connection.

        Returns:
            The response with its complete body. If `outgoing.stream` is set and the status is a success, `stream` is an
            `AsyncResponseBody` instead.

        Raises:
            ClosedError: The client is closed.
            TransportError: No usable response was received. `unsent` is set if the request did not reach a server.
            InvalidArgumentError: A header cannot be sent.
        """
        state = self._state
        if state is None or state.loop is not asyncio.get_running_loop():
            state = await self._bind_loop()
        pool, origin = state.pool, outgoing.origin
        expect = outgoing.expect and body_length(outgoing.body) > SMALL_BODY
        # A request that must not be sent twice needs a new connection, because the server may close an idle one.
        connection = pool.acquire_nowait(origin) if outgoing.repeatable else None
        if connection is None:
            connection = await self._acquire(pool, outgoing, outgoing.repeatable)
        resent = False
        try:
            parser = await exchange(connection, outgoing, expect)
        except TransportError:
            if not connection.stale or not outgoing.repeatable:
                raise
            connection, parser = await self._send_again(pool, outgoing, expect)
            resent = True
        response = _to_response(pool, connection, parser)
        if response.status == 417 and expect:
            # This server does not support Expect and has rejected the request.
            connection = await self._acquire(pool, outgoing, kept=False, first=True)
            response = _to_response(pool, connection, await exchange(connection, outgoing, False))
        response.resent = resent
        if response.status == 407:
            raise refused_by_proxy(self._settings, origin)
        return response

    async def close(self) -> None:
        """Close idle connections now, and connections in use once their responses have been read."""
        self._closed = True
        here = asyncio.get_running_loop()
        states, self._state = list(self._states.values()), None
        self._states.clear()
        for state in states:
            if state.loop is here:
                await state.closer.aclose()
                await asyncio.sleep(0)  # the loop closes the sockets in its next iteration
            elif not state.loop.is_closed():
                state.loop.call_soon_threadsafe(state.pool.close)

    def close_soon(self) -> None:
        """Close from any thread, on loops that do not run at the moment: each closes its connections when it runs."""
        self._closed = True
        self._state = None
        for state in list(self._states.values()):
            if not state.loop.is_closed():
                state.loop.call_soon_threadsafe(state.pool.close)

    def share_bandwidth(self, bandwidth: Bandwidth | None) -> None:
        """Count the bytes of this transport toward a limit that another one has."""
        self._bandwidth = bandwidth

    @property
    def limited(self) -> bool:
        """True if a bandwidth limit applies."""
        return self._bandwidth is not None

    async def bind(self) -> ConnectionPool:
        """Return the pool of the running loop.

        Raises:
            ClosedError: The client is closed.
        """
        state = self._state
        if state is None or state.loop is not asyncio.get_running_loop():
            state = await self._bind_loop()
        return state.pool

    async def _send_again(
        self, pool: ConnectionPool, outgoing: Outgoing, expect: bool
    ) -> tuple[Connection, ResponseParser]:
        """Send a request on a new connection. The server may have received it on the closed connection."""
        try:
            connection = await self._acquire(pool, outgoing, kept=False, first=True)
            return connection, await exchange(connection, outgoing, expect)
        except TransportError as error:
            error.unsent = False
            raise

    async def _acquire(self, pool: ConnectionPool, outgoing: Outgoing, kept: bool, first: bool = False) -> Connection:
        """Return a connection released by another request, or a new one once the pool has a free slot."""
        origin = outgoing.origin
        while (connection := await pool.acquire(origin, kept, first, outgoing.stream)) is not None:
            if connection.open:
                return connection
            first = True
        try:
            connection = await dial(self._settings, origin)
        except BaseException:
            pool.release_slot()
            raise
        connection.bandwidth = self._bandwidth
        pool.add(connection)
        return connection

    async def _bind_loop(self) -> _LoopState:
        if self._closed:
            raise ClosedError("the client is closed")
        loop = asyncio.get_running_loop()
        state = self._states.get(loop)
        if state is None:
            pool = ConnectionPool(self._settings, loop)
            state = self._states[loop] = _LoopState(loop, pool, closes_with_loop(pool))
            await anext(state.closer)
        self._state = state
        return state


def _to_response(pool: ConnectionPool, connection: Connection, parser: ResponseParser) -> Response:
    head = parser.head
    assert head is not None
    if parser.streaming:
        bandwidth = connection.bandwidth
        if bandwidth is None:
            body = AsyncResponseBody(parser, connection, pool)
        else:
            body = ThrottledBody(parser, connection, pool, bandwidth)
        return Response(head.status, head.headers, b"", head.reason, body)
    response = Response(head.status, head.headers, parser.pop_all(), head.reason)
    pool.release(connection)
    return response
