"""A socket whose bytes count toward a bandwidth limit."""

from __future__ import annotations

import math
import socket
import time
from typing import Any

from ..bandwidth import TLS_RECORD, Bandwidth, ReceiveSize

_STEP = 0.05
"""The seconds after which a wait notices that its connection was aborted."""


class ThrottledSocket:
    """A socket, plain or with TLS, that sends and receives in pieces and waits between them.

    Args:
        sock: The socket.
        bandwidth: The limit.
    """

    def __init__(self, sock: Any, bandwidth: Bandwidth) -> None:
        self._sock: socket.socket = sock
        self._bandwidth = bandwidth
        self._receive = ReceiveSize(bandwidth, None if type(sock) is socket.socket else TLS_RECORD)
        self.aborted = False

    def recv(self, size: int, *flags: int) -> bytes:
        """Receive some bytes, at most one piece."""
        size = self._receive.next(size)
        data = b""
        self._wait(size)
        try:
            data = self._sock.recv(size, *flags)
        finally:
            self._bandwidth.give_back(size - len(data))
        self._receive.received(size, len(data))
        return data

    def recv_into(self, view: memoryview) -> int:
        """Receive some bytes into a buffer, at most one piece."""
        size = self._receive.next(len(view))
        count = 0
        self._wait(size)
        try:
            count = self._sock.recv_into(view[:size])
        finally:
            self._bandwidth.give_back(size - count)
        self._receive.received(size, count)
        return count

    def send(self, data: bytes | memoryview, *flags: int) -> int:
        """Send some bytes, at most one piece."""
        view = memoryview(data)[: self._bandwidth.piece]
        count = 0
        self._wait(len(view))
        try:
            count = self._sock.send(view, *flags)
        finally:
            self._bandwidth.give_back(len(view) - count)
        return count

    def sendall(self, data: bytes | memoryview) -> None:
        """Send all bytes."""
        view = memoryview(data)
        while view:
            view = view[self.send(view) :]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def _wait(self, size: int) -> None:
        """Wait for the turn of a piece, at most for the socket's time-out. It is what is left of a deadline."""
        seconds = min(self._bandwidth.reserve(size), self._sock.gettimeout() or math.inf)
        while seconds > 0 and not self.aborted:
            time.sleep(min(seconds, _STEP))
            seconds -= _STEP
