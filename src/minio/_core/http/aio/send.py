"""Send a request on a connection of an event loop and wait for its response."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from minio._core.exceptions import TransportError
from minio._core.wire.body import Body, body_length
from minio._core.wire.message import Outgoing
from minio._core.wire.tracked_body import TrackedBody

from ...threads import on_thread
from ..limits import CONTINUE_SECONDS, SMALL_BODY
from ..request import render_head
from ..response_parser import ResponseParser
from .connection import Connection
from .throttled import cut, wait_turn

_PIECE = 256 * 1024


async def exchange(connection: Connection, outgoing: Outgoing, expect: bool) -> ResponseParser:
    """Send a request and return its response once it is `ready`. After any exception the connection is closed.

    Args:
        connection: The connection to use.
        outgoing: The request.
        expect: Wait for `100 Continue` before the body is sent.

    Raises:
        TransportError: The connection failed.
        InvalidArgumentError: A header cannot be sent.
    """
    try:
        parser = connection.begin(outgoing.method, outgoing.stream)
        body = outgoing.body
        if connection.bandwidth is not None and body_length(body):
            await _send_large(connection, parser, outgoing, expect)
        elif type(body) is bytes and len(body) <= SMALL_BODY:
            connection.transport.write(render_head(outgoing, connection.proxy_headers, False) + body)
        elif type(body) is memoryview and body.nbytes <= SMALL_BODY:
            connection.transport.write(render_head(outgoing, connection.proxy_headers, False) + bytes(body))
        else:
            await _send_large(connection, parser, outgoing, expect)
        while not parser.ready:
            await connection.wait()
    except BaseException:
        connection.abort()
        raise
    return parser


async def _send_large(connection: Connection, parser: ResponseParser, outgoing: Outgoing, expect: bool) -> None:
    connection.write(render_head(outgoing, connection.proxy_headers, expect))
    if expect:
        await _await_continue(connection, parser)
    sent = await _send_body(connection, parser, outgoing) if parser.head is None else 0
    if sent < body_length(outgoing.body) or connection.queued:
        # The server has responded without waiting for the rest, which it would interpret as a new request.
        parser.clean = False


async def _send_body(connection: Connection, parser: ResponseParser, outgoing: Outgoing) -> int:
    """Send the body until it is complete or the server has responded. Return the number of bytes sent."""
    length, sent, bandwidth = body_length(outgoing.body), 0, connection.bandwidth
    pieces = _Pieces(outgoing.body)
    while (piece := await pieces.next()) is not None and parser.head is None:
        if sent + len(piece) > length:
            raise TransportError(f"the body holds more than its {length} bytes", str(outgoing.origin))
        for part in (piece,) if bandwidth is None else cut(piece, bandwidth.piece):
            if bandwidth is not None:
                await wait_turn(bandwidth, len(part))
            if parser.head is not None:
                break
            connection.write(part)
            sent += len(part)
            await connection.drain(parser)
    if piece is None and sent < length:
        raise TransportError(f"the body ended after {sent} of {length} bytes", str(outgoing.origin))
    return sent


async def _await_continue(connection: Connection, parser: ResponseParser) -> None:
    loop = connection.loop
    until = loop.time() + min(CONTINUE_SECONDS, connection.timeout / 2)  # before the read timeout expires
    timer = loop.call_at(until, connection.wake)
    try:
        while not parser.got_continue and not parser.ready and loop.time() + 0.002 < until:
            await connection.wait()
    finally:
        timer.cancel()


class _Pieces:
    """A body in chunks, each valid until the next one is read. A body that is not in memory is read on a thread."""

    __slots__ = ("_in_memory", "_pieces")

    def __init__(self, body: Body) -> None:
        self._in_memory = isinstance(body, (bytes, memoryview)) or (isinstance(body, TrackedBody) and body.in_memory)
        self._pieces: Iterator[bytes | memoryview]
        self._pieces = _slices(body) if isinstance(body, (bytes, memoryview)) else body.chunks()

    async def next(self) -> memoryview | None:
        piece = next(self._pieces, None) if self._in_memory else await self._read()
        return None if piece is None else memoryview(piece).cast("B")

    async def _read(self) -> bytes | memoryview | None:
        return await on_thread(partial(next, self._pieces, None))


def _slices(body: bytes | memoryview) -> Iterator[memoryview]:
    view = memoryview(body).cast("B")
    return (view[start : start + _PIECE] for start in range(0, len(view), _PIECE))
