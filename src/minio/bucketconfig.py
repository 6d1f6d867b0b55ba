"""The configuration that a bucket is created with (CreateBucket)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ._core.arguments import check_optional, check_optional_xml_text
from ._core.exceptions import InvalidArgumentTypeError
from ._core.wire.xml_fields import add_text, sub_element

if TYPE_CHECKING:
    from lxml.etree import _Element

    from .tagging import Tags

__all__ = ["BucketInfo", "CreateBucketConfiguration", "LocationInfo"]


@dataclass(frozen=True)
class LocationInfo:
    """Where a directory bucket is placed.

    Args:
        name: The name of the zone, such as ``usw2-az1``.
        type: The type of the zone: ``AvailabilityZone`` or ``LocalZone``.

    Raises:
        InvalidArgumentError: An argument is blank, or XML cannot represent it.
    """

    name: str | None = None
    type: str | None = None

    def __post_init__(self) -> None:
        check_optional_xml_text("name", self.name)
        check_optional_xml_text("type", self.type)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Location`` element."""
        element = sub_element(element, "Location")
        add_text(element, "Name", self.name)
        add_text(element, "Type", self.type)
        return element


@dataclass(frozen=True)
class BucketInfo:
    """The kind of a directory bucket.

    Args:
        type: The type of the bucket: ``Directory``.
        data_redundancy: ``SingleAvailabilityZone`` or ``SingleLocalZone``.

    Raises:
        InvalidArgumentError: An argument is blank, or XML cannot represent it.
    """

    type: str | None = None
    data_redundancy: str | None = None

    def __post_init__(self) -> None:
        check_optional_xml_text("type", self.type)
        check_optional_xml_text("data_redundancy", self.data_redundancy)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Bucket`` element."""
        element = sub_element(element, "Bucket")
        add_text(element, "DataRedundancy", self.data_redundancy)
        add_text(element, "Type", self.type)
        return element


@dataclass(frozen=True)
class CreateBucketConfiguration:
    """The document of CreateBucket.

    Args:
        location_constraint: The region of the bucket.
        location: The place of a directory bucket.
        bucket: The kind of a directory bucket.
        tags: The tags of the bucket.

    Raises:
        InvalidArgumentTypeError: An argument has the wrong type.
    """

    Location: ClassVar = LocationInfo
    Bucket: ClassVar = BucketInfo

    location_constraint: str | None = None
    location: LocationInfo | None = None
    bucket: BucketInfo | None = None
    tags: Tags | None = None

    def __post_init__(self) -> None:
        from .tagging import Tags

        check_optional_xml_text("location_constraint", self.location_constraint)
        check_optional("location", self.location, LocationInfo)
        check_optional("bucket", self.bucket, BucketInfo)
        check_optional("tags", self.tags, Tags)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``CreateBucketConfiguration`` element."""
        element = sub_element(element, "CreateBucketConfiguration")
        add_text(element, "LocationConstraint", self.location_constraint)
        for part in (self.location, self.bucket):
            if part is not None:
                part.toxml(element)
        if self.tags:
            holder = sub_element(element, "Tags")
            for key, value in self.tags.items():
                tag = sub_element(holder, "Tag")
                add_text(tag, "Key", key)
                add_text(tag, "Value", value)
        return element


def create_configuration(
    location_config: Any, bucket_config: Any, tags: Tags | None
) -> CreateBucketConfiguration | None:
    """Return the configuration for the arguments of `make_bucket`, or None if none is given."""
    location = _to_info("location_config", location_config, LocationInfo)
    bucket = _to_info("bucket_config", bucket_config, BucketInfo)
    return CreateBucketConfiguration(None, location, bucket, tags) if location or bucket or tags else None


def _to_info(name: str, value: Any, kind: type[Any]) -> Any:
    """Check a part of the configuration. A dict gives the fields by their names here, or by those in S3."""
    if value is None or isinstance(value, kind):
        return value
    if isinstance(value, Mapping):
        fields = {_FIELDS.get(key, str(key)): text for key, text in value.items()}
        if fields.keys() <= kind.__dataclass_fields__.keys():
            return kind(**fields)
    raise InvalidArgumentTypeError(
        f"{name} must be {kind.__name__} or a dict with {' and '.join(kind.__dataclass_fields__)}, not {value!r}"
    )


_FIELDS = {"Name": "name", "Type": "type", "DataRedundancy": "data_redundancy"}
