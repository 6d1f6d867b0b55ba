"""The lifecycle rules of a bucket (GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration).

config = LifecycleConfig([Rule(ENABLED, Filter(prefix="logs/"), "old logs", expiration=Expiration(days=30))])
client.set_bucket_lifecycle("bucket", config)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from ._core.arguments import (  # fmt: skip
    check_moment,
    check_number_of,
    check_optional,
    check_optional_xml_text,
    checked_list,
)
from ._core.exceptions import InvalidArgumentError
from ._core.wire.dates import to_iso8601utc
from ._core.wire.xml_fields import (
    add_text,
    check_children,
    find_all,
    find_bool,
    find_int,
    find_text,
    own,
    read_moment,
    seek_filled,
    sub_element,
    text_or_none,
)
from .commonconfig import DISABLED, ENABLED, AndOperator, BaseRule, Filter, Tag, Tags

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
_ONCE = (
    "ID",
    "Status",
    "Filter",
    "Prefix",
    "AbortIncompleteMultipartUpload",
    "Expiration",
    "NoncurrentVersionExpiration",
)
"""The elements of a rule that occur at most once."""


@dataclass(frozen=True)
class DateDays:
    """A date, or a number of days after an object is created. At most one can be given.

    Args:
        date: The date, at midnight UTC. A naive datetime is taken as UTC.
        days: The number of days, 0 or more.
    """

    date: datetime | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        check_moment("date", self.date)
        check_number_of(self, "days")
        if self.date is not None and self.days is not None:
            raise InvalidArgumentError("only one of date and days may be given")

    @staticmethod
    def parsexml(element: _Element) -> tuple[datetime | None, int | None]:
        """Read ``Date`` and ``Days`` from the element."""
        return read_moment("Date", text_or_none(element, "Date")), find_int(element, "Days")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Date`` or ``Days`` to the given element, or to a new one."""
        element = sub_element(None, type(self).__name__) if element is None else element
        add_text(element, "Date", to_iso8601utc(self.date))
        add_text(element, "Days", self.days)
        return element


