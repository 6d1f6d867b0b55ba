"""The request and the response of DeleteObjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import can_carry, check_filled, check_type, checked_list
from ._core.display import shows
from ._core.exceptions import InvalidArgumentError
from ._core.wire.xml_fields import add_text, find_all, find_bool, find_text, sub_element

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_OBJECTS = 1000


@shows()
@dataclass(frozen=True)
class DeleteObject:
    """An object to delete.

    Args:
        name: The name of the object.
        version_id: The version. None means the latest.

    Raises:
        InvalidArgumentError: The name or the version id is empty, or cannot be encoded as UTF-8.
    """

    name: str
    version_id: str | None = None

    def __post_init__(self) -> None:
        check_filled("name", self.name)
        if self.version_id is not None:
            check_filled("version_id", self.version_id)

    @property
    def fits_xml(self) -> bool:
        """Whether DeleteObjects can delete this object. XML cannot represent most control characters."""
        return can_carry(self.name) and can_carry(self.version_id or "")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Object`` element."""
        return cls(find_text(element, "Key") or "", find_text(element, "VersionId") or None)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Object`` element.

        Raises:
            InvalidArgumentError: XML cannot represent the name. Use DeleteObject for this object.
        """
        if not self.fits_xml:
            raise InvalidArgumentError(f"name {self.name!r} holds a character that XML cannot carry")
        element = sub_element(element, "Object")
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        return element


@shows()
@dataclass(frozen=True)
class DeleteRequest:
    """The ``Delete`` document: the objects of one request.

    Args:
        object_list: 1 to 1,000 objects.
        quiet: Return only the errors.

    Raises:
        InvalidArgumentError: There are no objects or too many, or an item is not a DeleteObject.
    """

    object_list: list[DeleteObject]
    quiet: bool = False

    def __post_init__(self) -> None:
        objects = checked_list("object_list", self.object_list, DeleteObject, most=_MAX_OBJECTS)
        object.__setattr__(self, "object_list", objects)
        check_type("quiet", self.quiet, bool)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Delete`` element."""
        objects = [DeleteObject.fromxml(item) for item in find_all(element, "Object")]
        return cls(objects, find_bool(element, "Quiet") or False)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Delete`` element."""
        element = sub_element(element, "Delete")
        add_text(element, "Quiet", self.quiet or None)
        for item in self.object_list:
            item.toxml(element)
        return element


@shows()
@dataclass(frozen=True)
class DeletedObject:
    """An object that was deleted.

    Args:
        name: The name of the object.
        version_id: The version that was requested.
        delete_marker: Whether a delete marker was created or deleted.
        delete_marker_version_id: The version id of that marker.
    """

    name: str
    version_id: str | None = None
    delete_marker: bool = False
    delete_marker_version_id: str | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Deleted`` element."""
        return cls(
            find_text(element, "Key") or "",
            find_text(element, "VersionId") or None,
            find_bool(element, "DeleteMarker") or False,
            find_text(element, "DeleteMarkerVersionId") or None,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Deleted`` element."""
        element = sub_element(element, "Deleted")
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        add_text(element, "DeleteMarker", self.delete_marker or None)
        add_text(element, "DeleteMarkerVersionId", self.delete_marker_version_id)
        return element


@shows()
@dataclass(frozen=True)
class DeleteError:
    """An object that was not deleted, and the error. The documented API calls this MultiDeleteError.

    Args:
        code: The S3 error code, also available as ``error_code``.
        message: The error message, also available as ``error_message``.
        name: The object's name, also available as ``object_name``.
        version_id: The version that was requested.
    """

    code: str
    message: str | None = None
    name: str | None = None
    version_id: str | None = None

    @property
    def object_name(self) -> str | None:
        """The object's name."""
        return self.name

    @property
    def error_code(self) -> str:
        """The S3 error code."""
        return self.code

    @property
    def error_message(self) -> str | None:
        """The error message."""
        return self.message

    def __str__(self) -> str:
        version = f" version {self.version_id}" if self.version_id else ""
        return f"{self.name!r}{version} was not deleted: {self.code}: {self.message or 'no message'}"

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Error`` element."""
        return cls(
            find_text(element, "Code") or "",
            find_text(element, "Message"),
            find_text(element, "Key"),
            find_text(element, "VersionId") or None,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Error`` element."""
        element = sub_element(element, "Error")
        add_text(element, "Code", self.code)
        add_text(element, "Message", self.message)
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        return element


MultiDeleteError = DeleteError


@shows()
@dataclass(frozen=True)
class DeleteResult:
    """The ``DeleteResult`` document.

    Args:
        object_list: The deleted objects. Empty in quiet mode.
        error_list: The objects that were not deleted.
    """

    object_list: list[DeletedObject]
    error_list: list[DeleteError]

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``DeleteResult`` element."""
        return cls(
            [DeletedObject.fromxml(item) for item in find_all(element, "Deleted")],
            [DeleteError.fromxml(item) for item in find_all(element, "Error")],
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``DeleteResult`` element."""
        element = sub_element(element, "DeleteResult")
        for deleted in self.object_list:
            deleted.toxml(element)
        for error in self.error_list:
            error.toxml(element)
        return element
