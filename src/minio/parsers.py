"""Readers of responses as in the 3.x to 6.x APIs, which take the document as str or bytes."""

from __future__ import annotations

from typing import Any

from ._core.bucket_datatypes import Bucket, IncompleteUpload, ListAllMyBucketsResult
from ._core.datatypes import Object, ObjectWriteResult
from ._core.wire import xml
from ._responses import (
    ListMultipartUploadsResult,
    ListPartsResult,
    parse_copy_object as _read_copy,
    parse_list_objects as _read_objects,
)
from .definitions import UploadPart
from .deleteobjects import DeleteError
from .helpers import HTTPHeaderDict
from .notificationconfig import NotificationConfig
from .xml_marshal import NOTIFICATIONS_ARN_FIELDNAME_MAP

__all__ = [
    "NOTIFICATIONS_ARN_FIELDNAME_MAP",
    "parse_copy_object",
    "parse_get_bucket_notification",
    "parse_list_buckets",
    "parse_list_multipart_uploads",
    "parse_list_object_versions",
    "parse_list_objects",
    "parse_list_objects_v2",
    "parse_list_parts",
    "parse_location_constraint",
    "parse_multi_delete_response",
    "parse_multi_object_delete_response",
    "parse_multipart_upload_result",
    "parse_new_multipart_upload",
]

Document = str | bytes


class _Document:
    """A document, as the response that the readers take."""

    def __init__(self, data: Document) -> None:
        self.headers: dict[str, str] = {}
        self.data = data.encode() if isinstance(data, str) else data


def parse_list_buckets(data: Document) -> list[Bucket]:
    """Return the buckets in the response to ListBuckets."""
    return ListAllMyBucketsResult.fromxml(xml.parse(_Document(data).data)).buckets


def parse_list_objects(data: Document, bucket_name: str) -> tuple[list[Object], bool, str | None]:
    """Return the objects of a page, whether there are more, and the marker of the next page."""
    objects, truncated, marker, _ = _read_objects(_Document(data), bucket_name)
    root = xml.parse(_Document(data).data)
    return objects, truncated, (xml.text(root, "NextMarker") or marker) if truncated else None


def parse_list_objects_v2(data: Document, bucket_name: str) -> tuple[list[Object], bool, str | None]:
    """Return the objects of a page, whether there are more, and the token of the next page."""
    objects, truncated, marker, _ = _read_objects(_Document(data), bucket_name)
    return objects, truncated, marker


def parse_list_object_versions(data: Document, bucket_name: str) -> tuple[list[Object], bool, str | None, str | None]:
    """Return the versions of a page, whether there are more, and the two markers of the next page."""
    return _read_objects(_Document(data), bucket_name)


def parse_copy_object(bucket_name: str, object_name: str, data: Document) -> ObjectWriteResult:
    """Return the result in the response to CopyObject."""
    etag, modified = _read_copy(_Document(data))
    return ObjectWriteResult(bucket_name, object_name, None, etag, HTTPHeaderDict(), last_modified=modified)


def parse_multipart_upload_result(data: Document) -> ObjectWriteResult:
    """Return the result in the response to CompleteMultipartUpload."""
    from ._responses import CompleteMultipartUploadResult

    found = CompleteMultipartUploadResult(_Document(data))
    return ObjectWriteResult(
        found.bucket_name or "", found.object_name or "", None, found.etag, HTTPHeaderDict(), location=found.location
    )


def parse_new_multipart_upload(data: Document) -> str | None:
    """Return the upload id in the response to CreateMultipartUpload."""
    return xml.text(xml.parse(_Document(data).data, "InitiateMultipartUploadResult"), "UploadId")


def parse_location_constraint(data: Document) -> str | None:
    """Return the region in the response to GetBucketLocation. None means us-east-1."""
    return xml.parse(_Document(data).data, "LocationConstraint").text or None


def parse_list_multipart_uploads(
    data: Document, bucket_name: str
) -> tuple[list[IncompleteUpload], bool, str | None, str | None]:
    """Return the uploads of a page, whether there are more, and the two markers of the next page."""
    found = ListMultipartUploadsResult(_Document(data))
    uploads = [
        IncompleteUpload(bucket_name, item.object_name, item.upload_id or "", initiated=item.initiated_time)
        for item in found.uploads
    ]
    return uploads, found.is_truncated, found.next_key_marker, found.next_upload_id_marker


def parse_list_parts(
    data: Document, bucket_name: str, object_name: str, upload_id: str
) -> tuple[list[UploadPart], bool, str | None]:
    """Return the parts of a page, whether there are more, and the marker of the next page."""
    found = ListPartsResult(_Document(data))
    parts = [
        UploadPart(bucket_name, object_name, upload_id, part.part_number, part.etag, part.last_modified, part.size)
        for part in found.parts
    ]
    return parts, found.is_truncated, found.next_part_number_marker


def parse_multi_object_delete_response(data: Document) -> list[DeleteError]:
    """Return what could not be deleted, from the response to DeleteObjects."""
    root = xml.parse(_Document(data).data, "DeleteResult")
    return [DeleteError.fromxml(item) for item in xml.children(root, "Error")]


parse_multi_delete_response = parse_multi_object_delete_response


def parse_get_bucket_notification(data: Document) -> dict[str, Any]:
    """Return the notifications in the response to GetBucketNotificationConfiguration, as the documented dict."""
    return NotificationConfig.fromxml(xml.parse(_Document(data).data, "NotificationConfiguration"))
