"""S3's forms of a moment. All are in UTC and in English, whatever the locale; a naive datetime is taken as UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from .error import InvalidArgumentError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}


def utcnow() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return datetime.now(UTC)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def to_float(value: datetime) -> float:
    """Return the seconds since 1970."""
    return _utc(value).timestamp()


def to_http_header(value: datetime) -> str:
    """Write a moment as HTTP headers do: ``Mon, 23 Nov 2026 00:00:00 GMT``."""
    at = _utc(value)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at.hour:02}:{at.minute:02}:{at.second:02} GMT"


def from_http_header(value: str) -> datetime:
    """Read a moment from an HTTP header, as an aware datetime in UTC.

    Raises:
        InvalidArgumentError: It is not an HTTP date.
    """
    if len(value) == 29 and value.endswith(" GMT"):
        try:
            return datetime(
                int(value[12:16]), _MONTH_NUMBERS[value[8:11]], int(value[5:7]),
                int(value[17:19]), int(value[20:22]), int(value[23:25]), tzinfo=UTC,
            )  # fmt: skip
        except (KeyError, ValueError):
            pass  # the reader below says what is wrong
    return _from_mail_date(value)


def _from_mail_date(value: str) -> datetime:
    from email.utils import parsedate_to_datetime

    try:
        return _utc(parsedate_to_datetime(value))
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"not an HTTP date: {value[:100]!r}") from error


def to_iso8601utc(value: datetime | None) -> str | None:
    """Write a moment as S3's XML does, to the millisecond: ``2026-11-23T00:00:00.000Z``. None stays None."""
    if value is None:
        return None
    at = _utc(value)
    return (
        f"{at.year:04}-{at.month:02}-{at.day:02}"
        f"T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond // 1000:03}Z"
    )


def from_iso8601utc(value: str | None) -> datetime | None:
    """Read a moment from S3's XML, with or without fractions, as an aware datetime in UTC. None and '' give None.

    Raises:
        InvalidArgumentError: It is not a moment.
    """
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at if at.tzinfo is UTC else _utc(at)
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"not an ISO 8601 timestamp: {value[:100]!r}") from error


def to_amz_date(value: datetime) -> str:
    """Write a moment as signatures do: ``20261123T000000Z``."""
    at = _utc(value)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def to_signer_date(value: datetime) -> str:
    """Write a day as the scope of a signature does: ``20261123``."""
    return to_amz_date(value)[:8]
