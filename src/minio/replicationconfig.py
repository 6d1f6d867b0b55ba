"""The replication rules of a bucket (GetBucketReplication, PutBucketReplication)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from ._core.arguments import (  # fmt: skip
    check_number_of,
    check_optional,
    check_optional_xml_text,
    check_type,
    check_xml_text,
    checked_list,
)
from ._core.exceptions import InvalidArgumentError
from ._core.wire.xml_fields import (  # fmt: skip
    add_text,
    check_children,
    find,
    find_all,
    find_int,
    find_text,
    need_text,
    own,
    require,
    sub_element,
    text_or_none,
)
from .commonconfig import DISABLED, ENABLED, AndOperator, BaseRule, Filter, Tag, Tags, check_status

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "DISABLED", "ENABLED", "AccessControlTranslation", "AndOperator", "DeleteMarkerReplication",
    "DeleteReplication", "Destination", "EncryptionConfig", "EventThreshold", "ExistingObjectReplication", "Filter",
    "Metrics", "ReplicaModifications", "ReplicationConfig", "ReplicationTime", "ReplicationTimeValue", "Rule",
    "SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status", "Tag", "Tags", "Time",
]  # fmt: skip

_MAX_RULES = 1000
_OF_DESTINATION = (
    "Bucket", "Account", "StorageClass", "AccessControlTranslation", "EncryptionConfiguration", "Metrics",
    "ReplicationTime",
)  # fmt: skip
_OF_RULE = (
    "ID", "Status", "Filter", "Prefix", "Priority", "Destination", "SourceSelectionCriteria",
    "DeleteMarkerReplication", "DeleteReplication", "ExistingObjectReplication",
)  # fmt: skip


@dataclass(frozen=True)
class Status:
    """The base class of elements with a status, which is ENABLED or DISABLED."""

    status: str
    _tag: ClassVar[str] = "Status"

    def __post_init__(self) -> None:
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the status from its element, or from the parent element."""
        return cls(need_text(check_children(own(element, cls._tag), "Status"), "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the element with the status."""
        element = sub_element(element, self._tag)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class SseKmsEncryptedObjects(Status):
    """Whether objects encrypted with KMS keys are replicated."""

    _tag: ClassVar[str] = "SseKmsEncryptedObjects"


@dataclass(frozen=True)
class ReplicaModifications(Status):
    """Whether metadata changes of replicas are replicated back."""

    _tag: ClassVar[str] = "ReplicaModifications"


@dataclass(frozen=True)
class ExistingObjectReplication(Status):
    """Whether objects that existed before the rule are replicated."""

    _tag: ClassVar[str] = "ExistingObjectReplication"


@dataclass(frozen=True)
class DeleteMarkerReplication(Status):
    """Whether delete markers are replicated."""

    status: str = DISABLED
    _tag: ClassVar[str] = "DeleteMarkerReplication"


@dataclass(frozen=True)
class DeleteReplication(Status):
    """Whether deletions of versions are replicated (MinIO servers only)."""

    status: str = DISABLED
    _tag: ClassVar[str] = "DeleteReplication"


@dataclass(frozen=True)
class SourceSelectionCriteria:
    """Additional kinds of objects to replicate.

    Args:
        sse_kms_encrypted_objects: Whether to replicate objects encrypted with KMS keys.
        replica_modifications: Whether to replicate metadata changes of replicas.
    """

    sse_kms_encrypted_objects: SseKmsEncryptedObjects | None = None
    replica_modifications: ReplicaModifications | None = None

    def __post_init__(self) -> None:
        check_optional("sse_kms_encrypted_objects", self.sse_kms_encrypted_objects, SseKmsEncryptedObjects)
        check_optional("replica_modifications", self.replica_modifications, ReplicaModifications)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``SourceSelectionCriteria`` element."""
        element = own(element, "SourceSelectionCriteria")
        check_children(element, SseKmsEncryptedObjects._tag, ReplicaModifications._tag)
        return cls(_status(SseKmsEncryptedObjects, element), _status(ReplicaModifications, element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``SourceSelectionCriteria`` element."""
        element = sub_element(element, "SourceSelectionCriteria")
        _write(element, self.sse_kms_encrypted_objects, self.replica_modifications)
        return element


@dataclass(frozen=True)
class ReplicationTimeValue:
    """A duration.

    Args:
        minutes: The duration in minutes, 1 or more. S3 accepts only 15.
    """

    minutes: int | None = 15
    _tag: ClassVar[str] = "ReplicationTimeValue"

    def __post_init__(self) -> None:
        check_number_of(self, "minutes", 1)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the minutes from their element, or from the parent element."""
        return cls(find_int(check_children(own(element, cls._tag), "Minutes"), "Minutes"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the element with the minutes."""
        element = sub_element(element, self._tag)
        add_text(element, "Minutes", self.minutes)
        return element


@dataclass(frozen=True)
class Time(ReplicationTimeValue):
    """The time limit for replicating an object."""

    _tag: ClassVar[str] = "Time"


@dataclass(frozen=True)
class EventThreshold(ReplicationTimeValue):
    """The time after which a missing replica is reported."""

    _tag: ClassVar[str] = "EventThreshold"


@dataclass(frozen=True)
class ReplicationTime:
    """A time limit for replication.

    Args:
        time: The time limit.
        status: ENABLED or DISABLED.
    """

    time: Time
    status: str

    def __post_init__(self) -> None:
        check_type("time", self.time, Time)
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``ReplicationTime`` element."""
        element = check_children(own(element, "ReplicationTime"), "Status", "Time")
        return cls(Time.fromxml(element), need_text(element, "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``ReplicationTime`` element."""
        element = sub_element(element, "ReplicationTime")
        self.time.toxml(element)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class Metrics:
    """The replication metrics.

    Args:
        event_threshold: The time after which a missing replica is reported. None if the server specifies none.
        status: ENABLED or DISABLED.
    """

    event_threshold: EventThreshold | None
    status: str

    def __post_init__(self) -> None:
        check_optional("event_threshold", self.event_threshold, EventThreshold)
        check_status(self.status)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Metrics`` element."""
        element = check_children(own(element, "Metrics"), "Status", "EventThreshold")
        found = find(element, "EventThreshold")
        return cls(None if found is None else EventThreshold.fromxml(found), need_text(element, "Status").strip())

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Metrics`` element."""
        element = sub_element(element, "Metrics")
        _write(element, self.event_threshold)
        add_text(element, "Status", self.status)
        return element


@dataclass(frozen=True)
class EncryptionConfig:
    """The encryption of replicas.

    Args:
        replica_kms_key_id: The id of the KMS key.
    """

    replica_kms_key_id: str | None = None

    def __post_init__(self) -> None:
        check_optional_xml_text("replica_kms_key_id", self.replica_kms_key_id)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``EncryptionConfiguration`` element."""
        element = check_children(own(element, "EncryptionConfiguration"), "ReplicaKmsKeyID")
        return cls(text_or_none(element, "ReplicaKmsKeyID"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``EncryptionConfiguration`` element."""
        element = sub_element(element, "EncryptionConfiguration")
        add_text(element, "ReplicaKmsKeyID", self.replica_kms_key_id)
        return element


@dataclass(frozen=True)
class AccessControlTranslation:
    """The ownership of replicas.

    Args:
        owner: The owner. S3 accepts only ``Destination``.
    """

    owner: str = "Destination"

    def __post_init__(self) -> None:
        check_xml_text("owner", self.owner)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``AccessControlTranslation`` element."""
        return cls(need_text(check_children(own(element, "AccessControlTranslation"), "Owner"), "Owner"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``AccessControlTranslation`` element."""
        element = sub_element(element, "AccessControlTranslation")
        add_text(element, "Owner", self.owner)
        return element


@dataclass(frozen=True)
class Destination:
    """The destination of replicas.

    Args:
        bucket_arn: The bucket's ARN.
        access_control_translation: The ownership of the replicas.
        account: The account that owns the bucket.
        encryption_config: The encryption of the replicas.
        metrics: The replication metrics.
        replication_time: The time limit for replication.
        storage_class: The storage class of the replicas.
    """

    bucket_arn: str
    access_control_translation: AccessControlTranslation | None = None
    account: str | None = None
    encryption_config: EncryptionConfig | None = None
    metrics: Metrics | None = None
    replication_time: ReplicationTime | None = None
    storage_class: str | None = None

    def __post_init__(self) -> None:
        check_xml_text("bucket_arn", self.bucket_arn)
        check_optional("access_control_translation", self.access_control_translation, AccessControlTranslation)
        check_optional_xml_text("account", self.account)
        check_optional("encryption_config", self.encryption_config, EncryptionConfig)
        check_optional("metrics", self.metrics, Metrics)
        check_optional("replication_time", self.replication_time, ReplicationTime)
        check_optional_xml_text("storage_class", self.storage_class)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Destination`` element."""
        element = check_children(own(element, "Destination"), *_OF_DESTINATION)
        owner, keys, metrics, time = (
            find(element, name)
            for name in ("AccessControlTranslation", "EncryptionConfiguration", "Metrics", "ReplicationTime")
        )
        return cls(
            need_text(element, "Bucket"),
            None if owner is None else AccessControlTranslation.fromxml(owner),
            text_or_none(element, "Account"),
            None if keys is None else EncryptionConfig.fromxml(keys),
            None if metrics is None else Metrics.fromxml(metrics),
            None if time is None else ReplicationTime.fromxml(time),
            text_or_none(element, "StorageClass"),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Destination`` element."""
        element = sub_element(element, "Destination")
        _write(element, self.access_control_translation)
        add_text(element, "Account", self.account)
        add_text(element, "Bucket", self.bucket_arn)
        _write(element, self.encryption_config, self.metrics, self.replication_time)
        add_text(element, "StorageClass", self.storage_class)
        return element


@dataclass(frozen=True)
class Rule(BaseRule):
    """A replication rule: the objects to replicate, and their destination.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects to which the rule applies. None means all. With a filter, S3 requires
            `delete_marker_replication`, which is disabled by default.
        rule_id: The name of the rule, 1 to 255 characters.
        destination: The destination of the replicas. It is required.
        delete_marker_replication: Whether delete markers are replicated.
        existing_object_replication: Whether objects that existed before the rule are replicated.
        prefix: The prefix of the objects' names, in the older form without a filter.
        priority: The priority of the rule. If several rules apply, the one with the highest priority wins.
        source_selection_criteria: Additional kinds of objects to replicate.
        delete_replication: Whether deletions of versions are replicated (MinIO servers only).

    Raises:
        InvalidArgumentError: An argument is invalid, the destination is missing, or both a filter and a prefix are
            given.
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
        check_optional_xml_text("prefix", self.prefix, blank=True)
        if self.priority is not None:
            check_number_of(self, "priority")
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
        """Read the ``Rule`` element.

        Raises:
            UnexpectedXMLError: The rule has an unknown element.
        """
        check_children(element, *_OF_RULE)
        status, rule_filter, rule_id = cls.parsexml(element)
        criteria = find(element, "SourceSelectionCriteria")
        return cls(
            status,
            rule_filter,
            rule_id,
            Destination.fromxml(require(element, "Destination")),
            _status(DeleteMarkerReplication, element),
            _status(ExistingObjectReplication, element),
            None if rule_filter is not None else find_text(element, "Prefix"),
            find_int(element, "Priority"),
            None if criteria is None else SourceSelectionCriteria.fromxml(criteria),
            _status(DeleteReplication, element),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Rule`` element."""
        element = super().toxml(sub_element(element, "Rule"))
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
    from ._core.wire.marshal import ToXmlType

S = TypeVar("S", bound=Status)


def _status(cls: type[S], element: _Element) -> S | None:
    # Servers that do not support an element write it without a status.
    found = find(element, cls._tag)
    return None if found is None or text_or_none(found, "Status") is None else cls.fromxml(found)


def _write(element: _Element, *parts: ToXmlType | None) -> None:
    for part in parts:
        if part is not None:
            part.toxml(element)


@dataclass(frozen=True)
class ReplicationConfig:
    """The replication configuration of a bucket.

    Args:
        role: The ARN of the role that replicates, or '' if the server needs none.
        rules: 1 to 1,000 rules.

    Raises:
        InvalidArgumentError: The role is not a str, there are no rules or too many, or an item is not a Rule.
    """

    role: str
    rules: list[Rule]

    def __post_init__(self) -> None:
        check_xml_text("role", self.role, blank=True)
        object.__setattr__(self, "rules", checked_list("rules", self.rules, Rule, most=_MAX_RULES))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``ReplicationConfiguration`` element."""
        check_children(element, "Role", many=("Rule",))
        rules = [Rule.fromxml(item) for item in find_all(element, "Rule")]
        return cls(find_text(element, "Role") or "", rules)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``ReplicationConfiguration`` element."""
        element = sub_element(element, "ReplicationConfiguration")
        add_text(element, "Role", self.role)
        for rule in self.rules:
            rule.toxml(element)
        return element
