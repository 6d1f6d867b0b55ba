"""What DeleteObjects is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import add_text, enter, seek_all, seek_bool, seek_text
from ._core.wire.values import check_optional_text, check_text, check_type, checked_list

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_OBJECTS = 1000


@dataclass(frozen=True)
class DeleteObject:
    """An object to delete.

    Args:
        name: Its name.
        version_id: The version; None means the newest.

    Raises:
        InvalidArgumentError: The name or the version id is empty, or XML cannot carry it.
    """

    name: str
    version_id: str | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_optional_text("version_id", self.version_id)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Object``."""
        return cls(seek_text(element, "Key") or "", seek_text(element, "VersionId") or None)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Object``."""
        element = enter(element, "Object")
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        return element


@dataclass(frozen=True)
class DeleteRequest:
    """The document ``Delete``: one request's worth of objects.

    Args:
        object_list: 1 to 1000 objects.
        quiet: Answer with the errors only.

    Raises:
        InvalidArgumentError: There are none or too many objects, or one is not a DeleteObject.
    """

    object_list: list[DeleteObject]
    quiet: bool = False

    def __post_init__(self) -> None:
        objects = checked_list("object_list", self.object_list, DeleteObject, most=_MAX_OBJECTS)
        object.__setattr__(self, "object_list", objects)
        check_type("quiet", self.quiet, bool)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Delete``."""
        objects = [DeleteObject.fromxml(item) for item in seek_all(element, "Object")]
        return cls(objects, seek_bool(element, "Quiet") or False)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Delete``."""
        element = enter(element, "Delete")
        add_text(element, "Quiet", self.quiet or None)
        for item in self.object_list:
            item.toxml(element)
        return element


@dataclass(frozen=True)
class DeletedObject:
    """An object that was deleted.

    Args:
        name: Its name.
        version_id: The version that was asked for.
        delete_marker: A delete marker was made, or deleted.
        delete_marker_version_id: The version id of that marker.
    """

    name: str
    version_id: str | None = None
    delete_marker: bool = False
    delete_marker_version_id: str | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Deleted``."""
        return cls(
            seek_text(element, "Key") or "",
            seek_text(element, "VersionId") or None,
            seek_bool(element, "DeleteMarker") or False,
            seek_text(element, "DeleteMarkerVersionId") or None,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Deleted``."""
        element = enter(element, "Deleted")
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        add_text(element, "DeleteMarker", self.delete_marker or None)
        add_text(element, "DeleteMarkerVersionId", self.delete_marker_version_id)
        return element


@dataclass(frozen=True)
class DeleteError:
    """An object that was not deleted, and why. The documented API calls it MultiDeleteError.

    Args:
        code: S3's error code, also read as ``error_code``.
        message: S3's text, also read as ``error_message``.
        name: The object's name, also read as ``object_name``.
        version_id: The version that was asked for.
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
        """S3's error code."""
        return self.code

    @property
    def error_message(self) -> str | None:
        """S3's text."""
        return self.message

    def __str__(self) -> str:
        version = f" version {self.version_id}" if self.version_id else ""
        return f"{self.name!r}{version} was not deleted: {self.code}: {self.message or 'no message'}"

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Error``."""
        return cls(
            seek_text(element, "Code") or "",
            seek_text(element, "Message"),
            seek_text(element, "Key"),
            seek_text(element, "VersionId") or None,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Error``."""
        element = enter(element, "Error")
        add_text(element, "Code", self.code)
        add_text(element, "Message", self.message)
        add_text(element, "Key", self.name)
        add_text(element, "VersionId", self.version_id)
        return element


MultiDeleteError = DeleteError


@dataclass(frozen=True)
class DeleteResult:
    """The document ``DeleteResult``.

    Args:
        object_list: What was deleted; empty in quiet mode.
        error_list: What was not.
    """

    object_list: list[DeletedObject]
    error_list: list[DeleteError]

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``DeleteResult``."""
        return cls(
            [DeletedObject.fromxml(item) for item in seek_all(element, "Deleted")],
            [DeleteError.fromxml(item) for item in seek_all(element, "Error")],
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``DeleteResult``."""
        element = enter(element, "DeleteResult")
        for deleted in self.object_list:
            deleted.toxml(element)
        for error in self.error_list:
            error.toxml(element)
        return element
