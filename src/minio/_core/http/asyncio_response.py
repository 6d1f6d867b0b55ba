"""What the asynchronous `get_object` hands out: the object's bytes, to be awaited as the caller likes.

The bytes are those stored: nothing is unzipped. A connection lost on the way is replaced, and reading goes on from
the next byte.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn, Self

from ...error import TransportError
from ..wire.message import Headers, Response
from .asyncio_limit import current_deadline

if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict

    from .asyncio_body import AsyncBody

_CHUNK = 64 * 1024
_PIECE = 1024 * 1024


class AsyncObjectResponse:
    """An object's content, streamed.

    It is an asynchronous context manager and iterator; read to its end it gives its connection back by itself,
    otherwise leaving the `async with` block drops the connection.

    Example:
        >>> async with await client.get_object("my-bucket", "my-object") as response:
        ...     async for chunk in response.stream(65536):
        ...         print(len(chunk))
    """

    def __init__(
        self,
        response: Response,
        url: str,
        reopen: Callable[[int, int, TransportError], Awaitable[AsyncBody]] | None,
    ) -> None:
        self.status = response.status
        self.reason = response.reason
        self.url = url
        self._head: Headers = response.headers
        self._lazy_headers: HTTPHeaderDict | None = None
        self._stream: AsyncBody = response.stream
        self._reopen = reopen
        self._failures = 0
        self._position = 0
        self._deadline = current_deadline()
        self._closed = False

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied: read it, and take the bytes")

    @property
    def headers(self) -> HTTPHeaderDict:
        """The answer's headers, by name in any case."""
        if self._lazy_headers is None:
            from urllib3 import HTTPHeaderDict

            self._lazy_headers = HTTPHeaderDict()
            for name, value in self._head.raw:
                self._lazy_headers.add(name, value)
        return self._lazy_headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """One header, by name in any case."""
        found: str | None = self.headers.get(name, default)
        return found

    @property
    def length_remaining(self) -> int | None:
        """Bytes still to be read, None when the server did not say."""
        return self._stream.remaining

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def tell(self) -> int:
        """How many bytes were read."""
        return self._position

    async def read(self, amt: int | None = None) -> bytes:
        """Read `amt` bytes, fewer only at the end; everything that is left when it is None or negative."""
        size = -1 if amt is None else amt
        if size < 0 and not self._closed and (data := self._stream.at_hand()) is not None:
            self._position += len(data)
            return data
        parts: list[bytes] = []
        have = 0
        while size < 0 or have < size:
            # As it comes, so that what has arrived before a fault is kept.
            part = await self.read1(-1 if size < 0 else size - have)
            if not part:
                break
            parts.append(part)
            have += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _advance(self, count: int) -> None:
        if count:
            self._position += count
            self._failures = 0

    async def _replace(self, error: TransportError) -> None:
        """Go on from the next byte on another connection, if there may be one."""
        self._stream.close()
        if self._reopen is None or error.final:
            raise error
        self._failures += 1
        self._stream = await self._reopen(self._position, self._failures, error)

    async def read1(self, amt: int | None = None) -> bytes:
        """Read what is there, at least a byte unless this is the end."""
        deadline = self._deadline
        return await (self._read_some(amt) if deadline is None else deadline.wait(self._read_some(amt)))

    async def _read_some(self, amt: int | None) -> bytes:
        while not self._closed:
            try:
                data = await self._stream.read_some(_PIECE if amt is None or amt < 0 else amt)
            except TransportError as error:
                await self._replace(error)
            else:
                self._advance(len(data))
                return data
        return b""

    async def stream(self, amt: int | None = _CHUNK) -> AsyncIterator[bytes]:
        """The content in pieces of `amt` bytes, the last one shorter."""
        size = _CHUNK if amt is None else amt
        while data := await self.read(size):
            yield data

    async def _blocks(self) -> AsyncIterator[bytes]:
        """The content in pieces of any size, so large that each may go to a thread."""
        while data := await self.read(_PIECE):
            yield data

    async def json(self) -> Any:
        """The content, read as JSON."""
        import json

        return json.loads(await self.read())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The content line by line, as files do."""
        rest = b""
        async for data in self.stream():
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest

    async def release_conn(self) -> None:
        """Give the connection back; what was not read is dropped, and the connection with it."""
        self._stream.close()

    async def close(self) -> None:
        """End reading. The connection is dropped when something was left unread. May be called again."""
        self._closed = True
        self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
