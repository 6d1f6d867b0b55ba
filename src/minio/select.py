"""Ask for a part of an object in SQL (SelectObjectContent).

request = SelectRequest(
    "SELECT * FROM S3Object s WHERE s.colour = 'red'",
    CSVInputSerialization(file_header_info=FILE_HEADER_INFO_USE),
    CSVOutputSerialization(),
)
with client.select_object_content("bucket", "table.csv", request) as result:
    for data in result.stream():
        print(data.decode())
    print(result.stats())
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from ._core.wire.eventstream import EventStreamDecoder, EventStreamError, Message
from ._core.wire.fields import add_text, enter, seek_int
from ._core.wire.values import check_choice, check_number, check_optional_number, check_text, check_type
from .error import InvalidArgumentError, S3Error, known_errors

if TYPE_CHECKING:
    from lxml.etree import _Element

COMPRESSION_TYPE_NONE = "NONE"
COMPRESSION_TYPE_GZIP = "GZIP"
COMPRESSION_TYPE_BZIP2 = "BZIP2"
FILE_HEADER_INFO_USE = "USE"
FILE_HEADER_INFO_IGNORE = "IGNORE"
FILE_HEADER_INFO_NONE = "NONE"
JSON_TYPE_DOCUMENT = "DOCUMENT"
JSON_TYPE_LINES = "LINES"
QUOTE_FIELDS_ALWAYS = "ALWAYS"
QUOTE_FIELDS_ASNEEDED = "ASNEEDED"

_COMPRESSIONS = (COMPRESSION_TYPE_NONE, COMPRESSION_TYPE_GZIP, COMPRESSION_TYPE_BZIP2)
_HEADER_INFOS = (FILE_HEADER_INFO_USE, FILE_HEADER_INFO_IGNORE, FILE_HEADER_INFO_NONE)
_JSON_TYPES = (JSON_TYPE_DOCUMENT, JSON_TYPE_LINES)
_QUOTES = (QUOTE_FIELDS_ALWAYS, QUOTE_FIELDS_ASNEEDED)


def _check_option(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value is not None:
        check_choice(name, value, allowed)


def _check_texts(part: object, *names: str) -> None:
    # A delimiter may be a blank or a line break, but not nothing.
    for name in names:
        value = getattr(part, name)
        if value is not None:
            check_text(name, value, blank=True)
            if not value:
                raise InvalidArgumentError(f"{name} must not be empty")


@dataclass(frozen=True)
class InputSerialization:
    """How the object is stored.

    Args:
        compression_type: One of COMPRESSION_TYPE_*; None means not compressed.
    """

    compression_type: str | None = None

    def __post_init__(self) -> None:
        _check_option("compression_type", self.compression_type, _COMPRESSIONS)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``InputSerialization``; without one, into a new one."""
        element = enter(None, "InputSerialization") if element is None else element
        add_text(element, "CompressionType", self.compression_type)
        return element


