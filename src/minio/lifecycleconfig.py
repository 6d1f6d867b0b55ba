"""When a bucket's objects expire or move (GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration).

config = LifecycleConfig([Rule(ENABLED, Filter(prefix="logs/"), "old logs", expiration=Expiration(days=30))])
client.set_bucket_lifecycle("bucket", config)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from ._core.wire.fields import (
    add_text,
    enter,
    filled_text,
    own,
    read_moment,
    seek,
    seek_all,
    seek_bool,
    seek_int,
    seek_text,
)
from ._core.wire.values import (
    check_moment,
    check_number,
    check_optional,
    check_optional_number,
    check_optional_text,
    checked_list,
)  # fmt: skip
from .commonconfig import DISABLED, ENABLED, AndOperator, BaseRule, Filter, Tag, Tags
from .error import InvalidArgumentError
from .time import to_iso8601utc

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "DISABLED",
    "ENABLED",
    "AbortIncompleteMultipartUpload",
    "AndOperator",
    "DateDays",
    "Expiration",
    "Filter",
    "LifecycleConfig",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransition",
    "Rule",
    "Tag",
    "Tags",
    "Transition",
]

_MAX_RULES = 1000


@dataclass(frozen=True)
class DateDays:
    """A date, or a number of days after an object was made; at most one of them.

    Args:
        date: The moment, midnight UTC; naive means UTC.
        days: The days, 0 or more.
    """

    date: datetime | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        check_moment("date", self.date)
        check_optional_number("days", self.days)
        if self.date is not None and self.days is not None:
            raise InvalidArgumentError("only one of date and days may be given")

    @staticmethod
    def parsexml(element: _Element) -> tuple[datetime | None, int | None]:
        """Read ``Date`` and ``Days`` out of the element."""
        return read_moment("Date", filled_text(element, "Date")), seek_int(element, "Days")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Date`` or ``Days`` into the element; without one, into a new one."""
        element = enter(None, type(self).__name__) if element is None else element
        add_text(element, "Date", to_iso8601utc(self.date))
        add_text(element, "Days", self.days)
        return element


