"""The most frequent operations on one object: head, get, put, delete. Every client imports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from ..datatypes import Object, StatObject
from ..exceptions import InvalidArgumentError
from ..wire.body import Body, body_length
from ..wire.dates import from_http_header
from ..wire.etag import bare_etag
from ..wire.message import Headers, Request, Response
from ..wire.url import Query
from ..wire.xml_fields import read_size

if TYPE_CHECKING:
    from datetime import datetime

    from ..wire.checksums import Payload
    from ..wire.header_dict import LazyHeaders

# The most frequent operations are not frozen, because creating a frozen instance takes three times as long.
WRITE_OFFSET = "x-amz-write-offset-bytes"
"""The header of an append request. It must not be sent twice, because the first request changes the object's size."""
CONFLICT = frozenset({"ConditionalRequestConflict"})
"""The code with which a server asks to try a conditional write again."""
_EXPECT = 1024 * 1024
"""Bodies of at least this many bytes are sent with Expect: 100-continue, so that a rejection costs no upload."""


def header_dict(headers: Headers) -> HTTPHeaderDict:
    """Return response headers for the caller, with case-insensitive names."""
    return _lazy_headers().of(headers)


@cache
def _lazy_headers() -> type[LazyHeaders]:
    from ..wire.header_dict import LazyHeaders

    return LazyHeaders


if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict


def version(version_id: str | None, extra: Query | None = None) -> Query:
    """Return the query for a version, including the caller's extra parameters."""
    query = dict(extra) if extra else {}
    if version_id:
        query["versionId"] = version_id
    return query


@dataclass(slots=True, eq=False)
class HeadObject:
    """Get an object's metadata."""

    bucket: str
    key: str
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query | None = None
    conditional: bool = True
    """The caller's conditions are about this object."""
    plain: bool = False
    """The metadata need not be a dictionary of urllib3, which takes long to import: its names are in lower case."""

    def request(self) -> Request:
        return Request(
            method="HEAD",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id, self.query),
            headers=self.headers,
            reads_object=True,
            conditional=self.conditional,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> StatObject:
        head = response.headers
        get = head.get
        size = get("content-length")
        return StatObject(
            self.bucket,
            self.key,
            moment(get("last-modified")),
            bare_etag(get("etag", "")),
            read_size("Content-Length", size) if size else None,
            head if self.plain else header_dict(head),
            get("x-amz-version-id"),
            storage_class=get("x-amz-storage-class"),
            content_type=get("content-type"),
        )


def moment(value: str | None) -> datetime | None:
    """Parse the date in a header. An invalid date is ignored, because the object exists nonetheless."""
    try:
        return from_http_header(value) if value else None
    except InvalidArgumentError:
        return None


@dataclass(slots=True, eq=False)
class GetObject:
    """Get an object's content as a stream."""

    bucket: str
    key: str
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query | None = None
    expected: Object | None = None
    """The result of HeadObject: the ETag and the size must match. None disables the check."""
    cut: bool = True
    """If the server sends the whole object instead of a range, return only the range. False returns everything."""
    conditional: bool = True
    """The caller's conditions are about this object."""

    def request(self) -> Request:
        return Request(
            method="GET",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id, self.query),
            headers=self.headers,
            stream=True,
            reads_object=True,
            conditional=self.conditional,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> Response:
        return response


@dataclass(slots=True, eq=False)
class Written:
    """The server's description of a stored object."""

    etag: str | None
    version_id: str | None
    headers: Headers
    last_modified: datetime | None = None
    location: str | None = None


def appends(headers: Mapping[str, str]) -> bool:
    """Return whether these headers append to the object, which must not be repeated. Names are case-insensitive."""
    return WRITE_OFFSET in map(str.lower, headers)


def appending(headers: Mapping[str, str], offset: int) -> dict[str, str]:
    """Return the headers with this write offset in place of any other."""
    kept = {name: value for name, value in headers.items() if name.lower() != WRITE_OFFSET}
    return {**kept, WRITE_OFFSET: str(offset)}


@dataclass(slots=True, eq=False)
class PutObject:
    """Upload an object in a single request."""

    bucket: str
    key: str
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    checksum: str | None = None
    payload: Payload | None = None
    """The digests of the body, if already known."""

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            headers=self.headers,
            body=self.body,
            checksum=self.checksum,
            payload=self.payload,
            conditional=True,
            repeatable=not appends(self.headers),
            retry_codes=CONFLICT,
            # File system gateways create a directory for such a key, which has no ETag.
            required_header="x-amz-request-id" if self.key[-1:] == "/" else "etag",
            expect=body_length(self.body) >= _EXPECT,
        )

    def parse(self, response: Response, /) -> Written:
        head = response.headers
        etag = head.get("etag")
        return Written(bare_etag(etag) if etag else etag, head.get("x-amz-version-id"), head)


@dataclass(slots=True, eq=False)
class DeleteObject:
    """Delete an object or one of its versions."""

    bucket: str
    key: str
    version_id: str | None = None
    bypass_governance_mode: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    repeatable: bool = True

    def request(self) -> Request:
        headers = {"x-amz-bypass-governance-retention": "true"} if self.bypass_governance_mode else self.headers
        return Request(
            method="DELETE",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id),
            headers=headers,
            conditional=True,
            repeatable=self.repeatable,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> None:
        return None