@dataclass(frozen=True)
class Expiration(DateDays):
    """When objects expire. Exactly one argument must be given.

    Args:
        date: Expire on this date, at midnight UTC.
        days: Expire this many days after creation, 1 or more.
        expired_object_delete_marker: Whether to remove delete markers without any other versions.
    """

    expired_object_delete_marker: bool | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number_of(self, "days", 1)
        check_optional("expired_object_delete_marker", self.expired_object_delete_marker, bool)
        if (self.date, self.days, self.expired_object_delete_marker).count(None) != 2:
            raise InvalidArgumentError("exactly one of date, days and expired_object_delete_marker must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Expiration`` element."""
        element = check_children(own(element, "Expiration"), "Date", "Days", "ExpiredObjectDeleteMarker")
        date, days = cls.parsexml(element)
        marker = find_bool(element, "ExpiredObjectDeleteMarker")
        # Some servers write a redundant false next to the days.
        return cls(date, days, None if marker is False and (date or days) else marker)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Expiration`` element."""
        element = super().toxml(sub_element(element, "Expiration"))
        add_text(element, "ExpiredObjectDeleteMarker", self.expired_object_delete_marker)
        return element


@dataclass(frozen=True)
class Transition(DateDays):
    """When objects move to another storage class. Exactly one of `date` and `days` must be given.

    Args:
        date: Expire on this date, at midnight UTC.
        days: Move this many days after creation.
        storage_class: The target storage class, such as ``GLACIER`` or the name of a tier.
    """

    storage_class: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_optional_xml_text("storage_class", self.storage_class)
        if self.date is None and self.days is None:
            raise InvalidArgumentError("one of date and days must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Transition`` element."""
        element = check_children(own(element, "Transition"), "Date", "Days", "StorageClass")
        return cls(*cls.parsexml(element), text_or_none(element, "StorageClass"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Transition`` element."""
        element = super().toxml(sub_element(element, "Transition"))
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class NoncurrentVersionExpiration:
    """When noncurrent versions expire. At least one argument must be given.

    Args:
        noncurrent_days: Expire this many days after a version becomes noncurrent, 1 or more.
        newer_noncurrent_versions: Keep this many of the newest noncurrent versions, 1 or more.
    """

    noncurrent_days: int | None = None
    newer_noncurrent_versions: int | None = None

    def __post_init__(self) -> None:
        check_number_of(self, "noncurrent_days", 1)
        check_number_of(self, "newer_noncurrent_versions", 1)
        if self.noncurrent_days is None and self.newer_noncurrent_versions is None:
            raise InvalidArgumentError("at least one of noncurrent_days and newer_noncurrent_versions must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``NoncurrentVersionExpiration`` element."""
        element = own(element, "NoncurrentVersionExpiration")
        check_children(element, "NoncurrentDays", "NewerNoncurrentVersions")
        return cls(find_int(element, "NoncurrentDays"), find_int(element, "NewerNoncurrentVersions"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``NoncurrentVersionExpiration`` element."""
        element = sub_element(element, "NoncurrentVersionExpiration")
        add_text(element, "NoncurrentDays", self.noncurrent_days)
        add_text(element, "NewerNoncurrentVersions", self.newer_noncurrent_versions)
        return element


@dataclass(frozen=True)
class NoncurrentVersionTransition:
    """When noncurrent versions move to another storage class. A number of days or of versions must be given.

    Args:
        noncurrent_days: Move this many days after a version becomes noncurrent, 0 or more.
        storage_class: The target storage class.
        newer_noncurrent_versions: Do not move this many of the newest noncurrent versions, 1 or more.
    """

    noncurrent_days: int | None = None
    storage_class: str | None = None
    newer_noncurrent_versions: int | None = None

    def __post_init__(self) -> None:
        check_number_of(self, "noncurrent_days")
        check_optional_xml_text("storage_class", self.storage_class)
        check_number_of(self, "newer_noncurrent_versions", 1)
        if self.noncurrent_days is None and self.newer_noncurrent_versions is None:
            raise InvalidArgumentError("at least one of noncurrent_days and newer_noncurrent_versions must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``NoncurrentVersionTransition`` element."""
        element = own(element, "NoncurrentVersionTransition")
        check_children(element, "NoncurrentDays", "NewerNoncurrentVersions", "StorageClass")
        return cls(
            find_int(element, "NoncurrentDays"),
            text_or_none(element, "StorageClass"),
            find_int(element, "NewerNoncurrentVersions"),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``NoncurrentVersionTransition`` element."""
        element = sub_element(element, "NoncurrentVersionTransition")
        add_text(element, "NoncurrentDays", self.noncurrent_days)
        add_text(element, "NewerNoncurrentVersions", self.newer_noncurrent_versions)
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class AbortIncompleteMultipartUpload:
    """When incomplete multipart uploads are aborted.

    Args:
        days_after_initiation: Abort this many days after the upload was initiated, 1 or more.
    """

    days_after_initiation: int | None = None

    def __post_init__(self) -> None:
        check_number_of(self, "days_after_initiation", 1, optional=False)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``AbortIncompleteMultipartUpload`` element."""
        element = check_children(own(element, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation")
        return cls(find_int(element, "DaysAfterInitiation"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``AbortIncompleteMultipartUpload`` element."""
        element = sub_element(element, "AbortIncompleteMultipartUpload")
        add_text(element, "DaysAfterInitiation", self.days_after_initiation)
        return element


@dataclass(frozen=True)
class Rule(BaseRule):
    """A lifecycle rule for the objects of one filter. At least one action is required.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects to which the rule applies. None means all.
        rule_id: The name of the rule, 1 to 255 characters.
        abort_incomplete_multipart_upload: When incomplete uploads are aborted.
        expiration: When objects expire.
        noncurrent_version_expiration: When noncurrent versions expire.
        noncurrent_version_transition: When noncurrent versions move to another storage class.
        transition: When objects move to another storage class.
        more_transitions: Additional transitions of objects to other storage classes.
        more_noncurrent_version_transitions: Additional transitions of noncurrent versions.

    Raises:
        InvalidArgumentError: An argument is invalid, or there is no action.
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
        """Read the ``Rule`` element.

        Raises:
            UnexpectedXMLError: The rule has an unknown element.
        """
        check_children(element, *_ONCE, many=("Transition", "NoncurrentVersionTransition"))
        status, rule_filter, rule_id = cls.parsexml(element)
        prefix = find_text(element, "Prefix")
        if rule_filter is None and prefix is not None:  # the older form of a rule
            rule_filter = Filter(prefix=prefix)
        moves = [Transition.fromxml(item) for item in find_all(element, "Transition")]
        name = "NoncurrentVersionTransition"
        old_moves = [NoncurrentVersionTransition.fromxml(item) for item in find_all(element, name)]
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
        """Write the ``Rule`` element."""
        element = super().toxml(sub_element(element, "Rule"))
        if self.rule_filter is None:  # a rule must have a filter; an empty one matches all objects
            sub_element(element, "Filter")
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
    found = seek_filled(element, cls.__name__)
    return None if found is None else cls.fromxml(found)


@dataclass(frozen=True)
class LifecycleConfig:
    """The lifecycle rules of a bucket.

    Args:
        rules: 1 to 1,000 rules.

    Raises:
        InvalidArgumentError: There are no rules or too many, or an item is not a Rule.
    """

    rules: list[Rule]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", checked_list("rules", self.rules, Rule, most=_MAX_RULES))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``LifecycleConfiguration`` element."""
        # MinIO servers record here when the rules were changed.
        check_children(element, "ExpiryUpdatedAt", many=("Rule",))
        return cls([Rule.fromxml(item) for item in find_all(element, "Rule")])

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``LifecycleConfiguration`` element."""
        element = sub_element(element, "LifecycleConfiguration")
        for rule in self.rules:
            rule.toxml(element)
        return element
