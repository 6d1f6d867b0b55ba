"""The keys with which requests are signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..error import InvalidArgumentError, InvalidArgumentTypeError

# A request that is signed now must still hold when the server reads it.
_MARGIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key with its secret key, and for temporary ones a session token and the time of their end.

    Neither `repr()` nor `str()` shows the secret key or the token.

    Args:
        access_key: The access key.
        secret_key: The secret key.
        session_token: The token that goes with temporary keys.
        expiration: When temporary keys cease to work; without a zone it is UTC.

    Raises:
        InvalidArgumentError: A key is empty, or the access key or the token could not stand in a header.
        InvalidArgumentTypeError: A key or the token is no text, or `expiration` no datetime.
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
        """Tell whether the keys have ceased to work, or will within 10 seconds.

        Args:
            now: The time to judge by; the computer's clock when it is left out.
        """
        if self.expiration is None:
            return False
        return (datetime.now(UTC) if now is None else now) >= self.expiration - _MARGIN


def _check_text(name: str, value: object, *, empty: bool = False) -> None:
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value and not empty:
        raise InvalidArgumentError(f"{name} must not be empty")


def _check_printable(name: str, value: str) -> None:
    # A line break read from a file's end would otherwise split the headers of every request.
    if any(char < " " or char == "\x7f" for char in value):
        raise InvalidArgumentError(f"{name} must not hold control characters; is there a line break at its end?")


def _utc(expiration: object) -> datetime | None:
    if expiration is None:
        return None
    if not isinstance(expiration, datetime):
        raise InvalidArgumentTypeError(f"expiration must be a datetime, not {type(expiration).__name__}")
    return expiration.replace(tzinfo=UTC) if expiration.tzinfo is None else expiration.astimezone(UTC)
