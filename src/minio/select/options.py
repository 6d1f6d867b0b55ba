"""The query of `select_object_content` as in the 5.x and 6.x APIs.

`SelectObjectOptions` is a `minio.select.SelectRequest`, so that every call that takes the one takes the other.
"""

from __future__ import annotations

from typing import Any

from .._core.display import shows
from .._core.exceptions import InvalidArgumentError
from . import (
    CSVInputSerialization,
    CSVOutputSerialization,
    InputSerialization as _InputSerialization,
    JSONInputSerialization,
    JSONOutputSerialization,
    OutputSerialization as _OutputSerialization,
    ParquetInputSerialization,
    SelectRequest,
)

__all__ = [
    "SQL",
    "CSVInput",
    "CSVOutput",
    "InputSerialization",
    "JSONInput",
    "JSONOutput",
    "JsonOutput",
    "OutputSerialization",
    "ParquetInput",
    "RequestProgress",
    "SelectObjectOptions",
]

SQL = "SQL"


@shows("file_header_info", "field_delimiter")
class CSVInput:
    """The format of CSV objects. The names of the arguments may be those of 5.x: `FileHeaderInfo`."""

    def __init__(
        self,
        file_header_info: str | None = None,
        record_delimiter: str = "\n",
        field_delimiter: str = ",",
        quote_character: str = '"',
        quote_escape_character: str = '"',
        comments: str = "#",
        allow_quoted_record_delimiter: bool = False,
        **earlier: Any,
    ) -> None:
        self.file_header_info = earlier.pop("FileHeaderInfo", file_header_info)
        self.record_delimiter = earlier.pop("RecordDelimiter", record_delimiter)
        self.field_delimiter = earlier.pop("FieldDelimiter", field_delimiter)
        self.quote_character = earlier.pop("QuoteCharacter", quote_character)
        self.quote_escape_character = earlier.pop("QuoteEscapeCharacter", quote_escape_character)
        self.comments = earlier.pop("Comments", comments)
        self.allow_quoted_record_delimiter = earlier.pop("AllowQuotedRecordDelimiter", allow_quoted_record_delimiter)
        _check_rest("CSVInput", earlier)

    def _made(self, compression: str | None) -> _InputSerialization:
        quoted = "true" if self.allow_quoted_record_delimiter in (True, "true", "TRUE") else "false"
        return CSVInputSerialization(
            compression_type=compression,
            allow_quoted_record_delimiter=quoted,
            comments=self.comments,
            field_delimiter=self.field_delimiter,
            file_header_info=self.file_header_info,
            quote_character=self.quote_character,
            quote_escape_character=self.quote_escape_character,
            record_delimiter=self.record_delimiter,
        )


@shows("json_type")
class JSONInput:
    """The format of JSON objects: `DOCUMENT` or `LINES`."""

    def __init__(self, json_type: str | None = None, **earlier: Any) -> None:
        self.json_type = earlier.pop("Type", json_type)
        _check_rest("JSONInput", earlier)

    def _made(self, compression: str | None) -> _InputSerialization:
        return JSONInputSerialization(compression_type=compression, json_type=self.json_type)


@shows()
class ParquetInput:
    """The format of Parquet objects."""

    def _made(self, compression: str | None) -> _InputSerialization:
        return ParquetInputSerialization(compression_type=compression)


@shows("compression_type", "csv", "json", "parquet")
class InputSerialization:
    """The format of the object. One of `csv`, `json` and `parquet` is given; `par` is 5.x's name of the last."""

    def __init__(
        self,
        compression_type: str | None = "NONE",
        csv: CSVInput | None = None,
        json: JSONInput | None = None,
        parquet: ParquetInput | None = None,
        par: ParquetInput | None = None,
    ) -> None:
        self.compression_type = compression_type
        self.csv = csv
        self.json = json
        self.parquet = parquet or par

    def _made(self) -> _InputSerialization:
        given = [each for each in (self.csv, self.json, self.parquet) if each is not None]
        if len(given) != 1:
            raise InvalidArgumentError("input_serialization must have exactly one of csv, json and parquet")
        return given[0]._made(self.compression_type)


@shows("quote_fields", "field_delimiter")
class CSVOutput:
    """CSV as the format of the result. The names of the arguments may be those of 5.x: `QuoteFields`."""

    def __init__(
        self,
        quote_fields: str = "ASNEEDED",
        record_delimiter: str = "\n",
        field_delimiter: str = ",",
        quote_character: str = '"',
        quote_escape_character: str = '"',
        **earlier: Any,
    ) -> None:
        self.quote_fields = earlier.pop("QuoteFields", quote_fields)
        self.record_delimiter = earlier.pop("RecordDelimiter", record_delimiter)
        self.field_delimiter = earlier.pop("FieldDelimiter", field_delimiter)
        self.quote_character = earlier.pop("QuoteCharacter", quote_character)
        self.quote_escape_character = earlier.pop("QuoteEscapeCharacter", quote_escape_character)
        _check_rest("CSVOutput", earlier)

    def _made(self) -> _OutputSerialization:
        return CSVOutputSerialization(
            field_delimiter=self.field_delimiter,
            quote_character=self.quote_character,
            quote_escape_character=self.quote_escape_character,
            quote_fields=self.quote_fields,
            record_delimiter=self.record_delimiter,
        )


@shows("record_delimiter")
class JSONOutput:
    """JSON as the format of the result."""

    def __init__(self, record_delimiter: str = "\n", **earlier: Any) -> None:
        self.record_delimiter = earlier.pop("RecordDelimiter", record_delimiter)
        _check_rest("JSONOutput", earlier)

    def _made(self) -> _OutputSerialization:
        return JSONOutputSerialization(record_delimiter=self.record_delimiter)


JsonOutput = JSONOutput


@shows("csv", "json")
class OutputSerialization:
    """The format of the result: `csv` or `json`."""

    def __init__(self, csv: CSVOutput | None = None, json: JSONOutput | None = None) -> None:
        self.csv = csv
        self.json = json

    def _made(self) -> _OutputSerialization:
        given: list[CSVOutput | JSONOutput] = [each for each in (self.csv, self.json) if each is not None]
        if len(given) != 1:
            raise InvalidArgumentError("output_serialization must have exactly one of csv and json")
        return given[0]._made()


@shows("enabled")
class RequestProgress:
    """Ask for progress messages."""

    def __init__(self, enabled: bool = False) -> None:
        self.enabled = enabled


class SelectObjectOptions(SelectRequest):
    """A query, and the formats of the object and of the result.

    Args:
        expression: The SQL expression.
        input_serialization: The format of the object.
        output_serialization: The format of the result.
        request_progress: Ask for progress messages.

    Raises:
        InvalidArgumentError: An argument is invalid.
    """

    expression_type = SQL

    def __init__(
        self,
        expression: str,
        input_serialization: InputSerialization | _InputSerialization,
        output_serialization: OutputSerialization | _OutputSerialization,
        request_progress: RequestProgress | bool | None = None,
    ) -> None:
        if isinstance(input_serialization, InputSerialization):
            input_serialization = input_serialization._made()
        if isinstance(output_serialization, OutputSerialization):
            output_serialization = output_serialization._made()
        if isinstance(request_progress, RequestProgress):
            request_progress = request_progress.enabled in (True, "true", "TRUE")
        super().__init__(expression, input_serialization, output_serialization, bool(request_progress))


def _check_rest(name: str, rest: dict[str, Any]) -> None:
    if rest:
        raise InvalidArgumentError(f"{name} has no argument {', '.join(map(repr, rest))}")
