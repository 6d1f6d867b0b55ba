"""What a provider is, and how one keeps its credentials until they expire.

no credentials, or expired   callers wait for the one that fetches; its error is theirs
soon to expire               one caller fetches, the others go on with the old ones;
                             when it fails, so does he, and it is tried again later
otherwise                    handed out without a lock
"""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from ..error import InvalidArgumentError
from .credentials import Credentials

_logger = logging.getLogger("minio")

# Credentials are renewed this long before their end, or for short ones a tenth of their life.
_EARLY = timedelta(minutes=5)
_MARGIN = timedelta(seconds=10)
# After a renewal has failed the old ones are used without another try for so long.
_PAUSE = timedelta(seconds=30)


class Provider(ABC):
    """Something that has credentials. Your own may do this too: only `retrieve` is needed."""

    @abstractmethod
    def retrieve(self) -> Credentials:
        """Return credentials that hold now.

        Raises:
            InvalidArgumentError: There are none.
            ResponseError: A server refused to give them.
            TransportError: A server could not be reached.
        """

    def _ready(self) -> Credentials | None:
        """The credentials that `retrieve` would return without waiting for anything."""
        return None


class _Held(NamedTuple):
    credentials: Credentials
    renew_at: datetime | None


class CachingProvider(Provider, ABC):
    """A provider that fetches credentials when they are first asked for and renews them before they expire."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._lock = Lock()
        self._pid = os.getpid()

    @abstractmethod
    def _fetch(self) -> Credentials:
        """Get new credentials, at whatever cost."""

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
            # Another thread may have fetched while this one waited.
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
        self._held = _Held(usable, again if usable.expiration is None else min(again, usable.expiration - _MARGIN))

    def _renew_at(self, credentials: Credentials) -> datetime | None:
        if credentials.expiration is None:
            return None
        life = max(credentials.expiration - self._clock(), timedelta())
        return credentials.expiration - _MARGIN - min(_EARLY, life / 10)

    def _guard(self) -> Lock:
        # A forked child may have inherited a lock that a thread of its parent holds, and that nobody will release.
        if self._pid != os.getpid():
            self._lock, self._pid = Lock(), os.getpid()
        return self._lock

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_lock", "_pid")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock(), _pid=os.getpid())


def from_fields(fields: Mapping[str, Any], token: str = "SessionToken") -> Credentials:
    """Credentials as AWS writes them: AccessKeyId, SecretAccessKey, a token, Expiration.

    Raises:
        InvalidArgumentError: One is missing or malformed; the message names it and shows no value.
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
    """An ISO 8601 time, with or without fractions of a second; '' and None are no time."""
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise InvalidArgumentError(f"Expiration is no ISO 8601 time: {str(value)[:40]!r}") from None


def read_json(text: str | bytes) -> dict[str, Any] | None:
    """A JSON object, None when the text is none. No exception: json's own hold the whole text, secrets and all."""
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
