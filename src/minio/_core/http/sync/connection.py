"""A connection of the blocking transport: a socket, its cancel scope and its time limits."""

from __future__ import annotations

import _socket
import contextlib
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any, cast

from ...exceptions import TransportError
from ...wire.head_memory import HeadMemory
from ...wire.http1 import ProtocolError
from ...wire.message import Origin
from ..bandwidth import Bandwidth
from ..poll import make_poller
from .cancel import CancelScope
from .throttled import ThrottledSocket
from .tunnel import LimitedSocket

TIMEOUTS = (TimeoutError, BlockingIOError)
"""The exceptions of a time-out. BlockingIOError is raised if the kernel enforces it."""
_TIMEVAL = "@ll" if hasattr(socket, "MSG_DONTWAIT") and sys.platform == "linux" and sys.maxsize > 2**32 else None


class StaleError(Exception):
    """A reused connection ended before any byte of the response arrived."""


class Connection:
    """A socket to an origin, for one exchange at a time."""

    __slots__ = (
        "_inner",
        "aborted",
        "has_deadline",
        "heads",
        "origin",
        "plain",
        "poll",
        "proxy_headers",
        "raw",
        "read_timeout",
        "scope",
        "since",
        "sock",
        "used",
    )

    def __init__(
        self,
        sock: socket.socket,
        origin: Origin,
        read_timeout: float,
        proxy_headers: Mapping[str, str] | None = None,
        bandwidth: Bandwidth | None = None,
    ) -> None:
        self.raw = sock
        self.sock = sock if bandwidth is None else cast("socket.socket", ThrottledSocket(sock, bandwidth))
        self.origin = origin
        self.read_timeout = read_timeout
        self.proxy_headers = proxy_headers
        """Headers for a proxy that forwards plain requests. None without a proxy."""
        self.plain = _is_plain(self.sock)
        inner: Any = getattr(sock, "socket", None)
        self._inner: LimitedSocket | None = inner if isinstance(inner, LimitedSocket) else None
        """The socket below TLS within TLS."""
        self.poll = make_poller(sock)
        self.heads = HeadMemory()
        self.used = False
        """True if it was used for an earlier exchange."""
        self.since = 0.0
        """The time at which it became idle, by the monotonic clock."""
        self.aborted = False
        self.scope: CancelScope | None = None
        self.has_deadline = False
        """True if `limit` must be called before each wait."""
        self.reset_timeout()

    def is_reusable(self) -> bool:
        """Return whether neither the end of the stream nor unexpected bytes have arrived since the last response."""
        # Bytes that TLS has already decrypted do not make the socket readable.
        return not (self.poll(0) or (not self.plain and _pending(self.sock)))

    def enter_scope(self, scope: CancelScope) -> None:
        """Attach the connection to a scope that can abort it."""
        scope.attach(self)
        self.scope = scope
        self.has_deadline = scope.has_deadline
        if self._inner is not None and self.has_deadline:
            self._inner.remaining = lambda: scope.remaining(self.read_timeout)

    def leave_scope(self) -> None:
        """Detach the connection from its scope, and restore the default time-out of the socket."""
        scope, self.scope = self.scope, None
        if scope is not None:
            scope.detach(self)
        if self.has_deadline:
            self.has_deadline = False
            with contextlib.suppress(OSError):
                self.reset_timeout()

    def limit(self, most: float | None = None) -> float:
        """Set the socket's time-out to the remaining time of the scope, at most the read timeout, and return it.

        Args:
            most: A limit to use instead of the read timeout.

        Raises:
            Exception: The scope has ended. The exception is its `error`.
        """
        seconds = self.read_timeout if most is None else most
        if self.scope is not None:
            seconds = self.scope.remaining(seconds)
        # Python's own time-out, because it covers a whole sendall() or TLS record instead of each step.
        self.sock.settimeout(seconds)
        return seconds

    def reset_timeout(self) -> None:
        """Restore the default time-out of the socket."""
        if self._inner is not None:
            self._inner.remaining = None
        set_timeout(self.sock, self.read_timeout)

    def send_all(self, data: bytes | memoryview) -> None:
        """Send bytes within the time limits."""
        if not self.has_deadline:
            self.sock.sendall(data)
            return
        view = memoryview(data)
        while view:
            self.limit()
            view = view[self.sock.send(view) :]

    def close(self) -> None:
        """Close the socket. Can be called more than once."""
        if self.scope is not None:
            self.leave_scope()
        self.sock.close()

    def abort(self) -> None:
        """Make the exchange on another thread fail immediately."""
        self.aborted = True
        # Not the shutdown() of TLS: the reader would then take encrypted bytes for the response.
        sock: Any = self.raw if self._inner is None else self._inner.sock
        if isinstance(self.sock, ThrottledSocket):
            self.sock.aborted = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def to_transport_error(self, error: BaseException) -> TransportError:
        """Convert an error of the socket or of HTTP to the error raised to the caller."""
        if isinstance(error, TIMEOUTS):
            text = f"no progress for {self.read_timeout:g} s"
            error = error if isinstance(error, TimeoutError) else TimeoutError(text)
        elif isinstance(error, ProtocolError):
            text = str(error)
        else:
            text = f"the connection broke: {error}"
        return TransportError(text, str(self.origin), error)


def set_timeout(sock: socket.socket, seconds: float) -> None:
    """Limit each send and receive on a socket to `seconds`."""
    if _TIMEVAL is None or not _is_plain(sock):
        sock.settimeout(seconds)
        return
    # A time-out in the kernel saves a poll before each call.
    value = struct.pack(_TIMEVAL, int(seconds), int(seconds % 1 * 1e6) or int(seconds < 1))
    sock.settimeout(None)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, value)


def _is_plain(sock: socket.socket) -> bool:
    """Return whether this is a plain socket of the operating system, without TLS and not patched (gevent)."""
    return isinstance(sock, _socket.socket) and not hasattr(sock, "pending")


def _pending(sock: Any) -> int:
    """Return the number of decrypted bytes that TLS has buffered."""
    pending = getattr(getattr(sock, "sslobj", sock), "pending", None)
    return 0 if pending is None else int(pending())
