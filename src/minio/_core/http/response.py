"""What `get_object` hands out: the object's bytes, to be read as the caller likes.

`ObjectResponse` is a `urllib3.response.HTTPResponse`, as the documented API has it, over our own body. The bytes are
those stored: nothing is unzipped. A connection lost on the way is replaced, and reading goes on from the next byte.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

from ...error import TransportError
from ..wire.message import Headers, Response
from .body import prepare_memory
from .whole import WholeBody

if TYPE_CHECKING:
    from .body import BlockingBody

_CHUNK = 64 * 1024
_PIECE = 1024 * 1024


class ObjectResponse(HTTPResponse):
    """An object's content, streamed.

    It is a context manager and an iterator; read to its end it gives its connection back by itself, otherwise
    `close()` (or leaving the `with` block) drops the connection, and `release_conn()` does so too when something is
    left unread.

    Example:
        >>> with client.get_object("my-bucket", "my-object") as response:
        ...     content = response.read()
    """

    version = 11
    version_string = "HTTP/1.1"
    decode_content = False
    chunked = False
    msg = None
    enforce_content_length = True
    auto_close = True
    _retries = None

    def __init__(self, response: Response, url: str, reopen: Callable[[int, int, TransportError], Any] | None) -> None:
        # HTTPResponse's own constructor sets up decoding and buffering that nothing here uses.
        self.status = response.status
        self.reason = response.reason
        self._head: Headers = response.headers
        self._lazy_headers: HTTPHeaderDict | None = None
        self._stream: BlockingBody | WholeBody = response.stream
        self._reopen = reopen
        self._failures = 0
        self._position = 0
        self._content: bytes | None = None
        self._closed = False
        self._request_url = url

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied: read it, and take the bytes")

    @property
    def headers(self) -> HTTPHeaderDict:  # type: ignore[override]
        """The answer's headers, by name in any case."""
        if self._lazy_headers is None:
            self._lazy_headers = HTTPHeaderDict()
            for name, value in self._head.raw:
                self._lazy_headers.add(name, value)
        return self._lazy_headers

    @property
    def url(self) -> str | None:
        """The URL that was asked."""
        return self._request_url

    @url.setter
    def url(self, url: str | None) -> None:
        self._request_url = url or ""

    @property
    def connection(self) -> None:
        """None: the connection is the transport's own business."""
        return None

    @property
    def length_remaining(self) -> int | None:  # type: ignore[override]
        """Bytes still to be read, None when the server did not say."""
        return self._stream.remaining

    @property
    def data(self) -> bytes:
        """The rest of the content; it is kept, so that asking again gives the same."""
        if self._content is None:
            self._content = self.read()
        return self._content

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """Read `amt` bytes, fewer only at the end; everything that is left when it is None or negative."""
        if self._closed:
            return b""
        data = self._read(-1 if amt is None else amt)
        if cache_content:
            self._content = data
        return data

    def _read(self, amt: int) -> bytes:
        stream = self._stream
        if type(stream) is WholeBody:
            data = stream.read(amt)
            self._position += len(data)
            return data
        parts: list[bytes] = []
        left = amt
        while left:
            part = self._piece(_PIECE if left < 0 else min(left, _PIECE))
            if not part:
                break
            parts.append(part)
            left -= len(part) if amt >= 0 else 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _piece(self, size: int) -> bytes:
        """So many bytes; fewer at the end, and when a connection is lost: what has arrived before that is kept."""
        stream = self._stream
        if stream.at_hand or stream.remaining is None:
            return self.read1(size)
        buffer = bytearray(min(size, stream.remaining))
        view, done = memoryview(buffer), 0
        while done < len(buffer) and stream is self._stream and (count := self.readinto(view[done:])):
            done += count
        return bytes(view[:done])

    def _advance(self, count: int) -> None:
        if count:
            self._position += count
            self._failures = 0

    def _replace(self, error: TransportError) -> None:
        """Go on from the next byte on another connection, if there may be one."""
        self._stream.close()
        if self._reopen is None or error.final:
            raise error
        self._failures += 1
        self._stream = self._reopen(self._position, self._failures, error)

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Read what is there, at least a byte unless this is the end."""
        while not self._closed:
            try:
                data = self._stream.read_some(-1 if amt is None else amt)
            except TransportError as error:
                self._replace(error)
            else:
                self._advance(len(data))
                return data
        return b""

    def readinto(self, b: bytearray | memoryview) -> int:
        """Read into a buffer; returns how many bytes, 0 at the end."""
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
        """The content in pieces of `amt` bytes, the last one shorter."""
        size = _CHUNK if amt is None else amt
        while data := self.read(size):
            yield data

    def _blocks(self) -> Iterator[bytes]:
        """The content as the socket gives it, for who is content with pieces of any size."""
        prepare_memory()
        while data := self.read1():
            yield data

    def read_chunked(self, amt: int | None = None, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        """The same as `stream`: how the server framed the body does not show here."""
        return self.stream(amt)

    def __iter__(self) -> Iterator[bytes]:
        """The content line by line, as files do."""
        rest = b""
        for data in self.stream():
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest

    def release_conn(self) -> None:
        """Give the connection back; what was not read is dropped, and the connection with it."""
        self._stream.close()

    def drain_conn(self) -> None:
        """Read and drop what is left, so that the connection can be used again."""
        try:
            while self._stream.read_some():
                pass
        except TransportError:
            self._stream.close()

    def close(self) -> None:
        """End reading. The connection is dropped when something was left unread. May be called again."""
        self._closed = True
        self._stream.close()

    @property
    def closed(self) -> bool:
        """Whether `close()` was called. At the end of the content it is not: readers on top want to see the end."""
        return self._closed

    def isclosed(self) -> bool:
        """Whether reading has ended."""
        return self._closed or self._stream.finished

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.close()

    def supports_chunked_reads(self) -> bool:
        """False: chunks are taken apart below."""
        return False

    def readable(self) -> bool:
        """Always True."""
        return True

    def fileno(self) -> int:
        """There is no descriptor to read past this object."""
        raise OSError("an object's response has no file descriptor")

    def flush(self) -> None:
        """Nothing is buffered for writing."""

    def tell(self) -> int:
        """How many bytes were read."""
        return self._position

    def shutdown(self) -> None:
        """Drop the connection, also under a reader on another thread: its read fails at once."""
        self._reopen = None
        self._stream.abort()
        self._stream.close()
