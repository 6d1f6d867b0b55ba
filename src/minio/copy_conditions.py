"""Conditions that the source of a copy has to meet."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import datetime

from .error import InvalidArgumentError, InvalidArgumentTypeError
from .time import to_http_header

_MATCH = "X-Amz-Copy-Source-If-Match"
_NONE_MATCH = "X-Amz-Copy-Source-If-None-Match"
_MODIFIED = "X-Amz-Copy-Source-If-Modified-Since"
_UNMODIFIED = "X-Amz-Copy-Source-If-Unmodified-Since"


class CopyConditions(MutableMapping[str, str]):
    """Conditions that the source of `copy_object` has to meet, as the headers that carry them (S3: CopyObject).

    A copy whose conditions do not hold fails with PreconditionFailed. Conditions can be combined. It is a mapping
    of header names to values.

        conditions = CopyConditions()
        conditions.set_match_etag("31624deb84149d2f8ef9c385918b653a")
        client.copy_object("bucket", "copy", "/bucket/source", conditions)
    """

    def __init__(self) -> None:
        self._headers: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        return self._headers[key]

    def __setitem__(self, key: str, value: str) -> None:
        self._headers[_text("key", key)] = _text(key, value)

    def __delitem__(self, key: str) -> None:
        del self._headers[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._headers!r})"

    def set_match_etag(self, etag: str) -> None:
        """Copy only while the source's ETag is this one.

        Args:
            etag: The ETag, sent as it is given.

        Raises:
            InvalidArgumentError: If it is blank.
            InvalidArgumentTypeError: If it is not a str.
        """
        self[_MATCH] = _text("etag", etag)

    def set_match_etag_except(self, etag: str) -> None:
        """Copy only while the source's ETag is another one.

        Args:
            etag: The ETag, sent as it is given.

        Raises:
            InvalidArgumentError: If it is blank.
            InvalidArgumentTypeError: If it is not a str.
        """
        self[_NONE_MATCH] = _text("etag", etag)

    def set_modified_since(self, mod_time: datetime) -> None:
        """Copy only what was modified after a point in time.

        Args:
            mod_time: The time; one without a zone is taken as UTC. S3 compares whole seconds.

        Raises:
            InvalidArgumentTypeError: If it is not a datetime.
        """
        self[_MODIFIED] = _http_date(mod_time)

    def set_unmodified_since(self, mod_time: datetime) -> None:
        """Copy only what was not modified after a point in time.

        Args:
            mod_time: The time; one without a zone is taken as UTC. S3 compares whole seconds.

        Raises:
            InvalidArgumentTypeError: If it is not a datetime.
        """
        self[_UNMODIFIED] = _http_date(mod_time)


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise InvalidArgumentError(f"{name} must not be blank")
    if not value.isprintable():
        raise InvalidArgumentError(f"{name} must not hold control characters")
    return value


def _http_date(value: datetime) -> str:
    if not isinstance(value, datetime):
        raise InvalidArgumentTypeError(f"mod_time must be a datetime, not {type(value).__name__}")
    return to_http_header(value)
