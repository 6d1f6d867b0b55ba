"""A relay between a client and a real server that can be cut, stalled or made to corrupt bits during a call.

    with Cable(server.endpoint) as cable:
        client = Minio(cable.endpoint, ...)
        cable.on(b"partNumber=2", cable.cut)
        ...

The action runs when the client sends these bytes, before the server receives them. A cut or a stall affects all
connections, including new ones, until `mend()`. `live_only` makes each connection fail after a number of bytes.
`bytes_up` and `bytes_down` count all bytes that have passed. `pace` slows the relay down: seconds per 64 KiB.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Self

from minio._core.http.send_queue import unacknowledged_bytes

_BLOCK = 64 * 1024
_BUFFER = 256 * 1024
"""Size of the receive buffer towards the server: what it holds is still relayed after the server has died."""
_TAIL = 256
_TCP_CLOSE = 7
"""The state of a connection that is over, in `TCP_INFO`."""


class Cable:
    """Relays bytes in both directions."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self._server = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self.bytes_up = 0
        self.bytes_down = 0
        self.lost = 0
        self.flipped = 0
        self.mend()
        self._spawn(self._accept)

    def mend(self) -> None:
        """Relay again, on new connections, and drop all triggers."""
        self._words: bytes | None = None
        self._bytes_down: int | None = None
        self._total_down: int | None = None
        self._bytes_up: int | None = None
        self._action: Callable[[], object] | None = None
        self._cut = False
        self._life: tuple[int | None, int | None] = None, None
        self._flips = 0
        self._flip_up = False
        self.pace = 0.0
        self._flowing.set()

    def live_only(self, down: int | None = None, up: int | None = None) -> None:
        """Reset each connection once it has carried this many bytes to the client, or to the server."""
        self._life = down, up

    def flip(self, times: int, up: bool) -> None:
        """Flip a bit in each of the next full blocks. Full blocks hold nothing but body."""
        self._flips, self._flip_up = times, up

    def on(self, words: bytes, action: Callable[[], object]) -> None:
        """Run the action once, when a request contains these bytes."""
        self._words, self._action = words, action

    def on_bytes_down(self, count: int, action: Callable[[], object]) -> None:
        """Run the action once, when a connection has carried this many bytes to the client."""
        self._bytes_down, self._action = count, action

    def on_bytes_up(self, count: int, action: Callable[[], object]) -> None:
        """Run the action once, when a connection has carried this many bytes to the server."""
        self._bytes_up, self._action = count, action

    def on_total_down(self, count: int, action: Callable[[], object]) -> None:
        """Run the action once, when all connections together have carried this many more bytes to the client."""
        self._total_down, self._action = self.bytes_down + count, action

    @property
    def acted(self) -> bool:
        """Whether the action has run since it was set."""
        return self._action is None

    def cut(self) -> None:
        """Reset all connections."""
        self._cut = True
        self._drop_all()

    def stall(self) -> None:
        """Relay nothing more and keep the connections open."""
        self._flowing.clear()

    def drop_all(self) -> None:
        """Close open connections. New connections still work."""
        self._drop_all()

    def _drop_all(self) -> None:
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            _reset(*pair)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                _reset(near)
                near.close()
                continue
            try:
                far = self._connect()
            except OSError:
                _reset(near)
                near.close()
                continue
            with self._lock:
                self._pairs.append((near, far))
            if self._cut:  # cut since it was accepted
                _reset(near, far)
            self._spawn(lambda near=near, far=far: self._pump(near, far, up=True))
            self._spawn(lambda near=near, far=far: self._pump(far, near, up=False))

    def _connect(self) -> socket.socket:
        far = socket.socket()
        try:
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            far.settimeout(60)
            far.connect(self._server)
            far.settimeout(None)
        except BaseException:
            far.close()
            raise
        return far

    def _pump(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        carried, tail = 0, b""
        with contextlib.suppress(OSError):
            while data := source.recv(_BLOCK):
                carried += len(data)
                self._look(tail + data, carried, up)
                tail = data[-_TAIL:]
                data = self._disturb(data, carried, up)
                if self.pace:
                    time.sleep(self.pace)
                if not self._flowing.is_set():
                    self._flowing.wait()
                    break
                target.sendall(data)
                limit = self._life[up]
                if limit is not None and carried >= limit:
                    self.lost += 1
                    _wait_until_sent(target)
                    break
        _reset(source, target)
        with self._lock:
            # Only the second of the two pumps closes: otherwise the first could use a descriptor that has been reused.
            pair = next((pair for pair in self._pairs if source in pair), None)
            if pair is not None:
                self._pairs.remove(pair)
                return
        source.close()
        target.close()

    def _disturb(self, data: bytes, carried: int, up: bool) -> bytes:
        """Count the bytes, and flip a bit if requested."""
        with self._lock:
            if up:
                self.bytes_up += len(data)
            else:
                self.bytes_down += len(data)
            if not self._flips or up is not self._flip_up or len(data) < _BLOCK // 4 or carried < 2 * _BLOCK:
                return data
            self._flips -= 1
            self.flipped += 1
        middle = len(data) // 2
        return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]

    def _look(self, data: bytes, carried: int, up: bool) -> None:
        limit = self._bytes_up if up else self._bytes_down
        seen = (up and self._words is not None and self._words in data) or (limit is not None and carried > limit)
        total = not up and self._total_down is not None and self.bytes_down > self._total_down
        if not (seen or total):
            return
        with self._lock:
            action, self._action = self._action, None
        if action is not None:
            action()

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="cable", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._flowing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop_all()
        for thread in self._threads:
            thread.join(60)


def _wait_until_sent(sock: socket.socket) -> None:
    """Wait up to a minute until all bytes have been sent: a reset discards what is still buffered.

    A connection that the receiver has reset still counts its bytes.
    """
    end = time.monotonic() + 60
    while unacknowledged_bytes(sock.fileno()) and not _is_reset(sock) and time.monotonic() < end:
        time.sleep(0.001)


def _is_reset(sock: socket.socket) -> bool:
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE


def _reset(*sockets: socket.socket) -> None:
    """Shut down connections that other threads use. Closing them afterwards sends a RST, not a FIN."""
    for sock in sockets:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
