"""The legal hold of an object version (GetObjectLegalHold, PutObjectLegalHold)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import check_type
from ._core.wire.xml_fields import UnexpectedXMLError, add_text, check_children, sub_element, text_or_none

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class LegalHold:
    """The legal hold of one object version, which prevents its deletion.

    Args:
        status: Whether the legal hold is on.
    """

    status: bool = False

    def __post_init__(self) -> None:
        check_type("status", self.status, bool)

    def headers(self) -> dict[str, str]:
        """Return the header that sets this legal hold on a new object."""
        return {"x-amz-object-lock-legal-hold": self._word}

    @property
    def _word(self) -> str:
        return "ON" if self.status else "OFF"

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``LegalHold`` element. Without a status, the legal hold is off.

        Raises:
            UnexpectedXMLError: The status is neither ON nor OFF.
        """
        status = text_or_none(check_children(element, "Status"), "Status")
        if status not in (None, "ON", "OFF"):
            raise UnexpectedXMLError(f"<Status> is neither ON nor OFF: {status[:100]!r}")
        return cls(status == "ON")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``LegalHold`` element."""
        element = sub_element(element, "LegalHold")
        add_text(element, "Status", self._word)
        return element
