"""The default encryption of a bucket (GetBucketEncryption, PutBucketEncryption)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import (
    check_choice,
    check_optional,
    check_optional_xml_text,
    check_type,
    check_xml_text,
    checked_list,
)
from ._core.exceptions import InvalidArgumentError
from ._core.wire.xml_fields import (
    add_text,
    check_children,
    element_text,
    find,
    find_bool,
    need_text,
    own,
    require,
    sub_element,
    text_or_none,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

AES256 = "AES256"
AWS_KMS = "aws:kms"
_AWS_KMS_DSSE = "aws:kms:dsse"
_BY_DEFAULT = "ApplyServerSideEncryptionByDefault"


@dataclass(frozen=True)
class Rule:
    """The default encryption of new objects.

    Args:
        sse_algorithm: AES256 or AWS_KMS (or ``aws:kms:dsse``).
        kms_master_key_id: The id of the KMS key, only with AWS_KMS. None means the server's default key.
        bucket_key_enabled: Use one data key for the bucket instead of one for each object (AWS only).
        blocked_encryption_types: Encryption types that new objects must not use: ``SSE-C``, or ``NONE`` to allow all
            (AWS only).

    Raises:
        InvalidArgumentError: The algorithm is unknown, or it does not accept a key.
    """

    sse_algorithm: str
    kms_master_key_id: str | None = None
    bucket_key_enabled: bool | None = None
    blocked_encryption_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_choice("sse_algorithm", self.sse_algorithm, (AES256, AWS_KMS, _AWS_KMS_DSSE))
        check_optional_xml_text("kms_master_key_id", self.kms_master_key_id)
        check_optional("bucket_key_enabled", self.bucket_key_enabled, bool)
        blocked = checked_list("blocked_encryption_types", self.blocked_encryption_types, str, empty=True)
        for kind in blocked:
            check_xml_text("each of blocked_encryption_types", kind)
        object.__setattr__(self, "blocked_encryption_types", tuple(blocked))
        if self.sse_algorithm == AES256 and self.kms_master_key_id is not None:
            raise InvalidArgumentError(f"kms_master_key_id goes with {AWS_KMS}, not with {AES256}")

    @classmethod
    def new_sse_s3_rule(cls) -> Self:
        """Create a rule for SSE-S3, with keys of the server."""
        return cls(AES256)

    @classmethod
    def new_sse_kms_rule(cls, kms_master_key_id: str | None = None) -> Self:
        """Create a rule for SSE-KMS, with a KMS key."""
        return cls(AWS_KMS, kms_master_key_id)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Rule`` element, or the first one in the given element.

        Raises:
            UnexpectedXMLError: The rule has an unknown element.
        """
        rule = check_children(own(element, "Rule"), _BY_DEFAULT, "BucketKeyEnabled", "BlockedEncryptionTypes")
        default = check_children(require(rule, _BY_DEFAULT), "SSEAlgorithm", "KMSMasterKeyID")
        blocked = find(rule, "BlockedEncryptionTypes")
        kinds = () if blocked is None else check_children(blocked, many=("EncryptionType",))
        return cls(
            need_text(default, "SSEAlgorithm").strip(),
            text_or_none(default, "KMSMasterKeyID"),
            find_bool(rule, "BucketKeyEnabled"),
            tuple(element_text(item).strip() for item in kinds),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Rule`` element."""
        element = sub_element(element, "Rule")
        default = sub_element(element, _BY_DEFAULT)
        add_text(default, "SSEAlgorithm", self.sse_algorithm)
        add_text(default, "KMSMasterKeyID", self.kms_master_key_id)
        add_text(element, "BucketKeyEnabled", self.bucket_key_enabled)
        if self.blocked_encryption_types:
            blocked = sub_element(element, "BlockedEncryptionTypes")
            for kind in self.blocked_encryption_types:
                add_text(blocked, "EncryptionType", kind)
        return element


@dataclass(frozen=True)
class SSEConfig:
    """The default encryption of a bucket.

    Args:
        rule: The encryption of new objects.

        client.set_bucket_encryption("bucket", SSEConfig(Rule.new_sse_s3_rule()))
    """

    rule: Rule

    def __post_init__(self) -> None:
        check_type("rule", self.rule, Rule)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``ServerSideEncryptionConfiguration`` element.

        Raises:
            UnexpectedXMLError: The configuration has more than one rule, or an unknown element.
        """
        check_children(element, "Rule")
        return cls(Rule.fromxml(element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``ServerSideEncryptionConfiguration`` element."""
        element = sub_element(element, "ServerSideEncryptionConfiguration")
        self.rule.toxml(element)
        return element
