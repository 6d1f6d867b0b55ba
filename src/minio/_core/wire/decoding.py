"""Decode bodies with a content coding (gzip, deflate), using bounded memory.

zlib never produces more bytes than the caller has room for, so a small body that decodes to gigabytes uses no more
memory than any other. Bodies with an unknown coding are left unchanged, as in urllib3.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from .message import MAX_BODY, MAX_ERROR

_INPUT = 16 * 1024
_OUTPUT = 64 * 1024
_MOST_CODINGS = 3
_MOST_MEMBERS = 10_000
"""The maximum number of members in a gzip body that is decoded at once. Each member costs some microseconds, even
if it is empty."""
_GZIP = zlib.MAX_WBITS | 16
_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}

Source = Callable[[int], bytes]
"""A function that returns the next bytes, up to the given number. Empty bytes mean the end."""


class ContentDecodingError(ValueError):
    """The body does not match the content coding in its header, or its decoded size exceeds the limit."""


def find_codings(header: str) -> list[str]:
    """Return the codings of a Content-Encoding header in decoding order. Return [] if any of them is unknown."""
    names = [name.strip().lower() for name in header.split(",")]
    # aws-chunked describes the framing of a request, but some servers store it with the object.
    names = [name for name in names if name not in ("", "identity", "aws-chunked")]
    known = len(names) <= _MOST_CODINGS and all(name in _NAMES for name in names)
    return [_NAMES[name] for name in reversed(names)] if known else []


class ContentDecoder:
    """Decodes a gzip or deflate body incrementally. Each read returns at most the requested number of bytes.

    Args:
        source: Reads the encoded body.
        coding: "gzip" or "deflate".
        most_members: The maximum number of members in a gzip body. None means no limit.
    """

    def __init__(self, source: Source, coding: str, most_members: int | None = None) -> None:
        self._source = source
        self._coding = coding
        self._members = most_members
        self._pending = b""
        self._inflate: zlib._Decompress | None = None
        """None between members."""
        self._full = False
        """The last output reached the limit, so there may be more output without further input."""
        self._begun = False

    def read(self, limit: int) -> bytes:
        """Read at most `limit` bytes. Empty bytes mean the end.

        Raises:
            ContentDecodingError: The body is corrupt, truncated, or not in this coding.
        """
        while True:
            if not self._pending and not self._full:
                self._pending = self._source(_INPUT)
                if not self._pending:
                    return self._end()
            try:
                data = self._step(limit)
            except zlib.error as error:
                raise ContentDecodingError(f"the body is not {self._coding}: {error}") from error
            if data:
                return data

    def _end(self) -> bytes:
        if self._inflate is not None:
            raise ContentDecodingError(f"the {self._coding} body is cut short")
        return b""

    def _step(self, limit: int) -> bytes:
        inflate = self._inflate or self._begin()
        if inflate is None:
            return b""
        data = inflate.decompress(self._pending, limit)
        self._full = len(data) == limit and not inflate.eof
        self._pending = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        self._inflate = None if inflate.eof else inflate
        return data

    def _begin(self) -> zlib._Decompress | None:
        """Create the decompressor for the next member. Return None if there is no further member."""
        self._full = False
        if self._begun and self._coding == "gzip":
            self._pending = self._pending.lstrip(b"\0")  # zero padding, as on tapes
            if not self._pending:
                return None
        elif self._begun:
            raise ContentDecodingError("there are bytes behind the end of the deflate body")
        # The source may raise and be called again later, so no state changes before it has been read.
        window = _GZIP if self._coding == "gzip" else self._deflate_window()
        if self._members is not None:
            self._members -= 1
            if self._members < 0:
                raise ContentDecodingError("the gzip body has too many members")
        self._begun = True
        self._inflate = zlib.decompressobj(window)
        return self._inflate

    def _deflate_window(self) -> int:
        """Return the window bits: deflate should have a zlib header, but often has none."""
        while len(self._pending) < 2 and (more := self._source(_INPUT)):
            self._pending += more
        first = self._pending[:2]
        has_header = len(first) == 2 and first[0] & 15 == 8 and int.from_bytes(first, "big") % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def open_decoder(source: Source, codings: list[str], most_members: int | None = None) -> Source:
    """Return a function that reads a body and undoes all its codings."""
    for coding in codings:
        source = ContentDecoder(source, coding, most_members).read
    return source


class FedDecoder:
    """Decodes a body that is fed to it, for callers that must await the encoded bytes.

    Args:
        codings: The result of `find_codings`.
    """

    def __init__(self, codings: list[str]) -> None:
        self._input = b""
        self._ended = False
        self._read = open_decoder(self._take, codings)

    def feed(self, data: bytes) -> None:
        """Feed some of the encoded body. b"" marks the end."""
        self._input += data
        self._ended = not data

    def read(self, limit: int) -> bytes | None:
        """Read at most `limit` bytes. Empty bytes mean the end; None means that more input is needed.

        Raises:
            ContentDecodingError: The body is corrupt, truncated, or not in this coding.
        """
        try:
            return self._read(limit)
        except _Hungry:
            return None

    def _take(self, size: int) -> bytes:
        if not self._input and not self._ended:
            raise _Hungry
        data, self._input = self._input[:size], self._input[size:]
        return data


class _Hungry(Exception):
    """No input is available. A decoder keeps its state when its source raises."""


def decode_body(body: bytes, header: str, is_error: bool = False, most: int = MAX_BODY) -> bytes:
    """Decode a complete body.

    A body that is XML or JSON despite its header is returned unchanged. The body of an error is decoded as far as
    possible, because its status matters more.

    Args:
        body: The body as received.
        header: The value of Content-Encoding.
        is_error: The response is an error. At most 1 MiB of it is kept.
        most: The maximum size of the decoded body.

    Raises:
        ContentDecodingError: The body cannot be decoded, or its decoded size exceeds the limit.
    """
    codings = find_codings(header)
    if not codings:
        return body
    limit = MAX_ERROR if is_error else most
    read = open_decoder(io.BytesIO(body).read, codings, _MOST_MEMBERS)
    decoded = io.BytesIO()
    try:
        while data := read(min(_OUTPUT, limit + 1 - decoded.tell())):
            decoded.write(data)
            if decoded.tell() > limit:
                raise ContentDecodingError(f"the decoded body has more than the {limit} bytes that are accepted")
    except ContentDecodingError:
        if body.lstrip()[:1] in (b"<", b"{"):
            return body
        if not is_error:
            raise
    return decoded.getvalue()[:limit]
