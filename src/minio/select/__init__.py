"""Query the content of an object with SQL (SelectObjectContent).

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
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, Self

from .._core.arguments import check_choice, check_number, check_number_of, check_type, check_xml_text
from .._core.display import shows
from .._core.exceptions import InvalidArgumentError
from .._core.wire.eventstream import EventStreamDecoder, EventStreamError, Message
from .._core.wire.redact import redact
from .._core.wire.xml_fields import add_text, find_int, sub_element
from ..error import S3Error, known_errors

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
    # A delimiter may be white space, but not empty.
    for name in names:
        value = getattr(part, name)
        if value is not None:
            check_xml_text(name, value, blank=True)
            if not value:
                raise InvalidArgumentError(f"{name} must not be empty")


@dataclass(frozen=True)
class InputSerialization:
    """The base class of input formats.

    Args:
        compression_type: One of COMPRESSION_TYPE_*. None means no compression.
    """

    compression_type: str | None = None

    def __post_init__(self) -> None:
        _check_option("compression_type", self.compression_type, _COMPRESSIONS)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``InputSerialization``, or to a new one."""
        element = sub_element(None, "InputSerialization") if element is None else element
        add_text(element, "CompressionType", self.compression_type)
        return element


@dataclass(frozen=True)
class CSVInputSerialization(InputSerialization):
    """The input format of CSV objects.

    Args:
        compression_type: One of COMPRESSION_TYPE_*.
        allow_quoted_record_delimiter: ``TRUE``, or a bool, if quoted fields may contain the record delimiter.
        comments: The character that starts a comment.
        field_delimiter: The delimiter between fields. The default is a comma.
        file_header_info: One of FILE_HEADER_INFO_*.
        quote_character: The quote character.
        quote_escape_character: The character that escapes a quote within a quoted field.
        record_delimiter: The delimiter between records. The default is a line feed.
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
            check_xml_text("allow_quoted_record_delimiter", allowed)
            check_choice("allow_quoted_record_delimiter", allowed.upper(), ("TRUE", "FALSE"))
        _check_option("file_header_info", self.file_header_info, _HEADER_INFOS)
        _check_texts(
            self, "comments", "field_delimiter", "quote_character", "quote_escape_character", "record_delimiter"
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``InputSerialization``, or to a new one."""
        element = super().toxml(element)
        csv = sub_element(element, "CSV")
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
    """The input format of JSON objects.

    Args:
        compression_type: One of COMPRESSION_TYPE_*.
        json_type: One of JSON_TYPE_*.
    """

    json_type: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_option("json_type", self.json_type, _JSON_TYPES)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``InputSerialization``, or to a new one."""
        element = super().toxml(element)
        add_text(sub_element(element, "JSON"), "Type", self.json_type)
        return element


@dataclass(frozen=True)
class ParquetInputSerialization(InputSerialization):
    """The input format of Parquet objects. Columns may be compressed, but not the whole file."""

    def __post_init__(self) -> None:
        _check_option("compression_type", self.compression_type, (COMPRESSION_TYPE_NONE,))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``InputSerialization``, or to a new one."""
        element = super().toxml(element)
        sub_element(element, "Parquet")
        return element


@dataclass(frozen=True)
class OutputSerialization:
    """The base class of output formats."""

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``OutputSerialization``, or to a new one."""
        return sub_element(None, "OutputSerialization") if element is None else element


@dataclass(frozen=True)
class CSVOutputSerialization(OutputSerialization):
    """CSV as the output format.

    Args:
        field_delimiter: The delimiter between fields. The default is a comma.
        quote_character: The quote character.
        quote_escape_character: The character that escapes a quote within a quoted field.
        quote_fields: One of QUOTE_FIELDS_*.
        record_delimiter: The delimiter between records. The default is a line feed.
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
        """Write the format to the given ``OutputSerialization``, or to a new one."""
        element = super().toxml(element)
        csv = sub_element(element, "CSV")
        add_text(csv, "FieldDelimiter", self.field_delimiter)
        add_text(csv, "QuoteCharacter", self.quote_character)
        add_text(csv, "QuoteEscapeCharacter", self.quote_escape_character)
        add_text(csv, "QuoteFields", self.quote_fields)
        add_text(csv, "RecordDelimiter", self.record_delimiter)
        return element


@dataclass(frozen=True)
class JSONOutputSerialization(OutputSerialization):
    """JSON as the output format.

    Args:
        record_delimiter: The delimiter between records. The default is a line feed.
    """

    record_delimiter: str | None = None

    def __post_init__(self) -> None:
        _check_texts(self, "record_delimiter")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the format to the given ``OutputSerialization``, or to a new one."""
        element = super().toxml(element)
        add_text(sub_element(element, "JSON"), "RecordDelimiter", self.record_delimiter)
        return element


@dataclass(frozen=True)
class SelectRequest:
    """A query and its input and output formats.

    Args:
        expression: The SQL expression.
        input_serialization: The format of the object.
        output_serialization: The format of the result.
        request_progress: Request progress messages from the server.
        scan_start_range: The first byte to scan.
        scan_end_range: The last byte to scan. Without `scan_start_range`, the number of bytes to scan at the end.

    Raises:
        InvalidArgumentError: An argument is invalid.
    """

    expression: str
    input_serialization: InputSerialization
    output_serialization: OutputSerialization
    request_progress: bool = False
    scan_start_range: int | None = None
    scan_end_range: int | None = None

    def __post_init__(self) -> None:
        check_xml_text("expression", self.expression)
        kinds = (CSVInputSerialization, JSONInputSerialization, ParquetInputSerialization)
        check_type("input_serialization", self.input_serialization, kinds)
        check_type("output_serialization", self.output_serialization, (CSVOutputSerialization, JSONOutputSerialization))
        check_type("request_progress", self.request_progress, bool)
        check_number_of(self, "scan_start_range")
        check_number_of(self, "scan_end_range")
        if self.scan_start_range is not None and self.scan_end_range is not None:
            check_number_of(self, "scan_end_range", self.scan_start_range)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``SelectObjectContentRequest`` element."""
        element = sub_element(element, "SelectObjectContentRequest")
        add_text(element, "Expression", self.expression)
        add_text(element, "ExpressionType", "SQL")
        self.input_serialization.toxml(sub_element(element, "InputSerialization"))
        self.output_serialization.toxml(sub_element(element, "OutputSerialization"))
        if self.request_progress:
            add_text(sub_element(element, "RequestProgress"), "Enabled", True)
        if self.scan_start_range is not None or self.scan_end_range is not None:
            scan = sub_element(element, "ScanRange")
            add_text(scan, "Start", self.scan_start_range)
            add_text(scan, "End", self.scan_end_range)
        return element


