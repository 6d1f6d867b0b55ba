"""Buffers for parts that are read from a stream."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError
from ..wire.body import Body

_PIECE = 1024 * 1024


def ended_early(there: int, length: int, stream: bool = True) -> str:
    """Return the message for data shorter than announced. An empty stream has probably been read before."""
    text = f"data ended after {there} bytes, but length says {length}"
    if there or not stream:
        return text
    return f"{text}: if data was written or read before, its position is at its end: call data.seek(0) first"


class BufferPool:
    """Buffers that are reused for one part after another. New buffers for each part would fragment the heap."""

    def __init__(self) -> None:
        self._free: list[bytearray] = []

    def take(self, size: int) -> bytearray:
        """Return a buffer of at least `size` bytes."""
        while self._free:
            buffer = self._free.pop()
            if len(buffer) >= size:
                return buffer
        return bytearray(size)

    def release(self, body: Body) -> None:
        """Make a part's buffer available again."""
        if isinstance(body, memoryview) and isinstance(body.obj, bytearray):
            self._free.append(body.obj)


class PartBuffer:
    """A part that is read in pieces: `while filling.wanted and filling.add(read(filling.wanted))`."""

    def __init__(self, memory: BufferPool, offset: int, size: int, length: int | None) -> None:
        self._memory = memory
        self._offset = offset
        self._size = size
        self._length = length
        self._first = b""
        self._view = memoryview(b"")
        self._have = 0

    @property
    def wanted(self) -> int:
        """The number of bytes to read next."""
        return min(self._size - self._have, _PIECE)

    def add(self, piece: Any) -> bool:
        """Add the result of read(). Return False at the end."""
        data = check_bytes(piece)
        if len(data) > self.wanted:
            raise InvalidArgumentError("data is broken: its read(n) returned more than n bytes")
        if not self._have:
            self._first = data
        elif data:
            self._store(data)
        self._have += len(data)
        return bool(data)

    def _store(self, data: bytes) -> None:
        if not self._view:
            self._view = memoryview(self._memory.take(self._size))
            self._view[: len(self._first)] = self._first
        self._view[self._have : self._have + len(data)] = data

    def body(self) -> Body:
        """Return the complete part."""
        if self._have < self._size and self._length is not None:
            raise InvalidSizeError(ended_early(self._offset + self._have, self._length))
        if not self._view:
            return self._first
        part = self._view[: self._have]
        return bytes(part) if self._have <= _PIECE else part


def check_bytes(data: Any) -> bytes:
    """Return the result of a stream's read() as bytes."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    if data is None:
        raise InvalidArgumentError("data is a non-blocking stream that has nothing to read: its read() returned None")
    raise InvalidArgumentTypeError(f"data must give bytes: its read() returned {type(data).__name__}")