@dataclass(frozen=True)
class CSVInputSerialization(InputSerialization):
    """The object is a table of separated values.

    Args:
        compression_type: One of COMPRESSION_TYPE_*.
        allow_quoted_record_delimiter: ``TRUE`` where a quoted field may hold the record's delimiter; also a bool.
        comments: The character that begins a comment.
        field_delimiter: What stands between two fields; a comma unless given.
        file_header_info: One of FILE_HEADER_INFO_*.
        quote_character: What a field is quoted with.
        quote_escape_character: What escapes a quote within a quoted field.
        record_delimiter: What ends a record; a line feed unless given.
    """

    allow_quoted_record_delimiter: str | bool | None = None
    comments: str | None = None
    field_delimiter: str | None = None
    file_header_info: str | None = None
    quote_character: str | None = None
    quote_escape_character: str | None = None
    record_delimiter: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        allowed = self.allow_quoted_record_delimiter
        if allowed is not None and not isinstance(allowed, bool):
            check_text("allow_quoted_record_delimiter", allowed)
            check_choice("allow_quoted_record_delimiter", allowed.upper(), ("TRUE", "FALSE"))
        _check_option("file_header_info", self.file_header_info, _HEADER_INFOS)
        _check_texts(
            self, "comments", "field_delimiter", "quote_character", "quote_escape_character", "record_delimiter"
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``InputSerialization``; without one, into a new one."""
        element = super().toxml(element)
        csv = enter(element, "CSV")
        allowed = self.allow_quoted_record_delimiter
        add_text(csv, "AllowQuotedRecordDelimiter", None if allowed is None else str(allowed).upper())
        add_text(csv, "Comments", self.comments)
        add_text(csv, "FieldDelimiter", self.field_delimiter)
        add_text(csv, "FileHeaderInfo", self.file_header_info)
        add_text(csv, "QuoteCharacter", self.quote_character)
        add_text(csv, "QuoteEscapeCharacter", self.quote_escape_character)
        add_text(csv, "RecordDelimiter", self.record_delimiter)
        return element


@dataclass(frozen=True)
class JSONInputSerialization(InputSerialization):
    """The object is JSON.

    Args:
        compression_type: One of COMPRESSION_TYPE_*.
        json_type: One of JSON_TYPE_*.
    """

    json_type: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_option("json_type", self.json_type, _JSON_TYPES)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``InputSerialization``; without one, into a new one."""
        element = super().toxml(element)
        add_text(enter(element, "JSON"), "Type", self.json_type)
        return element


@dataclass(frozen=True)
class ParquetInputSerialization(InputSerialization):
    """The object is a Parquet file, whose columns may be compressed but not the whole."""

    def __post_init__(self) -> None:
        _check_option("compression_type", self.compression_type, (COMPRESSION_TYPE_NONE,))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``InputSerialization``; without one, into a new one."""
        element = super().toxml(element)
        enter(element, "Parquet")
        return element


@dataclass(frozen=True)
class OutputSerialization:
    """How the answer is written."""

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``OutputSerialization``; without one, into a new one."""
        return enter(None, "OutputSerialization") if element is None else element


@dataclass(frozen=True)
class CSVOutputSerialization(OutputSerialization):
    """The answer is a table of separated values.

    Args:
        field_delimiter: What stands between two fields; a comma unless given.
        quote_character: What a field is quoted with.
        quote_escape_character: What escapes a quote within a quoted field.
        quote_fields: One of QUOTE_FIELDS_*.
        record_delimiter: What ends a record; a line feed unless given.
    """

    field_delimiter: str | None = None
    quote_character: str | None = None
    quote_escape_character: str | None = None
    quote_fields: str | None = None
    record_delimiter: str | None = None

    def __post_init__(self) -> None:
        _check_option("quote_fields", self.quote_fields, _QUOTES)
        _check_texts(self, "field_delimiter", "quote_character", "quote_escape_character", "record_delimiter")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``OutputSerialization``; without one, into a new one."""
        element = super().toxml(element)
        csv = enter(element, "CSV")
        add_text(csv, "FieldDelimiter", self.field_delimiter)
        add_text(csv, "QuoteCharacter", self.quote_character)
        add_text(csv, "QuoteEscapeCharacter", self.quote_escape_character)
        add_text(csv, "QuoteFields", self.quote_fields)
        add_text(csv, "RecordDelimiter", self.record_delimiter)
        return element


@dataclass(frozen=True)
class JSONOutputSerialization(OutputSerialization):
    """The answer is JSON.

    Args:
        record_delimiter: What ends a record; a line feed unless given.
    """

    record_delimiter: str | None = None

    def __post_init__(self) -> None:
        _check_texts(self, "record_delimiter")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the form into ``OutputSerialization``; without one, into a new one."""
        element = super().toxml(element)
        add_text(enter(element, "JSON"), "RecordDelimiter", self.record_delimiter)
        return element


@dataclass(frozen=True)
class SelectRequest:
    """What is asked.

    Args:
        expression: The SQL.
        input_serialization: How the object is stored.
        output_serialization: How the answer is written.
        request_progress: Have the server tell of its progress.
        scan_start_range: The first byte to look at.
        scan_end_range: The last byte to look at; alone, how many of the last bytes.

    Raises:
        InvalidArgumentError: One of them is wrong.
    """

    expression: str
    input_serialization: InputSerialization
    output_serialization: OutputSerialization
    request_progress: bool = False
    scan_start_range: int | None = None
    scan_end_range: int | None = None

    def __post_init__(self) -> None:
        check_text("expression", self.expression)
        kinds = (CSVInputSerialization, JSONInputSerialization, ParquetInputSerialization)
        check_type("input_serialization", self.input_serialization, kinds)
        check_type("output_serialization", self.output_serialization, (CSVOutputSerialization, JSONOutputSerialization))
        check_type("request_progress", self.request_progress, bool)
        check_optional_number("scan_start_range", self.scan_start_range)
        check_optional_number("scan_end_range", self.scan_end_range)
        if self.scan_start_range is not None and self.scan_end_range is not None:
            check_number("scan_end_range", self.scan_end_range, self.scan_start_range)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``SelectObjectContentRequest``."""
        element = enter(element, "SelectObjectContentRequest")
        add_text(element, "Expression", self.expression)
        add_text(element, "ExpressionType", "SQL")
        self.input_serialization.toxml(enter(element, "InputSerialization"))
        self.output_serialization.toxml(enter(element, "OutputSerialization"))
        if self.request_progress:
            add_text(enter(element, "RequestProgress"), "Enabled", True)
        if self.scan_start_range is not None or self.scan_end_range is not None:
            scan = enter(element, "ScanRange")
            add_text(scan, "Start", self.scan_start_range)
            add_text(scan, "End", self.scan_end_range)
        return element


@dataclass(frozen=True, init=False)
class Stats:
    """What a query cost, in bytes; None where the server does not say.

    Args:
        data: The XML of a Stats or a Progress event.
    """

    bytes_scanned: int | None
    bytes_processed: int | None
    bytes_returned: int | None

    def __init__(self, data: bytes | str) -> None:
        from ._core.wire.xml import parse

        element = parse(data)
        object.__setattr__(self, "bytes_scanned", seek_int(element, "BytesScanned"))
        object.__setattr__(self, "bytes_processed", seek_int(element, "BytesProcessed"))
        object.__setattr__(self, "bytes_returned", seek_int(element, "BytesReturned"))


class SelectDecoder:
    """The meaning of the answer's bytes, without reading them from anywhere.

    `stats` and `progress` hold the last of their events; `ended` tells that the server said it is done.
    """

    def __init__(self) -> None:
        self._frames = EventStreamDecoder()
        self.stats: Stats | None = None
        self.progress: Stats | None = None
        self.ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take more bytes and give the records in them.

        Raises:
            S3Error: The server gave up.
            TransportError: The bytes are damaged.
        """
        for message in self._frames.feed(data):
            records = self._take(message)
            if records:
                yield records

    def finish(self) -> None:
        """Say that no more bytes come.

        Raises:
            TransportError: The server did not say that it is done: some of the answer is missing.
        """
        self._frames.finish()
        if not self.ended:
            raise EventStreamError("the event stream broke off: its end was not announced")

    def _take(self, message: Message) -> bytes:
        if message.text(":message-type") == "error":
            raise _error(message)
        kind = message.text(":event-type")
        if kind == "Records":
            return message.payload
        if kind == "Stats":
            self.stats = Stats(message.payload)
        elif kind == "Progress":
            self.progress = Stats(message.payload)
        elif kind == "End":
            self.ended = True
        return b""


def _error(message: Message) -> S3Error:
    code = message.text(":error-code")
    return known_errors.get(code, S3Error)(None, code, message.text(":error-message"), None, None, None)


class _Response(Protocol):
    def stream(self, amt: int, /) -> Iterator[bytes]: ...
    def close(self) -> None: ...
    def release_conn(self) -> Any: ...


class _AsyncResponse(Protocol):
    def stream(self, amt: int, /) -> AsyncIterator[bytes]: ...
    async def close(self) -> None: ...


class SelectObjectReader:
    """The answer to a query. Close it, or use it in a ``with`` statement.

    Args:
        response: The answer, unread: a urllib3 response, or anything with its stream, close and release_conn.
    """

    def __init__(self, response: _Response) -> None:
        self._response = response
        self._decoder = SelectDecoder()
        self._records = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        return self.stream()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def writeable(self) -> bool:
        """Tell that it cannot be written."""
        return False

    def close(self) -> None:
        """Let go of the connection; what was not read is lost."""
        self._response.close()
        self._response.release_conn()

    def stats(self) -> Stats | None:
        """Return what the query cost; None until all records were read, or where the server does not say."""
        return self._decoder.stats

    def progress(self) -> Stats | None:
        """Return the last progress that the server told; None without `request_progress`."""
        return self._decoder.progress

    def stream(self, num_bytes: int = 32 * 1024) -> Iterator[bytes]:
        """Read the records, in pieces of at most so many bytes. A piece may end within a record.

        Raises:
            InvalidArgumentError: `num_bytes` is not positive.
            S3Error: The server gave up on the query.
            TransportError: The answer is damaged or broke off.
        """
        check_number("num_bytes", num_bytes, 1)
        return self._pieces(num_bytes)

    def _pieces(self, size: int) -> Iterator[bytes]:
        for records in self._records:
            for at in range(0, len(records), size):
                yield records[at : at + size]

    def _read(self) -> Iterator[bytes]:
        for data in self._response.stream(64 * 1024):
            yield from self._decoder.feed(data)
            if self._decoder.ended:
                break
        self._decoder.finish()


class AsyncSelectObjectReader:
    """The answer to a query of the asynchronous client. Close it, or use it in an ``async with`` statement.

    Args:
        response: The answer, unread.
    """

    def __init__(self, response: _AsyncResponse) -> None:
        self._response = response
        self._decoder = SelectDecoder()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.stream()

    async def close(self) -> None:
        """Let go of the connection; what was not read is lost."""
        await self._response.close()

    def stats(self) -> Stats | None:
        """Return what the query cost; None until all records were read, or where the server does not say."""
        return self._decoder.stats

    def progress(self) -> Stats | None:
        """Return the last progress that the server told; None without `request_progress`."""
        return self._decoder.progress

    async def stream(self, num_bytes: int = 32 * 1024) -> AsyncIterator[bytes]:
        """Read the records, in pieces of at most so many bytes. A piece may end within a record.

        Raises:
            InvalidArgumentError: `num_bytes` is not positive.
            S3Error: The server gave up on the query.
            TransportError: The answer is damaged or broke off.
        """
        check_number("num_bytes", num_bytes, 1)
        async for data in self._response.stream(64 * 1024):
            for records in self._decoder.feed(data):
                for at in range(0, len(records), num_bytes):
                    yield records[at : at + num_bytes]
            if self._decoder.ended:
                break
        self._decoder.finish()
