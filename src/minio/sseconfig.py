"""The encryption that a bucket gives to new objects (GetBucketEncryption, PutBucketEncryption)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.wire.fields import add_text, enter, filled_text, need, need_text, own, seek_bool
from ._core.wire.values import check_choice, check_optional, check_optional_text, check_type
from .error import InvalidArgumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

AES256 = "AES256"
AWS_KMS = "aws:kms"
_AWS_KMS_DSSE = "aws:kms:dsse"
_BY_DEFAULT = "ApplyServerSideEncryptionByDefault"


@dataclass(frozen=True)
class Rule:
    """How new objects are encrypted.

    Args:
        sse_algorithm: AES256 or AWS_KMS (or ``aws:kms:dsse``).
        kms_master_key_id: The id of the key, with AWS_KMS only; None means the server's default key.
        bucket_key_enabled: Use one data key for the bucket instead of one for each object (Amazon).

    Raises:
        InvalidArgumentError: The algorithm is unknown, or a key is given to one that takes none.
    """

    sse_algorithm: str
    kms_master_key_id: str | None = None
    bucket_key_enabled: bool | None = None

    def __post_init__(self) -> None:
        check_choice("sse_algorithm", self.sse_algorithm, (AES256, AWS_KMS, _AWS_KMS_DSSE))
        check_optional_text("kms_master_key_id", self.kms_master_key_id)
        check_optional("bucket_key_enabled", self.bucket_key_enabled, bool)
        if self.sse_algorithm == AES256 and self.kms_master_key_id is not None:
            raise InvalidArgumentError(f"kms_master_key_id goes with {AWS_KMS}, not with {AES256}")

    @classmethod
    def new_sse_s3_rule(cls) -> Self:
        """Make a rule for the server's own keys."""
        return cls(AES256)

    @classmethod
    def new_sse_kms_rule(cls, kms_master_key_id: str | None = None) -> Self:
        """Make a rule for a key of the server's KMS."""
        return cls(AWS_KMS, kms_master_key_id)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Rule``, or the first one in what holds it."""
        rule = own(element, "Rule")
        default = need(rule, _BY_DEFAULT)
        return cls(
            need_text(default, "SSEAlgorithm").strip(),
            filled_text(default, "KMSMasterKeyID"),
            seek_bool(rule, "BucketKeyEnabled"),
        )

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Rule``."""
        element = enter(element, "Rule")
        default = enter(element, _BY_DEFAULT)
        add_text(default, "SSEAlgorithm", self.sse_algorithm)
        add_text(default, "KMSMasterKeyID", self.kms_master_key_id)
        add_text(element, "BucketKeyEnabled", self.bucket_key_enabled)
        return element


@dataclass(frozen=True)
class SSEConfig:
    """The default encryption of a bucket.

    Args:
        rule: How new objects are encrypted.

        client.set_bucket_encryption("bucket", SSEConfig(Rule.new_sse_s3_rule()))
    """

    rule: Rule

    def __post_init__(self) -> None:
        check_type("rule", self.rule, Rule)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``ServerSideEncryptionConfiguration``."""
        return cls(Rule.fromxml(element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``ServerSideEncryptionConfiguration``."""
        element = enter(element, "ServerSideEncryptionConfiguration")
        self.rule.toxml(element)
        return element
