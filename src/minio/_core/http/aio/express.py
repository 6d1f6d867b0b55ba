"""Reads the responses of many connections in one callback of the loop.

The loop's own way to a small response (a selector key, a handle, a protocol with its buffer, a parser) costs more than
receiving and reading it. So while a lane uses a connection, its socket is in another epoll, which the loop watches as a
single file, and a whole response of the usual kind is read from one `recv`. Anything else (a part of a response, an
error, the end of the stream, a full send buffer) goes the loop's way: `leave` gives the connection back to it, with the
bytes that have come.

Only for plain sockets, on systems that have epoll.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from minio._core.wire.http1 import Head, ProtocolError

from .connection import Connection


class Seat(Protocol):
    """What is known of a connection: a lane."""

    method: str
    since: float
    outgoing: Any
    receive: Callable[[int], bytes]
    read_final_head: Callable[[bytes, str, list[int]], tuple[Head | None, bytes]]

    def leave(self, data: bytes) -> None:
        """Let the loop read the response, some of which may have come."""


S = TypeVar("S", bound=Seat)
_RECEIVE = 64 * 1024
_MOST = 64
"""How many responses are read before the loop does something else."""


class Express(Generic[S]):
    """The sockets of the lanes of one run.

    Args:
        loop: The loop.
        on_whole: Called with a lane, the head and the body of a whole response. Returns False if that is not usual.
        seconds: The read timeout.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_whole: Callable[[S, Head, bytes], bool], seconds: float
    ) -> None:
        self._loop, self._on_whole, self._seconds = loop, on_whole, seconds
        self._epoll = select.epoll()
        self._lanes: dict[int, S] = {}
        self._timer = loop.call_later(seconds / 4, self._check)
        loop.add_reader(self._epoll.fileno(), self._drain)

    def join(self, lane: S, connection: Connection) -> socket.socket | None:
        """Read the responses of a connection here. Return its socket, or None if that is not possible."""
        descriptor = connection.plain_descriptor()
        if descriptor is None:
            return None
        sock = socket.socket(fileno=os.dup(descriptor))
        sock.setblocking(False)
        connection.pause()
        self._epoll.register(sock.fileno(), select.EPOLLIN)
        self._lanes[sock.fileno()] = lane
        return sock

    def part(self, sock: socket.socket) -> None:
        """Stop reading a socket here."""
        del self._lanes[sock.fileno()]
        self._epoll.unregister(sock.fileno())
        sock.close()

    def close(self) -> None:
        """Read nothing any more. All lanes have left."""
        self._timer.cancel()
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _drain(self) -> None:
        now = self._loop.time()
        on_whole = self._on_whole
        for descriptor, _ in self._epoll.poll(0, _MOST):
            lane = self._lanes.get(descriptor)
            if lane is None:
                continue
            try:
                data = lane.receive(_RECEIVE)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            try:
                head, body = lane.read_final_head(data, lane.method, [])
            except ProtocolError:
                head, body = None, data
            lane.since = now
            if head is None or head.length != len(body) or not head.keep_alive or not on_whole(lane, head, body):
                lane.leave(data)

    def _check(self) -> None:
        """Let the loop watch for the time-out of lanes that have waited for long."""
        self._timer = self._loop.call_later(self._seconds / 4, self._check)
        due = self._loop.time() - self._seconds / 2
        for lane in list(self._lanes.values()):
            if lane.outgoing is not None and lane.since < due:
                lane.leave(b"")


def make_express(
    loop: asyncio.AbstractEventLoop, on_whole: Callable[[Any, Head, bytes], bool], seconds: float
) -> Express[Any] | None:
    """Return an `Express`, or None if this system or this loop cannot have one."""
    if not hasattr(select, "epoll"):
        return None
    try:
        return Express(loop, on_whole, seconds)
    except NotImplementedError:
        return None
