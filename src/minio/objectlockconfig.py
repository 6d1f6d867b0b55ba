"""The default retention of a bucket's new objects (GetObjectLockConfiguration, PutObjectLockConfiguration)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import check_choice, check_number_of
from ._core.exceptions import InvalidArgumentError
from ._core.wire.xml_fields import (
    UnexpectedXMLError,
    add_text,
    check_children,
    find_int,
    seek_filled,
    sub_element,
    text_or_none,
)
from .commonconfig import COMPLIANCE, ENABLED, GOVERNANCE

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["COMPLIANCE", "DAYS", "ENABLED", "GOVERNANCE", "YEARS", "ObjectLockConfig"]

DAYS = "Days"
YEARS = "Years"


@dataclass(frozen=True)
class ObjectLockConfig:
    """The default retention of a bucket. If all arguments are None, there is none.

    Args:
        mode: GOVERNANCE or COMPLIANCE.
        duration: The duration, in `duration_unit`.
        duration_unit: DAYS or YEARS.

    Raises:
        InvalidArgumentError: An argument is invalid, or only some are given.

        client.set_object_lock_config("bucket", ObjectLockConfig(GOVERNANCE, 15, DAYS))
    """

    mode: str | None
    duration: int | None
    duration_unit: str | None

    def __post_init__(self) -> None:
        values = (self.mode, self.duration, self.duration_unit)
        if values == (None, None, None):
            return
        if None in values:
            raise InvalidArgumentError("mode, duration and duration_unit must be given together, or none of them")
        check_choice("mode", self.mode, (GOVERNANCE, COMPLIANCE))
        check_number_of(self, "duration", 1)
        check_choice("duration_unit", self.duration_unit, (DAYS, YEARS))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``ObjectLockConfiguration`` element.

        Raises:
            UnexpectedXMLError: The element has unknown content.
        """
        check_children(element, "ObjectLockEnabled", "Rule")
        if text_or_none(element, "ObjectLockEnabled") not in (None, ENABLED):
            raise UnexpectedXMLError(f"<ObjectLockEnabled> is not {ENABLED}")
        rule = seek_filled(element, "Rule")
        default = None if rule is None else seek_filled(check_children(rule, "DefaultRetention"), "DefaultRetention")
        if default is None:
            return cls(None, None, None)
        mode = text_or_none(check_children(default, "Mode", DAYS, YEARS), "Mode")
        # Some servers write a zero for the unused unit.
        spans = [(span, unit) for unit in (DAYS, YEARS) if (span := find_int(default, unit))]
        if len(spans) > 1:
            raise UnexpectedXMLError(f"<DefaultRetention> has both <{DAYS}> and <{YEARS}>")
        return cls(mode, *(spans[0] if spans else (None, None)))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``ObjectLockConfiguration`` element."""
        element = sub_element(element, "ObjectLockConfiguration")
        add_text(element, "ObjectLockEnabled", ENABLED)
        if self.mode is not None and self.duration_unit is not None:
            default = sub_element(sub_element(element, "Rule"), "DefaultRetention")
            add_text(default, "Mode", self.mode)
            add_text(default, self.duration_unit, self.duration)
        return element
