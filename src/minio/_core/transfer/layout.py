"""How a downloaded object is divided into chunks: the units that are marked, resumed and verified.

The laws:

* The chunks cover the object: each byte is in exactly one chunk.
* No chunk crosses the border between two parts of the object, so the checksum of a part follows from its chunks.
* An object has at most as many chunks as it has parts, plus 10,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from .sizes import MIB

CHUNK = 16 * MIB
FINE_CHUNK = 4 * MIB
"""For a download that is one of many. An interrupted one loses up to a chunk on each of its connections."""
_MOST_CHUNKS = 10_000


def chunk_size(size: int, chunk: int = 0) -> int:
    """Return the chunk size for an object of `size` bytes: `chunk` (default 16 MiB), or more for very large objects."""
    unit = chunk or CHUNK
    return max(1, ceil(size / _MOST_CHUNKS / unit)) * unit


@dataclass(frozen=True, slots=True)
class Layout:
    """The chunks of an object of `size` bytes."""

    size: int
    chunk: int
    """The maximum size of a chunk."""
    part: int = 0
    """The size of each part that the object was uploaded in, except the last. 0 means a single part."""

    @property
    def _part(self) -> int:
        return self.part or max(self.size, 1)

    @property
    def _in_part(self) -> int:
        """The number of chunks in a complete part."""
        return ceil(self._part / self.chunk)

    @property
    def count(self) -> int:
        """The number of chunks."""
        parts, rest = divmod(self.size, self._part)
        return parts * self._in_part + ceil(rest / self.chunk)

    def start(self, index: int) -> int:
        """Return the offset of the first byte of a chunk. The chunk after the last one starts at the end."""
        part, within = divmod(index, self._in_part)
        return min(part * self._part + within * self.chunk, self.size)

    def length(self, index: int) -> int:
        """Return the size of a chunk."""
        return self.start(index + 1) - self.start(index)

    def index(self, offset: int) -> int:
        """Return the chunk that contains a byte."""
        part, within = divmod(offset, self._part)
        return part * self._in_part + within // self.chunk

    def parts(self) -> Iterator[range]:
        """Iterate over the parts of the object: the chunks of each."""
        count, step = self.count, self._in_part
        return (range(first, min(first + step, count)) for first in range(0, count, step))
