"""Whether an object version is held back from deletion (GetObjectLegalHold, PutObjectLegalHold)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import add_text, enter, filled_text
from ._core.wire.values import check_type

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class LegalHold:
    """The document ``LegalHold``.

    Args:
        status: True while the version is held.
    """

    status: bool = False

    def __post_init__(self) -> None:
        check_type("status", self.status, bool)

    def headers(self) -> dict[str, str]:
        """Return the header that gives a new object this state."""
        return {"x-amz-object-lock-legal-hold": self._word}

    @property
    def _word(self) -> str:
        return "ON" if self.status else "OFF"

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``LegalHold``; without a status it is off."""
        return cls(filled_text(element, "Status") == "ON")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``LegalHold``."""
        element = enter(element, "LegalHold")
        add_text(element, "Status", self._word)
        return element
