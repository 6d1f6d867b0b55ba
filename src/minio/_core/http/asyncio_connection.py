"""One connection on an event loop: bytes out, an `Incoming` filled, faults and timeouts noticed.

Made for few steps per request: one future where the response is awaited, no task, and one timer per connection that
is set anew only when it fires. At most one coroutine waits on a connection at a time.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Any

from minio._core.wire.http1 import ProtocolError
from minio._core.wire.message import Origin
from minio.error import TransportError

from .incoming import Incoming
from .proxy import Proxy
from .unsent import unsent_bytes

_HIGH_WATER = 1024 * 1024
_SCRATCH = 64 * 1024
_TICK = 0.002  # a loop's timers fire up to this early


class Connection(asyncio.BufferedProtocol):
    """A connection to one origin. `error` is set once it is of no more use to the request under way."""

    __slots__ = (
        "_last",
        "_paused_reading",
        "_paused_writing",
        "_poll",
        "_queued",
        "_scratch",
        "_timer",
        "_waiter",
        "error",
        "incoming",
        "loop",
        "lost",
        "open",
        "origin",
        "proxy",
        "since",
        "timeout",
        "transport",
        "uses",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, origin: Origin, timeout: float) -> None:
        self.loop = loop
        self.origin = origin
        self.proxy: Proxy | None = None
        """The proxy that passes plain requests on: it is told the whole URL."""
        self.transport: Any = None
        self.incoming: Incoming | None = None
        self.open = False
        self.lost = False
        """It broke, or the server closed it: no timeout, no garbage."""
        self.error: TransportError | None = None
        self.uses = 0
        self.since = 0.0
        """When it was last laid aside, in the loop's time."""
        self.timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._last = 0.0
        self._queued = 0
        self._paused_reading = False
        self._paused_writing = False
        self._poll: Callable[[int], object] | None = None
        # The loop's own way allocates 256 KiB for each read, however little comes: as costly as all the rest.
        self._scratch = memoryview(bytearray(_SCRATCH))

    # What requests ask for

    def begin(self, method: str, stream: bool) -> Incoming:
        """Start a request; its response will be in what is returned.

        Raises:
            TransportError: The connection is gone already.
        """
        if not self.open:
            self.fail("the server closed the connection at once")
            self._raise(unsent=True)
        self.uses += 1
        self._queued = 0
        self.incoming = incoming = Incoming(method, stream)
        return incoming

    def is_quiet(self) -> bool:
        """Nothing has come since the last response that a loop which was busy could not tell of yet."""
        return self._poll is None or not self._poll(0)

    @property
    def stale(self) -> bool:
        """It was used before, and ended before anything of this response came: the server had closed it."""
        return self.lost and self.uses > 1 and self.incoming is not None and not self.incoming.started

    def adopt(self, transport: Any) -> None:
        """Speak through this transport."""
        self.transport = transport
        # Writing pauses as soon as anything is left in the buffer: a chunk of a body is reused once it is sent.
        # A TLS transport counts "at least", the plain one "more than".
        plain = transport.get_extra_info("sslcontext") is None
        self._poll = _poller(transport.get_extra_info("socket")) if plain else None
        transport.set_write_buffer_limits(high=0 if plain else 1, low=0)

    @property
    def queued(self) -> int:
        """Bytes written that have not left the process."""
        return int(self.transport.get_write_buffer_size()) if self.open else 0

    async def wait(self) -> None:
        """Sleep until something happens: bytes, room to write, `wake`.

        Raises:
            TransportError: The connection broke, or nothing moved for the read timeout.
        """
        self._raise()
        if self._waiter is not None:
            raise RuntimeError("another task is already waiting for this response")
        self._waiter = waiter = self.loop.create_future()
        self._last = now = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_at(now + self.timeout, self._check)
        try:
            await waiter
        finally:
            self._waiter = None
        self._raise()

    def wake(self) -> None:
        """Let the one who waits look again."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes.

        Raises:
            TransportError: The connection broke before.
        """
        self._raise()
        self.transport.write(data)

    async def drain(self, incoming: Incoming) -> None:
        """Wait until what was written has left its buffers, or the response is there."""
        while self._paused_writing and not incoming.ready:
            await self.wait()
        self._raise()

    def resume(self) -> None:
        """Read on, if reading was held back."""
        if self._paused_reading and self.open:
            self._paused_reading = False
            self.transport.resume_reading()

    def abort(self) -> None:
        """Close at once. Whoever waits gets an error."""
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
        """Give up on the response under way."""
        if self.error is None:
            self.error = TransportError(message, str(self.origin), cause)
        self.abort()

    # What the loop reports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open = True
        self.adopt(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._scratch

    def buffer_updated(self, nbytes: int) -> None:
        incoming = self.incoming
        if incoming is None:
            self.abort()
            return
        try:
            incoming.feed(bytes(self._scratch[:nbytes]))
        except ProtocolError as error:
            self.fail(str(error), error)
            return
        self._last = self.loop.time()
        if incoming.ready or incoming.continued:
            self.wake()
        if incoming.handed and incoming.size > _HIGH_WATER and not self._paused_reading:
            self._paused_reading = True
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self._ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if isinstance(exc, OSError) and self.error is None and self.incoming is not None:
            self._salvage(self.incoming)
        self._ended(exc)

    def pause_writing(self) -> None:
        self._paused_writing = True

    def resume_writing(self) -> None:
        self._paused_writing = False
        self.wake()

    # What follows from it

    def _ended(self, exc: Exception | None) -> None:
        incoming = self.incoming
        self.open = False
        if incoming is None or incoming.done or (exc is None and incoming.feed_eof()):
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self.wake()
            return
        if self.error is None:
            self.lost = not isinstance(exc, TimeoutError)
            self.fail(_how_it_ended(incoming, exc), exc)

    def _salvage(self, incoming: Incoming) -> None:
        # A server that refuses a long body answers, closes, and resets when more comes. The reset may be noticed
        # by the writing side first, while the answer still lies in the socket.
        sock = self.transport.get_extra_info("socket")
        if incoming.done or sock is None or self.transport.get_extra_info("sslcontext"):
            return
        try:
            with sock.dup() as twin:
                while data := twin.recv(65536):
                    incoming.feed(data)
        except (OSError, ProtocolError):
            return  # nothing more to be had; the fault that led here is the one to report

    def _check(self) -> None:
        self._timer = None
        if self._waiter is None or not self.open:
            return
        now = self.loop.time()
        queued = self._count_queued()
        if queued and queued != self._queued:
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
        return self.queued + (0 if sock is None else unsent_bytes(sock.fileno()))

    def _raise(self, unsent: bool = False) -> None:
        if self.error is not None:
            self.error.unsent = self.error.unsent or unsent
            raise self.error from self.error.cause


def _poller(sock: Any) -> Callable[[int], object] | None:
    """A function that tells whether there is something to read, waiting so many milliseconds for it."""
    if sock is None or not hasattr(select, "poll"):
        return None
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return poll.poll


def _how_it_ended(incoming: Incoming, exc: Exception | None) -> str:
    how = "the connection was closed" if exc is None else f"the connection broke ({exc})"
    if incoming.head is None:
        return f"{how} {'within the head of the response' if incoming.started else 'before a response came'}"
    if incoming.left is None:
        return f"{how} before the end of the body"
    return f"{how} with {incoming.left} bytes of the body still to come"
