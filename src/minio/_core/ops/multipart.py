"""Multipart uploads: create, upload and copy parts, list them, complete, abort, list the unfinished ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...datatypes import IncompleteUpload, Part
from ...error import InvalidXMLError
from ..wire import xml
from ..wire.checksums import Payload
from ..wire.errors import read_error
from ..wire.fields import read_int, read_moment
from ..wire.message import Body, Request, Response
from ..wire.url import unquote
from .objects import Written, copy_result

PAGE = 1000


@dataclass(frozen=True, slots=True)
class CreateMultipartUpload:
    """Begin an upload in parts."""

    bucket: str
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(method="POST", bucket=self.bucket, key=self.key, query={"uploads": ""}, headers=self.headers)

    def parse(self, response: Response, /) -> str:
        return xml.text(xml.parse(response.body, "InitiateMultipartUploadResult"), "UploadId") or ""


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Send one part."""

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
        )

    def parse(self, response: Response, /) -> str:
        return response.headers.get("etag", "").replace('"', "")


@dataclass(frozen=True, slots=True)
class UploadPartCopy:
    """Make a part from an object, or a range of one, on the server. `headers` name the source."""

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
            headers=self.headers,
        )

    def parse(self, response: Response, /) -> str:
        return copy_result(response, self.bucket, self.key)[0]


@dataclass(frozen=True, slots=True)
class CompleteMultipartUpload:
    """Make the object out of its parts: (number, etag, checksum in base64 or None)."""

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
            echoes=frozenset({"NoSuchUpload"}),
        )

    def parse(self, response: Response, /) -> Written:
        if not response.body:
            return Written(None, None, response.headers)
        root = xml.parse(response.body)
        if xml.local(root) == "Error":
            # The status went out before the parts were joined; the body has the last word.
            raise read_error(response, "POST", self.bucket, self.key)
        etag = (xml.text(root, "ETag") or "").replace('"', "")
        version_id = response.headers.get("x-amz-version-id")
        return Written(etag, version_id, response.headers, location=xml.text(root, "Location"))


@dataclass(frozen=True, slots=True)
class AbortMultipartUpload:
    """Give an upload up, and free its parts."""

    bucket: str
    key: str
    upload_id: str

    def request(self) -> Request:
        return Request(
            method="DELETE",
            bucket=self.bucket,
            key=self.key,
            query={"uploadId": self.upload_id},
            echoes=frozenset({"NoSuchUpload"}),
        )

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class PartsPage:
    """Some parts of an upload, and the number to go on from: None at the end."""

    parts: list[Part]
    marker: int | None


@dataclass(frozen=True, slots=True)
class ListParts:
    """List the parts that have arrived, a page at a time."""

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
        if (xml.text(root, "IsTruncated") or "").lower() != "true" or not parts:
            return PartsPage(parts, None)
        marker = read_int("NextPartNumberMarker", xml.text(root, "NextPartNumberMarker")) or parts[-1].part_number
        if marker <= (self.marker or 0):
            raise InvalidXMLError(f"the server repeats a page of parts: it goes on from {self.marker} with {marker}")
        return PartsPage(parts, marker)


@dataclass(frozen=True, slots=True)
class UploadsPage:
    """Some unfinished uploads, and where to go on: None at the end."""

    uploads: list[IncompleteUpload]
    marker: tuple[str, str] | None
    unclear: bool = False
    """The server did not say whether it has encoded the names, and it matters."""


@dataclass(frozen=True, slots=True)
class ListMultipartUploads:
    """List the unfinished uploads below a prefix, a page at a time. `marker` is (key, upload id)."""

    bucket: str
    prefix: str = ""
    delimiter: str = ""
    marker: tuple[str, str] = ("", "")
    encode: bool = True
    """Ask for names in url encoding: XML cannot hold every name."""

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
        if (xml.text(root, "IsTruncated") or "").lower() == "true":
            marker = (decode(xml.text(root, "NextKeyMarker") or ""), xml.text(root, "NextUploadIdMarker") or "")
        unclear = self.encode and not encoded and any("%" in item.object_name for item in uploads)
        return UploadsPage(uploads, marker if marker != ("", "") else None, unclear)

    def _upload(self, values: dict[str, str], decode: type[str] | object) -> IncompleteUpload:
        name = decode(values.get("Key", "")) if callable(decode) else values.get("Key", "")
        return IncompleteUpload(
            self.bucket,
            name,
            values.get("UploadId", ""),
            initiated=read_moment("Initiated", values.get("Initiated")),
            storage_class=values.get("StorageClass"),
        )
