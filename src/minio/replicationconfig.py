"""Where a bucket's objects are copied to as they come (GetBucketReplication, PutBucketReplication)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from ._core.wire.fields import add_text, enter, filled_text, need, need_text, own, seek, seek_all, seek_int, seek_text
from ._core.wire.values import (
    check_number,
    check_optional,
    check_optional_number,
    check_optional_text,
    check_text,
    check_type,
    checked_list,
)  # fmt: skip
from .commonconfig import DISABLED, ENABLED, AndOperator, BaseRule, Filter, Tag, Tags, check_status
from .error import InvalidArgumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "DISABLED",
    "ENABLED",
    "AccessControlTranslation",
    "AndOperator",
    "DeleteMarkerReplication",
    "DeleteReplication",
    "Destination",
    "EncryptionConfig",
    "EventThreshold",
    "ExistingObjectReplication",
    "Filter",
    "Metrics",
    "ReplicaModifications",
    "ReplicationConfig",
    "ReplicationTime",
    "ReplicationTimeValue",
    "Rule",
    "SourceSelectionCriteria",
    "SseKmsEncryptedObjects",
    "Status",
    "Tag",
    "Tags",
    "Time",
]

_MAX_RULES = 1000


@dataclass(frozen=True)
class Status:
    """Something that is ENABLED or DISABLED."""

    status: str
    _tag: ClassVar[str] = "Status"

    def __post_init__(self) -> None:
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the status out of its element, or out of what holds that."""
        return cls(need_text(own(element, cls._tag), "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the element with its status."""
        element = enter(element, self._tag)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class SseKmsEncryptedObjects(Status):
    """Whether objects encrypted by KMS are copied."""

    _tag: ClassVar[str] = "SseKmsEncryptedObjects"


@dataclass(frozen=True)
class ReplicaModifications(Status):
    """Whether changes of a copy's metadata are copied back."""

    _tag: ClassVar[str] = "ReplicaModifications"


@dataclass(frozen=True)
class ExistingObjectReplication(Status):
    """Whether objects that were there before the rule are copied."""

    _tag: ClassVar[str] = "ExistingObjectReplication"


@dataclass(frozen=True)
class DeleteMarkerReplication(Status):
    """Whether delete markers are copied."""

    status: str = DISABLED
    _tag: ClassVar[str] = "DeleteMarkerReplication"


@dataclass(frozen=True)
class DeleteReplication(Status):
    """Whether deletions of versions are copied (MinIO servers only)."""

    status: str = DISABLED
    _tag: ClassVar[str] = "DeleteReplication"


@dataclass(frozen=True)
class SourceSelectionCriteria:
    """Which objects besides the ordinary ones are copied.

    Args:
        sse_kms_encrypted_objects: Those encrypted by KMS.
        replica_modifications: Changes made to the copies.
    """

    sse_kms_encrypted_objects: SseKmsEncryptedObjects | None = None
    replica_modifications: ReplicaModifications | None = None

    def __post_init__(self) -> None:
        check_optional("sse_kms_encrypted_objects", self.sse_kms_encrypted_objects, SseKmsEncryptedObjects)
        check_optional("replica_modifications", self.replica_modifications, ReplicaModifications)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``SourceSelectionCriteria``."""
        element = own(element, "SourceSelectionCriteria")
        return cls(_status(SseKmsEncryptedObjects, element), _status(ReplicaModifications, element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``SourceSelectionCriteria``."""
        element = enter(element, "SourceSelectionCriteria")
        _write(element, self.sse_kms_encrypted_objects, self.replica_modifications)
        return element


@dataclass(frozen=True)
class ReplicationTimeValue:
    """A span of time.

    Args:
        minutes: 1 or more; S3 knows 15 only.
    """

    minutes: int | None = 15
    _tag: ClassVar[str] = "ReplicationTimeValue"

    def __post_init__(self) -> None:
        check_optional_number("minutes", self.minutes, 1)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the minutes out of its element, or out of what holds that."""
        return cls(seek_int(own(element, cls._tag), "Minutes"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the element with its minutes."""
        element = enter(element, self._tag)
        add_text(element, "Minutes", self.minutes)
        return element


@dataclass(frozen=True)
class Time(ReplicationTimeValue):
    """Within what time an object should be copied."""

    _tag: ClassVar[str] = "Time"


@dataclass(frozen=True)
class EventThreshold(ReplicationTimeValue):
    """After what time a missing copy is reported."""

    _tag: ClassVar[str] = "EventThreshold"


@dataclass(frozen=True)
class ReplicationTime:
    """A promise of time.

    Args:
        time: Within what time.
        status: ENABLED or DISABLED.
    """

    time: Time
    status: str

    def __post_init__(self) -> None:
        check_type("time", self.time, Time)
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``ReplicationTime``."""
        element = own(element, "ReplicationTime")
        return cls(Time.fromxml(element), need_text(element, "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``ReplicationTime``."""
        element = enter(element, "ReplicationTime")
        self.time.toxml(element)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class Metrics:
    """What is measured.

    Args:
        event_threshold: After what time a missing copy is reported; None where the server names none.
        status: ENABLED or DISABLED.
    """

    event_threshold: EventThreshold | None
    status: str

    def __post_init__(self) -> None:
        check_optional("event_threshold", self.event_threshold, EventThreshold)
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Metrics``."""
        element = own(element, "Metrics")
        found = seek(element, "EventThreshold")
        return cls(None if found is None else EventThreshold.fromxml(found), need_text(element, "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Metrics``."""
        element = enter(element, "Metrics")
        _write(element, self.event_threshold)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class EncryptionConfig:
    """How copies are encrypted.

    Args:
        replica_kms_key_id: The id of the key.
    """

    replica_kms_key_id: str | None = None

    def __post_init__(self) -> None:
        check_optional_text("replica_kms_key_id", self.replica_kms_key_id)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``EncryptionConfiguration``."""
        return cls(filled_text(own(element, "EncryptionConfiguration"), "ReplicaKmsKeyID"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``EncryptionConfiguration``."""
        element = enter(element, "EncryptionConfiguration")
        add_text(element, "ReplicaKmsKeyID", self.replica_kms_key_id)
        return element


@dataclass(frozen=True)
class AccessControlTranslation:
    """Whom copies belong to.

    Args:
        owner: S3 knows ``Destination`` only.
    """

    owner: str = "Destination"

    def __post_init__(self) -> None:
        check_text("owner", self.owner)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``AccessControlTranslation``."""
        return cls(need_text(own(element, "AccessControlTranslation"), "Owner"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``AccessControlTranslation``."""
        element = enter(element, "AccessControlTranslation")
        add_text(element, "Owner", self.owner)
        return element


@dataclass(frozen=True)
class Destination:
    """Where copies go.

    Args:
        bucket_arn: The bucket's ARN.
        access_control_translation: Whom they belong to.
        account: The account that owns the bucket.
        encryption_config: How they are encrypted.
        metrics: What is measured.
        replication_time: A promise of time.
        storage_class: Their storage class.
    """

    bucket_arn: str
    access_control_translation: AccessControlTranslation | None = None
    account: str | None = None
    encryption_config: EncryptionConfig | None = None
    metrics: Metrics | None = None
    replication_time: ReplicationTime | None = None
    storage_class: str | None = None

    def __post_init__(self) -> None:
        check_text("bucket_arn", self.bucket_arn)
        check_optional("access_control_translation", self.access_control_translation, AccessControlTranslation)
        check_optional_text("account", self.account)
        check_optional("encryption_config", self.encryption_config, EncryptionConfig)
        check_optional("metrics", self.metrics, Metrics)
        check_optional("replication_time", self.replication_time, ReplicationTime)
        check_optional_text("storage_class", self.storage_class)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Destination``."""
        element = own(element, "Destination")
        owner, keys, metrics, time = (
            seek(element, name)
            for name in ("AccessControlTranslation", "EncryptionConfiguration", "Metrics", "ReplicationTime")
        )
        return cls(
            need_text(element, "Bucket"),
            None if owner is None else AccessControlTranslation.fromxml(owner),
            filled_text(element, "Account"),
            None if keys is None else EncryptionConfig.fromxml(keys),
            None if metrics is None else Metrics.fromxml(metrics),
            None if time is None else ReplicationTime.fromxml(time),
            filled_text(element, "StorageClass"),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Destination``."""
        element = enter(element, "Destination")
        _write(element, self.access_control_translation)
        add_text(element, "Account", self.account)
        add_text(element, "Bucket", self.bucket_arn)
        _write(element, self.encryption_config, self.metrics, self.replication_time)
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class Rule(BaseRule):
    """Which objects are copied where.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects; None means all. With a filter, S3 demands that `delete_marker_replication` is said: it
            is off unless given.
        rule_id: Its name, 1 to 255 characters.
        destination: Where the copies go; it must be given.
        delete_marker_replication: Whether delete markers are copied.
        existing_object_replication: Whether objects that were there before are copied.
        prefix: The objects, in the older form without a filter.
        priority: Which rule wins where several apply: the highest.
        source_selection_criteria: Which objects besides the ordinary ones.
        delete_replication: Whether deletions of versions are copied (MinIO servers only).

    Raises:
        InvalidArgumentError: One of them is wrong, there is no destination, or there are both filter and prefix.
    """

    destination: Destination | None = None
    delete_marker_replication: DeleteMarkerReplication | None = None
    existing_object_replication: ExistingObjectReplication | None = None
    prefix: str | None = None
    priority: int | None = None
    source_selection_criteria: SourceSelectionCriteria | None = None
    delete_replication: DeleteReplication | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.destination is None:
            raise InvalidArgumentError("destination must be given")
        check_type("destination", self.destination, Destination)
        check_optional("delete_marker_replication", self.delete_marker_replication, DeleteMarkerReplication)
        check_optional("existing_object_replication", self.existing_object_replication, ExistingObjectReplication)
        check_optional_text("prefix", self.prefix, blank=True)
        if self.priority is not None:
            check_number("priority", self.priority)
        check_optional("source_selection_criteria", self.source_selection_criteria, SourceSelectionCriteria)
        check_optional("delete_replication", self.delete_replication, DeleteReplication)
        self._settle_filter()

    def _settle_filter(self) -> None:
        if self.rule_filter is None:
            return
        if self.prefix is not None:
            raise InvalidArgumentError("only one of rule_filter and prefix may be given")
        if self.delete_marker_replication is None:
            object.__setattr__(self, "delete_marker_replication", DeleteMarkerReplication())

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Rule``."""
        status, rule_filter, rule_id = cls.parsexml(element)
        criteria = seek(element, "SourceSelectionCriteria")
        return cls(
            status,
            rule_filter,
            rule_id,
            Destination.fromxml(need(element, "Destination")),
            _status(DeleteMarkerReplication, element),
            _status(ExistingObjectReplication, element),
            None if rule_filter is not None else seek_text(element, "Prefix"),
            seek_int(element, "Priority"),
            None if criteria is None else SourceSelectionCriteria.fromxml(criteria),
            _status(DeleteReplication, element),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Rule``."""
        element = super().toxml(enter(element, "Rule"))
        add_text(element, "Priority", self.priority)
        add_text(element, "Prefix", self.prefix)
        _write(
            element,
            self.source_selection_criteria,
            self.existing_object_replication,
            self.destination,
            self.delete_marker_replication,
            self.delete_replication,
        )
        return element


if TYPE_CHECKING:
    from .xml import ToXmlType

S = TypeVar("S", bound=Status)


def _status(cls: type[S], element: _Element) -> S | None:
    # Servers that do not know a part write it without a status.
    found = seek(element, cls._tag)
    return None if found is None or filled_text(found, "Status") is None else cls.fromxml(found)


def _write(element: _Element, *parts: ToXmlType | None) -> None:
    for part in parts:
        if part is not None:
            part.toxml(element)


@dataclass(frozen=True)
class ReplicationConfig:
    """The replication of a bucket.

    Args:
        role: The ARN of the role that copies; '' where the server needs none.
        rules: 1 to 1000 rules.

    Raises:
        InvalidArgumentError: The role is not a str, there are none or too many rules, or one is not a Rule.
    """

    role: str
    rules: list[Rule]

    def __post_init__(self) -> None:
        check_text("role", self.role, blank=True)
        object.__setattr__(self, "rules", checked_list("rules", self.rules, Rule, most=_MAX_RULES))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``ReplicationConfiguration``."""
        rules = [Rule.fromxml(item) for item in seek_all(element, "Rule")]
        return cls(seek_text(element, "Role") or "", rules)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``ReplicationConfiguration``."""
        element = enter(element, "ReplicationConfiguration")
        add_text(element, "Role", self.role)
        for rule in self.rules:
            rule.toxml(element)
        return element
