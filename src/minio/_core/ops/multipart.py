"""Multipart uploads: create, upload and copy parts, list parts, complete, abort, list incomplete uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..bucket_datatypes import IncompleteUpload, Part
from ..exceptions import InvalidXMLError
from ..wire import xml
from ..wire.body import Body
from ..wire.checksums import Payload
from ..wire.etag import bare_etag, opaque_tag
from ..wire.message import Request, Response
from ..wire.url import unquote
from ..wire.xml_fields import find_bool, read_int, read_moment
from .base import ALREADY_DONE
from .conditions import in_both_spellings
from .copying import copy_result
from .listing import last_entry
from .objects import Written

PAGE = 1000


@dataclass(frozen=True, slots=True)
class CreateMultipartUpload:
    """Create a multipart upload."""

    bucket: str
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(method="POST", bucket=self.bucket, key=self.key, query={"uploads": ""}, headers=self.headers)

    def parse(self, response: Response, /) -> str:
        upload_id = xml.text(xml.parse(response.body, "InitiateMultipartUploadResult"), "UploadId")
        if not upload_id:
            raise InvalidXMLError("<InitiateMultipartUploadResult> has no <UploadId>")
        return upload_id


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Upload a part."""

    bucket: str
    key: str
    upload_id: str
    number: int
    body: Body
    payload: Payload | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            query={"partNumber": str(self.number), "uploadId": self.upload_id},
            headers=self.headers,
            body=self.body,
            payload=self.payload,
            required_header="etag",
        )

    def parse(self, response: Response, /) -> str:
        # CompleteMultipartUpload needs the ETag that the server knows, but a proxy may have made it weak.
        return opaque_tag(response.headers.get("etag", ""))


@dataclass(frozen=True, slots=True)
class UploadPartCopy:
    """Copy an object or a range of it to a part, on the server. `headers` name the source."""

    bucket: str
    key: str
    upload_id: str
    number: int
    headers: dict[str, str]

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            query={"partNumber": str(self.number), "uploadId": self.upload_id},
            headers=in_both_spellings(self.headers),
        )

    def parse(self, response: Response, /) -> str:
        return opaque_tag(copy_result(response)[0])


@dataclass(frozen=True, slots=True)
class CompleteMultipartUpload:
    """Create the object from its parts, given as (number, etag, checksum in base64 or None)."""

    bucket: str
    key: str
    upload_id: str
    parts: Sequence[tuple[int, str, str | None]]
    checksum: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        root = xml.new("CompleteMultipartUpload")
        for number, etag, digest in self.parts:
            part = xml.add(root, "Part")
            xml.add(part, "PartNumber", str(number))
            xml.add(part, "ETag", f'"{etag}"')
            if self.checksum and digest:
                xml.add(part, f"Checksum{self.checksum}", digest)
        return Request(
            method="POST",
            bucket=self.bucket,
            key=self.key,
            query={"uploadId": self.upload_id},
            headers={"Content-Type": "application/xml", **self.headers},
            body=xml.render(root),
            conditional=True,
            already_done_codes=frozenset({"NoSuchUpload"}),
        )

    def parse(self, response: Response, /) -> Written:
        if response is ALREADY_DONE:
            return Written(None, None, response.headers)
        root = xml.parse(response.body, "CompleteMultipartUploadResult")
        # Ceph leaves the ETag empty; the caller then requests it.
        etag = bare_etag(xml.text(root, "ETag") or "")
        version_id = response.headers.get("x-amz-version-id")
        return Written(etag, version_id, response.headers, location=xml.text(root, "Location"))


@dataclass(frozen=True, slots=True)
class AbortMultipartUpload:
    """Abort an upload and delete its parts."""

    bucket: str
    key: str
    upload_id: str

    def request(self) -> Request:
        return Request(
            method="DELETE",
            bucket=self.bucket,
            key=self.key,
            query={"uploadId": self.upload_id},
            already_done_codes=frozenset({"NoSuchUpload"}),
        )

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class PartsPage:
    """A page of the parts of an upload. `marker` is the start of the next page, None for the last page."""

    parts: list[Part]
    marker: int | None


