"""The date formats of S3, under the module path of the 7.2 API."""

from __future__ import annotations

from datetime import datetime

from ._core.exceptions import InvalidArgumentError
from ._core.wire.dates import (
    from_http_header as _from_http_header,
    from_iso8601utc,
    to_amz_date,
    to_float,
    to_http_header,
    to_iso8601utc,
    to_signer_date,
    to_utc,
    utcnow,
)

__all__ = [
    "from_http_header",
    "from_iso8601utc",
    "to_amz_date",
    "to_float",
    "to_http_header",
    "to_iso8601utc",
    "to_signer_date",
    "to_utc",
    "utcnow",
]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def from_http_header(value: str) -> datetime:
    """Parse the date of an HTTP header into an aware datetime in UTC.

    Unlike the client, which takes what servers send, this checks the day of the week.

    Raises:
        InvalidArgumentError: The value is not an HTTP date, or does not begin with its weekday and a comma.
    """
    found = _from_http_header(value)
    day = _DAYS[found.weekday()]
    if not value.startswith(day) or "," not in value or value[-1].isspace():
        raise InvalidArgumentError(
            f"{value[:100]!r} is not an HTTP date: it must begin with its weekday {day} and a comma"
        )
    return found
