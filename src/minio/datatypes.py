"""What calls return: buckets, objects, uploads, and the result of a write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import HTTPHeaderDict

    from ._answers import (
        CompleteMultipartUploadResult,
        ListMultipartUploadsResult,
        ListPartsResult,
        PeerInfo,
        PeerSite,
        SiteReplicationStatusOptions,
        Upload,
        parse_copy_object,
        parse_list_objects,
    )
    from ._core.transfer.thread_events import EventIterable
    from .commonconfig import Tags
    from .post_policy import PostPolicy

__all__ = [
    "Bucket",
    "CompleteMultipartUploadResult",
    "CopyObjectResult",
    "EventIterable",
    "IncompleteUpload",
    "ListAllMyBucketsResult",
    "ListMultipartUploadsResult",
    "ListPartsResult",
    "Object",
    "ObjectWriteResult",
    "Part",
    "PeerInfo",
    "PeerSite",
    "PostPolicy",
    "SiteReplicationStatusOptions",
    "Upload",
    "parse_copy_object",
    "parse_list_objects",
]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as `list_buckets` tells of it: its name, and when it was made (aware, UTC)."""

    name: str
    creation_date: datetime | None


@dataclass(frozen=True, slots=True)
class ListAllMyBucketsResult:
    """The answer of ListBuckets."""

    buckets: list[Bucket]

    @classmethod
    def fromxml(cls, element: Any) -> ListAllMyBucketsResult:
        """Read the answer's XML."""
        from ._core.wire.fields import read_moment
        from ._core.wire.xml import child, children, text

        holder = child(element, "Buckets")
        items = [] if holder is None else children(holder, "Bucket")
        return cls([Bucket(text(b, "Name") or "", read_moment("CreationDate", text(b, "CreationDate"))) for b in items])


@dataclass(slots=True)
class Object:
    """An object, or a common prefix of several, as listings, `stat_object` and `fget_object` tell of it.

    `size` is in bytes, `last_modified` aware and in UTC. Listings leave `content_type` and `metadata` None; after
    `stat_object` `metadata` holds all headers of the answer, by name in any case. A prefix has size 0 and the
    etag ''.
    """

    bucket_name: str
    object_name: str
    last_modified: datetime | None = None
    etag: str | None = None
    size: int | None = None
    metadata: Mapping[str, str] | None = None
    version_id: str | None = None
    is_latest: str | None = None
    storage_class: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None
    content_type: str | None = None
    is_delete_marker: bool = False
    tags: Tags | None = None

    @property
    def is_dir(self) -> bool:
        """Whether this is a prefix: its name ends with a slash."""
        return self.object_name.endswith("/")

    @classmethod
    def fromxml(
        cls, element: Any, bucket_name: str, is_delete_marker: bool = False, encoding_type: str | None = None
    ) -> Object:
        """Read a `<Contents>`, `<Version>` or `<DeleteMarker>` of a listing."""
        from ._answers import read_listed

        return read_listed(element, bucket_name, is_delete_marker, encoding_type)


@dataclass(slots=True)
class IncompleteUpload:
    """A multipart upload that was neither completed nor aborted. `size` is what has arrived, in bytes."""

    bucket_name: str
    object_name: str
    upload_id: str
    initiated: datetime | None = None
    size: int = 0
    initiator_id: str | None = None
    owner_id: str | None = None
    storage_class: str | None = None
    is_dir: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart upload."""

    part_number: int
    etag: str
    last_modified: datetime | None = None
    size: int | None = None
    checksums: tuple[tuple[str, str], ...] = ()
    """(algorithm, base64 digest) as the server tells of them."""

    @classmethod
    def fromxml(cls, element: Any) -> Part:
        """Read a `<Part>`."""
        from ._core.wire.fields import read_int, read_moment
        from ._core.wire.xml import texts

        values = texts(element)
        found = tuple((name[8:], value) for name, value in values.items() if name.startswith("Checksum") and value)
        return cls(
            read_int("PartNumber", values.get("PartNumber")) or 0,
            values.get("ETag", "").replace('"', ""),
            read_moment("LastModified", values.get("LastModified")),
            read_int("Size", values.get("Size")),
            found,
        )


class ObjectWriteResult(str):
    """What `put_object`, `fput_object` and `copy_object` return: a str that equals the object's ETag.

    So code that prints or compares the ETag works, and so does code that asks for `result.etag`,
    `result.version_id` and the rest.
    """

    bucket_name: str
    object_name: str
    version_id: str | None
    etag: str | None
    http_headers: HTTPHeaderDict
    last_modified: datetime | None
    location: str | None

    __slots__ = ("bucket_name", "etag", "http_headers", "last_modified", "location", "object_name", "version_id")

    def __new__(
        cls,
        bucket_name: str,
        object_name: str,
        version_id: str | None,
        etag: str | None,
        http_headers: HTTPHeaderDict,
        last_modified: datetime | None = None,
        location: str | None = None,
    ) -> ObjectWriteResult:
        """Make one; the text is the ETag, '' when the server gave none."""
        self = super().__new__(cls, etag or "")
        self.bucket_name = bucket_name
        self.object_name = object_name
        self.version_id = version_id
        self.etag = etag
        self.http_headers = http_headers
        self.last_modified = last_modified
        self.location = location
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (
            self.bucket_name,
            self.object_name,
            self.version_id,
            self.etag,
            self.http_headers,
            self.last_modified,
            self.location,
        )


CopyObjectResult = ObjectWriteResult


def __getattr__(name: str) -> object:
    # These read whole answers, and stand on more than this module may import when it is loaded.
    if name == "EventIterable":
        from ._core.transfer.thread_events import EventIterable

        return EventIterable
    if name == "PostPolicy":
        from .post_policy import PostPolicy

        return PostPolicy
    if name in __all__:
        from . import _answers

        return getattr(_answers, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
