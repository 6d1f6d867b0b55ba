"""One connection of the blocking transport: a socket, and one exchange at a time on it."""

from __future__ import annotations

import _socket
import contextlib
import select
import socket
import ssl
import struct
import sys
from typing import TYPE_CHECKING, Any

from ...error import InvalidArgumentError, TransportError
from ..wire.http1 import MAX_INTERIM, Head, ProtocolError, read_head, request_head
from ..wire.message import Outgoing, Response, body_length
from .body import BlockingBody
from .pushing import pushes, slices
from .settings import is_final, why_unconnected
from .whole import WholeBody

if TYPE_CHECKING:
    from .blocking import Pool
    from .scope import Scope

_ONE_SEND = 64 * 1024
"""Bodies up to so many bytes go out together with their head."""
_RECEIVE = 64 * 1024
_MAX_BODY = 64 * 1024 * 1024
_MAX_ERROR = 1024 * 1024
_TIMEVAL = "@ll" if hasattr(socket, "MSG_DONTWAIT") and sys.platform == "linux" and sys.maxsize > 2**32 else None
_LATE = (TimeoutError, BlockingIOError)
"""How a time-out shows: as the latter where the system keeps the time."""
_GONE = (BrokenPipeError, ConnectionResetError)
_CONTINUE_WAIT = 1.0
"""Seconds to wait for `100 Continue` before the body is sent without it."""


class StaleError(Exception):
    """A kept connection turned out to be dead before anything of an answer came."""


def connect(pool: Pool, scope: Scope | None = None) -> Connection:
    """Open a connection, through the proxy and TLS where the pool says so, while the scope lasts."""
    origin, settings = pool.origin, pool.settings
    source: Any = pool.manager.connection_from_host(origin.host, origin.port, origin.scheme)
    made: Any = source._new_conn()
    made.timeout = settings.connect_timeout if scope is None else scope.left(settings.connect_timeout)
    try:
        if source.proxy is not None and origin.scheme == "https":
            source._prepare_proxy(made)
        else:
            made.connect()
        _limit(made.sock, settings.read_timeout)
    except Exception as error:
        made.close()
        if scope is not None and scope.is_over():
            raise scope.fault from error
        raise _connect_fault(error, pool) from error
    except BaseException:
        made.close()
        raise
    headers = dict(source.proxy_headers) if pool.absolute else {}
    return Connection(made.sock, pool, headers)


def _connect_fault(error: Exception, pool: Pool) -> TransportError:
    import urllib3

    if not isinstance(error, (OSError, urllib3.exceptions.HTTPError)):
        raise error
    # urllib3 counts a refused connection among the late ones.
    late = isinstance(error, (TimeoutError, urllib3.exceptions.ConnectTimeoutError))
    if late and not isinstance(error, urllib3.exceptions.NewConnectionError):
        text = f"no connection within {pool.settings.connect_timeout:g} s"
    else:
        cause = error if isinstance(error, OSError) else error.__cause__ or error
        text = why_unconnected(cause, pool.settings, pool.origin)
    fault = TransportError(text, str(pool.origin), error, safe=True)
    fault.final = is_final(error)
    return fault


