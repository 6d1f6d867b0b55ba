"""The result of the asynchronous `get_object`: a response that streams the object's content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from ...display import shows
from .content import AsyncObjectContent

if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict


@shows("status", "length=_length", "position=_position", "url", live=True)
class AsyncObjectResponse(AsyncObjectContent):
    """An object's content, streamed.

    It is an asynchronous context manager and iterator. After the last byte, its connection is released to the pool.
    Before that, `close()` (or leaving the `async with` block) discards the connection and the unread rest, and `read()`
    then returns b"". `release_conn()` discards nothing, so the rest can still be read.

    Example:
        >>> async with await client.get_object("my-bucket", "my-object") as response:
        ...     async for chunk in response.stream(65536):
        ...         print(len(chunk))
    """

    _lazy_headers: HTTPHeaderDict | None = None

    @property
    def headers(self) -> HTTPHeaderDict:
        """The response's headers. Names are case-insensitive."""
        if self._lazy_headers is None:
            from urllib3 import HTTPHeaderDict

            self._lazy_headers = HTTPHeaderDict()
            for name, value in self._head.raw:
                self._lazy_headers.add(name, value)
        return self._lazy_headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return a header. Its name is case-insensitive."""
        found: str | None = self.headers.get(name, default)
        return found

    async def json(self) -> Any:
        """Read the content as JSON."""
        import json

        return json.loads(await self.read())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the lines of the content, like a file."""
        rest = b""
        async for data in self.stream():
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest

    async def release_conn(self) -> None:
        """Do nothing: the connection is released after the last byte, and unread bytes stay readable.

        To discard them and the connection, use `close()`.
        """
