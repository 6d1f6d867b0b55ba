"""Helpers for the event stream of SelectObjectContent, under the module path of the 5.x and 6.x APIs."""

from __future__ import annotations

from zlib import crc32

__all__ = [
    "ERROR",
    "EVENT",
    "EVENT_CONT",
    "EVENT_CONTENT_TYPE",
    "EVENT_END",
    "EVENT_PROGRESS",
    "EVENT_RECORDS",
    "EVENT_STATS",
    "SQL",
    "byte_int",
    "calculate_crc",
    "crc32",
    "validate_crc",
]

SQL = "SQL"
EVENT = "event"
ERROR = "error"
EVENT_RECORDS = "Records"
EVENT_PROGRESS = "Progress"
EVENT_STATS = "Stats"
EVENT_CONT = "Cont"
EVENT_END = "End"
EVENT_CONTENT_TYPE = "text/xml"


def byte_int(data_bytes: bytes) -> int:
    """Return the number that bytes represent, the most significant first."""
    return int.from_bytes(data_bytes, "big")


def calculate_crc(value: bytes) -> int:
    """Return the CRC-32 of data."""
    return crc32(value)


def validate_crc(current_value: bytes, expected_value: bytes) -> bool:
    """Return whether data has a CRC-32, which is given as four bytes."""
    return calculate_crc(current_value) == byte_int(expected_value)