@dataclass(frozen=True)
class Expiration(DateDays):
    """When objects expire; exactly one of the three.

    Args:
        date: On this day, midnight UTC.
        days: So many days after they were made, 1 or more.
        expired_object_delete_marker: Whether delete markers go that have no versions left behind them.
    """

    expired_object_delete_marker: bool | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_optional_number("days", self.days, 1)
        check_optional("expired_object_delete_marker", self.expired_object_delete_marker, bool)
        if (self.date, self.days, self.expired_object_delete_marker).count(None) != 2:
            raise InvalidArgumentError("exactly one of date, days and expired_object_delete_marker must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Expiration``."""
        element = own(element, "Expiration")
        date, days = cls.parsexml(element)
        marker = seek_bool(element, "ExpiredObjectDeleteMarker")
        # Some servers write an idle false beside the days.
        return cls(date, days, None if marker is False and (date or days) else marker)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Expiration``."""
        element = super().toxml(enter(element, "Expiration"))
        add_text(element, "ExpiredObjectDeleteMarker", self.expired_object_delete_marker)
        return element


@dataclass(frozen=True)
class Transition(DateDays):
    """When objects move to another storage class; exactly one of date and days.

    Args:
        date: On this day, midnight UTC.
        days: So many days after they were made.
        storage_class: Where to, such as ``GLACIER`` or the name of a tier.
    """

    storage_class: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_optional_text("storage_class", self.storage_class)
        if self.date is None and self.days is None:
            raise InvalidArgumentError("one of date and days must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Transition``."""
        element = own(element, "Transition")
        return cls(*cls.parsexml(element), filled_text(element, "StorageClass"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Transition``."""
        element = super().toxml(enter(element, "Transition"))
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class NoncurrentVersionExpiration:
    """When old versions expire; at least one of the two.

    Args:
        noncurrent_days: So many days after they were replaced, 1 or more.
        newer_noncurrent_versions: Keep so many of the newest of them, 1 or more.
    """

    noncurrent_days: int | None = None
    newer_noncurrent_versions: int | None = None

    def __post_init__(self) -> None:
        check_optional_number("noncurrent_days", self.noncurrent_days, 1)
        check_optional_number("newer_noncurrent_versions", self.newer_noncurrent_versions, 1)
        if self.noncurrent_days is None and self.newer_noncurrent_versions is None:
            raise InvalidArgumentError("at least one of noncurrent_days and newer_noncurrent_versions must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``NoncurrentVersionExpiration``."""
        element = own(element, "NoncurrentVersionExpiration")
        return cls(seek_int(element, "NoncurrentDays"), seek_int(element, "NewerNoncurrentVersions"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``NoncurrentVersionExpiration``."""
        element = enter(element, "NoncurrentVersionExpiration")
        add_text(element, "NoncurrentDays", self.noncurrent_days)
        add_text(element, "NewerNoncurrentVersions", self.newer_noncurrent_versions)
        return element


@dataclass(frozen=True)
class NoncurrentVersionTransition:
    """When old versions move to another storage class; days or versions must be given.

    Args:
        noncurrent_days: So many days after they were replaced, 0 or more.
        storage_class: Where to.
        newer_noncurrent_versions: Keep so many of the newest of them where they are, 1 or more.
    """

    noncurrent_days: int | None = None
    storage_class: str | None = None
    newer_noncurrent_versions: int | None = None

    def __post_init__(self) -> None:
        check_optional_number("noncurrent_days", self.noncurrent_days)
        check_optional_text("storage_class", self.storage_class)
        check_optional_number("newer_noncurrent_versions", self.newer_noncurrent_versions, 1)
        if self.noncurrent_days is None and self.newer_noncurrent_versions is None:
            raise InvalidArgumentError("at least one of noncurrent_days and newer_noncurrent_versions must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``NoncurrentVersionTransition``."""
        element = own(element, "NoncurrentVersionTransition")
        return cls(
            seek_int(element, "NoncurrentDays"),
            filled_text(element, "StorageClass"),
            seek_int(element, "NewerNoncurrentVersions"),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``NoncurrentVersionTransition``."""
        element = enter(element, "NoncurrentVersionTransition")
        add_text(element, "NoncurrentDays", self.noncurrent_days)
        add_text(element, "NewerNoncurrentVersions", self.newer_noncurrent_versions)
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class AbortIncompleteMultipartUpload:
    """When multipart uploads that were never completed are removed.

    Args:
        days_after_initiation: So many days after they were begun, 1 or more.
    """

    days_after_initiation: int | None = None

    def __post_init__(self) -> None:
        check_number("days_after_initiation", self.days_after_initiation, 1)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``AbortIncompleteMultipartUpload``."""
        return cls(seek_int(own(element, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``AbortIncompleteMultipartUpload``."""
        element = enter(element, "AbortIncompleteMultipartUpload")
        add_text(element, "DaysAfterInitiation", self.days_after_initiation)
        return element


@dataclass(frozen=True)
class Rule(BaseRule):
    """What happens to the objects of one filter; at least one action is needed.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects; None means all.
        rule_id: Its name, 1 to 255 characters.
        abort_incomplete_multipart_upload: When unfinished uploads go.
        expiration: When objects expire.
        noncurrent_version_expiration: When old versions expire.
        noncurrent_version_transition: When old versions move.
        transition: When objects move.
        more_transitions: Further moves of objects, to yet other storage classes.
        more_noncurrent_version_transitions: Further moves of old versions.

    Raises:
        InvalidArgumentError: One of them is wrong, or there is no action.
    """

    abort_incomplete_multipart_upload: AbortIncompleteMultipartUpload | None = None
    expiration: Expiration | None = None
    noncurrent_version_expiration: NoncurrentVersionExpiration | None = None
    noncurrent_version_transition: NoncurrentVersionTransition | None = None
    transition: Transition | None = None
    more_transitions: tuple[Transition, ...] = ()
    more_noncurrent_version_transitions: tuple[NoncurrentVersionTransition, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, kind in _ACTIONS.items():
            check_optional(name, getattr(self, name), kind)
        for name, kind in _MORE.items():
            object.__setattr__(self, name, tuple(checked_list(name, getattr(self, name), kind, empty=True)))
        if not self._actions():
            raise InvalidArgumentError(f"at least one of {', '.join(_ACTIONS)} must be given")

    def _actions(self) -> list[_Action]:
        alone: list[_Action | None] = [getattr(self, name) for name in _ACTIONS]
        more: list[_Action] = [*self.more_noncurrent_version_transitions, *self.more_transitions]
        return [action for action in alone if action is not None] + more

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Rule``."""
        status, rule_filter, rule_id = cls.parsexml(element)
        prefix = seek_text(element, "Prefix")
        if rule_filter is None and prefix is not None:  # the older form of a rule
            rule_filter = Filter(prefix=prefix)
        moves = [Transition.fromxml(item) for item in seek_all(element, "Transition")]
        name = "NoncurrentVersionTransition"
        old_moves = [NoncurrentVersionTransition.fromxml(item) for item in seek_all(element, name)]
        return cls(
            status,
            rule_filter,
            rule_id,
            _read(AbortIncompleteMultipartUpload, element),
            _read(Expiration, element),
            _read(NoncurrentVersionExpiration, element),
            old_moves[0] if old_moves else None,
            moves[0] if moves else None,
            tuple(moves[1:]),
            tuple(old_moves[1:]),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Rule``."""
        element = super().toxml(enter(element, "Rule"))
        if self.rule_filter is None:  # a rule must have a filter; an empty one means all objects
            enter(element, "Filter")
        for action in self._actions():
            action.toxml(element)
        return element


if TYPE_CHECKING:
    _Action = (
        AbortIncompleteMultipartUpload
        | Expiration
        | NoncurrentVersionExpiration
        | NoncurrentVersionTransition
        | Transition
    )

_ACTIONS: dict[str, type] = {
    "abort_incomplete_multipart_upload": AbortIncompleteMultipartUpload,
    "expiration": Expiration,
    "noncurrent_version_expiration": NoncurrentVersionExpiration,
    "noncurrent_version_transition": NoncurrentVersionTransition,
    "transition": Transition,
}
_MORE: dict[str, type] = {
    "more_transitions": Transition,
    "more_noncurrent_version_transitions": NoncurrentVersionTransition,
}


T = TypeVar("T", AbortIncompleteMultipartUpload, Expiration, NoncurrentVersionExpiration)


def _read(cls: type[T], element: _Element) -> T | None:
    found = seek(element, cls.__name__)
    return None if found is None or len(found) == 0 else cls.fromxml(found)


@dataclass(frozen=True)
class LifecycleConfig:
    """The lifecycle of a bucket.

    Args:
        rules: 1 to 1000 rules.

    Raises:
        InvalidArgumentError: There are none or too many, or one is not a Rule.
    """

    rules: list[Rule]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", checked_list("rules", self.rules, Rule, most=_MAX_RULES))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``LifecycleConfiguration``."""
        return cls([Rule.fromxml(item) for item in seek_all(element, "Rule")])

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``LifecycleConfiguration``."""
        element = enter(element, "LifecycleConfiguration")
        for rule in self.rules:
            rule.toxml(element)
        return element
