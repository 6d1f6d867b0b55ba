"""The requested part of a response body, used if the response contains more or if its end must be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...exceptions import TransportError
from ..cut import BROKEN, LONG, SHORT

if TYPE_CHECKING:
    from ...wire.byte_range import Kept
    from .body import ResponseBody
    from .buffered import BufferedBody

_BLOCK = 512 * 1024


class CutBody:
    """A part of another body, with the interface of `ResponseBody`. It discards the rest by closing the connection.

    Reads return b"" only at the end. If the body is closed early, or its end is wrong, each read raises TransportError.
    """

    def __init__(self, body: ResponseBody | BufferedBody, kept: Kept) -> None:
        self._body = body
        self._skip = kept.skip
        self._left = kept.length
        self._exact = kept.exact
        self._broken = False

    at_hand = 0

    @property
    def remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        if self._left is not None or self._body.remaining is None:
            return self._left
        return max(0, self._body.remaining - self._skip)

    @property
    def finished(self) -> bool:
        """True once the end was reached."""
        return self._left == 0 or self._body.finished

    def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        if self._broken:
            raise TransportError(BROKEN)
        if limit == 0 or self._left == 0:
            return b""
        while self._skip:
            self._skip -= len(self._filled(self._body.read_some(min(self._skip, _BLOCK))))
        if self._left is None:
            return self._body.read_some(limit)
        data = self._filled(self._body.read_some(self._left if limit < 0 else min(limit, self._left)))
        self._left -= len(data)
        if not self._left:
            try:
                self._end()
            except BaseException:
                self._broken = True  # the caller does not get these bytes, so this is not the end
                self._body.close()
                raise
        return data

    def readinto(self, view: memoryview) -> int:
        """Read into a buffer."""
        data = self.read_some(len(view))
        view[: len(data)] = data
        return len(data)

    def _filled(self, data: bytes) -> bytes:
        if not data:
            raise TransportError(SHORT)
        return data

    def _end(self) -> None:
        if self._exact and self._body.read_some(1):
            raise TransportError(LONG)
        self._body.close()

    def abort(self) -> None:
        """Close the connection. A read on another thread fails immediately."""
        self._body.abort()

    def close(self) -> None:
        """Discard the unread rest."""
        self._broken = self._broken or not self.finished
        self._body.close()
