"""The result of `get_object`: a response that streams the object's content.

`ObjectResponse` is a `urllib3.response.HTTPResponse`, as documented, but reads its body as `ObjectContent` does.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

from ...display import shows
from ...exceptions import TransportError
from .content import LostBody, ObjectContent


@shows("status", "length=_length", "position=_position", "url", live=True)
class ObjectResponse(ObjectContent, HTTPResponse):  # type: ignore[override]  # length_remaining is a property
    """An object's content, streamed.

    It is a context manager and an iterator. After the last byte its connection is released to the pool. Before that,
    `close()` (or leaving the `with` block) discards the connection and the unread rest, and `read()` then returns b"".
    As in urllib3, `release_conn()` discards nothing, so the rest can still be read.

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
    _lazy_headers: HTTPHeaderDict | None = None

    @property
    def headers(self) -> HTTPHeaderDict:  # type: ignore[override]
        """The response's headers. Names are case-insensitive."""
        if self._lazy_headers is None:
            self._lazy_headers = HTTPHeaderDict()
            for name, value in self._head.raw:
                self._lazy_headers.add(name, value)
        return self._lazy_headers

    @property
    def url(self) -> str | None:
        """The URL of the request."""
        return self._request_url

    @url.setter
    def url(self, url: str | None) -> None:
        self._request_url = url or ""

    @property
    def connection(self) -> None:
        """None: the connection belongs to the transport."""
        return None

    @property
    def data(self) -> bytes:
        """The rest of the content. It is cached, so later accesses return the same bytes."""
        if self._content is None:
            self._content = self.read()
        return self._content

    def read_chunked(self, amt: int | None = None, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        """Iterate over the content like `stream`. The framing of the body is not visible here."""
        return self.stream(amt, decode_content)

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the lines of the content, like a file."""
        rest = b""
        for data in self.stream():
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest

    def release_conn(self) -> None:
        """Do nothing: the connection is released after the last byte, and unread bytes stay readable.

        To discard them and the connection, use `close()`. To discard them and keep the connection, use `drain_conn()`.
        """

    def drain_conn(self) -> None:
        """Read and discard the rest, so that the connection can be reused."""
        try:
            while self._stream.read_some():
                pass
        except TransportError:
            self._stream.close()

    def supports_chunked_reads(self) -> bool:
        """Return False, because the transport decodes chunks."""
        return False

    def readable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Raise an error, because the content cannot be read from a descriptor."""
        raise OSError("an object's response has no file descriptor")

    def flush(self) -> None:
        """Do nothing, because the response is not writable."""

    def shutdown(self) -> None:
        """Close the connection. A read on another thread fails immediately."""
        stream, left = self._stream, self._stream.remaining
        unread = not stream.finished
        self._reopen = None
        stream.abort()
        stream.close()
        if unread:
            self._stream = LostBody(TransportError("the response was shut down before its end"), left)
