"""The versioning state of a bucket (GetBucketVersioning, PutBucketVersioning)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import check_choice, check_type, check_xml_text, checked_list
from ._core.wire.xml_fields import (
    add_text,
    check_children,
    element_text,
    find_all,
    find_bool,
    sub_element,
    text_or_none,
)
from .commonconfig import DISABLED, ENABLED

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["DISABLED", "ENABLED", "OFF", "SUSPENDED", "VersioningConfig"]

OFF = "Off"
SUSPENDED = "Suspended"


@dataclass(frozen=True)
class VersioningConfig:
    """The versioning state of one bucket.

    Args:
        status: ENABLED, SUSPENDED, or None if it was never set.
        mfa_delete: ENABLED, DISABLED, or None.
        excluded_prefixes: Prefixes whose objects are not versioned (MinIO servers only).
        exclude_folders: Do not version names that end in ``/`` (MinIO servers only).

    Raises:
        InvalidArgumentError: An argument is invalid.

        client.set_bucket_versioning("bucket", VersioningConfig(ENABLED))
    """

    status: str | None = None
    mfa_delete: str | None = None
    excluded_prefixes: list[str] | None = None
    exclude_folders: bool = False

    def __post_init__(self) -> None:
        if self.status is not None:
            check_choice("status", self.status, (ENABLED, SUSPENDED))
        if self.mfa_delete is not None:
            check_choice("mfa_delete", self.mfa_delete, (ENABLED, DISABLED))
        check_type("exclude_folders", self.exclude_folders, bool)
        if self.excluded_prefixes is not None:
            prefixes = checked_list("excluded_prefixes", self.excluded_prefixes, str, empty=True)
            for prefix in prefixes:
                check_xml_text("each of excluded_prefixes", prefix)
            object.__setattr__(self, "excluded_prefixes", prefixes)

    @property
    def status_string(self) -> str:
        """The status as a word. It is OFF if it was never set."""
        return self.status or OFF

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``VersioningConfiguration`` element.

        Raises:
            UnexpectedXMLError: The element has unknown content.
        """
        check_children(element, "Status", "MfaDelete", "MFADelete", "ExcludeFolders", many=("ExcludedPrefixes",))
        status = text_or_none(element, "Status")
        prefixes = [
            element_text(prefix)
            for part in find_all(element, "ExcludedPrefixes")
            for prefix in check_children(part, many=("Prefix",))
        ]
        return cls(
            None if status == OFF else status,
            # AWS uses MfaDelete; MinIO servers use the other spelling.
            text_or_none(element, "MfaDelete") or text_or_none(element, "MFADelete"),
            prefixes or None,
            find_bool(element, "ExcludeFolders") or False,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``VersioningConfiguration`` element."""
        element = sub_element(element, "VersioningConfiguration")
        add_text(element, "Status", self.status)
        add_text(element, "MfaDelete", self.mfa_delete)
        for prefix in self.excluded_prefixes or ():
            add_text(sub_element(element, "ExcludedPrefixes"), "Prefix", prefix)
        add_text(element, "ExcludeFolders", self.exclude_folders or None)
        return element
