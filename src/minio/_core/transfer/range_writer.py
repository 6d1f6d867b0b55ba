"""Writing a chunk of an object to a part file."""

from __future__ import annotations

from collections.abc import Iterable

from ..exceptions import TransportError
from ..wire.checksums import new_digest
from .partfile import PartFile
from .verify import IncrementalVerifier
from .writeback import start_writeback

BLOCK = 256 * 1024
"""The number of bytes to read and write at a time: they stay in the processor's cache."""


class ChunkWriter:
    """Writes a chunk from its start and marks it at its end. All digests of the bytes are computed on the way.

    Each worker has its own writer, and no two writers share a chunk.
    """

    def __init__(self, part: PartFile, index: int, follower: IncrementalVerifier) -> None:
        self._part = part
        self._index = index
        self._start = self._at = part.layout.start(index)
        self._end = part.layout.start(index + 1)
        self._crc = new_digest("CRC32C")
        self._follower = follower
        self._hash = follower.join(index)

    @property
    def left(self) -> int:
        """The number of bytes that the chunk still lacks."""
        return self._end - self._at

    def write(self, data: bytes) -> None:
        """Write the next bytes.

        Raises:
            TransportError: There are none: the response has ended.
        """
        if not data:
            raise TransportError(f"the response ended {self.left} bytes before the end of a chunk")
        self._crc.update(data)
        self._part.write(data, self._at)
        if self._hash is not None:
            self._hash(data)
        self._at += len(data)

    def write_all(self, blocks: Iterable[bytes]) -> None:
        """Write the next blocks."""
        for block in blocks:
            self.write(block)

    def finish(self) -> None:
        """Mark the chunk as stored."""
        if self._hash is not None:
            self._follower.leave()
        self._part.mark(self._index, self._crc.digest())
        if self._part.durable:  # leaves little for the final sync to write
            start_writeback(self._part.descriptor, self._start, self._at - self._start)
