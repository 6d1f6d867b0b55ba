"""Responses from mocks of the HTTP client: any objects with attributes of a urllib3 response.

Programs replace `urllib3.PoolManager.urlopen` or the client's `_url_open` in their tests. These mocks often have only
some attributes: `MagicMock(status=200, headers={}, data=b"")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire.message import Headers, Response


def from_mock(answer: Any, stream: bool) -> Response:
    """Convert a mock into a response. The defaults are status 200, no headers and no body.

    Args:
        answer: The mock. None is an empty success.
        stream: The request streams its response, so the content is read when it is needed.
    """
    status = getattr(answer, "status", 200)
    status = status if isinstance(status, int) and not isinstance(status, bool) else 200
    reason = getattr(answer, "reason", "")
    made = Response(status, _headers(getattr(answer, "headers", None)), b"", reason if isinstance(reason, str) else "")
    made.mocked = True
    if stream and 200 <= status < 300:
        made.stream = MockBody(answer)
    else:
        made.body = _content(answer)
    return made


def _headers(found: Any) -> Headers:
    if not isinstance(found, Mapping):
        try:
            found = dict(found)
        except (TypeError, ValueError):
            found = {}
    return Headers([(str(name), str(value)) for name, value in found.items()])


def _content(answer: Any) -> bytes:
    """Return the content: `data` if it is bytes, else what `read()` or `stream()` returns."""
    data = getattr(answer, "data", None)
    if not _is_content(data):
        data = _from(getattr(answer, "read", None))
    if not _is_content(data):
        try:
            data = b"".join(_from(getattr(answer, "stream", None)) or ())
        except TypeError:
            data = b""
    return data.encode() if isinstance(data, str) else bytes(data or b"")


def _from(method: Any) -> Any:
    return method() if callable(method) else None


def _is_content(data: Any) -> bool:
    return isinstance(data, (bytes, bytearray, memoryview, str))


class MockBody:
    """The body of a mock, with the interface of `ResponseBody`. It is read at the first access."""

    at_hand = 0

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._data: bytes | None = None
        self._position = 0
        self.finished = False

    def _load(self) -> bytes:
        if self._data is None:
            self._data = _content(self._answer)
        return self._data

    @property
    def remaining(self) -> int | None:
        """The number of unread bytes."""
        return len(self._load()) - self._position

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, or fewer only at the end."""
        return self.read_some(size)

    def read_some(self, limit: int = -1) -> bytes:
        """Read at most `limit` bytes. Return b"" only at the end."""
        data = self._load()
        end = len(data) if limit < 0 else self._position + limit
        part = b"" if self.finished else data[self._position : end]
        self._position += len(part)
        if self._position == len(data):
            self.close()
        return part

    def readinto(self, view: memoryview) -> int:
        """Read into a buffer."""
        part = self.read_some(len(view))
        view[: len(part)] = part
        return len(part)

    def abort(self) -> None:
        """Do nothing, because nothing waits."""

    def close(self) -> None:
        """Release the object's connection, as a reader of a urllib3 response does."""
        if not self.finished:
            self.finished = True
            for name in ("close", "release_conn"):
                method = getattr(self._answer, name, None)
                if callable(method):
                    method()
