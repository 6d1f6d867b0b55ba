"""Bytes that follow each other on their way into a part file."""

from __future__ import annotations

from ...error import TransportError
from ..wire.checksums import new_digest
from .download import Span
from .partfile import PartFile
from .writeback import start_writeback


class SpanWriter:
    """Writes from the beginning of a chunk on, and marks each chunk that is whole. The marks' CRCs are made on the way.

    Each thread or task has its own, for a span that nobody else writes to.
    """

    def __init__(self, part: PartFile, span: Span) -> None:
        self._part = part
        self._at = self._started = span.offset  # what is before `_started` is on its way to the disk
        self._end = span.offset + span.length
        self._crc = new_digest("CRC32C")

    def write(self, block: bytes) -> list[int]:
        """Write the next bytes; returns the chunks that are whole by now and were not before.

        Raises:
            TransportError: There are more of them than were asked for.
        """
        if self._at + len(block) > self._end:
            self._part.spoil()
            raise TransportError(f"more bytes came than were asked for, of an object of {self._part.size}")
        self._part.write(block, self._at)
        whole = []
        while block:
            end = self._part.end_of_chunk(self._at)
            piece = block[: end - self._at]
            block = block[len(piece) :]
            self._crc.update(piece)
            self._at += len(piece)
            if self._at == end:
                whole.append(self._mark())
        if whole:  # so the sync before the file gets its name finds little left
            start_writeback(self._part.descriptor, self._started, self._at - self._started)
            self._started = self._at
        return whole

    def _mark(self) -> int:
        index = (self._at - 1) // self._part.chunk
        self._part.mark(index, self._crc.digest())
        self._crc = new_digest("CRC32C")
        return index
