"""The body of an answer that came with its head, all of it: most objects are small."""

from __future__ import annotations


class WholeBody:
    """The same face as `BlockingBody`, over bytes that are here already. It holds no connection."""

    __slots__ = ("_data", "_read")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._read = 0

    @property
    def remaining(self) -> int:
        """Bytes not yet read."""
        return len(self._data) - self._read

    at_hand = remaining

    @property
    def finished(self) -> bool:
        """Whether the end was reached."""
        return self._read >= len(self._data)

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only at the end; all that is left when negative."""
        start = self._read
        end = len(self._data) if size < 0 else min(start + size, len(self._data))
        self._read = end
        return self._data if end - start == len(self._data) else self._data[start:end]

    read_some = read

    def readinto(self, view: memoryview) -> int:
        """Read into a buffer."""
        part = self.read(len(view))
        view[: len(part)] = part
        return len(part)

    def abort(self) -> None:
        """Drop what is unread: no read is ever under way."""
        self.close()

    def close(self) -> None:
        """Drop what is unread."""
        self._read = len(self._data)
