"""Responses from mocks of the asynchronous client's methods, which may return coroutines."""

from __future__ import annotations

import inspect
from typing import Any

from ...wire.message import Response
from ..mock_response import from_mock


class BufferedBody:
    """A body in memory, with the interface of `AsyncResponseBody`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def remaining(self) -> int:
        """The number of unread bytes."""
        return len(self._data) - self._position

    def at_hand(self) -> bytes:
        """Return the rest."""
        start, self._position = self._position, len(self._data)
        return self._data[start:]

    @property
    def finished(self) -> bool:
        """True once the end was reached."""
        return not self.remaining

    async def read(self, n: int = -1) -> bytes:
        """Read `n` bytes, or fewer only at the end."""
        return await self.read_some(n)

    async def read_some(self, limit: int = -1) -> bytes:
        """Read at most `limit` bytes. Return b"" only at the end."""
        end = len(self._data) if limit < 0 else self._position + limit
        part = self._data[self._position : end]
        self._position += len(part)
        return part

    def close(self) -> None:
        """Discard the unread rest."""
        self._position = len(self._data)


class _Read:
    """A mock whose content was awaited."""

    def __init__(self, answer: Any, data: bytes) -> None:
        self.status = getattr(answer, "status", 200)
        self.headers = getattr(answer, "headers", None)
        self.data = data


async def read_mock(answer: Any, stream: bool) -> Response:
    """Convert a mock into a response. Its `read()` may be a coroutine function."""
    if not isinstance(getattr(answer, "data", None), (bytes, str)) and callable(getattr(answer, "read", None)):
        found = answer.read()
        if inspect.isawaitable(found):
            found = await found
        if isinstance(found, bytes):
            answer = _Read(answer, found)
    response = from_mock(answer, stream=False)
    if stream and 200 <= response.status < 300:
        response.stream, response.body = BufferedBody(response.body), b""
    return response
