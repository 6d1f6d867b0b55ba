"""How long an object version must be kept (GetObjectRetention, PutObjectRetention)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import UnexpectedXMLError, add_text, enter, need_text, read_moment
from ._core.wire.values import check_choice, check_type
from .commonconfig import COMPLIANCE, GOVERNANCE
from .time import to_iso8601utc

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["COMPLIANCE", "GOVERNANCE", "Retention"]


@dataclass(frozen=True)
class Retention:
    """The retention of one object version.

    Args:
        mode: GOVERNANCE (privileged users may lift it) or COMPLIANCE (nobody may).
        retain_until_date: The moment until which the version cannot be deleted; naive means UTC.

    Raises:
        InvalidArgumentError: The mode or the date is wrong.
    """

    mode: str
    retain_until_date: datetime

    def __post_init__(self) -> None:
        check_choice("mode", self.mode, (GOVERNANCE, COMPLIANCE))
        check_type("retain_until_date", self.retain_until_date, datetime)

    def headers(self) -> dict[str, str]:
        """Return the headers that give a new object this retention."""
        return {
            "x-amz-object-lock-mode": self.mode,
            "x-amz-object-lock-retain-until-date": to_iso8601utc(self.retain_until_date) or "",
        }

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Retention``."""
        until = read_moment("RetainUntilDate", need_text(element, "RetainUntilDate").strip())
        if until is None:
            raise UnexpectedXMLError("<RetainUntilDate> is empty")
        return cls(need_text(element, "Mode").strip(), until)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Retention``."""
        element = enter(element, "Retention")
        add_text(element, "Mode", self.mode)
        add_text(element, "RetainUntilDate", to_iso8601utc(self.retain_until_date))
        return element
