# Generated from src/minio/aio/_bucket_protection.py by tools/generate_sync.py. Do not edit.
"""Calls for what protects the objects of a bucket: versioning and object lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ._backend import public_call
from ._subresources import SubresourceCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..objectlockconfig import ObjectLockConfig
    from ..versioningconfig import VersioningConfig


class BucketProtectionCalls(SubresourceCalls):
    """Calls for versioning and object lock."""

    @public_call
    def get_bucket_versioning(self, bucket_name: str, **options: Unpack[CallOptions]) -> VersioningConfig:
        """Get the versioning state of a bucket.

        S3 operation: GetBucketVersioning.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The configuration. Its `status` is "Enabled", "Suspended" or "Off".

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> config = client.get_bucket_versioning("my-bucket")
        """
        from .._core.ops.subresources import VERSIONING
        from ..versioningconfig import VersioningConfig

        return self._get_setting(VERSIONING, bucket_name) or VersioningConfig()

    @public_call
    def set_bucket_versioning(self, bucket_name: str, config: VersioningConfig, **options: Unpack[CallOptions]) -> None:
        """Set the versioning state of a bucket.

        S3 operation: PutBucketVersioning.

        Args:
            bucket_name: The bucket.
            config: The configuration.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not a VersioningConfig.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import ENABLED
            >>> from minio.versioningconfig import VersioningConfig
            >>> client.set_bucket_versioning("my-bucket", VersioningConfig(ENABLED))
        """
        from .._core.ops.subresources import VERSIONING

        self._set_setting(VERSIONING, config, bucket_name)

    @public_call
    def get_object_lock_config(self, bucket_name: str, **options: Unpack[CallOptions]) -> ObjectLockConfig:
        """Get the default retention of a bucket's new objects.

        S3 operation: GetObjectLockConfiguration.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The configuration.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            S3Error: The bucket was created without object lock (ObjectLockConfigurationNotFoundError).
            ResponseError: The server returns an error.

        Example:
            >>> config = client.get_object_lock_config("my-bucket")
        """
        from .._core.ops.subresources import OBJECT_LOCK
        from ..objectlockconfig import ObjectLockConfig

        return self._get_setting(OBJECT_LOCK, bucket_name) or ObjectLockConfig(None, None, None)

    @public_call
    def set_object_lock_config(
        self, bucket_name: str, config: ObjectLockConfig, **options: Unpack[CallOptions]
    ) -> None:
        """Set the default retention of a bucket's new objects.

        S3 operation: PutObjectLockConfiguration.

        Args:
            bucket_name: The bucket.
            config: The configuration.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not an ObjectLockConfig.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import GOVERNANCE
            >>> from minio.objectlockconfig import DAYS, ObjectLockConfig
            >>> config = ObjectLockConfig(GOVERNANCE, 15, DAYS)
            >>> client.set_object_lock_config("my-bucket", config)
        """
        from .._core.ops.subresources import OBJECT_LOCK

        self._set_setting(OBJECT_LOCK, config, bucket_name)

    @public_call
    def delete_object_lock_config(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete the default retention of a bucket's new objects.

        S3 operation: PutObjectLockConfiguration without a rule.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> client.delete_object_lock_config("my-bucket")
        """
        from ..objectlockconfig import ObjectLockConfig

        self.set_object_lock_config(bucket_name, ObjectLockConfig(None, None, None))
