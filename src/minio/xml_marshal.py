"""Request bodies as in the 3.x to 6.x APIs. The clients do not use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ._core.wire import xml
from .notificationconfig import NotificationConfig

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "NOTIFICATIONS_ARN_FIELDNAME_MAP",
    "marshal_bucket_notifications",
    "marshal_complete_multipart",
    "xml_marshal_bucket_constraint",
    "xml_marshal_bucket_encryption",
    "xml_marshal_bucket_notifications",
    "xml_marshal_complete_multipart_upload",
    "xml_marshal_delete_objects",
    "xml_marshal_select",
    "xml_to_dict",
]

NOTIFICATIONS_ARN_FIELDNAME_MAP = {
    "TopicConfiguration": "Topic",
    "QueueConfiguration": "Queue",
    "CloudFunctionConfiguration": "CloudFunction",
}


def xml_marshal_bucket_constraint(region: str) -> bytes:
    """Return the body of CreateBucket for a region."""
    root = xml.new("CreateBucketConfiguration")
    xml.add(root, "LocationConstraint", region)
    return xml.render(root)


def xml_marshal_complete_multipart_upload(uploaded_parts: Iterable[Any]) -> bytes:
    """Return the body of CompleteMultipartUpload. The parts have `part_number` and `etag`."""
    root = xml.new("CompleteMultipartUpload")
    for part in uploaded_parts:
        element = xml.add(root, "Part")
        xml.add(element, "PartNumber", str(part.part_number))
        xml.add(element, "ETag", f'"{part.etag}"')
    return xml.render(root)


marshal_complete_multipart = xml_marshal_complete_multipart_upload


def xml_marshal_delete_objects(object_names: Iterable[Any]) -> bytes:
    """Return the body of DeleteObjects in quiet mode. A name may be a pair of name and version id."""
    root = xml.new("Delete")
    xml.add(root, "Quiet", "true")
    for item in object_names:
        name, version_id = (item, None) if isinstance(item, str) else item
        element = xml.add(root, "Object")
        xml.add(element, "Key", name)
        if version_id:
            xml.add(element, "VersionId", version_id)
    return xml.render(root)


def xml_marshal_bucket_notifications(notifications: Mapping[str, Any]) -> bytes:
    """Return the body of PutBucketNotificationConfiguration for the documented dict."""
    from ._core.wire.marshal import marshal

    return marshal(NotificationConfig.from_dict(notifications))


marshal_bucket_notifications = xml_marshal_bucket_notifications


def xml_marshal_bucket_encryption(rules: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the body of PutBucketEncryption for the rules of the 6.x API: dicts named as the elements are."""
    root = xml.new("ServerSideEncryptionConfiguration")
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        element = xml.add(xml.add(root, "Rule"), "ApplyServerSideEncryptionByDefault")
        xml.add(element, "SSEAlgorithm", default.get("SSEAlgorithm", ""))
        if default.get("KMSMasterKeyID"):
            xml.add(element, "KMSMasterKeyID", default["KMSMasterKeyID"])
    return xml.render(root)


def xml_marshal_select(req: Any) -> bytes:
    """Return the body of SelectObjectContent for a `SelectRequest` or `SelectObjectOptions`."""
    from ._core.wire.marshal import marshal

    return marshal(req)


def xml_to_dict(in_xml: str | bytes) -> dict[str, Any]:
    """Return a document as a dict: elements by name, those of the same name as a list, texts as str."""
    root = xml.parse(in_xml.encode() if isinstance(in_xml, str) else in_xml)
    return {xml.local(root): _to_dict(root)}


def _to_dict(element: _Element) -> Any:
    if not len(element):
        return element.text
    found: dict[str, Any] = {}
    for child in element:
        name, value = xml.local(child), _to_dict(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
