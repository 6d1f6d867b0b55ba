# Generated from src/minio/aio/_policy.py by tools/generate_sync.py. Do not edit.
"""Calls on bucket policies: whole documents as JSON, and the documented API's four rights by prefix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from ..error import InvalidArgumentError, InvalidResponseError, NoSuchBucketPolicy
from ..helpers import check_text
from ._base import Base

if TYPE_CHECKING:
    from ..policy import Policy


Document = str | bytes | Mapping[str, Any]
_UNSET: Any = object()


class PolicyCalls(Base):
    """Calls on bucket policies."""

    @overload
    def get_bucket_policy(self, bucket_name: str) -> str: ...
    @overload
    def get_bucket_policy(self, bucket_name: str, prefix: str) -> Policy: ...
    def get_bucket_policy(self, bucket_name: str, prefix: str = _UNSET) -> str | Policy:
        """Get a bucket's policy: with a prefix what it grants everybody there, without one the document.

        S3 operation: GetBucketPolicy.

        Args:
            bucket_name: The bucket.
            prefix: The beginning of the objects' names, "" for all.

        Returns:
            With `prefix` a member of Policy (NONE if the bucket has no policy); without it the JSON text.

        Raises:
            NoSuchBucketPolicy: Without `prefix`: the bucket has no policy.
            ResponseError: The server refuses.

        Example:
            >>> print(client.get_bucket_policy("my-bucket", "photos/"))
            none
        """
        from .._core.ops.config import GetText
        from ..policy import get_policy

        self._check_bucket(bucket_name)
        if prefix is _UNSET:
            return self._call(GetText("policy", bucket_name))
        prefix = check_text("prefix", prefix)
        return get_policy((self._policy_document(bucket_name)) or "", bucket_name, prefix)

    @overload
    def set_bucket_policy(self, bucket_name: str, policy: Document | Policy, /) -> None: ...
    @overload
    def set_bucket_policy(self, bucket_name: str, *, policy: Document | Policy) -> None: ...
    @overload
    def set_bucket_policy(self, bucket_name: str, prefix: str, policy: Policy | str) -> None: ...
    @overload
    def set_bucket_policy(self, bucket_name: str, prefix: str, *, policy_access: Policy | str) -> None: ...
    def set_bucket_policy(
        self, bucket_name: str, prefix: Any = _UNSET, policy: Any = _UNSET, policy_access: Any = _UNSET
    ) -> None:
        """Set a bucket's policy: a whole document, or what it grants everybody on names with a prefix.

        S3 operations: PutBucketPolicy; with a prefix also GetBucketPolicy, and DeleteBucketPolicy when nothing is
        left.

        Args:
            bucket_name: The bucket.
            prefix: The beginning of the objects' names, "" for all. With two arguments only, the document.
            policy: With a prefix a member of Policy; without one the document as JSON text or dict.
            policy_access: Another name for `policy` with a prefix.

        Raises:
            InvalidArgumentError: The policy is unknown, or the document is no JSON object.
            InvalidArgumentTypeError: The document is of another type.
            ResponseError: The server refuses.

        Example:
            >>> client.set_bucket_policy("my-bucket", "photos/", Policy.READ_ONLY)
        """
        from .._core.ops.config import PutConfig
        from ..policy import Policy, check_policy_document

        self._check_bucket(bucket_name)
        granted = policy if policy_access is _UNSET else policy_access
        if granted is _UNSET and not isinstance(prefix, Policy):
            granted, prefix = prefix, _UNSET  # two arguments: the second is the document
        elif granted is _UNSET:
            granted, prefix = prefix, ""
        if granted is _UNSET:
            raise InvalidArgumentError("policy must be given")
        if prefix is _UNSET and not isinstance(granted, Policy):
            self._call(PutConfig("policy", bucket_name, check_policy_document(granted)))
        else:
            self._grant(bucket_name, "" if prefix is _UNSET else check_text("prefix", prefix), granted)

    def _grant(self, bucket_name: str, prefix: str, policy: Any) -> None:
        import json

        from .._core.ops.config import DeleteConfig, PutConfig
        from ..policy import Policy, check_policy, set_policy

        wanted = check_policy(policy)
        before = self._policy_document(bucket_name)
        if before is None and wanted is Policy.NONE:
            return
        after = set_policy(before, bucket_name, prefix, wanted)
        if after is not None:
            self._call(PutConfig("policy", bucket_name, json.dumps(after).encode()))
        elif before is not None:
            self._call(DeleteConfig("policy", bucket_name))

    def delete_bucket_policy(self, bucket_name: str) -> None:
        """Remove a bucket's policy.

        S3 operation: DeleteBucketPolicy.

        Args:
            bucket_name: The bucket.

        Raises:
            NoSuchBucketPolicy: It has none, and the server takes that for an error (SeaweedFS).
            ResponseError: The server refuses.

        Example:
            >>> client.set_bucket_policy("my-bucket", "photos/", Policy.READ_ONLY)
            >>> client.delete_bucket_policy("my-bucket")
        """
        from .._core.ops.config import DeleteConfig

        self._check_bucket(bucket_name)
        self._call(DeleteConfig("policy", bucket_name))

    def _policy_document(self, bucket_name: str) -> bytes | None:
        import json

        from .._core.ops.config import GetConfig
        from ..policy import get_policy

        try:
            body = self._call(GetConfig("policy", bucket_name))
        except NoSuchBucketPolicy:
            return None
        try:
            json.loads(body)
            get_policy(body, bucket_name, "")  # refuses what is JSON and no policy
        except (ValueError, RecursionError) as fault:
            raise InvalidResponseError(200, "application/json", body.decode("utf-8", "replace")) from fault
        return body
