"""Operations on one object: head, get, put, copy, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from ..datatypes import Object, StatObject
from ..exceptions import InvalidArgumentError, InvalidXMLError
from ..wire import xml
from ..wire.body import Body, body_length
from ..wire.dates import from_http_header
from ..wire.etag import bare_etag
from ..wire.message import Headers, Request, Response
from ..wire.url import Query
from ..wire.xml_fields import read_moment, read_size
from .conditions import in_both_spellings

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element as Element

    from ...accesscontrol import AccessControlPolicy
    from ...objectattributes import ObjectAttributes
    from ..wire.checksums import Payload
    from ..wire.header_dict import LazyHeaders

# The most frequent operations are not frozen, because creating a frozen instance takes three times as long.
WRITE_OFFSET = "x-amz-write-offset-bytes"
"""The header of an append request. It must not be sent twice, because the first request changes the object's size."""
_CONFLICT = frozenset({"ConditionalRequestConflict"})
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


_KEPT = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


def copyable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an object that a copy of it should have as well."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-amz-meta-")
    }


def version(version_id: str | None, extra: Query | None = None) -> Query:
    """Return the query for a version, including the caller's extra parameters."""
    query = dict(extra) if extra else {}
    if version_id:
        query["versionId"] = version_id
    return query


@dataclass(slots=True)
class HeadObject:
    """Get an object's metadata."""

    bucket: str
    key: str
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: Query | None = None
    conditional: bool = True
    """The caller's conditions are about this object."""

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
            _moment(get("last-modified")),
            bare_etag(get("etag", "")),
            read_size("Content-Length", size) if size else None,
            header_dict(head),
            get("x-amz-version-id"),
            storage_class=get("x-amz-storage-class"),
            content_type=get("content-type"),
        )


def _moment(value: str | None) -> datetime | None:
    """Parse the date in a header. An invalid date is ignored, because the object exists nonetheless."""
    try:
        return from_http_header(value) if value else None
    except InvalidArgumentError:
        return None


@dataclass(frozen=True, slots=True)
class GetObjectAttributes:
    """Get the attributes of an object. Servers without this operation send the object itself."""

    bucket: str
    key: str
    attributes: Sequence[str]
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(
            method="GET",
            bucket=self.bucket,
            key=self.key,
            query={"attributes": "", **version(self.version_id)},
            headers={**self.headers, "x-amz-object-attributes": ",".join(self.attributes)},
            reads_object=True,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> ObjectAttributes:
        from ...objectattributes import ObjectAttributes

        head = response.headers
        return replace(
            ObjectAttributes.fromxml(_attributes_root(response)),
            bucket_name=self.bucket,
            object_name=self.key,
            version_id=head.get("x-amz-version-id"),
            last_modified=_moment(head.get("last-modified")),
        )


def _attributes_root(response: Response) -> Element:
    try:
        root = xml.parse(response.body)
        # AWS sends the first name, other servers the second one. One server starts it with a lower-case letter.
        if xml.local(root).lower() in ("getobjectattributesresponse", "getobjectattributesoutput"):
            return root
    except InvalidXMLError:
        pass
    response.body = b""  # the content of an object must not become the text of an error
    raise InvalidXMLError("the server sent something else than attributes: it may not support GetObjectAttributes")


@dataclass(frozen=True, slots=True)
class GetObjectAcl:
    """Get the access control list of an object. Servers without this operation send the object itself."""

    bucket: str
    key: str
    version_id: str | None = None

    def request(self) -> Request:
        query = {"acl": "", **version(self.version_id)}
        return Request(method="GET", bucket=self.bucket, key=self.key, query=query)

    def parse(self, response: Response, /) -> AccessControlPolicy:
        from ...accesscontrol import AccessControlPolicy

        try:
            return AccessControlPolicy.fromxml(xml.parse(response.body, "AccessControlPolicy"))
        except InvalidXMLError:
            response.body = b""  # the content of an object must not become the text of an error
            raise


@dataclass(slots=True)
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


@dataclass(slots=True)
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


@dataclass(slots=True)
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
            retry_codes=_CONFLICT,
            # File system gateways create a directory for such a key, which has no ETag.
            required_header="x-amz-request-id" if self.key[-1:] == "/" else "etag",
            expect=body_length(self.body) >= _EXPECT,
        )

    def parse(self, response: Response, /) -> Written:
        head = response.headers
        etag = head.get("etag")
        return Written(bare_etag(etag) if etag else etag, head.get("x-amz-version-id"), head)


@dataclass(frozen=True, slots=True)
class CopyObject:
    """Copy an object on the server. `headers` name the source and the conditions."""

    bucket: str
    key: str
    headers: dict[str, str]

    def request(self) -> Request:
        headers = in_both_spellings(self.headers)
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            headers=headers,
            conditional=True,
            retry_codes=_CONFLICT,
        )

    def parse(self, response: Response, /) -> Written:
        etag, modified = copy_result(response)
        return Written(etag, response.headers.get("x-amz-version-id"), response.headers, modified)


def copy_result(response: Response) -> tuple[str, datetime | None]:
    """Return the ETag and the modification time in the response to a copy."""
    root = xml.parse(response.body)
    etag = bare_etag(xml.text(root, "ETag") or "")
    if not etag:
        raise InvalidXMLError(f"<{xml.local(root)}> has no <ETag>")
    return etag, read_moment("LastModified", xml.text(root, "LastModified"))


@dataclass(frozen=True, slots=True)
class DeleteObject:
    """Delete an object or one of its versions."""

    bucket: str
    key: str
    version_id: str | None = None
    bypass_governance_mode: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        headers = {"x-amz-bypass-governance-retention": "true"} if self.bypass_governance_mode else self.headers
        return Request(
            method="DELETE",
            bucket=self.bucket,
            key=self.key,
            query=version(self.version_id),
            headers=headers,
            conditional=True,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> None:
        return None
