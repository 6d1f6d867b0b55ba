"""A proxy between a client and a real server that applies faults to single exchanges.

    with FaultProxy(server.endpoint) as proxy:
        client = Minio(proxy.endpoint, ...)
        proxy.spoil(play, match="PUT object partNumber uploadId", times=1)
        ...

A play is a coroutine function that takes an `Exchange`. It has the request head, may read the body, forward the
request to the server, send arbitrary bytes, and reset or close the connection. All other requests are forwarded
unchanged, as complete requests and responses. `stand_in` responds to requests that the server does not support. The
proxy runs on an event loop in its own thread, so blocking and asynchronous clients are tested in the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlsplit

T = TypeVar("T")


class GoneError(Exception):
    """The client has closed its connection."""


@dataclass
class Request:
    """A request as received: its head, and its body once it has been read."""

    head: bytes
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    answer: Answer | None = None

    @property
    def length(self) -> int:
        """The length of the body."""
        return int(self.headers.get("content-length", "0"))

    @property
    def expects(self) -> bool:
        """The client waits for a 100 Continue."""
        return "expect" in self.headers

    @property
    def kind(self) -> str:
        """The method, the resource type and the names in the query. Faults are applied to all requests of a kind."""
        url = urlsplit(self.target)
        _, bucket, key = (url.path + "//").split("/", 2)
        about = "object" if key.strip("/") else "bucket" if bucket else "service"
        names = sorted({name for name, _ in parse_qsl(url.query, keep_blank_values=True)})
        return " ".join([self.method, about, *names])


@dataclass
class Answer:
    """A complete response, without its framing."""

    status: int = 200
    reason: str = "OK"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    bare: bool = False
    """A response to HEAD, or with a status that has no body: its Content-Length says nothing about what follows."""

    def without(self, *names: str) -> list[tuple[str, str]]:
        """The headers except these."""
        return [(name, value) for name, value in self.headers if name.lower() not in names]

    def head(self, headers: list[tuple[str, str]] | None = None) -> bytes:
        """The head, with the given headers or its own."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in (self.headers if headers is None else headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def render(self) -> bytes:
        """The complete response as bytes."""
        return self.head() + self.body


Play: TypeAlias = "Callable[[Exchange], Awaitable[None]]"


@dataclass
class _Spoiling:
    play: Play
    match: str
    left: int | None


class Exchange:
    """One request, and the actions that a play can take."""

    def __init__(self, request: Request, line: _Line) -> None:
        self.request = request
        self._line = line
        self._read = False

    @property
    def number(self) -> int:
        """The position of this request on its connection, counted from 1."""
        return self._line.count

    async def read_body(self, limit: int | None = None) -> bytes:
        """Read the body or its beginning. Sends 100 Continue first if the client expects it."""
        if not self._read:
            if self.request.expects:
                await self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            length = self.request.length if limit is None else min(limit, self.request.length)
            self.request.body = await self._line.reader.readexactly(length)
            self._read = limit is None
        return self.request.body

    async def ask(self) -> Answer:
        """Forward the request to the server and return its response."""
        await self.read_body()
        self.request.answer = await self._line.ask(self.request)
        return self.request.answer

    async def send(self, *parts: bytes) -> None:
        """Send bytes, each argument in its own write."""
        for part in parts:
            self._line.writer.write(part)
            await self._line.writer.drain()
            if len(parts) > 1:
                await asyncio.sleep(0)

    async def stall(self) -> None:
        """Send nothing more until the client disconnects."""
        while await self._line.reader.read(65536):
            pass
        raise GoneError

    async def swallow_nothing(self) -> None:
        """Neither read nor write until the client disconnects or `heal()` is called.

        If the window is full, the end of the connection is invisible: it is queued behind the bytes that nobody reads.
        """
        self._line.writer.transport.pause_reading()  # type: ignore[attr-defined]
        while self._line.proxy.spoiling and not self._line.lost():  # noqa: ASYNC110 - only the socket knows
            await asyncio.sleep(0.02)
        raise GoneError

    async def pass_on(self) -> None:
        """Forward the request and its response unchanged."""
        await self.send((await self.ask()).render())

    def reset(self) -> None:
        """End the connection with an RST."""
        self._line.reset()
        raise GoneError

    def end(self) -> None:
        """Shut the connection down in an orderly way."""
        raise GoneError


