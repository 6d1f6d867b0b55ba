"""The retention of an object version (GetObjectRetention, PutObjectRetention)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from ._core.arguments import check_choice, check_type
from ._core.wire.dates import to_iso8601utc
from ._core.wire.xml_fields import UnexpectedXMLError, add_text, check_children, need_text, read_moment, sub_element
from .commonconfig import COMPLIANCE, GOVERNANCE

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["COMPLIANCE", "GOVERNANCE", "Retention"]


@dataclass(frozen=True)
class Retention:
    """The retention of one object version.

    Args:
        mode: GOVERNANCE (users with a special permission can bypass it) or COMPLIANCE (no user can).
        retain_until_date: The time until which the version cannot be deleted. A naive datetime is taken as UTC.

    Raises:
        InvalidArgumentError: The mode or the date is invalid.
    """

    mode: str
    retain_until_date: datetime

    def __post_init__(self) -> None:
        check_choice("mode", self.mode, (GOVERNANCE, COMPLIANCE))
        check_type("retain_until_date", self.retain_until_date, datetime)

    def headers(self) -> dict[str, str]:
        """Return the headers that set this retention on a new object."""
        return {
            "x-amz-object-lock-mode": self.mode,
            "x-amz-object-lock-retain-until-date": to_iso8601utc(self.retain_until_date) or "",
        }

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Retention`` element."""
        check_children(element, "Mode", "RetainUntilDate")
        until = read_moment("RetainUntilDate", need_text(element, "RetainUntilDate").strip())
        if until is None:
            raise UnexpectedXMLError("<RetainUntilDate> is empty")
        return cls(need_text(element, "Mode").strip(), until)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Retention`` element."""
        element = sub_element(element, "Retention")
        add_text(element, "Mode", self.mode)
        add_text(element, "RetainUntilDate", to_iso8601utc(self.retain_until_date))
        return element
