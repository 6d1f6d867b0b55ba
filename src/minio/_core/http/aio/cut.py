"""The requested part of a response body, for asyncio. See `sync/cut.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...exceptions import TransportError
from ..cut import BROKEN, LONG, SHORT

if TYPE_CHECKING:
    from ...wire.byte_range import Kept
    from .body import AsyncResponseBody

_BLOCK = 512 * 1024


class AsyncCutBody:
    """A part of another body, with the interface of `AsyncResponseBody`. As in `CutBody`, only the end reads as b""."""

    def __init__(self, body: AsyncResponseBody, kept: Kept) -> None:
        self._body = body
        self._skip = kept.skip
        self._left = kept.length
        self._exact = kept.exact
        self._broken = False

    @property
    def remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        if self._left is not None or self._body.remaining is None:
            return self._left
        return max(0, self._body.remaining - self._skip)

    def at_hand(self) -> bytes | None:
        """Return None, because the bytes that have arrived may not be the requested part."""
        return None

    async def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        if self._broken:
            raise TransportError(BROKEN)
        if limit == 0 or self._left == 0:
            return b""
        while self._skip:
            self._skip -= len(self._filled(await self._body.read_some(min(self._skip, _BLOCK))))
        if self._left is None:
            return await self._body.read_some(limit)
        data = self._filled(await self._body.read_some(self._left if limit < 0 else min(limit, self._left)))
        self._left -= len(data)
        if not self._left:
            try:
                await self._end()
            except BaseException:
                self._broken = True  # the caller does not get these bytes, so this is not the end
                self._body.close()
                raise
        return data

    def _filled(self, data: bytes) -> bytes:
        if not data:
            raise TransportError(SHORT)
        return data

    async def _end(self) -> None:
        if self._exact and await self._body.read_some(1):
            raise TransportError(LONG)
        self._body.close()

    def close(self) -> None:
        """Discard the unread rest."""
        ended = self._left == 0 or self._body.remaining == 0
        self._broken = self._broken or not ended
        self._body.close()