class _Line:
    """A client's connection and the matching connection to the server."""

    def __init__(self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.reader = reader
        self.writer = writer
        self.count = 0
        self._far: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def serve(self) -> None:
        with contextlib.suppress(GoneError, OSError, asyncio.IncompleteReadError):
            if self.proxy._take_connection():
                self.reset()
                return
            while True:
                exchange = Exchange(await self._read_request(), self)
                await self.proxy._play(exchange)
        self.close()

    async def _read_request(self) -> Request:
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.count += 1
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = first.split(" ")
        pairs = (line.partition(": ") for line in lines)
        return Request(head, method, target, {name.lower(): value for name, _, value in pairs})

    async def ask(self, request: Request) -> Answer:
        answer = self.proxy.stand_in(request) if self.proxy.stand_in is not None else None
        if answer is not None:
            return answer
        if self._far is None:
            host, _, port = self.proxy.server.rpartition(":")
            self._far = await asyncio.open_connection(host, int(port), limit=1 << 20)
        reader, writer = self._far
        writer.write(re.sub(rb"\r\nExpect: [^\r]*", b"", request.head) + request.body)
        await writer.drain()
        return await _read_answer(reader, request.method)

    def lost(self) -> bool:
        """Whether the client has closed the connection. Checks without reading."""
        sock = self.writer.get_extra_info("socket")
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        return bool(info[0] != 1)  # not ESTABLISHED

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()
        if self._far is not None:
            self._far[1].close()


async def _read_answer(reader: asyncio.StreamReader, method: str) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    _, status, *reason = first.split(" ", 2)
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    answer = Answer(int(status), reason[0] if reason else "", headers)
    found = {name.lower(): value for name, value in headers}
    answer.bare = method == "HEAD" or answer.status in (204, 304)
    if answer.bare:
        return answer
    if found.get("transfer-encoding", "").lower() == "chunked":
        answer.body = await _read_chunks(reader)
        answer.headers = [*answer.without("transfer-encoding"), ("Content-Length", str(len(answer.body)))]
    else:
        answer.body = await reader.readexactly(int(found.get("content-length", "0")))
    return answer


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    while (await reader.readline()).strip():
        pass
    return b"".join(parts)


class FaultProxy:
    """Listens on localhost, in its own thread, and forwards requests to a server."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.stand_in: Callable[[Request], Answer | None] | None = None
        self.seen: list[Request] = []
        """The requests since `heal()`."""
        self.hits = 0
        """The number of exchanges with a fault since `heal()`."""
        self.playing = 0
        """The number of exchanges in progress."""
        self._spoiling: _Spoiling | None = None
        self._resets: int | None = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        self._listener: asyncio.Server | None = None
        self._port = 0
        self._run(self._listen())
        self.endpoint = f"127.0.0.1:{self._port}"

    def spoil(self, play: Play, match: str, times: int | None = None) -> None:
        """Play this for the next `times` requests of a kind, or for all of them."""
        self._spoiling = _Spoiling(play, match, times)

    def reset_connections(self, times: int | None = None) -> None:
        """Reset the next connections as soon as they are accepted."""
        self._resets = times

    def refuse(self) -> None:
        """Stop listening."""
        self.hits += 1
        self._run(self._close_listener())
        self.drop_all()

    def heal(self) -> None:
        """Forward everything from now on."""
        self._spoiling, self._resets, self.stand_in = None, 0, None
        self.hits, self.seen = 0, []
        if self._listener is None:
            self._run(self._listen())

    @property
    def spoiling(self) -> bool:
        """Whether a fault is active."""
        return self._spoiling is not None

    @property
    def open(self) -> int:
        """The number of open client connections."""
        return len(self._tasks)

    def drop_all(self) -> None:
        """Close all connections."""
        self._run(self._drop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._close_listener())
        self._run(self._drop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # --- on the event loop

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self._port, limit=1 << 20)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _drop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(self, reader, writer)
        task = self._loop.create_task(line.serve())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: line.close())

    def _take_connection(self) -> bool:
        if self._resets == 0:
            return False
        if self._resets is not None:
            self._resets -= 1
        self.hits += 1
        return True

    async def _play(self, exchange: Exchange) -> None:
        self.playing += 1
        try:
            await self._choose(exchange.request)(exchange)
        finally:
            self.playing -= 1

    def _choose(self, request: Request) -> Play:
        self.seen.append(request)
        spoiling = self._spoiling
        if spoiling is None or spoiling.match != request.kind or spoiling.left == 0:
            return Exchange.pass_on
        if spoiling.left is not None:
            spoiling.left -= 1
        self.hits += 1
        return spoiling.play
