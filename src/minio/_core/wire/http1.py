"""HTTP/1.1 as bytes: write a request's head, read a response's head, take chunked bodies apart.

Both transports stand on this; it knows nothing of sockets. Reading is done by llhttp (httptools), strictly. A body
with a Content-Length never passes through the parser: the transport moves it as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import httptools

from ...error import InvalidArgumentError
from .message import Headers

MAX_HEAD = 256 * 1024
"""Bytes that a response's head may have; and those between two chunks of a body: their extensions, the trailers."""
MAX_INTERIM = 20
"""1xx heads that may come before the final one."""


class ProtocolError(Exception):
    """What came is not HTTP, or is cut off."""


def request_head(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """The head of a request, ready to send.

    Raises:
        InvalidArgumentError: A header's name or value holds a line break or a NUL, or what HTTP cannot carry; or the
            target holds a space.
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
    """The head of a response, and how its body is framed.

    `length` is the body's size in bytes, None when only its end tells (`decoder` set: chunked; else: until the
    connection closes). `size` is how many bytes the head took. `keep_alive` tells whether the connection may be
    used again once the body is read.
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
    """What the parser reports to."""

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
        # Also called for trailers: those are read and dropped.
        self.pairs.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, data: bytes) -> None:
        self.chunks.append(data)

    def on_message_complete(self) -> None:
        self.done = True


def _feed(parser: httptools.HttpResponseParser, data: bytes | bytearray | memoryview) -> None:
    try:
        parser.feed_data(data)
    except httptools.HttpParserCallbackError as error:
        # The parser wraps whatever is raised in a callback: Ctrl-C must not pass for a malformed answer.
        if error.__context__ is not None and not isinstance(error.__context__, Exception):
            raise error.__context__ from None
        raise


class ChunkDecoder:
    """Takes a chunked body apart."""

    __slots__ = ("_idle", "_parser", "_sink")

    def __init__(self, parser: httptools.HttpResponseParser, sink: _Sink) -> None:
        self._parser = parser
        self._sink = sink
        self._idle = 0

    @property
    def done(self) -> bool:
        """The body's end was seen."""
        return self._sink.done

    @property
    def clean(self) -> bool:
        """Nothing came after the end: the connection may be used again."""
        return not self._sink.overrun

    def feed(self, data: bytes | memoryview) -> list[bytes]:
        """Give it bytes as they came, get the body's bytes that they held.

        Raises:
            ProtocolError: The chunks are malformed.
        """
        try:
            _feed(self._parser, data)
        except httptools.HttpParserError as error:
            if not self._sink.done:
                raise ProtocolError(f"malformed chunked body: {error}") from error
            self._sink.overrun = True
        chunks, self._sink.chunks = self._sink.chunks, []
        self._idle = 0 if chunks else self._idle + len(data)
        if self._idle > MAX_HEAD and not self._sink.done:
            raise ProtocolError(f"malformed chunked body: more than {MAX_HEAD} bytes between two chunks")
        return chunks


def content_length(value: str) -> int:
    """Read a Content-Length.

    Raises:
        ProtocolError: It is none that HTTP knows.
    """
    # One that is repeated has come as one value with commas.
    if not value.isdecimal() or len(value) > 19:
        raise ProtocolError(f"not an HTTP response: Content-Length is {value[:40]!r}")
    return int(value)


# What servers usually send: nothing that could be understood in two ways. All else is llhttp's.
_USUAL = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9][0-9]) ([\x20-\x7e]*+)\r\n((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\x20-\x7e]*+\r\n)++)\r\n"
).match
_FIELDS = re.compile(r"([^:]++): *+([^\r]*+)\r\n").findall


def _read_usual(data: bytes | bytearray, method: str) -> Head | None:
    """Read a head of the usual kind: HTTP/1.1, a Content-Length, a connection that stays. None for any other."""
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


def read_head(data: bytes | bytearray, method: str) -> Head | None:
    """Read the response's head that `data` begins with; None when it is not all there yet.

    A 1xx head is reported like any other: the caller drops its `size` bytes and reads on.

    Raises:
        ProtocolError: This is not an HTTP response, or its head is too large.
    """
    usual = _read_usual(data, method)
    if usual is not None and usual.size <= MAX_HEAD:
        return usual
    end = data.find(b"\r\n\r\n") + 4
    if end < 4:
        if len(data) > MAX_HEAD:
            raise ProtocolError(f"the response's head exceeds {MAX_HEAD} bytes")
        if not data.startswith(b"HTTP/"[: len(data)]):
            raise ProtocolError(f"not an HTTP response: it begins with {bytes(data[:40])!r}")
        return None
    if not data.startswith(b"HTTP/"):
        raise ProtocolError(f"not an HTTP response: it begins with {bytes(data[:40])!r}")
    if end > MAX_HEAD:
        raise ProtocolError(f"the response's head exceeds {MAX_HEAD} bytes")
    sink = _Sink()
    parser = httptools.HttpResponseParser(sink)
    try:
        _feed(parser, data[:end] if len(data) > end else data)
    except httptools.HttpParserError as error:
        raise ProtocolError(f"not an HTTP response ({error}): it begins with {bytes(data[:40])!r}") from error
    status = parser.get_status_code()
    headers = Headers(sink.pairs)
    sink.pairs = []  # trailers come later, and are none of these
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
        # llhttp judges keep-alive by a body that these answers do not have.
        keep_alive = headers.get("connection", "").lower() != "close" and parser.get_http_version() == "1.1"
    return Head(status, sink.reason.decode("latin-1"), headers, end, length, keep_alive, decoder)
