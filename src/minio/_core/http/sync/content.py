"""The content of an object, as the calls of this package read it, without what a response of urllib3 has beside it.

It is the stored bytes, or decoded ones with `decode_content=True`. If the connection is lost, reading resumes at the
next byte on a new connection.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NoReturn, Self

from ...display import shows
from ...exceptions import TransportError
from ...wire.message import Headers, Response
from ..decoded import broken_off, check_decoded, undecodable
from .body import prepare_memory
from .buffered import BufferedBody

if TYPE_CHECKING:
    from ...wire.decoding import Source
    from .body import ResponseBody

_CHUNK = 64 * 1024
_PIECE = 1024 * 1024


@shows("status", "length=_length", "position=_position", live=True)
class ObjectContent:
    """An object's content, streamed. It is a context manager: leaving the `with` block closes it."""

    _decoded: Source | None = None
    """Reads decoded content. It is set by the first read with `decode_content=True`."""

    def __init__(self, response: Response, url: str, reopen: Callable[[int, int, TransportError], Any] | None) -> None:
        self.status = response.status
        self.reason: str | None = response.reason
        self._head: Headers = response.headers
        self._stream: ResponseBody | BufferedBody | LostBody = response.stream
        self._reopen = reopen
        self._failures = 0
        self._position = 0
        self._content: bytes | None = None
        self._closed = False
        self._request_url: str | None = url

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied: read it, and take the bytes")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def length_remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        return self._stream.remaining

    @property
    def _length(self) -> int | None:
        """The total number of bytes, including those already read."""
        remaining = self._stream.remaining
        return None if remaining is None else self._position + remaining

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """Read `amt` bytes, or fewer only at the end. If `amt` is None or negative, read the rest.

        Args:
            amt: The number of bytes.
            decode_content: Decode the content if the object's Content-Encoding is gzip or deflate. `amt` then counts
                decoded bytes. Set it in all reads or in none.
            cache_content: Cache the bytes in `data`.

        Raises:
            InvalidArgumentError: Earlier reads used decode_content=True, but this one does not.
            TransportError: The content does not match its Content-Encoding, or the connection failed.
        """
        if self._closed:
            return b""
        if decode_content or self._decoded is not None:
            data = self._read_decoded(-1 if amt is None else amt, decode_content)
        else:
            data = self._read(-1 if amt is None else amt)
        if cache_content:
            self._content = data
        return data

    def _read(self, amt: int) -> bytes:
        stream = self._stream
        if type(stream) is BufferedBody:
            data = stream.read(amt)
            self._position += len(data)
            return data
        parts: list[bytes] = []
        left, start = amt, self._position
        try:
            while left:
                part = self._piece(_PIECE if left < 0 else min(left, _PIECE))
                if not part:
                    break
                parts.append(part)
                left -= len(part) if amt >= 0 else 0
        except BaseException:
            self._rewind(start)
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _piece(self, size: int) -> bytes:
        """Read `size` bytes, or fewer at the end and if the connection is lost, so that received bytes are kept."""
        stream = self._stream
        if stream.at_hand or stream.remaining is None:
            return self._read_some(size)
        buffer = bytearray(min(size, stream.remaining))
        view, done = memoryview(buffer), 0
        while done < len(buffer) and stream is self._stream and (count := self.readinto(view[done:])):
            done += count
        return bytes(view[:done])

    def _read_decoded(self, amt: int, decode_content: bool | None) -> bytes:
        check_decoded(decode_content)
        parts: list[bytes] = []
        left = amt
        try:
            while left and (part := self._decode_some(_PIECE if left < 0 else min(left, _PIECE))):
                parts.append(part)
                left -= len(part) if amt >= 0 else 0
        except BaseException:
            self._decoded = broken_off  # the decoder cannot return the bytes that this read has lost
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _decode_some(self, size: int) -> bytes:
        """Read at most `size` decoded bytes. Return b"" only at the end."""
        from ...wire.decoding import ContentDecodingError, find_codings, open_decoder

        if self._decoded is None:
            self._decoded = open_decoder(self._read_some, find_codings(self._head.get("content-encoding", "")))
        try:
            return self._decoded(size) if size else b""
        except BaseException as error:
            self._decoded = broken_off
            if not isinstance(error, ContentDecodingError):
                raise
            self._stream.close()
            raise undecodable(error, self._request_url or "") from error

    def _rewind(self, position: int) -> None:
        """Discard the body after a failed read, so that the next read requests the lost bytes again."""
        if type(self._stream) is not LostBody:
            self._stream.close()
            self._stream = LostBody(TransportError("an earlier read was broken off"), None)
        self._position = position

    def tell(self) -> int:
        """Return the number of bytes read."""
        return self._position

    def _advance(self, count: int) -> None:
        if count:
            self._position += count
            self._failures = 0

    def _replace(self, error: TransportError) -> None:
        """Resume at the next byte on another connection, if another try is allowed."""
        self._stream.close()
        self._stream = LostBody(error, self._stream.remaining)
        if self._reopen is None or error.final:
            raise error
        self._failures += 1
        self._stream = self._reopen(self._position, self._failures, error)

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        if self._closed:
            return b""
        if decode_content or self._decoded is not None:
            check_decoded(decode_content)
            return self._decode_some(_CHUNK if amt is None or amt < 0 else amt)
        return self._read_some(-1 if amt is None else amt)

    def _read_some(self, amt: int) -> bytes:
        while not self._closed:
            try:
                data = self._stream.read_some(amt)
            except TransportError as error:
                self._replace(error)
            else:
                self._advance(len(data))
                return data
        return b""

    def readinto(self, b: bytearray | memoryview) -> int:
        """Read into a buffer, and return the number of bytes, 0 at the end."""
        view = memoryview(b).cast("B")
        while not self._closed:
            try:
                count = self._stream.readinto(view)
            except TransportError as error:
                self._replace(error)
            else:
                self._advance(count)
                return count
        return 0

    def stream(self, amt: int | None = _CHUNK, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        """Iterate over the content in chunks of `amt` bytes. The last one may be shorter."""
        size = _CHUNK if amt is None else amt
        while data := self.read(size, decode_content):
            yield data

    def _blocks(self) -> Generator[bytes, None, None]:
        """Iterate over the content in chunks of any size, as they arrive."""
        prepare_memory()
        while data := self._read_some(-1):
            yield data

    def close(self) -> None:
        """Stop reading. The connection is closed if the content was not read to the end. Can be called repeatedly."""
        self._closed = True
        self._stream.close()

    @property
    def closed(self) -> bool:
        """True once `close()` was called. It stays False at the end of the content, so wrapping readers get b""."""
        return self._closed

    def isclosed(self) -> bool:
        """Return whether reading has ended."""
        return self._closed or self._stream.finished

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.close()


class LostBody:
    """A body whose connection was lost before the end. Each read raises the error again."""

    finished = True
    at_hand = 0

    def __init__(self, error: TransportError, remaining: int | None) -> None:
        self._error = error
        self.remaining = remaining

    def read_some(self, limit: int = -1) -> bytes:
        """Raise the error."""
        raise self._error

    def readinto(self, view: memoryview) -> int:
        """Raise the error."""
        raise self._error

    def abort(self) -> None:
        """Do nothing, because the connection is closed."""

    close = abort