class Connection:
    """A socket to an origin."""

    __slots__ = ("_poll", "_proxy_headers", "aborted", "plain", "pool", "scope", "sock", "used")

    def __init__(self, sock: socket.socket, pool: Pool, proxy_headers: dict[str, str]) -> None:
        self.sock = sock
        self.pool = pool
        self.used = False
        self.aborted = False
        self.scope: Scope | None = None
        self.plain = _is_plain(sock)
        self._proxy_headers = proxy_headers
        self._poll = _poller(sock)

    def is_quiet(self) -> bool:
        """Nothing has come since the last answer: neither an end nor bytes that nobody asked for."""
        # What TLS has taken apart already shows on no socket.
        return not (self._poll(0) or (not self.plain and _pending(self.sock)))

    def close(self) -> None:
        """Close the socket. May be called again."""
        if self.scope is not None:
            self.leave_scope()
        self.sock.close()

    def leave_scope(self) -> None:
        """What ends the scope ends this connection no more."""
        scope, self.scope = self.scope, None
        if scope is not None:
            scope.leave(self)

    def abort(self) -> None:
        """Make the exchange under way on another thread fail at once."""
        self.aborted = True
        # Not by TLS's own shutdown(): a reader would take what is still encrypted for the answer.
        sock = getattr(self.sock, "socket", self.sock)
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def exchange(self, outgoing: Outgoing) -> Response:
        """Send a request and read the answer, all of it unless it streams.

        Raises:
            StaleError: The connection was dead already; the request reached nobody.
            TransportError: No usable answer came.
        """
        try:
            return self._exchange(outgoing)
        except StaleError:
            self.close()
            raise
        except InvalidArgumentError:
            # What was to be sent is wrong; or the body's own file changed (that is an OSError, too).
            self.close()
            raise
        except (OSError, ProtocolError, ValueError) as error:
            self.close()
            raise self.fault(error) from error
        except BaseException:
            self.close()
            raise

    def fault(self, error: BaseException) -> TransportError:
        """What happened on the socket, as the caller sees it."""
        if isinstance(error, _LATE):
            text = f"no progress for {self.pool.settings.read_timeout:g} s"
            error = error if isinstance(error, TimeoutError) else TimeoutError(text)
        elif isinstance(error, ProtocolError):
            text = str(error)
        else:
            text = f"the connection broke: {error}"
        return TransportError(text, str(self.pool.origin), error)

    def _exchange(self, outgoing: Outgoing) -> Response:
        head, data, clean = self._send(outgoing)
        if head is None:
            head, data = self._read_head(outgoing.method, data)
            if clean and head.keep_alive and head.length == len(data):
                self.pool.give_back(self)
                if outgoing.stream and 200 <= head.status < 300:
                    return Response(head.status, head.headers, b"", head.reason, WholeBody(data))
                return Response(head.status, head.headers, data, head.reason)
        body = BlockingBody(self, head, data, clean)
        if outgoing.stream and 200 <= head.status < 300:
            return Response(head.status, head.headers, b"", head.reason, body)
        return Response(head.status, head.headers, self._read_whole(body, head), head.reason)

    def _send(self, outgoing: Outgoing) -> tuple[Head | None, bytes, bool]:
        """Send all, or until the server has answered. Returns the answer's head if that was read, bytes that came
        behind it, and whether all was sent so that the connection may be used again."""
        head = self._render_head(outgoing)
        body = outgoing.body
        if isinstance(body, bytes) and len(body) <= _ONE_SEND:
            self._send_first(head + body)
            return None, b"", True
        self._send_first(head)
        early, data = self._await_consent(outgoing) if outgoing.expect else (None, b"")
        if early is None:
            return self._send_body(outgoing)
        if early.status == 417:
            outgoing.expect = False  # this server cannot be asked: the next connection sends without asking
            raise StaleError
        return early, data, False

    def _render_head(self, outgoing: Outgoing) -> bytes:
        target, headers = outgoing.target, outgoing.headers
        if self.pool.absolute:
            target = f"{outgoing.origin.scheme}://{headers['Host']}{target}"
            headers = {**headers, **self._proxy_headers}
        if outgoing.expect and body_length(outgoing.body) > _ONE_SEND:
            headers = {**headers, "Expect": "100-continue"}
        return request_head(outgoing.method, target, headers)

    def _send_first(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except _LATE:
            raise
        except OSError as error:
            if self.used:
                raise StaleError from error
            raise

    def _await_consent(self, outgoing: Outgoing) -> tuple[Head | None, bytes]:
        """The server's refusal, or None: send the body. A server that says nothing for a second consents."""
        if not self._poll(int(_CONTINUE_WAIT * 1000)):
            return None, b""
        self.sock.settimeout(_CONTINUE_WAIT)  # what is there may be but a part of TLS's own talk
        try:
            head, data = self._read_head(outgoing.method, b"", until=100)
        except _LATE:
            return None, b""
        finally:
            _limit(self.sock, self.pool.settings.read_timeout)
        if head.status == 100:
            return self._read_head(outgoing.method, data) if data else (None, b"")
        return head, data

    def _send_body(self, outgoing: Outgoing) -> tuple[Head | None, bytes, bool]:
        """Send the body, or until the server has answered or hung up; returns the same as `_send`."""
        if self.plain:
            return self._send_listening(outgoing)
        try:
            # Piece by piece: TLS gives each call, and not each step of it, the time-out. And nobody listens meanwhile:
            # a readable socket may only hold session tickets.
            for piece in slices(outgoing.body):
                self.sock.sendall(piece)
        except (*_GONE, ssl.SSLError):
            return None, b"", False
        return None, b"", True

    def _send_listening(self, outgoing: Outgoing) -> tuple[Head | None, bytes, bool]:
        """Send the body piece by piece, each when there is room for it and nothing to hear."""
        wait = int(self.pool.settings.read_timeout * 1000)
        left = MAX_INTERIM
        for push in pushes(self.sock, outgoing.body, self.pool.settings.read_timeout):
            done = False
            while not done:
                readable, writable = _wait_both(self.sock, wait)
                if readable:
                    head, data, left = self._hear(outgoing.method, left)
                    if head is not None:
                        return head, data, False
                elif not writable:
                    raise TimeoutError("nothing was taken")
                else:
                    try:
                        done = push()
                    except _GONE:
                        return None, b"", False
        return None, b"", True

    def _hear(self, method: str, left: int) -> tuple[Head | None, bytes, int]:
        """The answer that the server gives early, or None when it was an interim one, such as a late consent.

        Returns the bytes behind it, too, and how many interim answers may still come, of `left`.
        """
        data = b""
        while True:
            head, data = self._read_head(method, data, until=None)
            if head.status >= 200:
                return head, data, left
            left -= 1
            if left < 0:
                raise ProtocolError(f"the server sent more than {MAX_INTERIM} interim answers")
            if not data:
                return None, b"", left

    def _read_head(self, method: str, data: bytes, until: int | None = 200) -> tuple[Head, bytes]:
        """Read up to the end of the final head, or of one of status `until`, or (None) of any.

        Returns the head, and what came with it of what follows.
        """
        recv = self.sock.recv
        interim = 0
        while True:
            head = read_head(data, method) if data else None
            if head is not None:
                data = data[head.size :]
                if head.status >= 200 or head.status == until or until is None:
                    return head, data
                interim += 1
                if interim > MAX_INTERIM:
                    raise ProtocolError(f"the server sent more than {MAX_INTERIM} interim answers")
                continue
            try:
                more = recv(_RECEIVE)
            except ConnectionResetError as error:
                if self.used and not data:
                    raise StaleError from error
                raise
            if not more:
                if self.used and not data:
                    raise StaleError
                raise ProtocolError("the server closed the connection without a complete answer")
            data += more

    def _read_whole(self, body: BlockingBody, head: Head) -> bytes:
        limit = _MAX_BODY if head.status < 300 else _MAX_ERROR
        if (body.remaining or 0) <= limit:
            data = body.read(limit)
            if body.finished or not body.read(1):
                return data
        else:
            data = body.read(limit) if head.status >= 300 else b""
        body.close()
        if head.status < 300:
            raise ProtocolError(f"the answer's body exceeds {_MAX_BODY} bytes")
        return data


def _is_plain(sock: socket.socket) -> bool:
    """Whether this is the system's own socket: neither TLS, nor TLS within TLS, nor one that yields (gevent)."""
    return isinstance(sock, _socket.socket) and not isinstance(sock, ssl.SSLSocket)


def _pending(sock: Any) -> int:
    """Bytes that TLS holds for the next read."""
    pending = getattr(getattr(sock, "sslobj", sock), "pending", None)
    return 0 if pending is None else int(pending())


def _limit(sock: socket.socket, seconds: float) -> None:
    """Give each send and receive so many seconds."""
    if _TIMEVAL is None or not _is_plain(sock):
        sock.settimeout(seconds)
        return
    # The system's own limit saves a poll before each call.
    value = struct.pack(_TIMEVAL, int(seconds), int(seconds % 1 * 1e6) or int(seconds < 1))
    sock.settimeout(None)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, value)


def _poller(sock: socket.socket) -> Any:
    """A function that tells whether there is something to read, waiting so many milliseconds for it."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return poll.poll
    return lambda wait: select.select([sock], [], [], wait / 1000)[0]


def _wait_both(sock: socket.socket, wait: int) -> tuple[bool, bool]:
    """Whether there is something to read, and whether there is room to write; waits so many milliseconds for either."""
    if not hasattr(select, "poll"):
        reading, writing, _ = select.select([sock], [sock], [], wait / 1000)
        return bool(reading), bool(writing)
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLOUT)
    found = poll.poll(wait)
    events = found[0][1] if found else 0
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)
