"""A download as a machine that is asked what to fetch next. No threads, no tasks, no sockets, no files.

The object is cut into chunks. `take()` hands out a range of chunks that nobody has fetched or is fetching, or None.
Laws: no byte is handed out twice; every byte that was not there is handed out once; after a failure nothing more is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from .plan import MIB

CHUNK = 16 * MIB
_MOST_CHUNKS = 10_000
_LONGEST = 4
"""Chunks of a range, where several ranges are fetched at a time."""


def chunk_size(size: int) -> int:
    """How an object of so many bytes is cut: 16 MiB, more for very large ones."""
    return max(1, ceil(size / _MOST_CHUNKS / CHUNK)) * CHUNK


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes to fetch, of the chunks from `first` on."""

    first: int
    offset: int
    length: int


@dataclass(slots=True)
class Download:
    """The state of one download. `done` begins with the chunks that are on the disk already."""

    size: int
    chunk: int
    done: set[int] = field(default_factory=set)
    workers: int = 1
    """Who shares the work: one gets the longest ranges there are."""
    failure: BaseException | None = None
    _next: int = 0

    @property
    def count(self) -> int:
        """How many chunks there are."""
        return ceil(self.size / self.chunk)

    @property
    def fetched(self) -> int:
        """Bytes that are there."""
        return sum(self.length(index) for index in self.done)

    @property
    def complete(self) -> bool:
        """All bytes are there."""
        return len(self.done) == self.count

    def length(self, index: int) -> int:
        """The size of a chunk."""
        return min(self.chunk, self.size - index * self.chunk)

    def take(self) -> Span | None:
        """The next bytes to fetch, None when there are none, or none any more."""
        while self._next < self.count and self._next in self.done:
            self._next += 1
        if self.failure is not None or self._next >= self.count:
            return None
        first = self._next
        end = first + self._fair()
        while self._next < end and self._next not in self.done:
            self._next += 1
        offset = first * self.chunk
        return Span(first, offset, min(self._next * self.chunk, self.size) - offset)

    def _fair(self) -> int:
        """Chunks for one range: several, since each range costs a round trip, but few when all are soon handed out."""
        left = self.count - self._next
        return left if self.workers == 1 else max(1, min(_LONGEST, left // (2 * self.workers)))

    def finished(self, index: int) -> None:
        """This chunk is on the disk."""
        self.done.add(index)

    def failed(self, error: BaseException) -> None:
        """A range could not be fetched: the download has failed. The first failure counts."""
        if self.failure is None:
            self.failure = error
