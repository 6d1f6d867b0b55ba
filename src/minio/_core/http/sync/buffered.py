"""The body of a response that arrived together with its head, as is usual for small objects."""

from __future__ import annotations


class BufferedBody:
    """A body in memory, with the interface of `ResponseBody`. It has no connection."""

    __slots__ = ("_data", "_read")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._read = 0

    @property
    def remaining(self) -> int:
        """The number of unread bytes."""
        return len(self._data) - self._read

    at_hand = remaining

    @property
    def finished(self) -> bool:
        """True once the end was reached."""
        return self._read >= len(self._data)

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, or fewer only at the end. If `size` is negative, read the rest."""
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
        """Discard the unread rest. No read needs to be interrupted, because reads never block."""
        self.close()

    def close(self) -> None:
        """Discard the unread rest."""
        self._read = len(self._data)
