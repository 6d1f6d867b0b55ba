"""Operations on one object: head, get, put, copy, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from ...datatypes import Object
from ...error import InvalidArgumentError, InvalidXMLError
from ...time import from_http_header
from ..wire import xml
from ..wire.errors import read_error
from ..wire.fields import read_moment, read_size
from ..wire.message import Body, Headers, Query, Request, Response, body_length

if TYPE_CHECKING:
    from datetime import datetime

    from ..wire.header_dict import LazyHeaders

# The operations of most calls are not frozen: that makes an object take three times as long to make.
_EXPECT = 1024 * 1024
"""Bodies of at least so many bytes wait for the server's consent: a refusal then costs nothing."""


def header_dict(headers: Headers) -> HTTPHeaderDict:
    """Headers as callers get them: by name in any case."""
    return _lazy_headers().of(headers.raw)


@cache
def _lazy_headers() -> type[LazyHeaders]:
    from ..wire.header_dict import LazyHeaders

    return LazyHeaders


if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict


_KEPT = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Of an object's headers those that a copy of it shall have too."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-amz-meta-")
    }


def version(version_id: str | None, extra: Query | None = None) -> Query:
    """The query that names a version, with what the caller adds."""
    query = dict(extra or {})
    if version_id:
        query["versionId"] = version_id
    return query


def refuse_nothing(response: Response) -> None:
    """Refuse a page, or nothing at all, that comes as a success: of an object S3 tells an ETag and a time.

    Raises:
        InvalidXMLError: It is.
    """
    headers = response.headers
    if "etag" in headers or "last-modified" in headers:
        return
    if "html" not in headers.get("content-type", "") and headers.get("content-length") != "0":
        return  # a poor server, or one that somebody wrote for a test
    if response.stream is not None:
        response.stream.close()
    raise InvalidXMLError("the answer has neither ETag nor Last-Modified: it is no object's")


@dataclass(slots=True)
class HeadObject:
    """Ask for an object's metadata."""

    bucket: str
    key: str
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query | None = None

    def request(self) -> Request:
        return Request(
            method="HEAD",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id, self.query),
            headers=self.headers,
        )

    def parse(self, response: Response, /) -> Object:
        refuse_nothing(response)
        head = response.headers
        return Object(
            self.bucket,
            self.key,
            last_modified=_moment(head.get("last-modified")),
            etag=head.get("etag", "").replace('"', ""),
            size=read_size("Content-Length", head.get("content-length")),
            content_type=head.get("content-type"),
            metadata=header_dict(head),
            version_id=head.get("x-amz-version-id"),
            storage_class=head.get("x-amz-storage-class"),
        )


def _moment(value: str | None) -> datetime | None:
    """The moment in a header; what is no date is as good as none: the object is there all the same."""
    try:
        return from_http_header(value) if value else None
    except InvalidArgumentError:
        return None


@dataclass(slots=True)
class GetObject:
    """Ask for an object's content, to be read as it comes."""

    bucket: str
    key: str
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query | None = None

    def request(self) -> Request:
        return Request(
            method="GET",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id, self.query),
            headers=self.headers,
            stream=True,
        )

    def parse(self, response: Response, /) -> Response:
        refuse_nothing(response)
        return response


@dataclass(slots=True)
class Written:
    """What a server says of an object that it has stored."""

    etag: str | None
    version_id: str | None
    headers: Headers
    last_modified: datetime | None = None
    location: str | None = None


@dataclass(slots=True)
class PutObject:
    """Store an object in one go."""

    bucket: str
    key: str
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    checksum: str | None = None
    repeatable: bool = True

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            headers=self.headers,
            body=self.body,
            checksum=self.checksum,
            repeatable=self.repeatable,
            expect=body_length(self.body) >= _EXPECT,
        )

    def parse(self, response: Response, /) -> Written:
        return written(response)


def written(response: Response) -> Written:
    """The result of a PUT, from its headers."""
    head = response.headers
    etag = head.get("etag")
    return Written(etag.replace('"', "") if etag else etag, head.get("x-amz-version-id"), head)


@dataclass(frozen=True, slots=True)
class CopyObject:
    """Copy an object on the server. `headers` name the source and the conditions."""

    bucket: str
    key: str
    headers: dict[str, str]

    def request(self) -> Request:
        return Request(method="PUT", bucket=self.bucket, key=self.key, headers=self.headers)

    def parse(self, response: Response, /) -> Written:
        etag, modified = copy_result(response, self.bucket, self.key)
        return Written(etag, response.headers.get("x-amz-version-id"), response.headers, modified)


def copy_result(response: Response, bucket: str, key: str) -> tuple[str, datetime | None]:
    """The ETag and time in the answer to a copy. A success may still hold an error: the copy failed on the way.

    Raises:
        S3Error: The body says so.
    """
    root = xml.parse(response.body)
    if xml.local(root) == "Error":
        raise read_error(response, "PUT", bucket, key)
    etag = (xml.text(root, "ETag") or "").replace('"', "")
    return etag, read_moment("LastModified", xml.text(root, "LastModified"))


@dataclass(frozen=True, slots=True)
class DeleteObject:
    """Remove an object, or one version of it."""

    bucket: str
    key: str
    version_id: str | None = None

    def request(self) -> Request:
        return Request(method="DELETE", bucket=self.bucket, key=self.key, query=version(self.version_id))

    def parse(self, response: Response, /) -> None:
        return None
