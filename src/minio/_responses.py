"""Classes of the 7.2 API that parse whole responses.

The client itself does not use them. They are for code that sends its own requests and passes the response in. They use
the attributes `data` (the bytes of the body) and `headers` of a response. Import them from `minio.datatypes`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ._core.bucket_datatypes import Part
from ._core.datatypes import Object
from ._core.display import shows
from ._core.ops.listing import last_entry, read_objects
from ._core.public import publish
from ._core.wire import xml
from ._core.wire.url import unquote
from ._core.wire.xml_fields import read_int, read_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml.etree import _Element as Element


class ResponseLike(Protocol):
    """The interface of a response, which a `urllib3.HTTPResponse` has once it was read."""

    @property
    def data(self) -> bytes:
        """The body."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, with case-insensitive names."""
        ...


@shows("bucket_name", "object_name", "etag", "version_id", "location")
class CompleteMultipartUploadResult:
    """The response to CompleteMultipartUpload.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: The response is not of this kind.
    """

    def __init__(self, response: ResponseLike) -> None:
        root = xml.parse(response.data, "CompleteMultipartUploadResult")
        self.http_headers = response.headers
        self.bucket_name = xml.text(root, "Bucket")
        self.object_name = xml.text(root, "Key")
        self.location = xml.text(root, "Location")
        self.etag = _bare(xml.text(root, "ETag"))
        self.version_id = response.headers.get("x-amz-version-id")
        self.last_modified: datetime | None = None


@shows("bucket_name", "object_name", "is_truncated?", "parts")
class ListPartsResult:
    """The response to ListParts: one page of the uploaded parts.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: The response is not of this kind.
    """

    def __init__(self, response: ResponseLike) -> None:
        root = xml.parse(response.data, "ListPartsResult")
        self.bucket_name = xml.text(root, "Bucket")
        self.object_name = xml.text(root, "Key")
        self.initiator_id, self.initiator_name = _person(root, "Initiator")
        self.owner_id, self.owner_name = _person(root, "Owner")
        self.storage_class = xml.text(root, "StorageClass")
        self.part_number_marker = xml.text(root, "PartNumberMarker")
        self.next_part_number_marker = xml.text(root, "NextPartNumberMarker")
        self.max_parts = _number(root, "MaxParts")
        self.is_truncated = _truth(root, "IsTruncated")
        self.parts = [Part.fromxml(element) for element in xml.children(root, "Part")]


@shows("object_name", "upload_id", "initiated_time", "storage_class")
class Upload:
    """An incomplete upload in a listing.

    Args:
        element: The `<Upload>` element.
        encoding_type: "url" if names are URL-encoded.
    """

    def __init__(self, element: Element, encoding_type: str | None = None) -> None:
        self.encoding_type = encoding_type
        self.object_name = _decoder(encoding_type)(xml.text(element, "Key") or "")
        self.upload_id = xml.text(element, "UploadId")
        self.initiator_id, self.initiator_name = _person(element, "Initiator")
        self.owner_id, self.owner_name = _person(element, "Owner")
        self.storage_class = xml.text(element, "StorageClass")
        self.initiated_time = read_moment("Initiated", xml.text(element, "Initiated"))


@shows("bucket_name", "is_truncated?", "uploads")
class ListMultipartUploadsResult:
    """The response to ListMultipartUploads: one page of the incomplete uploads.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: The response is not of this kind.
    """

    def __init__(self, response: ResponseLike) -> None:
        root = xml.parse(response.data, "ListMultipartUploadsResult")
        self.encoding_type = xml.text(root, "EncodingType")
        decode = _decoder(self.encoding_type)
        self.bucket_name = xml.text(root, "Bucket")
        self.key_marker = decode(xml.text(root, "KeyMarker") or "") or None
        self.upload_id_marker = xml.text(root, "UploadIdMarker") or None
        self.next_key_marker = decode(xml.text(root, "NextKeyMarker") or "") or None
        self.next_upload_id_marker = xml.text(root, "NextUploadIdMarker") or None
        self.max_uploads = _number(root, "MaxUploads")
        self.is_truncated = _truth(root, "IsTruncated")
        self.uploads = [Upload(element, self.encoding_type) for element in xml.children(root, "Upload")]


def parse_copy_object(response: ResponseLike) -> tuple[str, datetime | None]:
    """Read the response to CopyObject. Return the ETag and the modification time of the copy.

    Raises:
        InvalidXMLError: The response is not of this kind.
    """
    root = xml.parse(response.data, "CopyObjectResult")
    return _bare(xml.text(root, "ETag")) or "", read_moment("LastModified", xml.text(root, "LastModified"))


def parse_list_objects(
    response: ResponseLike, bucket_name: str | None = None
) -> tuple[list[Object], bool, str | None, str | None]:
    """Read one page of any of the three kinds of object listings.

    Args:
        response: The response.
        bucket_name: The bucket. The default is the name in the page.

    Returns:
        The objects, whether there are more, the marker of the next page, and its version id marker.

    Raises:
        InvalidXMLError: The body is not XML, or a truncated page has no marker for the next one.
    """
    root = xml.parse(response.data)
    decode = _decoder(xml.text(root, "EncodingType"))
    objects = read_objects(root, bucket_name or xml.text(root, "Name") or "", decode)
    truncated = _truth(root, "IsTruncated")
    token = xml.text(root, "NextContinuationToken")
    marker = token or decode(xml.text(root, "NextKeyMarker") or xml.text(root, "NextMarker") or "")
    version_id = xml.text(root, "NextVersionIdMarker")
    if truncated and not marker:
        # Version 1 without a delimiter sends no marker: the last entry is the marker.
        marker, version_id = last_entry(root, decode, delimiter=xml.text(root, "Delimiter") or "")
    return objects, truncated, marker or None, version_id or None


def _bare(etag: str | None) -> str | None:
    return None if etag is None else etag.replace('"', "")


def _decoder(encoding_type: str | None) -> Callable[[str], str]:
    return unquote if (encoding_type or "").lower() == "url" else str


def _person(element: Element, name: str) -> tuple[str | None, str | None]:
    found = xml.child(element, name)
    return (None, None) if found is None else (xml.text(found, "ID"), xml.text(found, "DisplayName"))


def _number(element: Element, name: str) -> int | None:
    return read_int(name, xml.text(element, name))


def _truth(element: Element, name: str) -> bool:
    return (xml.text(element, name) or "").lower() == "true"


publish("minio.datatypes", vars())
