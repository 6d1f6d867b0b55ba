"""The credentials that sign requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .._core.arguments import check_encodable
from .._core.display import shows
from .._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from .._core.wire.dates import shifted, to_utc

# A request that is signed now must still be valid when the server receives it.
_MARGIN = timedelta(seconds=10)


@shows()
@dataclass(frozen=True, repr=False)
class Credentials:
    """An access key and a secret key. Temporary credentials also have a session token and an expiration time.

    `repr()` and `str()` show neither the secret key nor the token.

    Args:
        access_key: The access key.
        secret_key: The secret key.
        session_token: The session token of temporary credentials.
        expiration: When temporary credentials expire. A datetime without a time zone is UTC.

    Raises:
        InvalidArgumentError: A key is empty, or the access key or the token is not valid in a header.
        InvalidArgumentTypeError: A key or the token is not a str, or `expiration` is not a datetime.
    """

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expiration: datetime | None = None

    def __post_init__(self) -> None:
        _check_text("access_key", self.access_key)
        _check_text("secret_key", self.secret_key)
        if self.session_token is not None:
            _check_text("session_token", self.session_token, empty=True)
        _check_printable("access_key", self.access_key)
        _check_printable("session_token", self.session_token or "")
        object.__setattr__(self, "expiration", _utc(self.expiration))

    def is_expired(self, now: datetime | None = None) -> bool:
        """Return whether the credentials have expired or will expire within 10 seconds.

        Args:
            now: The time to compare with. By default the system clock.
        """
        if self.expiration is None:
            return False
        return (datetime.now(UTC) if now is None else now) >= shifted(self.expiration, -_MARGIN)


def _check_text(name: str, value: object, *, empty: bool = False) -> None:
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value and not empty:
        raise InvalidArgumentError(f"{name} must not be empty")
    check_encodable(name, value, secret=True)


def _check_printable(name: str, value: str) -> None:
    # Otherwise a trailing line break, as read from a file, would split the headers of every request.
    if any(char < " " or char == "\x7f" for char in value):
        raise InvalidArgumentError(f"{name} must not hold control characters; is there a line break at its end?")


def _utc(expiration: object) -> datetime | None:
    if expiration is None:
        return None
    if not isinstance(expiration, datetime):
        raise InvalidArgumentTypeError(f"expiration must be a datetime, not {type(expiration).__name__}")
    return to_utc(expiration)
