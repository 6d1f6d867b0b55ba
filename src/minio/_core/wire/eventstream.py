"""Decode Amazon's event stream encoding, which S3 Select uses for its responses.

A message consists of

    total length u32 | length of headers u32 | CRC32 of these eight bytes | headers | payload | CRC32 of all before

and a header of

    length of name u8 | name | type u8 | value

Numbers are big-endian. A message is returned only after its checksums have been verified.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID
from zlib import crc32

from ..exceptions import TransportError

HeaderValue: TypeAlias = "bool | int | bytes | str | datetime | UUID"

_PRELUDE = struct.Struct(">III")
_CHECKSUM = struct.Struct(">I")
_LEAST = _PRELUDE.size + _CHECKSUM.size
_MAX_HEADERS = 128 * 1024
_MAX_MESSAGE = 24 * 1024 * 1024 + _MAX_HEADERS + _LEAST
"""The specification limits payloads to 24 MiB. A larger length is corruption that the checksum missed, or malicious."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EventStreamError(TransportError):
    """The event stream is corrupt or ended early."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of an event stream."""

    headers: dict[str, HeaderValue]
    payload: bytes

    def text(self, name: str) -> str:
        """Return the value of a text header, or '' if there is none."""
        value = self.headers.get(name)
        return value if isinstance(value, str) else ""


class EventStreamDecoder:
    """Decodes an event stream incrementally. The bytes may be split at any position.

    decoder = EventStreamDecoder()
    for piece in body:
        for message in decoder.feed(piece):
            ...
    decoder.finish()
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[Message]:
        """Feed more bytes and yield each message that is now complete.

        Raises:
            EventStreamError: A checksum or a length is wrong.
        """
        self._buffer += data
        while (total := self._whole()) is not None:
            frame = bytes(memoryview(self._buffer)[:total])
            del self._buffer[:total]
            yield _message(frame)

    def _whole(self) -> int | None:
        """Return the length of the first message, or None if it is incomplete."""
        if len(self._buffer) < _PRELUDE.size:
            return None
        total = _check_prelude(self._buffer)
        return total if len(self._buffer) >= total else None

    def finish(self) -> None:
        """Signal the end of the stream.

        Raises:
            EventStreamError: The last message is incomplete.
        """
        if self._buffer:
            raise EventStreamError(
                f"the event stream broke off within a message ({len(self._buffer)} bytes of it came)"
            )


def _check_prelude(buffer: bytearray) -> int:
    total, headers, checksum = _PRELUDE.unpack_from(buffer)
    if crc32(bytes(buffer[:8])) != checksum:
        raise EventStreamError("the event stream is damaged: the checksum of a prelude is wrong")
    if not _LEAST <= total <= _MAX_MESSAGE or headers > min(total - _LEAST, _MAX_HEADERS):
        raise EventStreamError(f"the event stream is damaged: a message of {total} bytes with {headers} of headers")
    return int(total)


def _message(frame: bytes) -> Message:
    (checksum,) = _CHECKSUM.unpack_from(frame, len(frame) - _CHECKSUM.size)
    if crc32(memoryview(frame)[: -_CHECKSUM.size]) != checksum:
        raise EventStreamError("the event stream is damaged: the checksum of a message is wrong")
    _, length, _ = _PRELUDE.unpack_from(frame)
    start = _PRELUDE.size + length
    try:
        headers = _headers(frame[_PRELUDE.size : start])
    except (struct.error, IndexError, KeyError, ValueError, OverflowError) as error:
        raise EventStreamError(f"the event stream is damaged: headers that cannot be read ({error!r})") from error
    return Message(headers, frame[start : -_CHECKSUM.size])


def _headers(data: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    at = 0
    while at < len(data):
        name, at = _slice(data, at + 1, data[at])
        value, at = _READERS[data[at]](data, at + 1)
        headers[name.decode()] = value
    return headers


def _slice(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    if at + length > len(data):
        raise ValueError("a header is cut off")
    return data[at : at + length], at + length


_Reader: TypeAlias = "Callable[[bytes, int], tuple[HeaderValue, int]]"


def _number(form: str) -> _Reader:
    kind = struct.Struct(form)

    def read(data: bytes, at: int) -> tuple[HeaderValue, int]:
        return int(kind.unpack_from(data, at)[0]), at + kind.size

    return read


def _constant(value: bool) -> _Reader:
    return lambda data, at: (value, at)


def _sized(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, at)
    return _slice(data, at + 2, length)


def _text(data: bytes, at: int) -> tuple[HeaderValue, int]:
    value, at = _sized(data, at)
    return value.decode(), at


def _timestamp(data: bytes, at: int) -> tuple[HeaderValue, int]:
    (milliseconds,) = struct.unpack_from(">q", data, at)
    return _EPOCH + timedelta(milliseconds=milliseconds), at + 8


def _uuid(data: bytes, at: int) -> tuple[HeaderValue, int]:
    value, at = _slice(data, at, 16)
    return UUID(bytes=value), at


_READERS: dict[int, _Reader] = {
    0: _constant(True),
    1: _constant(False),
    2: _number(">b"),
    3: _number(">h"),
    4: _number(">i"),
    5: _number(">q"),
    6: _sized,
    7: _text,
    8: _timestamp,
    9: _uuid,
}
