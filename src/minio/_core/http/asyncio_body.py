"""The body of a response, read as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minio.error import TransportError

if TYPE_CHECKING:
    from .asyncio_connection import Connection
    from .asyncio_pool import Idle
    from .incoming import Incoming


class AsyncBody:
    """A body that is read with await. Its connection goes back to the pool by itself once the last byte came.

    Left half read, it must be closed (`close`, or `async with`); one that is forgotten closes its connection.
    """

    __slots__ = ("_closed", "_connection", "_idle", "_incoming")

    def __init__(self, incoming: Incoming, connection: Connection, idle: Idle) -> None:
        self._incoming = incoming
        self._idle = idle
        self._closed = False
        self._connection: Connection | None = connection
        if incoming.done:
            self._settle()

    @property
    def remaining(self) -> int | None:
        """Bytes not yet read, None while the server did not say."""
        incoming = self._incoming
        if incoming.done:
            return incoming.size
        return None if incoming.left is None else incoming.left + incoming.size

    def at_hand(self) -> bytes | None:
        """All that is left, if it has come already, else None."""
        incoming = self._incoming
        return incoming.pop_all() if incoming.done and not self._closed else None

    async def read(self, n: int = -1) -> bytes:
        """Read exactly `n` bytes, fewer only at the end of the body; all that is left when `n` is negative.

        Raises:
            TransportError: The body was cut short, or nothing came for the read timeout.
        """
        parts: list[bytes] = []
        while n and (part := await self.read_some(n)):
            parts.append(part)
            if n > 0:
                n -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def read_some(self, limit: int = -1) -> bytes:
        """Read what is there now, at most `limit` bytes; wait if nothing is. b"" only at the end of the body.

        Raises:
            TransportError: The body was cut short, or nothing came for the read timeout.
        """
        incoming = self._incoming
        if limit == 0:
            return b""
        while not (data := incoming.pop(limit)) and not incoming.done:
            await self._more()
        if not data and self._closed:
            raise TransportError("the body was closed before its end")
        return data

    def close(self) -> None:
        """Drop what is unread. The connection is closed if bytes were still to come."""
        incoming = self._incoming
        if incoming.chunks:
            incoming.pop_all()
            self._closed = True
        connection = self._connection
        if connection is not None:
            if incoming.done:
                self._settle()
            else:
                self._closed = True
                connection.abort()

    async def __aenter__(self) -> AsyncBody:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.close()

    def __del__(self) -> None:
        connection = self._connection
        if connection is not None and connection.open and not connection.loop.is_closed():
            # Garbage is collected in any thread.
            connection.loop.call_soon_threadsafe(connection.abort)

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
        if self._incoming.done:
            self._settle()

    def _settle(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._idle.put(connection)
