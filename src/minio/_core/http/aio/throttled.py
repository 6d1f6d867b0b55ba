"""Bodies whose bytes count toward a bandwidth limit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..bandwidth import ReceiveSize
from .body import AsyncResponseBody

if TYPE_CHECKING:
    from ..bandwidth import Bandwidth
    from ..response_parser import ResponseParser
    from .connection import Connection
    from .pool import ConnectionPool


class ThrottledBody(AsyncResponseBody):
    """A body that is read in pieces. While nothing reads it, its connection stops receiving."""

    __slots__ = ("_bandwidth", "_receive")

    def __init__(
        self, parser: ResponseParser, connection: Connection, pool: ConnectionPool, bandwidth: Bandwidth
    ) -> None:
        self._bandwidth = bandwidth
        self._receive = ReceiveSize(bandwidth)
        super().__init__(parser, connection, pool)

    def at_hand(self) -> bytes | None:
        """Return None: also what has arrived is read in its turn."""
        return None

    async def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at most `limit` and one piece, and at least one except at the end.

        Raises:
            TransportError: The body ended early, or nothing arrived within the read timeout.
        """
        if limit == 0:
            return b""
        size = self._receive.next(self._bandwidth.piece if limit < 0 else limit)
        data = b""
        try:
            await wait_turn(self._bandwidth, size)
            data = await super().read_some(size)
        finally:
            self._bandwidth.give_back(size - len(data))
        self._receive.received(size, len(data))
        return data


def cut(view: memoryview, size: int) -> Iterator[memoryview]:
    """Cut bytes into pieces."""
    return (view[start : start + size] for start in range(0, len(view), size))


async def wait_turn(bandwidth: Bandwidth, size: int) -> None:
    """Reserve a number of bytes, and wait until they may be transferred."""
    seconds = bandwidth.reserve(size)
    if seconds > 0:
        await asyncio.sleep(seconds)
