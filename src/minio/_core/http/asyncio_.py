"""The asyncio transport: requests out, responses in, connections kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from minio._core.wire.message import Outgoing, Response
from minio.error import ClosedError, TransportError

from .asyncio_body import AsyncBody
from .asyncio_connection import Connection
from .asyncio_dial import dial
from .asyncio_pool import Idle, guard
from .asyncio_send import exchange
from .settings import TransportSettings


class _Home(NamedTuple):
    """What belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    idle: Idle
    guard: AsyncGenerator[None, None]


class AsyncTransport:
    """Sends requests over kept connections, any number at once, on whichever event loop calls.

    Args:
        settings: Timeouts, certificates, proxy.
    """

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._homes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Home] = WeakKeyDictionary()
        self._home: _Home | None = None
        self._closed = False

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncTransport, (self._settings,)

    async def send(self, outgoing: Outgoing) -> Response:
        """Send one request and return its response.

        A kept connection that turns out to have been closed by the server is replaced by a new one, once. When it
        is cancelled, the connection is closed.

        Returns:
            The response with its whole body; with `outgoing.stream` and a success, with an `AsyncBody` in `stream`.

        Raises:
            ClosedError: The client was closed.
            TransportError: No usable response came; `unsent` tells that the request surely did not reach a server.
            ValueError: A header cannot be sent.
        """
        home = self._home
        if home is None or home.loop is not asyncio.get_running_loop():
            home = await self._settle_in()
        connection = home.idle.take(outgoing.origin)
        response = None
        if connection is not None:
            try:
                response = await _send(home.idle, connection, outgoing, outgoing.expect)
            except TransportError:
                if not connection.stale:
                    raise
                outgoing.resent = True
        if response is None:
            response = await self._send_anew(home.idle, outgoing, outgoing.expect)
        if response.status == 417 and outgoing.expect:
            response = await self._send_anew(home.idle, outgoing, False)
        return response

    async def close(self) -> None:
        """Close the kept connections. Those in use are closed when they have done their work."""
        self._closed = True
        here = asyncio.get_running_loop()
        homes, self._home = list(self._homes.values()), None
        self._homes.clear()
        for home in homes:
            if home.loop is here:
                await home.guard.aclose()
                await asyncio.sleep(0)  # the loop closes the sockets in its next round
            elif not home.loop.is_closed():
                home.loop.call_soon_threadsafe(home.idle.close)

    async def _send_anew(self, idle: Idle, outgoing: Outgoing, expect: bool) -> Response:
        return await _send(idle, await dial(self._settings, outgoing.origin), outgoing, expect)

    async def _settle_in(self) -> _Home:
        if self._closed:
            raise ClosedError("the client is closed")
        loop = asyncio.get_running_loop()
        home = self._homes.get(loop)
        if home is None:
            idle = Idle(self._settings.max_idle)
            home = self._homes[loop] = _Home(loop, idle, guard(idle))
            await anext(home.guard)
        self._home = home
        return home


async def _send(idle: Idle, connection: Connection, outgoing: Outgoing, expect: bool) -> Response:
    try:
        incoming = await exchange(connection, outgoing, expect)
    except BaseException:
        connection.abort()
        raise
    head = incoming.head
    assert head is not None
    if incoming.handed:
        return Response(head.status, head.headers, b"", head.reason, AsyncBody(incoming, connection, idle))
    response = Response(head.status, head.headers, incoming.pop_all(), head.reason)
    idle.put(connection)
    return response