@dataclass(frozen=True, init=False)
class Stats:
    """The bytes that a query scanned, processed and returned. A number is None if the server does not send it.

    Args:
        data: The XML of a Stats or Progress event.
    """

    bytes_scanned: int | None
    bytes_processed: int | None
    bytes_returned: int | None

    def __init__(self, data: bytes | str) -> None:
        from .._core.wire.xml import parse

        element = parse(data)
        object.__setattr__(self, "bytes_scanned", find_int(element, "BytesScanned"))
        object.__setattr__(self, "bytes_processed", find_int(element, "BytesProcessed"))
        object.__setattr__(self, "bytes_returned", find_int(element, "BytesReturned"))


@shows(live=True)
class SelectDecoder:
    """A parser for the event stream of a response. It does no I/O.

    `stats` and `progress` are the last events of their kind. `ended` is True once the server has sent the End event.
    """

    def __init__(self) -> None:
        self._frames = EventStreamDecoder()
        self.stats: Stats | None = None
        self.progress: Stats | None = None
        self.ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Parse more bytes and yield the records in them.

        Raises:
            S3Error: The server aborted the query.
            TransportError: The bytes are corrupt.
        """
        for message in self._frames.feed(data):
            records = self._take(message)
            if records:
                yield records

    def finish(self) -> None:
        """Signal the end of the bytes.

        Raises:
            TransportError: The server sent no End event, so part of the result is missing.
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
    return known_errors.get(code, S3Error)(None, code, redact(message.text(":error-message") or ""), None, None, None)


class _Response(Protocol):
    def stream(self, amt: int, /) -> Iterator[bytes]: ...
    def close(self) -> None: ...
    def release_conn(self) -> Any: ...


class _AsyncResponse(Protocol):
    def stream(self, amt: int, /) -> AsyncIterator[bytes]: ...
    async def close(self) -> None: ...


@shows("url=_response.url", live=True)
class SelectObjectReader:
    """The result of a query. Close it, or use it in a ``with`` statement.

    Args:
        response: The unread response: a urllib3 response, or an object with its `stream`, `close` and `release_conn`.
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
        """Return True."""
        return True

    def writeable(self) -> bool:
        """Return False."""
        return False

    def close(self) -> None:
        """Close the response. Unread data is lost."""
        self._response.close()
        self._response.release_conn()

    def stats(self) -> Stats | None:
        """Return the statistics of the query. None until all records are read, or if the server sends none."""
        return self._decoder.stats

    def progress(self) -> Stats | None:
        """Return the last progress event of the server. None without `request_progress`."""
        return self._decoder.progress

    def stream(self, num_bytes: int = 32 * 1024) -> Iterator[bytes]:
        """Yield the records in chunks of at most `num_bytes` bytes. A chunk may end within a record.

        Raises:
            InvalidArgumentError: `num_bytes` is not positive.
            S3Error: The server aborted the query.
            TransportError: The response is corrupt or incomplete.
        """
        return self._pieces(check_number("num_bytes", num_bytes, 1))

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


@shows("url=_response.url", live=True)
class AsyncSelectObjectReader:
    """The result of a query with the asynchronous client. Close it, or use it in an ``async with`` statement.

    Args:
        response: The unread response.
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
        """Close the response. Unread data is lost."""
        await self._response.close()

    def stats(self) -> Stats | None:
        """Return the statistics of the query. None until all records are read, or if the server sends none."""
        return self._decoder.stats

    def progress(self) -> Stats | None:
        """Return the last progress event of the server. None without `request_progress`."""
        return self._decoder.progress

    async def stream(self, num_bytes: int = 32 * 1024) -> AsyncIterator[bytes]:
        """Yield the records in chunks of at most `num_bytes` bytes. A chunk may end within a record.

        Raises:
            InvalidArgumentError: `num_bytes` is not positive.
            S3Error: The server aborted the query.
            TransportError: The response is corrupt or incomplete.
        """
        num_bytes = check_number("num_bytes", num_bytes, 1)
        async for data in self._response.stream(64 * 1024):
            for records in self._decoder.feed(data):
                for at in range(0, len(records), num_bytes):
                    yield records[at : at + num_bytes]
            if self._decoder.ended:
                break
        self._decoder.finish()


def __getattr__(name: str) -> object:
    # The modules of the 5.x and 6.x APIs, which are attributes as in those.
    if name not in ("errors", "helpers", "options", "reader"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
