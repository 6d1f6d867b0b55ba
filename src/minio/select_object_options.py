"""The query of `select_object_content`, under the module path of the 4.x API."""

from __future__ import annotations

from .select.options import (
    SQL,
    CSVInput,
    CSVOutput,
    InputSerialization,
    JSONInput,
    JsonOutput,
    OutputSerialization,
    ParquetInput,
    RequestProgress,
    SelectObjectOptions,
)

__all__ = [
    "SQL",
    "CSVInput",
    "CSVOutput",
    "InputSerialization",
    "JSONInput",
    "JsonOutput",
    "OutputSerialization",
    "ParquetInput",
    "RequestProgress",
    "SelectObjectOptions",
]
