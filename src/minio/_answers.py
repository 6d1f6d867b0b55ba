"""Classes of the 7.2 API that read whole answers of a server, and three values of its administration.

The client itself does not need them: they are for code that sends requests of its own and hands the response in. Of a
response they use `data`, the body's bytes, and `headers`. Their names are found in `minio.datatypes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ._core.ops.listing import read_object, read_objects
from ._core.wire import xml
from ._core.wire.fields import read_int, read_moment
from ._core.wire.url import unquote
from .datatypes import Object, Part
from .error import InvalidArgumentError
from .time import to_iso8601utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml.etree import _Element as Element


class AnswerLike(Protocol):
    """What is needed of a response: a `urllib3.HTTPResponse` that was read has it."""

    @property
    def data(self) -> bytes:
        """The body."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by name in any case."""
        ...


class CompleteMultipartUploadResult:
    """The answer of CompleteMultipartUpload.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: It is another answer.
    """

    def __init__(self, response: AnswerLike) -> None:
        root = xml.parse(response.data, "CompleteMultipartUploadResult")
        self.http_headers = response.headers
        self.bucket_name = xml.text(root, "Bucket")
        self.object_name = xml.text(root, "Key")
        self.location = xml.text(root, "Location")
        self.etag = _bare(xml.text(root, "ETag"))
        self.version_id = response.headers.get("x-amz-version-id")
        self.last_modified: datetime | None = None


class ListPartsResult:
    """The answer of ListParts: a page of the parts that have arrived.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: It is another answer.
    """

    def __init__(self, response: AnswerLike) -> None:
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


class Upload:
    """One unfinished upload of a listing.

    Args:
        element: The `<Upload>`.
        encoding_type: "url" when names are url-encoded.
    """

    def __init__(self, element: Element, encoding_type: str | None = None) -> None:
        self.encoding_type = encoding_type
        self.object_name = _decoder(encoding_type)(xml.text(element, "Key") or "")
        self.upload_id = xml.text(element, "UploadId")
        self.initiator_id, self.initiator_name = _person(element, "Initiator")
        self.owner_id, self.owner_name = _person(element, "Owner")
        self.storage_class = xml.text(element, "StorageClass")
        self.initiated_time = read_moment("Initiated", xml.text(element, "Initiated"))


class ListMultipartUploadsResult:
    """The answer of ListMultipartUploads: a page of the unfinished uploads.

    Args:
        response: The response.

    Raises:
        InvalidXMLError: It is another answer.
    """

    def __init__(self, response: AnswerLike) -> None:
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


def parse_copy_object(response: AnswerLike) -> tuple[str, datetime | None]:
    """Read the answer of CopyObject: the copy's ETag, and when it was made.

    Raises:
        InvalidXMLError: It is another answer.
    """
    root = xml.parse(response.data, "CopyObjectResult")
    return _bare(xml.text(root, "ETag")) or "", read_moment("LastModified", xml.text(root, "LastModified"))


def parse_list_objects(
    response: AnswerLike, bucket_name: str | None = None
) -> tuple[list[Object], bool, str | None, str | None]:
    """Read a page of a listing, of any of the three kinds.

    Args:
        response: The response.
        bucket_name: The bucket; otherwise as the page says.

    Returns:
        The objects; whether there are more; where the next page begins; and with versions, at which version.

    Raises:
        InvalidXMLError: The body is not XML.
    """
    root = xml.parse(response.data)
    decode = _decoder(xml.text(root, "EncodingType"))
    objects = read_objects(root, bucket_name or xml.text(root, "Name") or "", decode)
    truncated = _truth(root, "IsTruncated")
    token = xml.text(root, "NextContinuationToken")
    marker = token or decode(xml.text(root, "NextKeyMarker") or xml.text(root, "NextMarker") or "")
    if truncated and not marker:
        # Version 1 without a delimiter names none: it is the last name.
        marker = max((item.object_name for item in objects), default="")
    return objects, truncated, marker or None, xml.text(root, "NextVersionIdMarker") or None


def read_listed(element: Element, bucket_name: str, is_delete_marker: bool, encoding_type: str | None) -> Object:
    """Read one object of a listing."""
    return read_object(element, bucket_name, _decoder(encoding_type), is_delete_marker)


@dataclass(frozen=True)
class PeerSite:
    """A site that is to take part in site replication."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str

    def __repr__(self) -> str:
        return f"PeerSite(name={self.name!r}, endpoint={self.endpoint!r}, access_key={self.access_key!r})"

    def to_dict(self) -> dict[str, str]:
        """The site as the server reads it."""
        return {
            "name": self.name,
            "endpoints": self.endpoint,
            "accessKey": self.access_key,
            "secretKey": self.secret_key,
        }


@dataclass(frozen=True)
class PeerInfo:
    """What is to change at a site of site replication."""

    deployment_id: str
    endpoint: str
    bucket_bandwidth_limit: str
    bucket_bandwidth_set: str
    name: str | None = None
    sync_status: str | None = None
    bucket_bandwidth_updated_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """The change as the server reads it."""
        bandwidth = {"bandwidthLimitPerBucket": self.bucket_bandwidth_limit, "set": self.bucket_bandwidth_set}
        if self.bucket_bandwidth_updated_at is not None:
            bandwidth["updatedAt"] = to_iso8601utc(self.bucket_bandwidth_updated_at) or ""
        found: dict[str, Any] = {
            "endpoint": self.endpoint,
            "deploymentID": self.deployment_id,
            "defaultbandwidth": bandwidth,
        }
        if self.name is not None:
            found["name"] = self.name
        if self.sync_status is not None:
            found["sync"] = self.sync_status
        return found


@dataclass(frozen=True)
class SiteReplicationStatusOptions:
    """What is asked of the state of site replication.

    Raises:
        InvalidArgumentError: Only one of `entity` and `entity_value` is given.
    """

    buckets: bool = False
    policies: bool = False
    users: bool = False
    groups: bool = False
    metrics: bool = False
    show_deleted: bool = False
    entity: str | None = None
    entity_value: str | None = None

    def __post_init__(self) -> None:
        if bool(self.entity) != bool(self.entity_value):
            raise InvalidArgumentError("entity and entity_value go together")

    def to_query_params(self) -> dict[str, str]:
        """The question as parameters of a request."""
        flags = {
            "buckets": self.buckets,
            "policies": self.policies,
            "users": self.users,
            "groups": self.groups,
            "metrics": self.metrics,
            "showDeleted": self.show_deleted,
        }
        query = {name: "true" if flag else "false" for name, flag in flags.items()}
        if self.entity and self.entity_value:
            query |= {"entity": self.entity, "entityvalue": self.entity_value}
        return query


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
