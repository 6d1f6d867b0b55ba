"""The body of a response on the blocking side, read from the socket on demand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ...exceptions import TransportError
from ...wire.http1 import Head, ProtocolError

if TYPE_CHECKING:
    from .connection import Connection
    from .pool import ConnectionPool

_RECEIVE = 512 * 1024


@cache
def prepare_memory() -> None:
    """Free a large object once. After that, glibc's malloc reuses the memory of large reads.

    Otherwise the kernel maps and clears new memory for each read, which costs more than the read itself.
    """
    bytes(2 * _RECEIVE)


class ResponseBody:
    """A body that is read once, from start to end. After the last byte its connection is released.

    Reading a body that ends early raises TransportError.
    """

    __slots__ = ("_clean", "_connection", "_data", "_decoder", "_keep", "_pool", "finished", "remaining")

    def __init__(self, connection: Connection, pool: ConnectionPool, head: Head, data: bytes, clean: bool) -> None:
        self._pool = pool
        self._connection: Connection | None = connection
        self._decoder = head.decoder
        self._keep = head.keep_alive
        self._clean = clean
        self.remaining = head.length
        self.finished = False
        if head.decoder is not None:
            data = self._decode(data)
        elif head.length is not None and len(data) > head.length:
            data, self._clean = data[: head.length], False
        self._data = memoryview(data)
        if not data:
            self._check_end()

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, or fewer only at the end. If `size` is negative, read the rest."""
        if 0 <= size <= len(self._data):
            return bytes(self._take(size))
        if self.finished:
            return b""
        if self.remaining is not None:
            return self._read_known(self.remaining if size < 0 else min(size, self.remaining))
        parts, left = [], size
        while left and (part := self.read_some(left)):
            parts.append(part)
            left -= len(part) if size >= 0 else 0
        return b"".join(parts)

    def _read_known(self, size: int) -> bytes:
        if size == len(self._data):
            return bytes(self._take(size))
        buffer = bytearray(size)
        view, done = memoryview(buffer), 0
        while done < size:
            done += self.readinto(view[done:])
        return bytes(buffer)

    def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        if not self._data and not self.finished:
            if self.remaining is not None and limit:
                return self._receive_known(limit)
            self._receive()
        return bytes(self._take(len(self._data) if limit < 0 else min(limit, len(self._data))))

    def _receive_known(self, limit: int) -> bytes:
        """Return the bytes that the socket has received, without a copy."""
        connection = self._connection
        assert connection is not None
        assert self.remaining is not None
        size = min(self.remaining, _RECEIVE if limit < 0 else limit, _RECEIVE)
        try:
            if connection.has_deadline:
                connection.limit()
            data = connection.sock.recv(size)
        except OSError as error:
            raise self._fail(error) from error
        if not data:
            raise self._cut_short()
        self.remaining -= len(data)
        if not self.remaining:
            self._end()
        return data

    def readinto(self, view: memoryview) -> int:
        """Read the bytes that have arrived into a buffer, at least one except at the end."""
        if self._data or self._decoder is not None or self.remaining is None:
            if not self._data and not self.finished:
                self._receive()
            part = self._take(min(len(view), len(self._data)))
            view[: len(part)] = part
            return len(part)
        if self.finished or not view:
            return 0
        connection = self._connection
        assert connection is not None
        try:
            if connection.has_deadline:
                connection.limit()
            count = connection.sock.recv_into(view[: self.remaining])
        except OSError as error:
            raise self._fail(error) from error
        if not count:
            raise self._cut_short()
        self.remaining -= count
        if not self.remaining:
            self._end()
        return count

    @property
    def at_hand(self) -> int:
        """The number of bytes that can be read without waiting."""
        return len(self._data)

    def abort(self) -> None:
        """Make a read on another thread fail immediately."""
        connection = self._connection
        if connection is not None:
            connection.abort()

    def _drop_connection(self) -> Connection | None:
        connection, self._connection = self._connection, None
        return connection

    def close(self) -> None:
        """Stop reading. The connection is closed if the body was not read to the end. Can be called more than once."""
        connection = self._drop_connection()
        self.finished = True
        self._data = memoryview(b"")
        if connection is not None:
            connection.close()

    def __del__(self) -> None:
        if getattr(self, "_connection", None) is not None:
            self.close()

    def _take(self, size: int) -> memoryview:
        part, self._data = self._data[:size], self._data[size:]
        if self.remaining is not None:
            self.remaining -= size
        if not self._data:
            self._check_end()
        return part

    def _check_end(self) -> None:
        if self._data or self.finished:
            return
        if self.remaining == 0 or (self._decoder is not None and self._decoder.done):
            self._end()

    def _receive(self) -> None:
        """Receive more of the body into `_data`."""
        connection = self._connection
        assert connection is not None
        size = _RECEIVE if self.remaining is None else min(_RECEIVE, self.remaining)
        while not self._data and not self.finished:
            try:
                if connection.has_deadline:
                    connection.limit()
                data = connection.sock.recv(size)
                if not data and self.remaining is None and self._decoder is None and not connection.aborted:
                    self._end()
                elif not data:
                    raise self._cut_short()
                else:
                    self._data = memoryview(self._decode(data) if self._decoder is not None else data)
            except (OSError, ProtocolError) as error:
                raise self._fail(error) from error
            self._check_end()

    def _decode(self, data: bytes) -> bytes:
        assert self._decoder is not None
        return b"".join(self._decoder.feed(data))

    def _cut_short(self) -> TransportError:
        left = "" if self.remaining is None else f", {self.remaining} bytes before its end"
        return self._fail(ProtocolError(f"the answer's body was cut short{left}"))

    def _fail(self, error: BaseException) -> TransportError:
        connection = self._connection
        if connection is None:
            return TransportError("the answer was closed while it was read", cause=error)
        scope = connection.scope
        found = scope.error if scope is not None and scope.is_over() else None
        if not isinstance(found, TransportError):
            found = connection.to_transport_error(error)
        if found is not error:
            found.__cause__ = error
        self.close()
        return found

    def _end(self) -> None:
        connection = self._drop_connection()
        self.finished = True
        if connection is None:
            return
        if self._keep and self._clean and (self._decoder is None or self._decoder.clean):
            self._pool.release(connection)
        else:
            connection.close()
