# Generated from src/minio/aio/_bucket_config.py by tools/generate_sync.py. Do not edit.
"""Calls on a bucket's settings: tags, versioning, life cycle, encryption, replication, object lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..error import InvalidArgumentTypeError, S3Error
from ..xml import FromXmlType
from ._base import Base

if TYPE_CHECKING:
    from ..lifecycleconfig import LifecycleConfig
    from ..objectlockconfig import ObjectLockConfig
    from ..replicationconfig import ReplicationConfig
    from ..sseconfig import SSEConfig
    from ..tagging import Tags
    from ..versioningconfig import VersioningConfig
    from ..xml import ToXmlType


T = TypeVar("T", bound="FromXmlType")

_NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"
_NO_REPLICATION = "ReplicationConfigurationNotFoundError"


class BucketConfigCalls(Base):
    """Calls on a bucket's settings."""

    def get_bucket_encryption(self, bucket_name: str) -> SSEConfig | None:
        """Get how a bucket encrypts new objects.

        S3 operation: GetBucketEncryption.

        Args:
            bucket_name: The bucket.

        Returns:
            The settings, None if there are none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> config = client.get_bucket_encryption("my-bucket")
        """
        from ..sseconfig import SSEConfig

        return self._get_config("encryption", bucket_name, SSEConfig, "ServerSideEncryptionConfigurationNotFoundError")

    def set_bucket_encryption(self, bucket_name: str, config: SSEConfig) -> None:
        """Set how a bucket encrypts new objects.

        S3 operation: PutBucketEncryption.

        Args:
            bucket_name: The bucket.
            config: The settings.

        Raises:
            InvalidArgumentTypeError: `config` is no SSEConfig.
            ResponseError: The server refuses.

        Example:
            >>> from minio.sseconfig import Rule, SSEConfig
            >>> client.set_bucket_encryption("my-bucket", SSEConfig(Rule.new_sse_s3_rule()))
        """
        from ..sseconfig import SSEConfig

        self._set_config("encryption", bucket_name, config, SSEConfig)

    def delete_bucket_encryption(self, bucket_name: str) -> None:
        """Remove the settings that say how a bucket encrypts new objects. That there were none is no error.

        S3 operation: DeleteBucketEncryption.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.delete_bucket_encryption("my-bucket")
        """
        self._delete_config("encryption", bucket_name, "ServerSideEncryptionConfigurationNotFoundError")

    def get_bucket_lifecycle(self, bucket_name: str) -> LifecycleConfig | None:
        """Get when a bucket's objects expire or move.

        S3 operation: GetBucketLifecycleConfiguration.

        Args:
            bucket_name: The bucket.

        Returns:
            The settings, None if there are none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> config = client.get_bucket_lifecycle("my-bucket")
        """
        from ..lifecycleconfig import LifecycleConfig

        return self._get_config("lifecycle", bucket_name, LifecycleConfig, "NoSuchLifecycleConfiguration")

    def set_bucket_lifecycle(self, bucket_name: str, config: LifecycleConfig) -> None:
        """Set when a bucket's objects expire or move.

        S3 operation: PutBucketLifecycleConfiguration.

        Args:
            bucket_name: The bucket.
            config: The settings.

        Raises:
            InvalidArgumentTypeError: `config` is no LifecycleConfig.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import ENABLED, Filter
            >>> from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
            >>> rule = Rule(ENABLED, rule_filter=Filter(prefix="logs/"), expiration=Expiration(days=365))
            >>> client.set_bucket_lifecycle("my-bucket", LifecycleConfig([rule]))
        """
        from ..lifecycleconfig import LifecycleConfig

        self._set_config("lifecycle", bucket_name, config, LifecycleConfig)

    def delete_bucket_lifecycle(self, bucket_name: str) -> None:
        """Remove the settings that say when a bucket's objects expire or move. That there were none is no error.

        S3 operation: DeleteBucketLifecycle.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.delete_bucket_lifecycle("my-bucket")
        """
        self._delete_config("lifecycle", bucket_name, "NoSuchLifecycleConfiguration")

    def get_bucket_replication(self, bucket_name: str) -> ReplicationConfig | None:
        """Get where a bucket's objects are replicated to.

        S3 operation: GetBucketReplication.

        Args:
            bucket_name: The bucket.

        Returns:
            The settings, None if there are none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> config = client.get_bucket_replication("my-bucket")  # doctest: +SKIP
        """
        from ..replicationconfig import ReplicationConfig

        return self._get_config("replication", bucket_name, ReplicationConfig, "ReplicationConfigurationNotFoundError")

    def set_bucket_replication(self, bucket_name: str, config: ReplicationConfig) -> None:
        """Set where a bucket's objects are replicated to.

        S3 operation: PutBucketReplication.

        Args:
            bucket_name: The bucket.
            config: The settings.

        Raises:
            InvalidArgumentTypeError: `config` is no ReplicationConfig.
            ResponseError: The server refuses.

        Example:
            >>> client.set_bucket_replication("my-bucket", config)  # doctest: +SKIP
        """
        from ..replicationconfig import ReplicationConfig

        self._set_config("replication", bucket_name, config, ReplicationConfig)

    def delete_bucket_replication(self, bucket_name: str) -> None:
        """Remove the settings that say where a bucket's objects are replicated to. That there were none is no error.

        S3 operation: DeleteBucketReplication.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.delete_bucket_replication("my-bucket")  # doctest: +SKIP
        """
        self._delete_config("replication", bucket_name, "ReplicationConfigurationNotFoundError")

    def get_bucket_tags(self, bucket_name: str) -> Tags | None:
        """Get a bucket's tags.

        S3 operation: GetBucketTagging.

        Args:
            bucket_name: The bucket.

        Returns:
            The tags, a dict; None if there are none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> tags = client.get_bucket_tags("my-bucket")
        """
        from ..tagging import Tagging

        found = self._get_config("tagging", bucket_name, Tagging, "NoSuchTagSet")
        return found.tags if found is not None else None

    def set_bucket_tags(self, bucket_name: str, tags: Tags) -> None:
        """Set a bucket's tags.

        S3 operation: PutBucketTagging.

        Args:
            bucket_name: The bucket.
            tags: The tags.

        Raises:
            InvalidArgumentTypeError: `tags` are no Tags.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import Tags
            >>> tags = Tags.new_bucket_tags()
            >>> tags["project"] = "one"
            >>> client.set_bucket_tags("my-bucket", tags)
        """
        from ..tagging import Tagging, Tags

        _check("tags", tags, Tags)
        self._set_config("tagging", bucket_name, Tagging(tags), Tagging)

    def delete_bucket_tags(self, bucket_name: str) -> None:
        """Remove a bucket's tags.

        S3 operation: DeleteBucketTagging.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.delete_bucket_tags("my-bucket")
        """
        self._delete_config("tagging", bucket_name, "NoSuchTagSet")

    def get_bucket_versioning(self, bucket_name: str) -> VersioningConfig:
        """Get whether a bucket keeps old versions.

        S3 operation: GetBucketVersioning.

        Args:
            bucket_name: The bucket.

        Returns:
            The settings; `status` is "Enabled", "Suspended" or "Off".

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> config = client.get_bucket_versioning("my-bucket")
        """
        from ..versioningconfig import VersioningConfig

        return self._get_config("versioning", bucket_name, VersioningConfig, "") or VersioningConfig()

    def set_bucket_versioning(self, bucket_name: str, config: VersioningConfig) -> None:
        """Set whether a bucket keeps old versions.

        S3 operation: PutBucketVersioning.

        Args:
            bucket_name: The bucket.
            config: The settings.

        Raises:
            InvalidArgumentTypeError: `config` is no VersioningConfig.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import ENABLED
            >>> from minio.versioningconfig import VersioningConfig
            >>> client.set_bucket_versioning("my-bucket", VersioningConfig(ENABLED))
        """
        from ..versioningconfig import VersioningConfig

        self._set_config("versioning", bucket_name, config, VersioningConfig)

    def get_object_lock_config(self, bucket_name: str) -> ObjectLockConfig:
        """Get how long a bucket's new objects are locked.

        S3 operation: GetObjectLockConfiguration.

        Args:
            bucket_name: The bucket.

        Returns:
            The settings.

        Raises:
            S3Error: ObjectLockConfigurationNotFoundError: the bucket was made without object lock.
            ResponseError: The server refuses.

        Example:
            >>> config = client.get_object_lock_config("my-bucket")
        """
        from .._core.ops.config import GetSettings
        from ..objectlockconfig import ObjectLockConfig

        self._check_bucket(bucket_name)
        return self._call(GetSettings(ObjectLockConfig, "object-lock", bucket_name))

    def set_object_lock_config(self, bucket_name: str, config: ObjectLockConfig) -> None:
        """Set how long a bucket's new objects are locked.

        S3 operation: PutObjectLockConfiguration.

        Args:
            bucket_name: The bucket.
            config: The settings.

        Raises:
            InvalidArgumentTypeError: `config` is no ObjectLockConfig.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import GOVERNANCE
            >>> from minio.objectlockconfig import DAYS, ObjectLockConfig
            >>> config = ObjectLockConfig(GOVERNANCE, 15, DAYS)
            >>> client.set_object_lock_config("my-bucket", config)
        """
        from ..objectlockconfig import ObjectLockConfig

        self._set_config("object-lock", bucket_name, config, ObjectLockConfig)

    def delete_object_lock_config(self, bucket_name: str) -> None:
        """Lock a bucket's new objects no more.

        S3 operation: PutObjectLockConfiguration without a rule.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.delete_object_lock_config("my-bucket")
        """
        from ..objectlockconfig import ObjectLockConfig

        self.set_object_lock_config(bucket_name, ObjectLockConfig(None, None, None))

    def _get_config(self, name: str, bucket_name: str, cls: type[T], missing: str) -> T | None:
        from .._core.ops.config import GetSettings

        self._check_bucket(bucket_name)
        try:
            return self._call(GetSettings(cls, name, bucket_name))
        except S3Error as error:
            if error.code == missing:
                return None
            raise

    def _set_config(self, name: str, bucket_name: str, config: ToXmlType, cls: type) -> None:
        from .._core.ops.config import PutConfig
        from ..xml import marshal

        self._check_bucket(bucket_name)
        _check("config", config, cls)
        self._call(PutConfig(name, bucket_name, marshal(config)))

    def _delete_config(self, name: str, bucket_name: str, missing: str) -> None:
        from .._core.ops.config import DeleteConfig

        self._check_bucket(bucket_name)
        try:
            self._call(DeleteConfig(name, bucket_name))
        except S3Error as error:
            if error.code != missing:
                raise


def _check(name: str, value: object, cls: type) -> None:
    if not isinstance(value, cls):
        raise InvalidArgumentTypeError(f"{name} must be {cls.__name__}, not {type(value).__name__}")
