"""Put a request on a connection and wait until its response is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from minio._core.wire.http1 import request_head
from minio._core.wire.message import Body, Outgoing, body_length
from minio.error import TransportError

from .asyncio_connection import Connection
from .incoming import Incoming

SMALL = 64 * 1024
"""Bytes of a body that go out together with the head."""
_PIECE = 256 * 1024
_PATIENCE = 1.0
"""Seconds that a server has to say 100 Continue: many never do."""


async def exchange(connection: Connection, outgoing: Outgoing, expect: bool) -> Incoming:
    """Send a request and return its response as soon as it is `ready`.

    Raises:
        TransportError: The connection failed. The caller closes it, as after any exception.
        ValueError: A header cannot be sent.
    """
    incoming = connection.begin(outgoing.method, outgoing.stream)
    body = outgoing.body
    if type(body) is bytes and len(body) <= SMALL and not expect:
        connection.transport.write(_head(connection, outgoing, False) + body)
    elif not isinstance(body, (bytes, memoryview)) or expect or body_length(body) > SMALL:
        await _send_large(connection, incoming, outgoing, expect)
    else:
        connection.transport.write(_head(connection, outgoing, False) + bytes(body))
    while not incoming.ready:
        await connection.wait()
    return incoming


def _head(connection: Connection, outgoing: Outgoing, expect: bool) -> bytes:
    target, headers = outgoing.target, outgoing.headers
    if connection.proxy is not None:
        # A proxy rewrites Host from the target, and Host is signed: they must be the same text.
        host = next((value for name, value in headers.items() if name.lower() == "host"), str(outgoing.origin))
        target = f"http://{host}{target}"
        headers = {**headers, **connection.proxy.headers()}
    if expect:
        headers = {**headers, "Expect": "100-continue"}
    return request_head(outgoing.method, target, headers)


async def _send_large(connection: Connection, incoming: Incoming, outgoing: Outgoing, expect: bool) -> None:
    connection.write(_head(connection, outgoing, expect))
    if expect:
        await _await_permission(connection, incoming)
    sent = await _send_body(connection, incoming, outgoing) if incoming.head is None else 0
    if sent < body_length(outgoing.body) or connection.queued:
        # The server has answered without waiting for the rest, which it would now take for a new request.
        incoming.clean = False


async def _send_body(connection: Connection, incoming: Incoming, outgoing: Outgoing) -> int:
    """Send the body until its end or an answer; return how many bytes of it were sent."""
    length, sent = body_length(outgoing.body), 0
    pieces = _Pieces(outgoing.body)
    while (piece := await pieces.next()) is not None and incoming.head is None:
        if sent + len(piece) > length:
            raise TransportError(f"the body holds more than its {length} bytes", str(outgoing.origin))
        connection.write(piece)
        sent += len(piece)
        await connection.drain(incoming)
    if piece is None and sent < length:
        raise TransportError(f"the body ended after {sent} of {length} bytes", str(outgoing.origin))
    return sent


async def _await_permission(connection: Connection, incoming: Incoming) -> None:
    loop = connection.loop
    until = loop.time() + min(_PATIENCE, connection.timeout / 2)  # silence for so long is no fault yet
    timer = loop.call_at(until, connection.wake)
    try:
        while not incoming.continued and not incoming.ready and loop.time() + 0.002 < until:
            await connection.wait()
    finally:
        timer.cancel()


class _Pieces:
    """A body in pieces; a piece is valid until the next is asked for. What is not in memory is read in a thread."""

    __slots__ = ("_in_memory", "_pieces")

    def __init__(self, body: Body) -> None:
        self._in_memory = isinstance(body, (bytes, memoryview))
        self._pieces: Iterator[bytes | memoryview]
        self._pieces = _slices(body) if isinstance(body, (bytes, memoryview)) else body.chunks()

    async def next(self) -> memoryview | None:
        piece = next(self._pieces, None) if self._in_memory else await self._read()
        return None if piece is None else memoryview(piece).cast("B")

    async def _read(self) -> bytes | memoryview | None:
        return await asyncio.get_running_loop().run_in_executor(None, next, self._pieces, None)


def _slices(body: bytes | memoryview) -> Iterator[memoryview]:
    view = memoryview(body).cast("B")
    return (view[start : start + _PIECE] for start in range(0, len(view), _PIECE))
