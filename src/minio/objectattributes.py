"""The result of GetObjectAttributes: an object's ETag, checksum, size, storage class and parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from ._core.display import shows
from ._core.wire.etag import bare_etag
from ._core.wire.xml_fields import find_all, find_bool, need_text, read_size, seek_filled, text_or_none

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["ATTRIBUTES", "Checksum", "ObjectAttributes", "ObjectPart", "ObjectParts"]

ATTRIBUTES = ("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")
"""The names of the attributes."""

_CHECKSUMS = {
    "checksum_crc32": "ChecksumCRC32",
    "checksum_crc32c": "ChecksumCRC32C",
    "checksum_crc64nvme": "ChecksumCRC64NVME",
    "checksum_sha1": "ChecksumSHA1",
    "checksum_sha256": "ChecksumSHA256",
}


def _count(element: _Element, name: str) -> int | None:
    text = text_or_none(element, name)
    return None if text is None else read_size(name, text)


def _checksums(element: _Element) -> dict[str, str | None]:
    return {field: text_or_none(element, name) for field, name in _CHECKSUMS.items()}


@shows()
@dataclass(frozen=True)
class Checksum:
    """The checksums of an object, in base64. A field is None if the object has no checksum of that algorithm.

    `checksum_type` is "FULL_OBJECT", or "COMPOSITE" for a checksum of the checksums of the parts.
    """

    checksum_crc32: str | None = None
    checksum_crc32c: str | None = None
    checksum_crc64nvme: str | None = None
    checksum_sha1: str | None = None
    checksum_sha256: str | None = None
    checksum_type: str | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Checksum`` element."""
        return cls(**_checksums(element), checksum_type=text_or_none(element, "ChecksumType"))


@shows()
@dataclass(frozen=True)
class ObjectPart:
    """A part of an object: its number, its size in bytes, and its checksum in base64."""

    part_number: int
    size: int
    checksum_crc32: str | None = None
    checksum_crc32c: str | None = None
    checksum_crc64nvme: str | None = None
    checksum_sha1: str | None = None
    checksum_sha256: str | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Part`` element.

        Raises:
            UnexpectedXMLError: A number is missing or invalid.
        """
        number = read_size("PartNumber", need_text(element, "PartNumber"))
        return cls(number, read_size("Size", need_text(element, "Size")), **_checksums(element))


@shows()
@dataclass(frozen=True)
class ObjectParts:
    """A page of the parts of an object. `total_parts_count` is the total number of parts.

    If `is_truncated` is true, call again with `part_number_marker=next_part_number_marker`. AWS lists parts only if
    they have checksums.
    """

    parts: tuple[ObjectPart, ...] = ()
    total_parts_count: int | None = None
    is_truncated: bool = False
    max_parts: int | None = None
    part_number_marker: int | None = None
    next_part_number_marker: int | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``ObjectParts`` element.

        Raises:
            UnexpectedXMLError: A number or a boolean is invalid.
        """
        # AWS documents TotalPartsCount but sends PartsCount.
        count = _count(element, "PartsCount")
        return cls(
            tuple(ObjectPart.fromxml(part) for part in find_all(element, "Part")),
            _count(element, "TotalPartsCount") if count is None else count,
            find_bool(element, "IsTruncated") or False,
            _count(element, "MaxParts"),
            _count(element, "PartNumberMarker"),
            _count(element, "NextPartNumberMarker"),
        )


@shows()
@dataclass(frozen=True)
class ObjectAttributes:
    """The attributes of an object. An attribute that was not requested, or that the object does not have, is None."""

    bucket_name: str = ""
    object_name: str = ""
    etag: str | None = None
    checksum: Checksum | None = None
    object_parts: ObjectParts | None = None
    storage_class: str | None = None
    object_size: int | None = None
    version_id: str | None = None
    last_modified: datetime | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``GetObjectAttributesResponse`` element.

        Raises:
            UnexpectedXMLError: A number or a boolean is invalid.
        """
        checksum, parts = seek_filled(element, "Checksum"), seek_filled(element, "ObjectParts")
        return cls(
            etag=bare_etag(text_or_none(element, "ETag") or "") or None,
            checksum=None if checksum is None else Checksum.fromxml(checksum),
            object_parts=None if parts is None else ObjectParts.fromxml(parts),
            storage_class=text_or_none(element, "StorageClass"),
            object_size=_count(element, "ObjectSize"),
        )
