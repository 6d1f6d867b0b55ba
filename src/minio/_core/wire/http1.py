"""HTTP/1.1 without I/O: format request heads, parse response heads, decode chunked bodies.

Both transports use this module. llhttp (httptools) does the parsing in strict mode. A body with a Content-Length never
passes through the parser: the transport reads it directly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ..exceptions import InvalidArgumentError
from .interrupts import interrupts_later
from .message import Headers

if TYPE_CHECKING:
    import httptools

MAX_HEAD = 256 * 1024
"""The maximum size in bytes of a response head, and of the data between two chunks (extensions and trailers)."""
MAX_INTERIM = 20
"""The maximum number of 1xx responses before the final one."""


_SWITCHED = "the server switched protocols (101), which no request asks for"


@cache
def _llhttp() -> Any:
    # The parser is imported with the first response: some programs create a client and send nothing.
    with interrupts_later():
        import httptools
    return httptools


class ProtocolError(Exception):
    """The received data is not valid HTTP, or is truncated."""


def request_head(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """Format the head of a request.

    Raises:
        InvalidArgumentError: A header name or value contains a line break, a NUL or a character outside Latin-1, or the
            target contains a space.
    """
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *map(": ".join, headers.items())])
    if head.count("\n") != len(headers) or head.count("\r") != len(headers) or "\0" in head:
        raise InvalidArgumentError("a header holds a line break or a NUL")
    if " " in target:
        raise InvalidArgumentError("the target holds a space")
    try:
        return f"{head}\r\n\r\n".encode("latin-1")
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"a header holds {head[error.start]!r}, which HTTP cannot carry") from None


class Head:
    """The head of a response, and the framing of its body.

    `length` is the size of the body in bytes. It is None if the body is chunked (`decoder` is set) or ends when the
    connection closes. `size` is the size of the head in bytes. `keep_alive` is true if the connection can be reused
    after the body has been read.
    """

    __slots__ = ("decoder", "headers", "keep_alive", "length", "reason", "size", "status")

    def __init__(
        self,
        status: int,
        reason: str,
        headers: Headers,
        size: int,
        length: int | None,
        keep_alive: bool,
        decoder: ChunkDecoder | None,
    ) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.size = size
        self.length = length
        self.keep_alive = keep_alive
        self.decoder = decoder


class _Sink:
    """The callbacks of the parser."""

    __slots__ = ("chunks", "done", "overrun", "pairs", "reason")

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.chunks: list[bytes] = []
        self.reason = b""
        self.done = False
        self.overrun = False

    def on_message_begin(self) -> None:
        self.overrun = self.done

    def on_status(self, status: bytes) -> None:
        self.reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        # Also called for trailers, which are discarded.
        self.pairs.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, data: bytes) -> None:
        self.chunks.append(data)

    def on_message_complete(self) -> None:
        self.done = True


def _feed(parser: httptools.HttpResponseParser, data: bytes | bytearray | memoryview) -> None:
    try:
        parser.feed_data(data)
    except _llhttp().HttpParserCallbackError as error:
        # The parser wraps exceptions raised in callbacks. KeyboardInterrupt must not look like a malformed response.
        if error.__context__ is not None and not isinstance(error.__context__, Exception):
            raise error.__context__ from None
        raise
    except _llhttp().HttpParserUpgrade:
        raise ProtocolError(_SWITCHED) from None  # not an HttpParserError, and its text is an offset


class ChunkDecoder:
    """Decodes a chunked body."""

    __slots__ = ("_idle", "_parser", "_sink")

    def __init__(self, parser: httptools.HttpResponseParser, sink: _Sink) -> None:
        self._parser = parser
        self._sink = sink
        self._idle = 0

    @property
    def done(self) -> bool:
        """True once the end of the body has been read."""
        return self._sink.done

    @property
    def clean(self) -> bool:
        """True if no data followed the end of the body, so the connection can be reused."""
        return not self._sink.overrun

    def feed(self, data: bytes | memoryview) -> list[bytes]:
        """Feed received bytes and return the body data that they contain.

        Raises:
            ProtocolError: The chunked encoding is malformed.
        """
        try:
            _feed(self._parser, data)
        except _llhttp().HttpParserError as error:
            if not self._sink.done:
                raise ProtocolError(f"malformed chunked body: {error}") from error
            self._sink.overrun = True
        chunks, self._sink.chunks = self._sink.chunks, []
        self._idle = 0 if chunks else self._idle + len(data)
        if self._idle > MAX_HEAD and not self._sink.done:
            raise ProtocolError(f"malformed chunked body: more than {MAX_HEAD} bytes between two chunks")
        return chunks


def content_length(value: str) -> int:
    """Parse a Content-Length.

    Raises:
        ProtocolError: The value is not a number, or is repeated with different numbers.
    """
    # Fields with the same name are joined with commas. RFC 9110 allows a recipient to accept repeated equal values.
    first, *others = (part.strip(" \t") for part in value.split(","))
    if not (first.isascii() and first.isdecimal()) or len(first) > 19 or any(other != first for other in others):
        raise ProtocolError(f"not an HTTP response: Content-Length is {value[:40]!r}")
    return int(first)


def unfold(value: str) -> str:
    """Unfold a header value: replace each line break followed by white space (obs-fold) with one space."""
    return re.sub(_FOLD, " ", value)


# re compiles and caches the following patterns on first use: few servers send such heads.
_FOLD = r"[ \t]*\r?\n[ \t]+"
_BYTES_FOLD = rb"[ \t]*\r\n[ \t]+"
_LENGTHS = rb"(?mi)^content-length:([^\r\n]*)\r\n"


def _plain_head(head: bytes) -> bytes:
    """Rewrite a head so that llhttp accepts it: unfold lines, and merge equal Content-Length fields into one.

    Raises:
        ProtocolError: The Content-Length values differ.
    """
    start, line_break, fields = head.partition(b"\r\n")
    if fields[:1] not in (b" ", b"\t"):  # such a line would continue the status line
        fields = re.sub(_BYTES_FOLD, b" ", fields)
    lengths = re.findall(_LENGTHS, fields)
    if len(lengths) > 1 or (lengths and b"," in lengths[0]):
        length = content_length(b",".join(lengths).decode("latin-1"))
        fields = b"Content-Length: %d\r\n" % length + re.sub(_LENGTHS, b"", fields)
    return start + line_break + fields


# The form that servers usually send, which is unambiguous. llhttp parses everything else.
_USUAL = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9][0-9]) ([\x20-\x7e]*+)\r\n((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\x20-\x7e]*+\r\n)++)\r\n"
).match
_FIELDS = re.compile(r"([^:]++): *+([^\r]*+)\r\n").findall


def _read_usual(data: bytes | bytearray, method: str) -> Head | None:
    """Parse a head of the usual form: HTTP/1.1, Content-Length, keep-alive. Return None for any other head."""
    found = _USUAL(data)
    if found is None:
        return None
    status, reason, block = found.groups()
    text = block.decode("latin-1")
    if " \r" in text:
        return None
    headers = Headers(_FIELDS(text))
    size = headers.get("content-length", "")
    code = int(status)
    if (
        "transfer-encoding" in headers
        or "upgrade" in headers
        or (headers.get("connection") or "keep-alive").lower() != "keep-alive"
        or not (size.isdecimal() and len(size) < 19)
        or code in (204, 304)
    ):
        return None
    length = 0 if method == "HEAD" else int(size)
    return Head(code, reason.decode("latin-1"), headers, found.end(), length, True, None)


_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
"""The first bytes of TLS alert and handshake records."""


def _no_http(data: bytes | bytearray) -> ProtocolError:
    if data.startswith(_TLS_RECORDS):
        return ProtocolError("the server speaks TLS on this port: make the client with secure=True")
    return ProtocolError(f"not an HTTP response: it begins with {bytes(data[:40])!r}")


def read_final_head(data: bytes, method: str, interim: list[int]) -> tuple[Head | None, bytes]:
    """Parse the head of the final response at the start of `data`, skipping interim (1xx) responses.

    Args:
        data: The bytes that were received but not yet consumed.
        method: The method of the request.
        interim: The statuses of the interim responses received so far. New ones are appended.

    Returns:
        The head, or None if it is incomplete, and the unconsumed rest of `data`.

    Raises:
        ProtocolError: The data is not an HTTP response, its head is too large, or there are too many interim responses.
    """
    while data and (head := read_head(data, method)) is not None:
        data = data[head.size :]
        if head.status >= 200:
            return head, data
        interim.append(head.status)
        if len(interim) > MAX_INTERIM:
            raise ProtocolError(f"the server sent more than {MAX_INTERIM} interim answers")
    return None, data


def read_head(data: bytes | bytearray, method: str) -> Head | None:
    """Parse the response head at the start of `data`. Return None if it is incomplete.

    A 1xx head is returned like any other: the caller discards its `size` bytes and reads the next head.

    Raises:
        ProtocolError: The data is not an HTTP response, or its head is too large.
    """
    usual = _read_usual(data, method)
    if usual is not None and usual.size <= MAX_HEAD:
        return usual
    end = data.find(b"\r\n\r\n") + 4
    if end < 4:
        if len(data) > MAX_HEAD:
            raise ProtocolError(f"the response's head exceeds {MAX_HEAD} bytes")
        if not data.startswith(b"HTTP/"[: len(data)]):
            raise _no_http(data)
        return None
    if not data.startswith(b"HTTP/"):
        raise _no_http(data)
    if end > MAX_HEAD:
        raise ProtocolError(f"the response's head exceeds {MAX_HEAD} bytes")
    if data[8:12] == b" 101":
        raise ProtocolError(_SWITCHED)
    sink = _Sink()
    parser: httptools.HttpResponseParser = _llhttp().HttpResponseParser(sink)
    try:
        _feed(parser, _plain_head(bytes(data[:end])))
    except _llhttp().HttpParserError as error:
        raise ProtocolError(f"not an HTTP response ({error}): it begins with {bytes(data[:40])!r}") from error
    status = parser.get_status_code()
    headers = Headers(sink.pairs)
    sink.pairs = []  # trailers are reported later and must not be added to the headers
    keep_alive = parser.should_keep_alive()
    length: int | None = None
    decoder: ChunkDecoder | None = None
    if method == "HEAD" or status == 204 or status == 304 or status < 200:
        length = 0
    elif "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() == "chunked":
            decoder = ChunkDecoder(parser, sink)
        else:
            raise ProtocolError(f"unknown transfer encoding {headers['transfer-encoding']!r}")
    elif "content-length" in headers:
        length = content_length(headers["content-length"])
    if length is None and decoder is None:
        keep_alive = False
    elif length == 0:
        # llhttp decides keep-alive from a body that these responses do not have.
        keep_alive = headers.get("connection", "").lower() != "close" and parser.get_http_version() == "1.1"
    return Head(status, sink.reason.decode("latin-1"), headers, end, length, keep_alive, decoder)
