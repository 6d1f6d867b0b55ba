"""The provider interface, and the caching of credentials until they expire.

no credentials, or expired   one caller fetches while the others wait; an error of the fetch is raised
soon to expire               one caller fetches, and the others continue with the old credentials; calls of a client
                             with a deadline or on an event loop leave the fetch to a thread and continue as well;
                             if the fetch fails, its caller also continues with the old ones, and it is retried later
otherwise                    returned without a lock
"""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from .._core.display import shows
from .._core.exceptions import InvalidArgumentError
from .._core.wire.dates import shifted
from .credentials import Credentials

_logger = logging.getLogger("minio")

# Credentials are renewed this long before they expire, or a tenth of their lifetime before if that is shorter.
_EARLY = timedelta(minutes=5)
_MARGIN = timedelta(seconds=10)
# After a failed renewal, the old credentials are used this long before the next attempt.
_PAUSE = timedelta(seconds=30)


@shows()
class Provider(ABC):
    """A source of credentials. Custom providers only need to implement `retrieve`."""

    @abstractmethod
    def retrieve(self) -> Credentials:
        """Return credentials that are currently valid.

        Raises:
            InvalidArgumentError: No credentials are available.
            ResponseError: A server refused to issue credentials.
            TransportError: A server could not be reached.
        """

    def _ready(self) -> Credentials | None:
        """Return the credentials that `retrieve` would return without blocking, or None."""
        return None

    def _usable(self) -> Credentials | None:
        """Return credentials that are still valid although they should be renewed, or None."""
        return None


class _Held(NamedTuple):
    credentials: Credentials
    renew_at: datetime | None


class CachingProvider(Provider, ABC):
    """A provider that fetches credentials on first use and renews them before they expire."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._lock = Lock()
        self._pid = os.getpid()

    @abstractmethod
    def _fetch(self) -> Credentials:
        """Fetch new credentials. This may block."""

    def _clock(self) -> datetime:
        return datetime.now(UTC)

    def _ready(self) -> Credentials | None:
        held = self._held
        if held is None or (held.renew_at is not None and self._clock() >= held.renew_at):
            return None
        return held.credentials

    def retrieve(self) -> Credentials:
        ready = self._ready()
        return ready if ready is not None else self._refresh()

    def _usable(self) -> Credentials | None:
        held = self._held
        return None if held is None or held.credentials.is_expired(self._clock()) else held.credentials

    def _refresh(self) -> Credentials:
        usable = self._usable()
        lock = self._guard()
        if not lock.acquire(blocking=usable is None):
            assert usable is not None
            return usable
        try:
            # Another thread may have fetched credentials while this one waited.
            return self._ready() or self._renew()
        finally:
            lock.release()

    def _renew(self) -> Credentials:
        try:
            fresh = self._fetch()
        except Exception as error:
            usable = self._usable()
            if usable is None:
                raise
            self._keep(usable, error)
            return usable
        self._held = _Held(fresh, self._renew_at(fresh))
        return fresh

    def _keep(self, usable: Credentials, error: Exception) -> None:
        _logger.warning(
            "%s keeps its credentials, good until %s: getting new ones failed: %s",
            type(self).__name__,
            usable.expiration or "further notice",
            error,
        )
        again = self._clock() + _PAUSE
        self._held = _Held(
            usable, again if usable.expiration is None else min(again, shifted(usable.expiration, -_MARGIN))
        )

    def _renew_at(self, credentials: Credentials) -> datetime | None:
        if credentials.expiration is None:
            return None
        life = max(credentials.expiration - self._clock(), timedelta())
        return shifted(credentials.expiration, -_MARGIN - min(_EARLY, life / 10))

    def _guard(self) -> Lock:
        # A forked child may have inherited a lock that a thread of its parent holds and that is never released.
        if self._pid != os.getpid():
            self._lock, self._pid = Lock(), os.getpid()
        return self._lock

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_lock", "_pid")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock(), _pid=os.getpid())


def from_fields(fields: Mapping[str, Any], token: str = "SessionToken") -> Credentials:
    """Return credentials from fields as AWS names them: AccessKeyId, SecretAccessKey, a token, Expiration.

    Raises:
        InvalidArgumentError: A field is missing or malformed. The message names the field but shows no value.
    """
    for name in ("AccessKeyId", "SecretAccessKey"):
        if not fields.get(name):
            raise InvalidArgumentError(f"{name} is missing")
    return Credentials(
        fields["AccessKeyId"],
        fields["SecretAccessKey"],
        fields.get(token) or None,
        read_time(fields.get("Expiration")),
    )


def read_time(value: object) -> datetime | None:
    """Parse an ISO 8601 time, with or without fractional seconds. Return None for '', None and Go's zero time."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(str(value).strip())
        return None if found.timetuple()[:6] == (1, 1, 1, 0, 0, 0) else found
    except ValueError:
        raise InvalidArgumentError(f"Expiration is not an ISO 8601 time: {str(value)[:40]!r}") from None


def read_json(text: str | bytes) -> dict[str, Any] | None:
    """Parse a JSON object. Return None if it is invalid: exceptions from json hold the whole text with its secrets."""
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
