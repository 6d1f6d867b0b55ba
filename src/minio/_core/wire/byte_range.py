"""Byte ranges: the Range header of a request, and the Content-Range header of a response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..exceptions import InvalidXMLError
from .message import Response

# re compiles and caches the patterns on first use.
_ASKED = r"bytes=([0-9]{0,19})-([0-9]{0,19})"
_GIVEN = r"(?i)bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)"
_LENGTH = r"[0-9]{1,19}"


class ByteRange(NamedTuple):
    """The bytes that a request asks for, inclusive. None is an open end. Without `first`, the last `last` bytes."""

    first: int | None = 0
    last: int | None = None

    def within(self, total: int | None) -> tuple[int | None, int | None]:
        """Return the positions of the first and last byte in an object of `total` bytes. None means unknown."""
        if self.first is None:
            return (None, None) if total is None else (max(0, total - (self.last or 0)), total - 1)
        if total is None:
            return self.first, self.last
        return self.first, total - 1 if self.last is None else min(self.last, total - 1)

    def __str__(self) -> str:
        first, last = ("" if end is None else end for end in (self.first, self.last))
        return f"bytes={first}-{last}"


class Kept(NamedTuple):
    """The requested bytes within a response body, and their position in the object."""

    skip: int = 0
    """The number of bytes in the body before them."""
    length: int | None = None
    """The number of requested bytes. None means all up to the end of the body."""
    start: int | None = 0
    """The position of the first requested byte in the object. None means unknown."""
    total: int | None = None
    """The size of the object. None means unknown."""
    exact: bool = False
    """The body must end after them."""

    @property
    def last(self) -> int | None:
        """The position of the last requested byte in the object. None means the end of the object, or unknown."""
        return None if self.start is None or self.length is None else self.start + self.length - 1


WHOLE = ByteRange()


def asked_range(headers: Mapping[str, str]) -> ByteRange | None:
    """Parse the Range header. Return None for multiple ranges or other units, which servers may ignore."""
    value = next((value for name, value in headers.items() if name.lower() == "range"), None)
    if value is None:
        return WHOLE
    match = re.fullmatch(_ASKED, value.replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    first, last = (int(text) if text else None for text in match.groups())
    return None if None not in (first, last) and last < first else ByteRange(first, last)  # type: ignore[operator]


def given_range(value: str) -> tuple[int, int, int | None]:
    """Parse a Content-Range into the first byte, the last byte and the total. The total is None for `*`.

    Raises:
        InvalidXMLError: The value is malformed or contradicts itself.
    """
    match = re.fullmatch(_GIVEN, value.strip())
    if match is None:
        raise InvalidXMLError(f"the Content-Range is malformed: {value[:100]!r}")
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    if last < first or (total is not None and last >= total):
        raise InvalidXMLError(f"the Content-Range contradicts itself: {value[:100]!r}")
    return first, last, total


def body_size(response: Response) -> int | None:
    """Return the Content-Length of a response, or None if it is missing or invalid."""
    value = response.headers.get("content-length", "")
    return int(value) if re.fullmatch(_LENGTH, value) else None
