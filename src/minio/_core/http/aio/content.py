"""The content of an object, as the calls of this package read it on an event loop.

It is the stored bytes, or decoded ones with `decode_content=True`. If the connection is lost, reading resumes at
the next byte on a new connection.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn, Self

from ...display import shows
from ...exceptions import TransportError
from ...wire.message import Headers, Response
from ..decoded import broken_off, check_decoded, undecodable
from .cancel import current_deadline

if TYPE_CHECKING:
    from ...wire.decoding import FedDecoder
    from .body import AsyncResponseBody

_CHUNK = 64 * 1024
_PIECE = 1024 * 1024


@shows("status", "length=_length", "position=_position", "url", live=True)
class AsyncObjectContent:
    """An object's content, streamed. It is an asynchronous context manager: leaving the block closes it."""

    _decoder: FedDecoder

    def __init__(
        self,
        response: Response,
        url: str,
        reopen: Callable[[int, int, TransportError], Awaitable[AsyncResponseBody]] | None,
    ) -> None:
        self.status = response.status
        self.reason = response.reason
        self.url = url
        self._head: Headers = response.headers
        self._stream: AsyncResponseBody = response.stream
        self._reopen = reopen
        self._failures = 0
        self._position = 0
        self._decoded: Callable[[int], bytes | None] | None = None
        self._deadline = current_deadline()
        self._closed = False

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied: read it, and take the bytes")

    @property
    def length_remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        return self._stream.remaining

    @property
    def _length(self) -> int | None:
        """The total number of bytes, including those already read."""
        remaining = self._stream.remaining
        return None if remaining is None else self._position + remaining

    @property
    def closed(self) -> bool:
        """True once `close()` was called."""
        return self._closed

    async def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Read `amt` bytes, or fewer only at the end. If `amt` is None or negative, read the rest.

        Args:
            amt: The number of bytes.
            decode_content: Decode the content if the object's Content-Encoding is gzip or deflate. `amt` then counts
                decoded bytes. Set it in all reads or in none.

        Raises:
            InvalidArgumentError: Earlier reads used decode_content=True, but this one does not.
            TransportError: The content does not match its Content-Encoding, or the connection failed.
        """
        size = -1 if amt is None else amt
        if (decode_content or self._decoded is not None) and not self._closed:
            return await self._read_decoded(size, decode_content)
        if size < 0 and not self._closed and (data := self._stream.at_hand()) is not None:
            self._position += len(data)
            return data
        parts: list[bytes] = []
        have, start = 0, self._position
        try:
            while size < 0 or have < size:
                # Read in chunks as they arrive, so that those before an error are kept.
                part = await self._read_coded(-1 if size < 0 else size - have)
                if not part:
                    break
                parts.append(part)
                have += len(part)
        except BaseException:
            self._position = start  # the body was closed, so the next read requests these bytes again
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def tell(self) -> int:
        """Return the number of bytes read."""
        return self._position

    def _advance(self, count: int) -> None:
        if count:
            self._position += count
            self._failures = 0

    async def _replace(self, error: TransportError) -> None:
        """Resume at the next byte on another connection, if another try is allowed."""
        self._stream.close()
        if self._reopen is None or error.final:
            raise error
        self._failures += 1
        self._stream = await self._reopen(self._position, self._failures, error)

    async def _read_decoded(self, amt: int, decode_content: bool | None) -> bytes:
        check_decoded(decode_content)
        parts: list[bytes] = []
        left = amt
        try:
            while left and (part := await self._decode_some(_PIECE if left < 0 else min(left, _PIECE))):
                parts.append(part)
                left -= len(part) if amt >= 0 else 0
        except BaseException:
            self._decoded = broken_off  # the decoder cannot return the bytes that this read has lost
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _decode_some(self, size: int) -> bytes:
        """Read at most `size` decoded bytes. Return b"" only at the end."""
        from ...wire.decoding import ContentDecodingError, FedDecoder, find_codings

        if self._decoded is None:
            self._decoder = FedDecoder(find_codings(self._head.get("content-encoding", "")))
            self._decoded = self._decoder.read
        try:
            while (data := self._decoded(size) if size else b"") is None:
                self._decoder.feed(await self._read_coded(_CHUNK))
        except ContentDecodingError as error:
            self._decoded = broken_off
            self._stream.close()
            raise undecodable(error, self.url) from error
        return data

    async def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        if (decode_content or self._decoded is not None) and not self._closed:
            check_decoded(decode_content)
            return await self._decode_some(_CHUNK if amt is None or amt < 0 else amt)
        return await self._read_coded(amt)

    async def _read_coded(self, amt: int | None) -> bytes:
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

    async def stream(self, amt: int | None = _CHUNK, decode_content: bool | None = None) -> AsyncIterator[bytes]:
        """Iterate over the content in chunks of `amt` bytes. The last one may be shorter."""
        size = _CHUNK if amt is None else amt
        while data := await self.read(size, decode_content):
            yield data

    async def _blocks(self) -> AsyncGenerator[bytes, None]:
        """Iterate over the content in chunks of any size, each large enough to be processed on a thread."""
        while data := await self.read(_PIECE):
            yield data

    async def close(self) -> None:
        """Stop reading. The connection is closed if the content was not read to the end. Can be called repeatedly."""
        self._closed = True
        self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
