"""The retention that a bucket gives to new objects (GetObjectLockConfiguration, PutObjectLockConfiguration)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import add_text, enter, filled_text, seek, seek_int
from ._core.wire.values import check_choice, check_number
from .commonconfig import COMPLIANCE, ENABLED, GOVERNANCE
from .error import InvalidArgumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["COMPLIANCE", "DAYS", "ENABLED", "GOVERNANCE", "YEARS", "ObjectLockConfig"]

DAYS = "Days"
YEARS = "Years"


@dataclass(frozen=True)
class ObjectLockConfig:
    """The default retention of a bucket; all three None means none.

    Args:
        mode: GOVERNANCE or COMPLIANCE.
        duration: How long, in the unit.
        duration_unit: DAYS or YEARS.

    Raises:
        InvalidArgumentError: One of them is wrong, or only some are given.

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
        check_number("duration", self.duration, 1)
        check_choice("duration_unit", self.duration_unit, (DAYS, YEARS))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``ObjectLockConfiguration``."""
        rule = seek(element, "Rule")
        default = None if rule is None else seek(rule, "DefaultRetention")
        mode = None if default is None else filled_text(default, "Mode")
        if default is None or mode is None:
            return cls(None, None, None)
        days = seek_int(default, DAYS)
        return cls(mode, days, DAYS) if days is not None else cls(mode, seek_int(default, YEARS), YEARS)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``ObjectLockConfiguration``."""
        element = enter(element, "ObjectLockConfiguration")
        add_text(element, "ObjectLockEnabled", ENABLED)
        if self.mode is not None and self.duration_unit is not None:
            default = enter(enter(element, "Rule"), "DefaultRetention")
            add_text(default, "Mode", self.mode)
            add_text(default, self.duration_unit, self.duration)
        return element
