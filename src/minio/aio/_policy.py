"""Calls for bucket policies: whole JSON documents, and the four canned policies by prefix of the documented API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack, overload

from .._core.arguments import NOT_GIVEN, optional_text
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ._backend import public_call
from ._subresources import AsyncSubresourceCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..policy import Policy


def _prefix(prefix: object) -> str:
    """Check a prefix. None is not accepted as "", because a mistake would then expose the whole bucket."""
    if prefix is None:
        raise InvalidArgumentTypeError('prefix must be a str, not None: "" stands for all objects of the bucket')
    return optional_text("prefix", prefix)  # type: ignore[arg-type]


Document = str | bytes | Mapping[str, Any]


class AsyncPolicyCalls(AsyncSubresourceCalls):
    """Calls for bucket policies."""

    @overload
    async def get_bucket_policy(self, bucket_name: str, **options: Unpack[CallOptions]) -> str: ...
    @overload
    async def get_bucket_policy(self, bucket_name: str, prefix: str, **options: Unpack[CallOptions]) -> Policy: ...
    @public_call
    async def get_bucket_policy(
        self, bucket_name: str, prefix: str = NOT_GIVEN, **options: Unpack[CallOptions]
    ) -> str | Policy:
        """Get a bucket's policy: the whole document, or what it grants everyone under a prefix.

        S3 operation: GetBucketPolicy.

        Args:
            bucket_name: The bucket.
            prefix: The prefix of the objects' names, "" for all objects.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            With `prefix`, a member of Policy (NONE if the bucket has no policy). Without it, the JSON text.

        Raises:
            NoSuchBucketPolicy: The bucket has no policy, and `prefix` is not given.
            ResponseError: The server returns an error.

        Example:
            >>> print(await client.get_bucket_policy("my-bucket", "photos/"))
            none
        """
        from .._core.ops.subresources import POLICY, GetSubresource
        from ..policy import get_policy

        self._check_bucket(bucket_name)
        if prefix is NOT_GIVEN:
            operation = GetSubresource(POLICY, bucket_name)
            return await self._call(operation) or ""
        prefix = _prefix(prefix)
        return get_policy((await self._policy_document(bucket_name)) or "", bucket_name, prefix)

    @overload
    async def set_bucket_policy(
        self, bucket_name: str, policy: Document | Policy, /, **options: Unpack[CallOptions]
    ) -> None: ...
    @overload
    async def set_bucket_policy(
        self, bucket_name: str, *, policy: Document | Policy, **options: Unpack[CallOptions]
    ) -> None: ...
    @overload
    async def set_bucket_policy(
        self, bucket_name: str, prefix: str, policy: Policy | str, **options: Unpack[CallOptions]
    ) -> None: ...
    @overload
    async def set_bucket_policy(
        self, bucket_name: str, prefix: str, *, policy_access: Policy | str, **options: Unpack[CallOptions]
    ) -> None: ...
    @public_call
    async def set_bucket_policy(
        self,
        bucket_name: str,
        prefix: Any = NOT_GIVEN,
        policy: Any = NOT_GIVEN,
        policy_access: Any = NOT_GIVEN,
        **options: Unpack[CallOptions],
    ) -> None:
        """Set a bucket's policy: the whole document, or what it grants everyone under a prefix.

        S3 operations: PutBucketPolicy. With a prefix also GetBucketPolicy, and DeleteBucketPolicy if no statement is
        left.

        Args:
            bucket_name: The bucket.
            prefix: The prefix of the objects' names, "" for all objects. If only two arguments are given, this is the
                document.
            policy: With a prefix, a member of Policy. Without one, the document as JSON text or a dict.
            policy_access: Another name for `policy` with a prefix.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentError: The policy is unknown, or the document is not a JSON object.
            InvalidArgumentTypeError: The document has another type.
            ResponseError: The server returns an error.

        Example:
            >>> await client.set_bucket_policy("my-bucket", "photos/", Policy.READ_ONLY)
        """
        from .._core.ops.subresources import POLICY, PutSubresource
        from ..policy import Policy, check_policy_document

        self._check_bucket(bucket_name)
        granted = policy if policy_access is NOT_GIVEN else policy_access
        if granted is NOT_GIVEN and not isinstance(prefix, Policy):
            granted, prefix = prefix, NOT_GIVEN  # two arguments: the second is the document
        elif granted is NOT_GIVEN:
            granted, prefix = prefix, ""
        if granted is NOT_GIVEN:
            raise InvalidArgumentError("policy must be given")
        if prefix is NOT_GIVEN and not isinstance(granted, Policy):
            await self._call(PutSubresource(POLICY, check_policy_document(granted), bucket_name))
        else:
            await self._grant(bucket_name, "" if prefix is NOT_GIVEN else _prefix(prefix), granted)

    async def _grant(self, bucket_name: str, prefix: str, policy: Any) -> None:
        import json

        from .._core.ops.subresources import POLICY, DeleteSubresource, PutSubresource
        from ..policy import Policy, check_policy, set_policy

        wanted = check_policy(policy)
        before = await self._policy_document(bucket_name)
        if before is None and wanted is Policy.NONE:
            return
        after = set_policy(before, bucket_name, prefix, wanted)
        if after is not None:
            await self._call(PutSubresource(POLICY, json.dumps(after).encode(), bucket_name))
        elif before is not None:
            await self._call(DeleteSubresource(POLICY, bucket_name))

    @public_call
    async def delete_bucket_policy(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete a bucket's policy. Succeeds if none is set.

        S3 operation: DeleteBucketPolicy. On servers other than AWS GetBucketPolicy is sent first, because a server
        without this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.set_bucket_policy("my-bucket", "photos/", Policy.READ_ONLY)
            >>> await client.delete_bucket_policy("my-bucket")
        """
        from .._core.ops.subresources import POLICY

        await self._delete_setting(POLICY, bucket_name)

    async def _policy_document(self, bucket_name: str) -> str | None:
        """Return the policy document after checking that get_policy can read it, or None if there is none."""
        from .._core.ops.subresources import POLICY
        from ..policy import get_policy

        return await self._get_setting(POLICY, bucket_name, check=lambda text: get_policy(text, bucket_name, ""))
