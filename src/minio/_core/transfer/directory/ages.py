"""Which files and objects the options `older_than` and `newer_than` select, by the time they were last modified.

The laws:

* A time span counts back from the moment at which a run begins; a moment is the same in all runs.
* Both bounds are excluded: what has exactly the time of a bound is neither older nor newer.
* An age becomes JSON and back without loss.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeAlias

from ...exceptions import InvalidArgumentError, InvalidArgumentTypeError

Age: TypeAlias = datetime | timedelta
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Ages:
    """The times that are selected, in nanoseconds since 1970.

    Args:
        before: The end of the times, or None.
        after: Their beginning, or None.
    """

    before: int | None
    after: int | None

    @classmethod
    def of(cls, older_than: Age | None, newer_than: Age | None, now: float | None = None) -> Self | None:
        """Return what two options select, or None if that is everything.

        Args:
            older_than: The option of that name.
            newer_than: The option of that name.
            now: The present time in seconds since 1970.
        """
        if older_than is None and newer_than is None:
            return None
        moment = time.time() if now is None else now
        return cls(_nanoseconds(older_than, moment), _nanoseconds(newer_than, moment))

    def selects(self, modified: int) -> bool:
        """Return whether a time is selected."""
        if self.before is not None and modified >= self.before:
            return False
        return self.after is None or modified > self.after


def checked_age(name: str, value: Any) -> Age | None:
    """Check an option, and return it: a moment in UTC, because moments of other zones may not equal themselves.

    Raises:
        InvalidArgumentTypeError: It is neither a datetime nor a timedelta.
        InvalidArgumentError: It is a datetime without a time zone, or a negative timedelta.
    """
    if value is None:
        return None
    if not isinstance(value, datetime | timedelta):
        raise InvalidArgumentTypeError(f"{name} must be a datetime or a timedelta, not {type(value).__name__}")
    if isinstance(value, timedelta):
        if value < timedelta(0):
            raise InvalidArgumentError(f"{name} must not be negative, it is {value!r}")
        return value
    if value.utcoffset() is None:
        raise InvalidArgumentError(f"{name} must have a time zone, such as datetime.now(UTC), it is {value!r}")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise InvalidArgumentError(f"{name} is not a time in UTC: {value!r}") from error


def age_to_json(value: Age) -> str | int:
    """Return an age as a JSON value: an ISO date, or microseconds."""
    return value // _MICROSECOND if isinstance(value, timedelta) else value.isoformat()


def age_from_json(value: Any) -> Any:
    """Return the age that `age_to_json` wrote.

    Raises:
        ValueError: It did not write that.
    """
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if type(value) is not int:
        return value
    try:
        return value * _MICROSECOND
    except OverflowError as error:
        raise ValueError(f"{value} microseconds are no time span") from error


def to_nanoseconds(moment: datetime) -> int:
    """Return a moment in nanoseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND * 1000


def _nanoseconds(value: Age | None, now: float) -> int | None:
    if isinstance(value, timedelta):
        return int(now * 1_000_000) * 1000 - value // _MICROSECOND * 1000
    return None if value is None else to_nanoseconds(value)
