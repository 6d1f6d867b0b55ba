"""Calls on an object's settings: tags, retention, legal hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..error import InvalidArgumentTypeError, S3Error
from ..helpers import check_names, check_text
from ..xml import FromXmlType
from ._base import AsyncBase

if TYPE_CHECKING:
    from ..retention import Retention
    from ..tagging import Tags


T = TypeVar("T", bound="FromXmlType")

# What servers say of an object that has no lock, or lies in a bucket without locks.
_NO_LOCK = ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "NoSuchObjectLegalHold")


class AsyncObjectConfigCalls(AsyncBase):
    """Calls on an object's settings."""

    async def get_object_tags(self, bucket_name: str, object_name: str, version_id: str | None = None) -> Tags | None:
        """Get an object's tags.

        S3 operation: GetObjectTagging.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Returns:
            The tags, a dict; None if there are none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> tags = await client.get_object_tags("my-bucket", "my-object")
        """
        from ..tagging import Tagging

        try:
            found = await self._object_config(Tagging, "tagging", bucket_name, object_name, version_id)
        except S3Error as error:
            if error.code != "NoSuchTagSet":
                raise
            return None
        return found.tags or None

    async def set_object_tags(
        self, bucket_name: str, object_name: str, tags: Tags, version_id: str | None = None
    ) -> None:
        """Set an object's tags.

        S3 operation: PutObjectTagging.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            tags: The tags.
            version_id: The version.

        Raises:
            InvalidArgumentTypeError: `tags` are no Tags.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import Tags
            >>> tags = Tags.new_object_tags()
            >>> tags["project"] = "one"
            >>> await client.set_object_tags("my-bucket", "my-object", tags)
        """
        from ..tagging import Tagging, Tags
        from ..xml import marshal

        if not isinstance(tags, Tags):
            raise InvalidArgumentTypeError(f"tags must be Tags, not {type(tags).__name__}")
        await self._set_object_config("tagging", bucket_name, object_name, version_id, marshal(Tagging(tags)))

    async def delete_object_tags(self, bucket_name: str, object_name: str, version_id: str | None = None) -> None:
        """Remove an object's tags.

        S3 operation: DeleteObjectTagging.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.delete_object_tags("my-bucket", "my-object")
        """
        from .._core.ops.config import DeleteConfig

        check_names(bucket_name, object_name)
        await self._call(DeleteConfig("tagging", bucket_name, object_name, _version(version_id)))

    async def get_object_retention(
        self, bucket_name: str, object_name: str, version_id: str | None = None
    ) -> Retention | None:
        """Get until when an object may not be removed.

        S3 operation: GetObjectRetention.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Returns:
            The retention, None if there is none.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> retention = await client.get_object_retention("my-bucket", "my-object")
        """
        from ..retention import Retention

        try:
            return await self._object_config(Retention, "retention", bucket_name, object_name, version_id)
        except S3Error as error:
            if error.code not in _NO_LOCK:
                raise
            return None

    async def set_object_retention(
        self, bucket_name: str, object_name: str, config: Retention, version_id: str | None = None
    ) -> None:
        """Set until when an object may not be removed.

        S3 operation: PutObjectRetention.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            config: Until when, and how strictly.
            version_id: The version.

        Raises:
            InvalidArgumentTypeError: `config` is no Retention.
            ResponseError: The server refuses.

        Example:
            >>> from datetime import datetime, timedelta, timezone
            >>> from minio.commonconfig import GOVERNANCE
            >>> from minio.retention import Retention
            >>> config = Retention(GOVERNANCE, datetime.now(timezone.utc) + timedelta(days=10))
            >>> await client.set_object_retention("my-bucket", "my-object", config)
        """
        from ..retention import Retention
        from ..xml import marshal

        if not isinstance(config, Retention):
            raise InvalidArgumentTypeError(f"config must be a Retention, not {type(config).__name__}")
        await self._set_object_config("retention", bucket_name, object_name, version_id, marshal(config))

    async def enable_object_legal_hold(self, bucket_name: str, object_name: str, version_id: str | None = None) -> None:
        """Forbid that an object is removed, until that is lifted.

        S3 operation: PutObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.enable_object_legal_hold("my-bucket", "my-object")
        """
        from ..legalhold import LegalHold
        from ..xml import marshal

        await self._set_object_config("legal-hold", bucket_name, object_name, version_id, marshal(LegalHold(True)))

    async def disable_object_legal_hold(
        self, bucket_name: str, object_name: str, version_id: str | None = None
    ) -> None:
        """Allow again that an object is removed.

        S3 operation: PutObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.disable_object_legal_hold("my-bucket", "my-object")
        """
        from ..legalhold import LegalHold
        from ..xml import marshal

        await self._set_object_config("legal-hold", bucket_name, object_name, version_id, marshal(LegalHold(False)))

    async def is_object_legal_hold_enabled(
        self, bucket_name: str, object_name: str, version_id: str | None = None
    ) -> bool:
        """Tell whether a legal hold forbids that an object is removed.

        S3 operation: GetObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.

        Returns:
            Whether it does.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.is_object_legal_hold_enabled("my-bucket", "my-object")
            False
        """
        from ..legalhold import LegalHold

        try:
            return (await self._object_config(LegalHold, "legal-hold", bucket_name, object_name, version_id)).status
        except S3Error as error:
            if error.code not in _NO_LOCK:
                raise
            return False

    async def _object_config(
        self, cls: type[T], name: str, bucket_name: str, object_name: str, version_id: str | None
    ) -> T:
        from .._core.ops.config import GetSettings

        check_names(bucket_name, object_name)
        return await self._call(GetSettings(cls, name, bucket_name, object_name, _version(version_id)))

    async def _set_object_config(
        self, name: str, bucket_name: str, object_name: str, version_id: str | None, body: bytes
    ) -> None:
        from .._core.ops.config import PutConfig

        check_names(bucket_name, object_name)
        await self._call(PutConfig(name, bucket_name, body, object_name, _version(version_id)))


def _version(version_id: str | None) -> dict[str, str]:
    found = check_text("version_id", version_id)
    return {"versionId": found} if found else {}
