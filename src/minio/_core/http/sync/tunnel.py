"""Time limits inside a proxy tunnel, where one call of http.client or urllib3 reads from the socket many times.

The socket's own time-out applies to each read. A server that sends single bytes slowly would never exceed it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any


class TunnelReader(io.RawIOBase):
    """A file from which http.client reads the response to CONNECT.

    Args:
        sock: The socket.
        remaining: Returns the remaining seconds. Raises an error if there are none.
    """

    def __init__(self, sock: Any, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the file. http.client calls this method of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read within the remaining time."""
        self._sock.settimeout(self._remaining())
        count: int = self._sock.recv_into(buffer)
        self._sock.settimeout(self._remaining())  # for the TLS handshake that follows
        return count


class LimitedSocket:
    """The socket below TLS within TLS. `remaining` limits each send and receive, unless it is None."""

    def __init__(self, sock: Any, remaining: Callable[[], float] | None) -> None:
        self.sock = sock
        self.remaining = remaining

    def recv(self, size: int) -> bytes:
        """Receive some bytes."""
        if self.remaining is not None:
            self.sock.settimeout(self.remaining())
        data: bytes = self.sock.recv(size)
        return data

    def sendall(self, data: bytes) -> None:
        """Send bytes."""
        view = memoryview(data)
        while view:
            if self.remaining is not None:
                self.sock.settimeout(self.remaining())
            view = view[self.sock.send(view) :]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)