@dataclass(frozen=True, slots=True)
class ListParts:
    """List the uploaded parts, one page per request."""

    bucket: str
    key: str
    upload_id: str
    marker: int | None = None

    def request(self) -> Request:
        query = {"uploadId": self.upload_id, "max-parts": str(PAGE)}
        if self.marker:
            query["part-number-marker"] = str(self.marker)
        return Request(method="GET", bucket=self.bucket, key=self.key, query=query)

    def parse(self, response: Response, /) -> PartsPage:
        root = xml.parse(response.body, "ListPartsResult")
        parts = [Part.fromxml(element) for element in xml.children(root, "Part")]
        if not find_bool(root, "IsTruncated"):
            return PartsPage(parts, None)
        if not parts:
            raise InvalidXMLError("the list of parts is truncated, but its page is empty")
        marker = read_int("NextPartNumberMarker", xml.text(root, "NextPartNumberMarker")) or 0
        marker = max(marker, *(part.part_number for part in parts))
        if marker <= (self.marker or 0):
            raise InvalidXMLError(f"the server repeats a page of parts: it goes on from {self.marker} with {marker}")
        return PartsPage(parts, marker)


@dataclass(frozen=True, slots=True)
class UploadsPage:
    """A page of incomplete uploads. `marker` is the start of the next page, None for the last page."""

    uploads: list[IncompleteUpload]
    marker: tuple[str, str] | None
    unclear: bool = False
    """The server did not say whether the names are encoded, and at least one name depends on it."""


@dataclass(frozen=True, slots=True)
class ListMultipartUploads:
    """List the incomplete uploads with a prefix, one page per request. `marker` is (key, upload id)."""

    bucket: str
    prefix: str = ""
    delimiter: str = ""
    marker: tuple[str, str] = ("", "")
    encode: bool = True
    """Request names in URL encoding, because XML cannot represent every name."""

    def request(self) -> Request:
        query = {"uploads": "", "max-uploads": str(PAGE), "prefix": self.prefix, "delimiter": self.delimiter}
        if self.encode:
            query["encoding-type"] = "url"
        if self.marker[0]:
            query["key-marker"] = self.marker[0]
        if self.marker[1]:
            query["upload-id-marker"] = self.marker[1]
        return Request(method="GET", bucket=self.bucket, query=query)

    def parse(self, response: Response, /) -> UploadsPage:
        root = xml.parse(response.body, "ListMultipartUploadsResult")
        encoded = (xml.text(root, "EncodingType") or "").lower() == "url"
        decode = unquote if encoded else str
        uploads = [self._upload(xml.texts(element), decode) for element in xml.children(root, "Upload")]
        for element in xml.children(root, "CommonPrefixes"):
            name = decode(xml.text(element, "Prefix") or "")
            uploads.append(IncompleteUpload(self.bucket, name, "", is_dir=True))
        marker = None
        if find_bool(root, "IsTruncated"):
            key = decode(xml.text(root, "NextKeyMarker") or "")
            # Servers ignore an upload id marker without a key marker.
            marker = (key, xml.text(root, "NextUploadIdMarker") or "") if key else None
            marker = marker or last_entry(root, decode, delimiter=self.delimiter)
        unclear = self.encode and not encoded and any("%" in item.object_name for item in uploads)
        return UploadsPage(uploads, marker, unclear)

    def _upload(self, values: dict[str, str], decode: type[str] | object) -> IncompleteUpload:
        name = decode(values.get("Key", "")) if callable(decode) else values.get("Key", "")
        return IncompleteUpload(
            self.bucket,
            name,
            values.get("UploadId", ""),
            initiated=read_moment("Initiated", values.get("Initiated")),
            storage_class=values.get("StorageClass"),
        )
