"""Sizes, times and durations, as people write and read them.

The laws:

* Sizes count in powers of 1024 and say so: KiB, MiB. `parse_size` also takes KB and K, which mean the same.
* What is written for programs is exact: bytes, and UTC in the form of ISO 8601.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import UsageProblem

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
# re compiles them on first use, which most commands do without.
_SIZE = r"(\d+(?:\.\d+)?)\s*([KMGTPE]?)(?:I?B)?(?:/S)?"
_DURATION = r"(?i)(\d+(?:\.\d+)?)(ms|[smhdwy]?)"
_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


def size(count: float) -> str:
    """Return a size with a unit: `0 B`, `12.3 MiB`."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    if not unit:
        return f"{count:.0f} B"
    return f"{value:.1f} {_UNITS[unit]}" if value < 99.95 else f"{value:.0f} {_UNITS[unit]}"


def parse_size(text: str) -> int:
    """Return the bytes of `5MiB`, `5M`, `1.5G` or `1000`.

    Raises:
        UsageProblem: It is not a size.
    """
    found = re.fullmatch(_SIZE, text.strip(), re.IGNORECASE)
    if found is None:
        raise UsageProblem(f"{text!r} is not a size", "write it like 5MiB")
    exponent = " KMGTPE".index(found[2].upper() or " ")
    return int(float(found[1]) * 1024**exponent) if "." in found[1] else int(found[1]) * 1024**exponent


def parse_duration(text: str) -> float:
    """Return the seconds of `90s`, `3h`, `7d` or `1h30m`.

    Raises:
        UsageProblem: It is not a duration.
    """
    pairs = re.findall(_DURATION, text.strip())
    if not pairs or "".join(number + unit for number, unit in pairs) != text.strip():
        raise UsageProblem(f"{text!r} is not a duration", "write it like 7d, 3h or 1h30m")
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in pairs)


def parse_age(text: str) -> datetime | timedelta:
    """Return the time span of a duration, or the moment that an ISO date such as 2024-05-01 means.

    Raises:
        UsageProblem: It is neither.
    """
    if re.fullmatch(r"\d{4}-\d\d.*", text.strip()):
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            raise UsageProblem(f"{text!r} is not a date", "write it like 2024-05-01 or 2024-05-01T12:00:00Z") from None
        return found if found.tzinfo else found.astimezone()
    return timedelta(seconds=parse_duration(text))


def local_time(moment: datetime | None) -> str:
    """Return a time for people: in their time zone, to the minute."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def iso(moment: datetime | None) -> str:
    """Return a time for programs."""
    if moment is None:
        return ""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def elapsed(seconds: float) -> str:
    """Return a time span: `0.8 s`, `12 s`, `3:05`, `1:02:09`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 object`, `1,024 objects`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
