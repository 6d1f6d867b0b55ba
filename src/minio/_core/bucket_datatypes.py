"""Return types: buckets, and the uploads in them. The public module is `minio.datatypes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .display import shows
from .public import publish
from .wire import xml
from .wire.xml_fields import read_int, read_moment

if TYPE_CHECKING:
    from urllib3 import HTTPHeaderDict


@shows()
@dataclass(frozen=True)
class Bucket:
    """A bucket in the result of `list_buckets`: its name and its creation date (timezone-aware, UTC).

    Type checkers treat `creation_date` as never None, because S3 always sends it. It is None if the server omits it.
    """

    name: str
    creation_date: datetime

    if TYPE_CHECKING:

        def __init__(self, name: str, creation_date: datetime | None) -> None: ...


@shows("bucket_name", "region")
@dataclass(frozen=True)
class HeadBucketResult:
    """The result of `head_bucket`. `region` is None if the server does not report it."""

    bucket_name: str
    region: str | None
    headers: HTTPHeaderDict


@dataclass(frozen=True)
class ListAllMyBucketsResult:
    """The response to ListBuckets."""

    buckets: list[Bucket]

    @classmethod
    def fromxml(cls, element: Any) -> ListAllMyBucketsResult:
        """Read the response's XML."""
        holder = xml.child(element, "Buckets")
        items = [] if holder is None else xml.children(holder, "Bucket")
        return cls(
            [Bucket(xml.text(b, "Name") or "", read_moment("CreationDate", xml.text(b, "CreationDate"))) for b in items]
        )


@shows("bucket_name", "object_name", "upload_id?", "size", "initiated", "initiator_id", "storage_class", "is_dir?")
@dataclass
class IncompleteUpload:
    """A multipart upload that was neither completed nor aborted. `size` is the number of bytes uploaded so far.

    Type checkers treat `initiated` as never None, because S3 sends it with every upload. It is None for a prefix.
    """

    bucket_name: str
    object_name: str
    upload_id: str
    initiated: datetime = None  # type: ignore[assignment]
    size: int = 0
    initiator_id: str | None = None
    owner_id: str | None = None
    storage_class: str | None = None
    is_dir: bool = False

    if TYPE_CHECKING:

        def __init__(
            self,
            bucket_name: str,
            object_name: str,
            upload_id: str,
            initiated: datetime | None = None,
            size: int = 0,
            initiator_id: str | None = None,
            owner_id: str | None = None,
            storage_class: str | None = None,
            is_dir: bool = False,
        ) -> None: ...


@shows("part_number", "etag", "size", "last_modified", "checksums?")
@dataclass(frozen=True)
class Part:
    """A part of a multipart upload."""

    part_number: int
    etag: str
    last_modified: datetime | None = None
    size: int | None = None
    checksums: tuple[tuple[str, str], ...] = ()
    """Pairs of algorithm and base64 digest, as reported by the server."""

    @classmethod
    def fromxml(cls, element: Any) -> Part:
        """Read a `<Part>`."""
        values = xml.texts(element)
        found = tuple((name[8:], value) for name, value in values.items() if name.startswith("Checksum") and value)
        return cls(
            read_int("PartNumber", values.get("PartNumber")) or 0,
            values.get("ETag", "").replace('"', ""),
            read_moment("LastModified", values.get("LastModified")),
            read_int("Size", values.get("Size")),
            found,
        )


publish("minio.datatypes", vars())
