"""The body of a response on the asyncio side, read as it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minio._core.exceptions import TransportError

if TYPE_CHECKING:
    from ..response_parser import ResponseParser
    from .connection import Connection
    from .pool import ConnectionPool


class AsyncResponseBody:
    """A body that is read once, from start to end.

    The connection is released once the last byte has arrived, even if it has not been read, so a small body does not
    occupy a connection.

    A body that is not read to the end must be closed (`close`, or `async with`). Otherwise garbage collection closes
    the connection.
    """

    __slots__ = ("_closed", "_connection", "_parser", "_pool")

    def __init__(self, parser: ResponseParser, connection: Connection, pool: ConnectionPool) -> None:
        self._parser = parser
        self._pool = pool
        self._closed = False
        self._connection: Connection | None = connection
        if parser.done:
            self._release()
        else:
            pool.lend(connection)

    def expect_no_end(self) -> None:
        """Mark the body as endless, so that no request waits for its connection."""
        self._parser.endless = True

    @property
    def remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        parser = self._parser
        if parser.done:
            return parser.size
        return None if parser.remaining is None else parser.remaining + parser.size

    def at_hand(self) -> bytes | None:
        """Return the rest of the body if it has arrived completely, or None."""
        parser = self._parser
        return parser.pop_all() if parser.done and not self._closed else None

    async def read(self, n: int = -1) -> bytes:
        """Read `n` bytes, or fewer only at the end. If `n` is negative, read the rest.

        Raises:
            TransportError: The body ended early, or nothing arrived within the read timeout.
        """
        parts: list[bytes] = []
        while n and (part := await self.read_some(n)):
            parts.append(part)
            if n > 0:
                n -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at most `limit`, and at least one except at the end.

        Raises:
            TransportError: The body ended early, or nothing arrived within the read timeout.
        """
        parser = self._parser
        if limit == 0:
            return b""
        while not (data := parser.pop(limit)) and not parser.done:
            await self._more()
        if not data and self._closed:
            raise TransportError("the body was closed before its end")
        if self._connection is not None:
            self._connection.touch()
        return data

    def close(self) -> None:
        """Discard the unread rest. The connection is closed unless the whole body has arrived."""
        parser = self._parser
        if parser.chunks:
            parser.pop_all()
            self._closed = True
        connection = self._connection
        if connection is not None:
            if parser.done:
                self._release()
            else:
                self._closed = True
                connection.abort()

    async def __aenter__(self) -> AsyncResponseBody:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.close()

    def __del__(self) -> None:
        connection = self._connection
        if connection is not None and not self._parser.done and connection.open and not connection.loop.is_closed():
            # Garbage collection may run on any thread.
            connection.loop.call_soon_threadsafe(self._forget, connection, self._parser)

    @staticmethod
    def _forget(connection: Connection, parser: ResponseParser) -> None:
        if connection.parser is parser:
            connection.abort()

    async def _more(self) -> None:
        connection = self._connection
        if connection is None or self._closed:
            raise TransportError("the body was closed before its end")
        try:
            connection.resume()
            await connection.wait()
        except BaseException:
            connection.abort()
            raise
        if self._parser.done:
            self._release()

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.parser is self._parser:
            self._pool.release(connection)
