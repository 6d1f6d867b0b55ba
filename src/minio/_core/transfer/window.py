"""Read-ahead for a reader that seeks. Pure.

A seek fetches little more than was requested. Sequential reads double the size each time. Reading a file's footer
therefore costs one small request, and reading a file from start to end costs few large ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from .sizes import MIB


@dataclass(slots=True)
class Window:
    """The buffered bytes, and the size of the next fetch."""

    smallest: int = MIB // 4
    largest: int = 8 * MIB
    start: int = 0
    data: bytes = b""
    _step: int = 0

    @property
    def end(self) -> int:
        """The position after the last buffered byte."""
        return self.start + len(self.data)

    def at(self, position: int, size: int) -> memoryview:
        """Return the buffered bytes from `position`, at most `size`. Empty if `position` is not buffered."""
        if not self.start <= position < self.end:
            return memoryview(b"")
        return memoryview(self.data)[position - self.start : position - self.start + size]

    def wanted(self, position: int, size: int, length: int) -> int:
        """Return how many bytes to fetch at `position` from an object of `length` bytes."""
        onward = position == self.end and self._step > 0
        self._step = min(self._step * 2, self.largest) if onward else self.smallest
        return min(max(size, self._step), length - position)

    def fill(self, position: int, data: bytes) -> None:
        """Store the bytes that were fetched."""
        self.start, self.data = position, data
