"""The result of `select_object_content`, under the module path of the 4.x API."""

from __future__ import annotations

from .select.errors import SelectCRCValidationError as CRCValidationError
from .select.helpers import (
    ERROR,
    EVENT,
    EVENT_END,
    EVENT_PROGRESS,
    EVENT_RECORDS,
    EVENT_STATS,
    byte_int,
    calculate_crc,
    validate_crc,
)
from .select.reader import SelectObjectReader

READ_SIZE_SELECT = 32768

__all__ = [
    "ERROR",
    "EVENT",
    "EVENT_END",
    "EVENT_PROGRESS",
    "EVENT_RECORDS",
    "EVENT_STATS",
    "READ_SIZE_SELECT",
    "CRCValidationError",
    "SelectObjectReader",
    "byte_int",
    "calculate_crc",
    "validate_crc",
]
