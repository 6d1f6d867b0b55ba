"""A fake server that follows a script, for behaviour that no real S3 server here can be made to show.

Cuts, stalls, resets, early responses, chunked bodies, garbage, 100-continue sent, refused or ignored, dying
keep-alive connections, slow drips, wrong lengths, proxies. Real bytes go over real sockets; only the behaviour is
fake. The server runs in its own threads, so blocking and asyncio tests use it alike::

    with ScriptedServer(serve(answer(b"one"), answer(b"two"))) as server:
        ...  # requests to server.origin
    assert server.requests[0].method == "GET"

A script is a function of a `Peer` that handles one connection from accept to close. The first connection gets the
first script, and so on; the last script handles all further connections. If a script raises, the test fails when the
server's `with` block ends. An OSError is ignored: it means that the client disconnected.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

from minio._core.wire.message import Origin


@dataclass
class Recorded:
    """A request as received. Header names are lower-case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


class Peer:
    """The server's side of one connection."""

    def __init__(self, sock: socket.socket, server: ScriptedServer) -> None:
        self.sock = sock
        self.server = server
        self._held = b""

    def read_head(self) -> Recorded:
        """Read a request's head but not its body. Raises EOFError if the client disconnects instead."""
        while b"\r\n\r\n" not in self._held:
            self._more()
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        request = Recorded(
            method, target, {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        )
        self.server.requests.append(request)
        return request

    def read_body(self, request: Recorded, size: int | None = None) -> None:
        """Read `size` bytes of the body, or Content-Length bytes, into the recorded request."""
        wanted = int(request.headers.get("content-length", "0")) if size is None else size
        body = bytearray(self._held)
        while len(body) < wanted:
            self._held = b""
            self._more()
            body += self._held
        self._held = bytes(body[wanted:])
        request.body += bytes(body[:wanted])

    def read_request(self) -> Recorded:
        """Read a whole request."""
        request = self.read_head()
        self.read_body(request)
        return request

    def send(self, *parts: bytes) -> None:
        """Send bytes, each argument in its own write."""
        for part in parts:
            self.sock.sendall(part)

    def drip(self, data: bytes, pause: float) -> None:
        """Send bytes one at a time."""
        for byte in data:
            self.sock.sendall(bytes((byte,)))
            self.stall(pause)

    def stall(self, seconds: float = 60.0) -> None:
        """Do nothing for this many seconds, or until the test ends."""
        self.server.over.wait(seconds)

    def wait_gone(self) -> None:
        """Read until the client closes the connection."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._more()

    def reset(self) -> None:
        """Close with an RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self._held += data


Script: TypeAlias = Callable[[Peer], None]


class ScriptedServer:
    """A listening socket on localhost, with a thread for each connection.

    Args:
        scripts: The script of each connection, in turn. The last one handles all further connections.
        tls: Use TLS with this context.
        host: The address to listen on.
        window: Size of the receive buffer. None keeps the system default of several megabytes.
    """

    def __init__(
        self,
        *scripts: Script,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        window: int | None = None,
    ) -> None:
        self.scripts = scripts
        self.tls = tls
        self.requests: list[Recorded] = []
        self.connections = 0
        self.failures: list[BaseException] = []
        self.over = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=512)
        if window is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self.origin = Origin("https" if tls else "http", host, self._listener.getsockname()[1])

    def __enter__(self) -> ScriptedServer:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a script does not end"
        if error is None and self.failures:
            raise self.failures[0]

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            self._start(self._play, sock, script)

    def _play(self, sock: socket.socket, script: Script) -> None:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.tls.wrap_socket(sock, server_side=True) if self.tls else sock as served:
                self._sockets.append(served)
                if self.over.is_set():
                    return
                script(Peer(served, self))
        except (OSError, EOFError):
            pass  # the client disconnected, as some tests intend
        except BaseException as error:
            self.failures.append(error)
        finally:
            sock.close()


def answer(body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """A response with a Content-Length."""
    return head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body


def partial(data: bytes, request: Recorded, headers: Mapping[str, str] | None = None) -> bytes:
    """Respond like a server that stores these bytes: all of them, or the requested range."""
    if "range" not in request.headers:
        return answer(data, headers=headers)
    first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
    begin, end = int(first), min(int(last or len(data)), len(data) - 1)
    where = {"Content-Range": f"bytes {begin}-{end}/{len(data)}"}
    return answer(data[begin : end + 1], "206 Partial Content", {**where, **(headers or {})})


def head(status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """A response head with exactly these headers."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    """A chunked body, including its end."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


def serve(*answers: bytes) -> Script:
    """Send these responses to successive requests, then close."""

    def script(peer: Peer) -> None:
        for one in answers:
            peer.read_request()
            peer.send(one)

    return script


def forever(reply: bytes | Callable[[Recorded], bytes]) -> Script:
    """Respond to every request until the client disconnects."""

    def script(peer: Peer) -> None:
        while True:
            request = peer.read_request()
            peer.send(reply if isinstance(reply, bytes) else reply(request))

    return script


def tunnel(peer: Peer) -> None:
    """Act as a proxy: open the tunnel that CONNECT asks for and relay bytes in both directions."""
    request = peer.read_head()
    host, _, port = request.target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=60) as far:
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(far, peer.sock), daemon=True)
        back.start()
        _pump(peer.sock, far)
        back.join(60)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for data in _incoming(source):
            sink.sendall(data)
    for sock in (source, sink):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _incoming(sock: socket.socket) -> Iterator[bytes]:
    while data := sock.recv(65536):
        yield data
