# Generated from src/minio/aio/_earlier.py by tools/generate_sync.py. Do not edit.
"""Calls that only earlier releases have. Each is another name for what a call of this release does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._core.arguments import check_type, optional_text
from ..error import InvalidArgumentError
from ._backend import public_call, run_blocking
from ._subresources import SubresourceCalls

if TYPE_CHECKING:
    from datetime import datetime

    from urllib3 import PoolManager

    from ..credentials import Credentials
    from ..sseconfig import SSEConfig


class EarlierCalls(SubresourceCalls):
    """Calls of 4.x to 6.x that later releases do not have."""

    @public_call
    def enable_bucket_versioning(self, bucket_name: str) -> None:
        """Enable the versioning of a bucket, as in 6.x. See `set_bucket_versioning`.

        S3 operation: PutBucketVersioning.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> client.enable_bucket_versioning("my-bucket")
        """
        self._set_versioning(bucket_name, "Enabled")

    @public_call
    def disable_bucket_versioning(self, bucket_name: str) -> None:
        """Suspend the versioning of a bucket, as in 6.x. See `set_bucket_versioning`.

        S3 operation: PutBucketVersioning.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> client.disable_bucket_versioning("my-bucket")
        """
        self._set_versioning(bucket_name, "Suspended")

    def _set_versioning(self, bucket_name: str, status: str) -> None:
        from .._core.ops.subresources import VERSIONING
        from ..versioningconfig import VersioningConfig

        self._set_setting(VERSIONING, VersioningConfig(status), bucket_name)

    @public_call
    def put_bucket_encryption(self, bucket_name: str, enc_config: SSEConfig | Mapping[str, Any]) -> None:
        """Set the default encryption of a bucket, as in 6.x. See `set_bucket_encryption`.

        S3 operation: PutBucketEncryption.

        Args:
            bucket_name: The bucket.
            enc_config: A dict of the form of the S3 document, or an SSEConfig.

        Raises:
            InvalidArgumentError: The dict does not have the form of the document.
            ResponseError: The server returns an error.

        Example:
            >>> rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            >>> client.put_bucket_encryption(
            ...     "my-bucket", {"ServerSideEncryptionConfiguration": {"Rule": [rule]}}
            ... )
        """
        from .._core.ops.subresources import ENCRYPTION
        from ..sseconfig import SSEConfig

        self._check_bucket(bucket_name)
        config = _encryption(enc_config) if isinstance(enc_config, Mapping) else enc_config
        check_type("enc_config", config, SSEConfig)
        self._set_setting(ENCRYPTION, config, bucket_name)

    @public_call
    def get_assume_role_creds(
        self,
        arn: str | None = None,
        session_name: str | None = None,
        policy: str | None = None,
        duration: int | None = None,
    ) -> tuple[Credentials, datetime | None]:
        """Get temporary credentials for the owner of this client's credentials. See `AssumeRoleProvider`.

        STS operation: AssumeRole, at the endpoint of this client.

        Args:
            arn: The role to assume. Servers other than AWS need none.
            session_name: The name of the session.
            policy: A JSON policy that restricts the credentials.
            duration: The lifetime of the credentials in seconds. None means the default of the server.

        Returns:
            The credentials, and when they expire.

        Raises:
            InvalidArgumentError: The client is anonymous, or `duration` is negative.
            ResponseError: The server returns an error.
            TransportError: The server is unreachable.

        Example:
            >>> found, expiration = client.get_assume_role_creds(duration=900)  # doctest: +SKIP
        """
        from ..credentials import AssumeRoleProvider

        arn, session_name = optional_text("arn", arn), optional_text("session_name", session_name)
        policy = optional_text("policy", policy)
        own = self._credentials()
        if own is None:
            raise InvalidArgumentError("get_assume_role_creds needs a client with credentials, not an anonymous one")
        endpoint = self._session.endpoint
        provider = AssumeRoleProvider(
            sts_endpoint=f"{'https' if endpoint.secure else 'http'}://{endpoint}",
            access_key=own.access_key,
            secret_key=own.secret_key,
            session_token=own.session_token,
            duration_seconds=duration or 0,
            policy=policy or None,
            role_arn=arn or None,
            role_session_name=session_name or None,
            http_client=self._pool(),
        )
        found = run_blocking(provider.retrieve)
        return found, found.expiration

    def _pool(self) -> PoolManager | None:
        """Return a pool for a request that is not one of S3, with the certificates of this client."""
        if self._http_client is not None or not self._session.endpoint.secure:
            return self._http_client
        from urllib3 import PoolManager

        from .._core.http.settings import ssl_context

        return PoolManager(ssl_context=ssl_context(self._settings))

    def use_s3_accelerate(self, value: bool) -> None:
        """Switch transfer acceleration on AWS on or off, as in 6.x. See `enable_accelerate_endpoint`.

        Args:
            value: Whether to use the accelerated endpoints. Other servers have none, and nothing changes.

        Raises:
            InvalidArgumentTypeError: `value` is not a bool.

        Example:
            >>> client.use_s3_accelerate(False)
        """
        check_type("value", value, bool)
        if self._session.endpoint.aws:
            self._readdress(accelerate=value)


def _encryption(document: Mapping[str, Any]) -> SSEConfig:
    """Read the dict of 6.x."""
    from ..sseconfig import Rule, SSEConfig

    inner = document.get("ServerSideEncryptionConfiguration", document)
    rules = inner.get("Rule") if isinstance(inner, Mapping) else None
    rule = rules[0] if isinstance(rules, (list, tuple)) and len(rules) == 1 else rules
    default = rule.get("ApplyServerSideEncryptionByDefault") if isinstance(rule, Mapping) else None
    if not isinstance(default, Mapping) or "SSEAlgorithm" not in default:
        raise InvalidArgumentError(
            "enc_config must be {'ServerSideEncryptionConfiguration': {'Rule': "
            f"[{{'ApplyServerSideEncryptionByDefault': {{'SSEAlgorithm': 'AES256'}}}}]}}}}, not {document!r}"
        )
    return SSEConfig(Rule(default["SSEAlgorithm"], default.get("KMSMasterKeyID")))
