"""Conditions that the source of a copy must meet."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import datetime

from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ._core.wire.dates import to_http_header

_MATCH = "X-Amz-Copy-Source-If-Match"
_NONE_MATCH = "X-Amz-Copy-Source-If-None-Match"
_MODIFIED = "X-Amz-Copy-Source-If-Modified-Since"
_UNMODIFIED = "X-Amz-Copy-Source-If-Unmodified-Since"


class CopyConditions(MutableMapping[str, str]):
    """Conditions that the source of `copy_object` must meet, as a mapping of header names to values (S3: CopyObject).

    A copy whose conditions are not met fails with PreconditionFailed. This includes Ceph, which uses other names for
    these headers. Conditions can be combined.

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
        """Copy only if the source's ETag matches this one.

        Args:
            etag: The ETag, which is sent unchanged.

        Raises:
            InvalidArgumentError: The ETag is blank.
            InvalidArgumentTypeError: The ETag is not a str.
        """
        self[_MATCH] = _text("etag", etag)

    def set_match_etag_except(self, etag: str) -> None:
        """Copy only if the source's ETag differs from this one.

        Args:
            etag: The ETag, which is sent unchanged.

        Raises:
            InvalidArgumentError: The ETag is blank.
            InvalidArgumentTypeError: The ETag is not a str.
        """
        self[_NONE_MATCH] = _text("etag", etag)

    def set_modified_since(self, mod_time: datetime) -> None:
        """Copy only if the source was modified after this time.

        Args:
            mod_time: The time. A naive datetime is taken as UTC. S3 compares whole seconds.

        Raises:
            InvalidArgumentTypeError: The time is not a datetime.
        """
        self[_MODIFIED] = _http_date(mod_time)

    def set_unmodified_since(self, mod_time: datetime) -> None:
        """Copy only if the source was not modified after this time.

        Args:
            mod_time: The time. A naive datetime is taken as UTC. S3 compares whole seconds.

        Raises:
            InvalidArgumentTypeError: The time is not a datetime.
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
