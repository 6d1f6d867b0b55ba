"""A proxy that resets the connection of a random share of the requests."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import threading
from typing import Self

_BLOCK = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Lost(Exception):
    pass


class FlakyProxy:
    """A proxy that listens on localhost, on its own thread.

    Args:
        chance: Probability that a request loses its connection: anywhere in the request, at the beginning of the
            response, or anywhere in the response.
    """

    def __init__(self, chance: float) -> None:
        self.chance = chance
        self.connections = self.requests = self.lost = self.refused = 0
        self.bytes_up = self.bytes_down = 0
        self._server: tuple[str, int] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flaky-proxy", daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._accept, "127.0.0.1", 0, limit=4 * _BLOCK)
        self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        self.endpoint = f"127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def connect(self, endpoint: str | None) -> None:
        """The server to forward to. None resets every new connection."""
        host, _, port = (endpoint or "").rpartition(":")
        self._server = (host, int(port)) if endpoint else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._server is None:
            self.refused += 1
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._server, limit=4 * _BLOCK)
        except OSError:
            self.refused += 1
            _reset(writer)
            return
        line = _Line(self)
        pumps = [
            asyncio.ensure_future(line.up(reader, far_writer)),
            asyncio.ensure_future(line.down(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            found = await asyncio.gather(*pumps, return_exceptions=True)
            if any(isinstance(one, (_Lost, OSError)) for one in found):
                _reset(writer)
                _reset(far_writer)
            writer.close()
            far_writer.close()


class _Line:
    """A connection, and where its current request is cut."""

    def __init__(self, proxy: FlakyProxy) -> None:
        self.proxy = proxy
        self.answered = True
        self.fate = ""
        self.left_up: float = 0
        self.left_down: float = 0

    async def up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_BLOCK):
            if self.answered:
                self._begin_request(data)
            self.proxy.bytes_up += len(data)
            self.left_up = await self._pass(data, writer, self.left_up)

    async def down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_BLOCK):
            if not self.answered:
                self._begin_answer(data)
            self.proxy.bytes_down += len(data)
            self.left_down = await self._pass(data, writer, self.left_down)

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter, left: float) -> float:
        writer.write(data[: int(min(left, len(data)))])
        await writer.drain()
        if left < len(data):
            self.proxy.lost += 1
            raise _Lost
        return left - len(data)

    def _begin_request(self, data: bytes) -> None:
        self.proxy.requests += 1
        self.answered = False
        self.left_up = self.left_down = float("inf")
        self.fate = ""
        if random.random() < self.proxy.chance:
            self.fate = random.choice(("request", "answer begins", "answer"))
        if self.fate == "request":
            # Never the whole request: the server might carry out a complete one much later.
            self.left_up = random.randrange(_length(data))

    def _begin_answer(self, data: bytes) -> None:
        self.answered = True
        if self.fate == "answer begins":
            self.left_down = 0
        elif self.fate == "answer":
            self.left_down = random.randrange(_length(data))


def _length(data: bytes) -> int:
    """Return the length of a request or a response, using its Content-Length."""
    head, _, _ = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    return len(head) + 4 + int(found[1]) if found else len(data)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
