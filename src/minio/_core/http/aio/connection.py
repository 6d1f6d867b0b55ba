"""A connection on an event loop. It writes bytes, feeds a `ResponseParser`, and detects errors and time-outs.

A request has little overhead: one future for the response, no task, and one timer per connection that is set again only
after it has fired. Only one coroutine at a time waits on a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from minio._core.exceptions import TransportError
from minio._core.wire.head_memory import HeadMemory
from minio._core.wire.http1 import ProtocolError
from minio._core.wire.message import Origin

from ..bandwidth import Bandwidth
from ..poll import make_poller
from ..response_parser import ResponseParser
from ..send_queue import unacknowledged_bytes

_HIGH_WATER = 1024 * 1024
_SCRATCH = 64 * 1024
_WIDE = 256 * 1024
"""The memory for each read of a long body that streams."""
_TICK = 0.002  # timers of the loop may fire early by up to this much


class Listener(Protocol):
    """What a connection notifies of new data: a future, or a lane."""

    def done(self) -> bool:
        """Return whether it was notified already."""

    def set_result(self, result: None, /) -> None:
        """Tell it."""


class Connection(asyncio.BufferedProtocol):
    """A connection to one origin. `error` is set once it cannot complete the current exchange."""

    __slots__ = (
        "_last",
        "_paused_reading",
        "_paused_writing",
        "_poll",
        "_queued",
        "_scratch",
        "_timer",
        "_waiter",
        "_wide",
        "bandwidth",
        "error",
        "gone",
        "heads",
        "loop",
        "lost",
        "on_lost",
        "on_whole",
        "open",
        "origin",
        "parser",
        "proxy_headers",
        "since",
        "timeout",
        "transport",
        "uses",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, origin: Origin, timeout: float) -> None:
        self.loop = loop
        self.origin = origin
        self.proxy_headers: dict[str, str] | None = None
        """Headers for a proxy that forwards plain requests. None without a proxy."""
        self.bandwidth: Bandwidth | None = None
        """The limit that bodies count toward."""
        self.transport: Any = None
        self.parser: ResponseParser | None = None
        self.open = False
        self.lost = False
        """True if the connection was lost or closed by the server, but not after a time-out or an invalid response."""
        self.gone = False
        """True once the loop has closed it."""
        self.on_lost: Callable[[Connection], None] | None = None
        """Called once the loop has closed it."""
        self.on_whole: Callable[[Connection], None] | None = None
        """Called once a streaming response has arrived completely while no reader is waiting for it."""
        self.error: TransportError | None = None
        self.uses = 0
        self.heads = HeadMemory()
        self.since = 0.0
        """The time at which it became idle, by the clock of the loop."""
        self.timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: Listener | None = None
        self._last = 0.0
        self._queued = 0
        self._paused_reading = False
        self._paused_writing = False
        self._poll: Callable[[int], object] | None = None
        # The loop would allocate 256 KiB for each read, however little arrives, which costs as much as everything else.
        self._scratch = memoryview(bytearray(_SCRATCH))
        self._wide: memoryview | None = None

    # For requests

    def begin(self, method: str, stream: bool) -> ResponseParser:
        """Start an exchange and return the parser of its response.

        Raises:
            TransportError: The connection is closed.
        """
        if not self.open:
            self.fail("the server closed the connection at once")
            self._raise(not_sent=True)
        self.uses += 1
        self._queued = 0
        self.parser = parser = ResponseParser(method, stream, self.heads)
        return parser

    def is_reusable(self) -> bool:
        """Return whether nothing has arrived since the last response, including data the loop has not reported yet."""
        return self._poll is None or not self._poll(0)

    def touch(self) -> None:
        """Record that the response was read."""
        self._last = self.loop.time()

    def is_held(self, now: float, seconds: float) -> bool:
        """Return whether the response is endless, or has not been read for `seconds`."""
        return self.is_endless or (self._waiter is None and now - self._last >= seconds)

    @property
    def is_endless(self) -> bool:
        """True if the response does not end until it is closed."""
        return self.parser is not None and self.parser.endless

    @property
    def stale(self) -> bool:
        """True if it was reused, and ended before any byte of the response arrived: the server had closed it."""
        return self.lost and self.uses > 1 and self.parser is not None and not self.parser.started

    def adopt(self, transport: Any) -> None:
        """Use a transport of the loop, either plain or TLS."""
        self.transport = transport
        # Writing pauses when anything stays in the buffer, because the memory of a chunk is reused once it is sent.
        # A TLS transport counts "at least", the plain one "more than".
        plain = transport.get_extra_info("sslcontext") is None
        sock = transport.get_extra_info("socket")
        self._poll = make_poller(sock) if plain and sock is not None else None
        transport.set_write_buffer_limits(high=0 if plain else 1, low=0)

    @property
    def queued(self) -> int:
        """The number of written bytes that have not left the process."""
        return int(self.transport.get_write_buffer_size()) if self.open else 0

    async def wait(self) -> None:
        """Wait until bytes arrive, writing can continue, or `wake` is called.

        Raises:
            TransportError: The connection was lost, or there was no progress within the read timeout.
        """
        if self.error is not None:
            self._raise()
        if self._waiter is not None:
            raise RuntimeError("another task is already waiting for this response")
        waiter: asyncio.Future[None] = self.loop.create_future()
        self._waiter = waiter
        self._last = now = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_at(now + self.timeout, self._check)
        try:
            await waiter
        finally:
            self._waiter = None
        if self.error is not None:
            self._raise()

    def listen(self, listener: Listener | None) -> None:
        """Call `listener.set_result` whenever `wait` would end. None ends that. This needs no task, unlike `wait`."""
        self._waiter = listener
        if listener is not None:
            self._last = now = self.loop.time()
            if self._timer is None:
                self._timer = self.loop.call_at(now + self.timeout, self._check)

    def wake(self) -> None:
        """End the current `wait`."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes.

        Raises:
            TransportError: The connection is lost.
        """
        self._raise()
        self.transport.write(data)

    async def drain(self, parser: ResponseParser) -> None:
        """Wait until the written bytes have left the buffers, or the response is ready."""
        while self._paused_writing and not parser.ready:
            await self.wait()
        self._raise()

    def plain_descriptor(self) -> int | None:
        """Return the file descriptor of the socket. None if it is not a plain one, or if there is more to send."""
        transport = self.transport
        sock = transport.get_extra_info("socket")
        if sock is None or self._poll is None or transport.get_write_buffer_size():
            return None
        return int(sock.fileno())

    def pause(self) -> None:
        """Do not read, because somebody else does."""
        self._paused_reading = True
        self.transport.pause_reading()

    def resume(self) -> None:
        """Continue reading if it was paused."""
        if self._paused_reading and self.open:
            self._paused_reading = False
            self.transport.resume_reading()

    def abort(self) -> None:
        """Close immediately. The current `wait` raises an error."""
        self.open = False
        if self.error is None:
            self.error = TransportError("the connection was closed before the response was read", str(self.origin))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.transport is not None and not self.loop.is_closed():
            self.transport.abort()
        self.wake()

    def fail(self, message: str, cause: BaseException | None = None) -> None:
        """Fail the current exchange and close the connection."""
        if self.error is None:
            self.error = TransportError(message, str(self.origin), cause)
        self.abort()

    # Callbacks of the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open = True
        self.adopt(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        parser = self.parser
        if parser is None or not parser.streaming or parser.remaining is None or parser.remaining < _WIDE:
            self._wide = None
            return self._scratch
        if self._wide is None:
            self._wide = memoryview(bytearray(_WIDE))
        return self._wide

    def buffer_updated(self, nbytes: int) -> None:
        self.received(bytes((self._wide or self._scratch)[:nbytes]))

    def received(self, data: bytes) -> None:
        """Take bytes of the response."""
        parser = self.parser
        if parser is None:
            self.abort()
            return
        try:
            parser.feed(data)
        except ProtocolError as error:
            self.fail(str(error), error)
            return
        if self._waiter is not None:
            self._last = self.loop.time()
            if parser.ready or parser.got_continue:
                self.wake()
        elif parser.done and self.on_whole is not None:
            self.on_whole(self)  # the connection is not needed for the unread rest
            return
        if parser.streaming and parser.size > _HIGH_WATER and not self._paused_reading:
            self._paused_reading = True
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self._ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if isinstance(exc, OSError) and self.error is None and self.parser is not None:
            self._salvage(self.parser)
        self._ended(exc)
        self.gone = True
        on_lost, self.on_lost = self.on_lost, None
        if on_lost is not None:
            on_lost(self)

    def pause_writing(self) -> None:
        self._paused_writing = True

    def resume_writing(self) -> None:
        self._paused_writing = False
        self.wake()

    # Helpers

    def _ended(self, exc: Exception | None) -> None:
        parser = self.parser
        self.open = False
        if parser is None or parser.done or (exc is None and parser.feed_eof()):
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self.wake()
            return
        if self.error is None:
            self.lost = not isinstance(exc, TimeoutError)
            self.fail(_how_it_ended(parser, exc), exc)

    def _salvage(self, parser: ResponseParser) -> None:
        # A server that rejects a long body responds, closes, and resets the connection when more data arrives. A write
        # may see the reset first, while the response is still in the socket's buffer.
        sock = self.transport.get_extra_info("socket")
        if parser.done or sock is None or self.transport.get_extra_info("sslcontext"):
            return
        try:
            with sock.dup() as twin:
                while data := twin.recv(65536):
                    parser.feed(data)
        except (OSError, ProtocolError):
            return  # there is no response; the caller reports the error that led here

    def _check(self) -> None:
        self._timer = None
        if self._waiter is None or not self.open:
            return
        now = self.loop.time()
        queued = self._count_queued()
        if queued != self._queued:
            self._last = now
        self._queued = queued
        due = self._last + self.timeout
        if now + _TICK < due:
            self._timer = self.loop.call_at(due, self._check)
        else:
            doing = "writing" if self._paused_writing else "reading"
            self.fail(f"{doing} timed out: nothing moved for {self.timeout:g} s", TimeoutError(f"{doing} timed out"))

    def _count_queued(self) -> int:
        sock = self.transport.get_extra_info("socket")
        return self.queued + (0 if sock is None else unacknowledged_bytes(sock.fileno()))

    def _raise(self, not_sent: bool = False) -> None:
        if self.error is not None:
            self.error.unsent = self.error.unsent or not_sent
            raise self.error from self.error.cause


def _how_it_ended(parser: ResponseParser, exc: Exception | None) -> str:
    how = "the connection was closed" if exc is None else f"the connection broke ({exc})"
    if parser.head is None:
        return f"{how} {'within the head of the response' if parser.started else 'before a response came'}"
    if parser.remaining is None:
        return f"{how} before the end of the body"
    return f"{how} with {parser.remaining} bytes of the body still to come"
