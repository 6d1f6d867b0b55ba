"""How much to fetch at a time for a reader that jumps about. Pure.

A jump fetches little more than was asked for; reading on doubles that each time. So a file's footer costs one small
request, and reading a file from front to back few large ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from .plan import MIB


@dataclass(slots=True)
class Window:
    """The bytes at hand, and how many to get next."""

    smallest: int = MIB // 4
    largest: int = 8 * MIB
    start: int = 0
    data: bytes = b""
    _step: int = 0

    @property
    def end(self) -> int:
        """The position behind the bytes at hand."""
        return self.start + len(self.data)

    def at(self, position: int, size: int) -> memoryview:
        """What is at hand of these bytes: as many as there are from the position on, none when it is elsewhere."""
        if not self.start <= position < self.end:
            return memoryview(b"")
        return memoryview(self.data)[position - self.start : position - self.start + size]

    def wanted(self, position: int, size: int, length: int) -> int:
        """How many bytes to fetch from a position of an object of that length."""
        onward = position == self.end and self._step > 0
        self._step = min(self._step * 2, self.largest) if onward else self.smallest
        return min(max(size, self._step), length - position)

    def fill(self, position: int, data: bytes) -> None:
        """These bytes were fetched."""
        self.start, self.data = position, data
