"""Whether a bucket keeps old versions (GetBucketVersioning, PutBucketVersioning)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import add_text, enter, filled_text, seek_all, seek_bool
from ._core.wire.values import check_choice, check_text, check_type, checked_list
from .commonconfig import DISABLED, ENABLED

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["DISABLED", "ENABLED", "OFF", "SUSPENDED", "VersioningConfig"]

OFF = "Off"
SUSPENDED = "Suspended"


@dataclass(frozen=True)
class VersioningConfig:
    """The versioning of one bucket.

    Args:
        status: ENABLED, SUSPENDED, or None where it was never set.
        mfa_delete: ENABLED, DISABLED, or None.
        excluded_prefixes: Prefixes whose objects are not versioned (MinIO servers only).
        exclude_folders: Do not version names that end in ``/`` (MinIO servers only).

    Raises:
        InvalidArgumentError: One of them is wrong.

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
                check_text("each of excluded_prefixes", prefix)
            object.__setattr__(self, "excluded_prefixes", prefixes)

    @property
    def status_string(self) -> str:
        """The status as a word: OFF where it was never set."""
        return self.status or OFF

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``VersioningConfiguration``."""
        status = filled_text(element, "Status")
        prefixes = [
            prefix.text or "" for part in seek_all(element, "ExcludedPrefixes") for prefix in seek_all(part, "Prefix")
        ]
        return cls(
            None if status == OFF else status,
            # Amazon writes MfaDelete; MinIO's servers know it by the other spelling.
            filled_text(element, "MfaDelete") or filled_text(element, "MFADelete"),
            prefixes or None,
            seek_bool(element, "ExcludeFolders") or False,
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``VersioningConfiguration``."""
        element = enter(element, "VersioningConfiguration")
        add_text(element, "Status", self.status)
        add_text(element, "MfaDelete", self.mfa_delete)
        for prefix in self.excluded_prefixes or ():
            add_text(enter(element, "ExcludedPrefixes"), "Prefix", prefix)
        add_text(element, "ExcludeFolders", self.exclude_folders or None)
        return element
