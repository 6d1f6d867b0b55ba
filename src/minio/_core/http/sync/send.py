"""Send a request on a blocking connection and read the head of its response.

On a plain socket, a large body is sent in non-blocking steps, so that an early response is noticed in between.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator

from ...wire.body import SENDFILE_UNSUPPORTED, Body, SendfileBody, body_length
from ...wire.checksums import chunks
from ...wire.http1 import Head, ProtocolError
from ...wire.message import Outgoing
from ..limits import CONTINUE_SECONDS, SMALL_BODY
from ..poll import milliseconds, wait_readable_or_writable
from ..request import render_head
from .connection import TIMEOUTS, Connection, StaleError

_RECEIVE = 64 * 1024
_SLICE = 256 * 1024
_NO_WAIT = getattr(socket, "MSG_DONTWAIT", 0)
_FILE_PAUSE = 0.001
_GONE = (BrokenPipeError, ConnectionResetError)


def exchange(connection: Connection, outgoing: Outgoing, expect: bool) -> tuple[Head, bytes, bool]:
    """Send a request and read the head of its response.

    Args:
        connection: The connection to use. The caller closes it after any exception.
        outgoing: The request.
        expect: Wait for `100 Continue` before the body is sent.

    Returns:
        The head, the bytes received after it, and whether the whole request was sent. If not, the connection cannot be
        reused.

    Raises:
        StaleError: A reused connection had been closed by the server.
        OSError: The connection was lost.
        ProtocolError: The response is not HTTP, or is truncated.
    """
    head = render_head(outgoing, connection.proxy_headers, expect)
    method, body = outgoing.method, outgoing.body
    data, clean = b"", True
    interim: list[int] = []
    if body and type(body) is bytes and len(body) <= SMALL_BODY:
        head, body = head + body, b""
    try:
        if connection.has_deadline:
            connection.send_all(head)
        else:
            connection.sock.sendall(head)
    except TIMEOUTS:
        raise
    except OSError as error:
        if connection.used:
            raise StaleError from error
        raise
    # With an empty body the response cannot be early, and the connection can be reused.
    if body and body_length(body):
        early, data, clean = _BodySender(connection, method, interim).send(body, expect)
        if early is not None:
            return early, data, False
    while True:
        if connection.has_deadline:
            connection.limit()
        more = _receive(connection, pristine=not data and not interim)
        final, data = connection.heads.read_final_head(data + more if data else more, method, interim)
        if final is not None:
            return final, data, clean


def _receive(connection: Connection, pristine: bool) -> bytes:
    """Receive some bytes of a head.

    Args:
        connection: The connection.
        pristine: No part of the response has arrived. If a reused connection ends now, it was stale.
    """
    try:
        more = connection.sock.recv(_RECEIVE)
    except ConnectionResetError as error:
        if connection.used and pristine:
            raise StaleError from error
        raise
    if not more:
        if connection.used and pristine:
            raise StaleError
        raise ProtocolError("the server closed the connection without a complete answer")
    return more


class _BodySender:
    """Sends a body until it is complete or the server has responded.

    Args:
        connection: The connection to use.
        method: The method of the request.
        interim: The statuses of the interim responses; new ones are appended.
    """

    __slots__ = ("_connection", "_data", "_interim", "_method")

    def __init__(self, connection: Connection, method: str, interim: list[int]) -> None:
        self._connection = connection
        self._method = method
        self._interim = interim
        self._data = b""

    def send(self, body: Body, expect: bool) -> tuple[Head | None, bytes, bool]:
        """Send a body.

        Returns:
            The head of an early response, if there is one; the bytes received that were not consumed; and whether the
            whole body was sent.
        """
        early = self._await_continue() if expect else None
        if early is not None:
            return early, self._data, False
        if self._connection.plain:
            early, complete = self._send_and_listen(body)
        else:
            complete = self._send_over_tls(body)
        return early, self._data, complete

    def _read_early_response(self) -> Head | None:
        """Receive once, and return the head of the final response if that has arrived."""
        more = _receive(self._connection, pristine=not self._data and not self._interim)
        head, self._data = self._connection.heads.read_final_head(self._data + more, self._method, self._interim)
        return head

    def _await_continue(self) -> Head | None:
        """Wait for `100 Continue`. Return the head of a final response, or None if the body should be sent.

        The body is also sent if the server sends nothing for a second.
        """
        connection = self._connection
        until = time.monotonic() + CONTINUE_SECONDS
        try:
            while 100 not in self._interim and (left := until - time.monotonic()) > 0:
                if connection.poll(milliseconds(connection.limit(left))):  # may be TLS's own bytes
                    head = self._read_early_response()
                    if head is not None:
                        return head
        except TIMEOUTS:
            if connection.has_deadline:
                connection.limit()  # raises if this was the deadline
        finally:
            connection.reset_timeout()
        return None

    def _send_over_tls(self, body: Body) -> bool:
        try:
            # TLS applies the time-out to each call, hence the small slices. Nothing is received in between: the
            # socket may be readable only because of session tickets.
            for piece in _slices(body):
                self._connection.send_all(piece)
        except _GONE:
            return False
        except OSError as error:
            import ssl

            if isinstance(error, ssl.SSLError):
                return False
            raise
        return True

    def _send_and_listen(self, body: Body) -> tuple[Head | None, bool]:
        """Send slice by slice, each when the socket is writable and not readable."""
        connection = self._connection
        for send in _senders(connection, body):
            done = False
            while not done:
                seconds = connection.limit() if connection.has_deadline else connection.read_timeout
                readable, writable = wait_readable_or_writable(connection.sock, seconds)
                if readable:
                    head = self._read_early_response()
                    if head is not None:
                        return head, False
                elif not writable:
                    raise TimeoutError("nothing was taken")
                else:
                    try:
                        done = send()
                    except _GONE:
                        return None, False
        return None, True


def _senders(connection: Connection, body: Body) -> Iterator[Callable[[], bool]]:
    """Yield functions that together send a body, one after the other.

    Each is called whenever the socket is writable, until it returns True.
    """
    if isinstance(body, SendfileBody) and hasattr(os, "sendfile"):
        sendfile = _Sendfile(connection.sock.fileno(), body, connection.read_timeout)
        yield sendfile.send
        if not sendfile.unsupported:
            return
    for piece in _slices(body):
        yield _Slice(connection.sock, piece).send


def _slices(body: Body) -> Iterator[memoryview]:
    for chunk in chunks(body):
        view = memoryview(chunk)
        for start in range(0, len(view), _SLICE):
            yield view[start : start + _SLICE]


class _Slice:
    """Bytes in memory."""

    __slots__ = ("_rest", "_sock")

    def __init__(self, sock: socket.socket, view: memoryview) -> None:
        self._sock = sock
        self._rest = view

    def send(self) -> bool:
        """Send as much as the socket accepts. Return whether everything was sent."""
        self._rest = self._rest[self._sock.send(self._rest, _NO_WAIT) :]
        return not self._rest


class _Sendfile:
    """A file sent with sendfile. If sendfile is not supported, `unsupported` is set and nothing was sent."""

    __slots__ = ("_body", "_descriptor", "_position", "_since", "_timeout", "unsupported")

    def __init__(self, descriptor: int, body: SendfileBody, timeout: float) -> None:
        self._descriptor = descriptor
        self._body = body
        self._position = 0
        self._timeout = timeout
        self._since: float | None = None
        self.unsupported = False

    def send(self) -> bool:
        """Send as much as the socket accepts. Return whether everything was sent, or sendfile is not supported."""
        blocking = os.get_blocking(self._descriptor)
        os.set_blocking(self._descriptor, False)
        try:
            self._position += self._body.send_some(self._descriptor, self._position)
        except BlockingIOError:
            self._wait_for_file()
        except OSError as error:
            if self._position or error.errno not in SENDFILE_UNSUPPORTED:
                raise
            self.unsupported = True
        else:
            self._since = None
        finally:
            os.set_blocking(self._descriptor, blocking)
        return self.unsupported or self._position >= self._body.length

    def _wait_for_file(self) -> None:
        """Wait briefly. The socket is writable, so it is the file that is not ready."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since > self._timeout:
            raise TimeoutError("the file gives nothing")
        time.sleep(_FILE_PAUSE)
