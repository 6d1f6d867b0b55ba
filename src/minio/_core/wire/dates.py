"""S3's date formats. All use UTC and English names, regardless of the locale. Naive datetimes are treated as UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..exceptions import InvalidArgumentError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: f"{number:02}" for number, name in enumerate(_MONTHS, 1)}


def utcnow() -> datetime:
    """Return the current time as an aware datetime in UTC."""
    return datetime.now(UTC)


_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(microsecond=0, tzinfo=UTC)


def to_utc(value: datetime) -> datetime:
    """Convert to UTC. A result outside the range of datetime becomes the earliest or latest datetime."""
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return _FIRST if value.year == 1 else _LAST


def shifted(value: datetime, by: timedelta) -> datetime:
    """Add a timedelta to a datetime in UTC. The result is clamped to the range of datetime."""
    try:
        return value + by
    except OverflowError:
        return _FIRST if by < timedelta() else _LAST


def to_float(value: datetime) -> float:
    """Return the seconds since the epoch."""
    return to_utc(value).timestamp()


def to_http_header(value: datetime) -> str:
    """Format a datetime for an HTTP header: ``Mon, 23 Nov 2026 00:00:00 GMT``."""
    at = to_utc(value)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at.hour:02}:{at.minute:02}:{at.second:02} GMT"


def from_http_header(value: str) -> datetime:
    """Parse the date of an HTTP header into an aware datetime in UTC.

    Raises:
        InvalidArgumentError: The value is not an HTTP date.
    """
    if len(value) == 29 and value.endswith(" GMT") and value[19] == value[22] == ":":
        try:
            month = _MONTH_NUMBERS[value[8:11]]
            return datetime.fromisoformat(f"{value[12:16]}-{month}-{value[5:7]}T{value[17:25]}+00:00")
        except (KeyError, ValueError):
            pass  # the parser below reports the error
    return _from_mail_date(value)


def _from_mail_date(value: str) -> datetime:
    from email.utils import parsedate_to_datetime

    try:
        return to_utc(parsedate_to_datetime(value))
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"not an HTTP date: {value[:100]!r}") from error


def to_iso8601utc(value: datetime | None) -> str | None:
    """Format a datetime for S3's XML, to the millisecond: ``2026-11-23T00:00:00.000Z``. Return None for None."""
    if value is None:
        return None
    at = to_utc(value)
    return (
        f"{at.year:04}-{at.month:02}-{at.day:02}"
        f"T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond // 1000:03}Z"
    )


def from_iso8601utc(value: str | None) -> datetime | None:
    """Parse a timestamp of S3's XML, with or without fractions, into an aware datetime in UTC.

    Return None for None and ''.

    Raises:
        InvalidArgumentError: The value is not a timestamp.
    """
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at if at.tzinfo is UTC else to_utc(at)
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"not an ISO 8601 timestamp: {value[:100]!r}") from error


def to_amz_date(value: datetime) -> str:
    """Format a datetime for a signature: ``20261123T000000Z``."""
    at = to_utc(value)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def to_signer_date(value: datetime) -> str:
    """Format the date for the scope of a signature: ``20261123``."""
    return to_amz_date(value)[:8]
