"""The entries and the results of `put_object_fan_out`, a MinIO extension."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ._core.arguments import check_headers, check_object_name, optional_text
from ._core.display import shows
from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidXMLError
from ._core.wire.dates import from_iso8601utc, to_iso8601utc
from ._core.wire.etag import bare_etag

if TYPE_CHECKING:
    from .retention import Retention

__all__ = ["PutObjectFanOutEntry", "PutObjectFanOutResult"]

_HEADERS = {
    "content_type": "contentType",
    "content_encoding": "contentEncoding",
    "content_disposition": "contentDisposition",
    "content_language": "contentLanguage",
    "cache_control": "cacheControl",
}


@dataclass(frozen=True)
class PutObjectFanOutEntry:
    """An object to create from the content of a fan-out.

    Args:
        key: The name of the object.
        user_metadata: User metadata.
        tags: Tags.
        content_type: The Content-Type.
        content_encoding: The Content-Encoding.
        content_disposition: The Content-Disposition.
        content_language: The Content-Language.
        cache_control: The Cache-Control.
        retention: The retention of the object.

    Raises:
        InvalidArgumentError: An argument is invalid.
    """

    key: str
    user_metadata: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    content_disposition: str | None = None
    content_language: str | None = None
    cache_control: str | None = None
    retention: Retention | None = None

    def __post_init__(self) -> None:
        from .retention import Retention

        try:
            check_object_name(self.key)
        except InvalidArgumentError as error:
            raise type(error)(str(error.message).replace("object_name", "key", 1)) from None
        check_headers("user_metadata", self.user_metadata)
        if self.tags is not None and not isinstance(self.tags, Mapping):
            raise InvalidArgumentTypeError(f"tags must be a Tags or dict, not {type(self.tags).__name__}")
        for name in _HEADERS:
            optional_text(name, getattr(self, name))
        if not isinstance(self.retention, (Retention, type(None))):
            raise InvalidArgumentTypeError(f"retention must be a Retention, not {type(self.retention).__name__}")

    def to_json(self) -> str:
        """Return the line of the request for this entry."""
        found: dict[str, Any] = {"key": self.key}
        if self.user_metadata:
            found["metadata"] = check_headers("user_metadata", self.user_metadata)
        if self.tags:
            found["tags"] = {str(key): str(value) for key, value in self.tags.items()}
        found |= {name: getattr(self, field) for field, name in _HEADERS.items() if getattr(self, field)}
        if self.retention is not None:
            found["retention"] = self.retention.mode
            found["retainUntil"] = to_iso8601utc(self.retention.retain_until_date)
        return json.dumps(found)


@shows("key", "etag", "version_id?", "last_modified?", "error?")
@dataclass(frozen=True, slots=True)
class PutObjectFanOutResult:
    """The result for one entry of a fan-out. `error` is the server's message if the object was not stored."""

    key: str
    etag: str | None = None
    version_id: str | None = None
    last_modified: datetime | None = None
    error: str | None = None

    @classmethod
    def read(cls, line: str) -> PutObjectFanOutResult:
        """Read a line of the response.

        Raises:
            InvalidXMLError: The line is not a result.
        """
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("key"), str):
            raise InvalidXMLError(f"the response is not the result of a fan-out: {line[:100]!r}")
        texts = {name: found[name] for name in ("etag", "versionId", "lastModified", "error") if found.get(name)}
        if not all(isinstance(text, str) for text in texts.values()):
            raise InvalidXMLError(f"the response is not the result of a fan-out: {line[:100]!r}")
        try:
            modified = from_iso8601utc(texts.get("lastModified"))
        except InvalidArgumentError:
            modified = None  # the object is stored, whatever the date
        etag = texts.get("etag")
        return cls(found["key"], etag and bare_etag(etag), texts.get("versionId"), modified, texts.get("error"))
