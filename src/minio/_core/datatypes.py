"""Return types: objects, and the result of a write. The public module is `minio.datatypes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .display import shows
from .exceptions import InvalidArgumentError, InvalidXMLError
from .public import publish
from .wire import xml
from .wire.url import unquote
from .wire.xml_fields import read_moment, read_size

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from urllib3 import HTTPHeaderDict

    from ..commonconfig import Tags


@shows(
    "bucket_name", "object_name", "size", "last_modified", "etag?", "version_id", "is_delete_marker?", "content_type"
)
@dataclass(repr=False)
class Object:
    """An object or a common prefix, as returned by listings, `stat_object` and `fget_object`.

    `size` is in bytes; `last_modified` is timezone-aware and in UTC. Listings leave `content_type` and `metadata` as
    None. After `stat_object`, `metadata` contains all headers of the response, with case-insensitive names. A prefix
    has size 0 and the etag ''. A weak ETag keeps its prefix: `W/abc`.

    Type checkers treat `size`, `last_modified` and `etag` as never None, because S3 sends them with every object.
    They are None if they do not exist: `last_modified` of a prefix, `etag` and `size` of a delete marker, and `size`
    if the server omits it.
    """

    bucket_name: str
    object_name: str
    last_modified: datetime = None  # type: ignore[assignment]
    etag: str = None  # type: ignore[assignment]
    size: int = None  # type: ignore[assignment]
    metadata: Mapping[str, str] | None = None
    version_id: str | None = None
    is_latest: str | None = None
    storage_class: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None
    content_type: str | None = None
    is_delete_marker: bool = False
    tags: Tags | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            bucket_name: str,
            object_name: str,
            last_modified: datetime | None = None,
            etag: str | None = None,
            size: int | None = None,
            metadata: Mapping[str, str] | None = None,
            version_id: str | None = None,
            is_latest: str | None = None,
            storage_class: str | None = None,
            owner_id: str | None = None,
            owner_name: str | None = None,
            content_type: str | None = None,
            is_delete_marker: bool = False,
            tags: Tags | None = None,
        ) -> None: ...

    @property
    def is_dir(self) -> bool:
        """True if this is a prefix: its name ends with a slash."""
        return self.object_name.endswith("/")

    @classmethod
    def fromxml(
        cls, element: Any, bucket_name: str, is_delete_marker: bool = False, encoding_type: str | None = None
    ) -> Object:
        """Read a `<Contents>`, `<Version>` or `<DeleteMarker>` of a listing."""
        decode = unquote if (encoding_type or "").lower() == "url" else str
        return read_object(element, bucket_name, decode, is_delete_marker)


if TYPE_CHECKING:

    class StatObject(Object):
        """An Object with its metadata, as returned by `stat_object` and `fget_object`."""

        metadata: Mapping[str, str]

else:
    StatObject = Object


@shows("bucket_name", "object_name", "etag", "version_id")
@dataclass(init=False, repr=False, eq=False)
class ObjectWriteResult(str):
    """The result of `put_object`, `fput_object` and `copy_object`: a str that equals the object's ETag.

    Code that prints or compares the ETag works, and so does code that reads `result.etag`, `result.version_id` and
    the other attributes. The repr shows the bucket, object, ETag and version.
    `etag` is None if the server sent no ETag. S3 always sends one, so type checkers treat it as a str.

    It can also be unpacked into the pair that 6.x returns: `etag, version_id = client.put_object(...)`. So iterating
    it yields these two values, not the characters of the ETag.
    """

    bucket_name: str
    object_name: str
    version_id: str | None
    etag: str
    http_headers: HTTPHeaderDict
    last_modified: datetime | None = None
    location: str | None = None

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
        """Create a result. Its text is the ETag, or '' if the server sent none."""
        self = super().__new__(cls, etag or "")
        self.bucket_name = bucket_name
        self.object_name = object_name
        self.version_id = version_id
        self.etag = etag  # type: ignore[assignment]
        self.http_headers = http_headers
        self.last_modified = last_modified
        self.location = location
        return self

    def __iter__(self) -> Iterator[Any]:
        # For programs written for 6.x, which unpack the result.
        return iter((self.etag, self.version_id))

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


def read_object(element: Element, bucket: str, decode: Callable[[str], str], marker: bool) -> Object:
    """Read an object, version or delete marker."""
    values = {}
    nested = {}
    for item in element:
        tag = str(item.tag)
        name = tag[tag.find("}") + 1 :]
        values[name] = item.text or ""
        if len(item):
            nested[name] = item
    owner = xml.texts(nested["Owner"]) if "Owner" in nested else {}
    return Object(
        bucket,
        decode(values.get("Key", "")),
        read_moment("LastModified", values.get("LastModified")),
        values.get("ETag", "").replace('"', "") if not marker else None,
        read_size("Size", values.get("Size")),
        dict(_user_metadata(nested["UserMetadata"])) if "UserMetadata" in nested else None,
        values.get("VersionId"),
        values.get("IsLatest"),
        values.get("StorageClass"),
        owner.get("ID"),
        owner.get("DisplayName"),
        None,
        marker,
        _user_tags(values["UserTags"]) if values.get("UserTags") else None,
    )


def _user_metadata(element: Element) -> Iterator[tuple[str, str]]:
    """Read MinIO's extension: one element per header, named like the header; or Items with Key and Value."""
    for item in element:
        if len(item):
            yield xml.text(item, "Key") or "", xml.text(item, "Value") or ""
        else:
            yield xml.local(item), item.text or ""


def _user_tags(text: str) -> Tags:
    from ..tagging import Tags

    try:
        return Tags.from_header(text)
    except InvalidArgumentError as error:
        raise InvalidXMLError(f"<UserTags> are no tags: {error}") from error


publish("minio.datatypes", vars())
