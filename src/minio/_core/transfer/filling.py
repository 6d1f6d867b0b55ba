"""Parts of a stream on their way into memory."""

from __future__ import annotations

from typing import Any

from ...error import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError
from ..wire.message import Body

_PIECE = 1024 * 1024


class PartMemory:
    """Memory that one part after another is read into: new megabytes for each would scatter over the heap."""

    def __init__(self) -> None:
        self._free: list[bytearray] = []

    def take(self, size: int) -> bytearray:
        """At least so many bytes."""
        while self._free:
            buffer = self._free.pop()
            if len(buffer) >= size:
                return buffer
        return bytearray(size)

    def release(self, body: Body) -> None:
        """Use a part's memory again."""
        if isinstance(body, memoryview) and isinstance(body.obj, bytearray):
            self._free.append(body.obj)


class Filling:
    """A part on its way into memory, piece by piece: `while filling.wanted and filling.add(read(filling.wanted))`."""

    def __init__(self, memory: PartMemory, offset: int, size: int, length: int | None) -> None:
        self._memory = memory
        self._offset = offset
        self._size = size
        self._length = length
        self._first = b""
        self._view = memoryview(b"")
        self._have = 0

    @property
    def wanted(self) -> int:
        """How many bytes to read next."""
        return min(self._size - self._have, _PIECE)

    def add(self, piece: Any) -> bool:
        """Take what read() gave; False when that was the end."""
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
        """The part, which is all there was."""
        if self._have < self._size and self._length is not None:
            raise InvalidSizeError(
                f"data ended after {self._offset + self._have} bytes, but length says {self._length}"
            )
        if not self._view:
            return self._first
        part = self._view[: self._have]
        return bytes(part) if self._have <= _PIECE else part


def check_bytes(data: Any) -> bytes:
    """What a stream's read() gave, as bytes."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    if data is None:
        raise InvalidArgumentError("data is a non-blocking stream that has nothing to read: its read() returned None")
    raise InvalidArgumentTypeError(f"data must give bytes: its read() returned {type(data).__name__}")
