"""Objects as text files, for the asynchronous client. Not generated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from .._core.display import shows

if TYPE_CHECKING:
    from .._core.datatypes import ObjectWriteResult
    from .._core.transfer.text import TextFormat
    from ._object_reader import AsyncObjectReader
    from ._object_writer import AsyncObjectWriter

_BUFFER = 128 * 1024


class _AsyncText:
    """The base class of readable and writable text files."""

    def __init__(self, raw: AsyncObjectReader | AsyncObjectWriter, text: TextFormat, mode: str) -> None:
        self._format = text
        self.buffer = raw
        self.name = raw.name
        self.mode = mode
        self.encoding = text.encoding
        self.errors = text.errors

    @property
    def closed(self) -> bool:
        """True if the file is closed."""
        return self.buffer.closed

    def readable(self) -> bool:
        """Return whether the file can be read."""
        return self.buffer.readable()

    def writable(self) -> bool:
        """Return whether the file can be written."""
        return self.buffer.writable()

    def seekable(self) -> bool:
        """Return False. The binary file in `buffer` may be seekable."""
        return False

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed file")

    async def __aenter__(self) -> Self:
        self._check_open()
        return self


@shows("name", "mode", "encoding", "closed", live=True)
class AsyncTextObjectReader(_AsyncText):
    """An object as a readable text file. `size`, `etag` and `metadata` belong to the version that is read.

    It can be iterated by line with `async for`.
    """

    buffer: AsyncObjectReader

    def __init__(self, raw: AsyncObjectReader, text: TextFormat) -> None:
        super().__init__(raw, text, "r")
        self._decoder = text.decoder()
        self._text = ""
        self._start = 0
        self._ended = False

    @property
    def size(self) -> int:
        """The object's size in bytes."""
        return self.buffer.size

    @property
    def etag(self) -> str | None:
        """The object's ETag."""
        return self.buffer.etag

    @property
    def metadata(self) -> Mapping[str, str] | None:
        """The object's headers."""
        return self.buffer.metadata

    @property
    def newlines(self) -> str | tuple[str, ...] | None:
        """The line endings found so far, unless `newline` specifies one."""
        found: str | tuple[str, ...] | None = getattr(self._decoder, "newlines", None)
        return found

    async def read(self, size: int | None = -1) -> str:
        """Read and return `size` characters, fewer only at the end. If `size` is None or negative, read to the end."""
        self._check_open()
        wanted = -1 if size is None else size
        while not self._ended and (wanted < 0 or len(self._text) - self._start < wanted):
            await self._more(None if wanted < 0 else max(_BUFFER, wanted - len(self._text) + self._start))
        return self._take(len(self._text) if wanted < 0 else min(self._start + wanted, len(self._text)))

    async def readline(self, size: int = -1) -> str:
        """Return a line with its ending, "" at the end. A `size` of 0 or more limits the number of characters."""
        self._check_open()
        looked = self._start
        while True:
            have = len(self._text) - self._start
            end = self._format.line_end(self._text, looked) or (len(self._text) if self._ended else 0)
            if 0 <= size <= have and (not end or end - self._start > size):
                end = self._start + size
            if end or self._ended or not size:
                return self._take(end)
            await self._more(max(_BUFFER, have))
            looked = max(0, have - 1)  # a two-character line ending may be split

    async def readlines(self) -> list[str]:
        """Read and return all remaining lines."""
        return [line async for line in self]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    def _take(self, end: int) -> str:
        part, self._start = self._text[self._start : end], end
        return part

    async def _more(self, size: int | None) -> None:
        data = await self.buffer.read(size)
        self._ended = not data or size is None
        self._text = self._text[self._start :] + self._decoder.decode(data, self._ended)
        self._start = 0

    async def close(self) -> None:
        """Close the file. Can be called more than once."""
        await self.buffer.close()

    async def __aexit__(self, *error: object) -> None:
        await self.close()


@shows("name", "mode", "encoding", "closed", live=True)
class AsyncTextObjectWriter(_AsyncText):
    """An object as a writable text file. After a successful close, `result` describes the stored object."""

    buffer: AsyncObjectWriter

    def __init__(self, raw: AsyncObjectWriter, text: TextFormat) -> None:
        super().__init__(raw, text, "w")
        self._encoder = text.encoder()
        self._begun = False
        self._pending = bytearray()

    @property
    def result(self) -> ObjectWriteResult | None:
        """The stored object, once the file is closed. None if nothing was stored."""
        return self.buffer.result

    async def write(self, text: str) -> int:
        """Write characters and return how many. They are uploaded in the background.

        Raises:
            UnicodeEncodeError: The encoding cannot represent a character.
            ResponseError: The server returned an error for data written earlier.
            TransportError: The connection to the server was lost.
        """
        self._check_open()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._pending += self._encoder.encode(self._format.written(text))
        self._begun = True
        if len(self._pending) >= _BUFFER:
            await self.flush()
        return len(text)

    async def writelines(self, lines: Iterable[str]) -> None:
        """Write each text, without adding line endings."""
        for line in lines:
            await self.write(line)

    async def flush(self) -> None:
        """Upload the buffered text. The object appears when the file is closed."""
        data, self._pending = self._pending, bytearray()
        if data:
            await self.buffer.write(data)

    async def abort(self) -> None:
        """Close the file without storing the object."""
        await self.buffer.abort()

    async def close(self) -> None:
        """Close the file and store the object. Can be called more than once.

        Raises:
            ResponseError: The server returns an error for the object.
            TransportError: The connection to the server was lost, or a `write()` was interrupted.
        """
        if self.closed:
            return
        try:
            self._pending += self._encoder.encode("", True) if self._begun else b""
            await self.flush()
        except BaseException:
            await self.buffer.abort()
            raise
        await self.buffer.close()

    async def __aexit__(self, *error: object) -> None:
        if not error or error[0] is None:
            await self.close()
        else:
            await self.buffer.__aexit__(*error)
