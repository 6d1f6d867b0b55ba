"""Calls for object configuration: tags, retention, legal hold, access control list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._core.arguments import check_names, check_type, optional_text
from ._backend import public_call
from ._subresources import AsyncSubresourceCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..accesscontrol import AccessControlPolicy
    from ..retention import Retention
    from ..tagging import Tags


class AsyncObjectConfigCalls(AsyncSubresourceCalls):
    """Calls for object configuration."""

    @public_call
    async def get_object_acl(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> AccessControlPolicy:
        """Get an object's owner and its access control list.

        S3 operation: GetObjectAcl.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The owner, and `access_control_list` with the grants.

        Raises:
            NoSuchKey: The object does not exist.
            InvalidResponseError: The server sends something else, such as the object itself.
            ResponseError: The server returns an error.

        Example:
            >>> found = await client.get_object_acl("my-bucket", "my-object")
            >>> print(found.owner_id, [grant.permission for grant in found.access_control_list])
        """
        from .._core.ops.attributes import GetObjectAcl

        check_names(bucket_name, object_name)
        version = optional_text("version_id", version_id) or None
        return await self._call(GetObjectAcl(bucket_name, object_name, version))

    @public_call
    async def get_object_tags(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> Tags | None:
        """Get an object's tags.

        S3 operation: GetObjectTagging.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The tags as a dict, or None if there are none.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> tags = await client.get_object_tags("my-bucket", "my-object")
        """
        from .._core.ops.subresources import OBJECT_TAGGING

        found = await self._get_setting(OBJECT_TAGGING, bucket_name, object_name, version_id)
        return None if found is None else found.tags or None

    @public_call
    async def set_object_tags(
        self,
        bucket_name: str,
        object_name: str,
        tags: Tags,
        version_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        """Set an object's tags.

        S3 operation: PutObjectTagging.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            tags: The tags.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `tags` is not a Tags.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import Tags
            >>> tags = Tags.new_object_tags()
            >>> tags["project"] = "one"
            >>> await client.set_object_tags("my-bucket", "my-object", tags)
        """
        from .._core.ops.subresources import OBJECT_TAGGING
        from ..tagging import Tagging, Tags

        check_type("tags", tags, Tags)
        await self._set_setting(OBJECT_TAGGING, Tagging(tags), bucket_name, object_name, version_id)

    @public_call
    async def delete_object_tags(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> None:
        """Delete an object's tags. Succeeds if none are set.

        S3 operation: DeleteObjectTagging. On servers other than AWS GetObjectTagging is sent first, because a server
        without this operation might delete the object instead.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_object_tags("my-bucket", "my-object")
        """
        from .._core.ops.subresources import OBJECT_TAGGING

        await self._delete_setting(OBJECT_TAGGING, bucket_name, object_name, version_id)

    @public_call
    async def get_object_retention(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> Retention | None:
        """Get the retention of an object.

        S3 operation: GetObjectRetention.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The retention, or None if none is set.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> retention = await client.get_object_retention("my-bucket", "my-object")
        """
        from .._core.ops.subresources import RETENTION

        return await self._get_setting(RETENTION, bucket_name, object_name, version_id)

    @public_call
    async def set_object_retention(
        self,
        bucket_name: str,
        object_name: str,
        config: Retention,
        version_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        """Set the retention of an object.

        S3 operation: PutObjectRetention.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            config: The retention mode and date.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not a Retention.
            ResponseError: The server returns an error.

        Example:
            >>> from datetime import datetime, timedelta, timezone
            >>> from minio.commonconfig import GOVERNANCE
            >>> from minio.retention import Retention
            >>> config = Retention(GOVERNANCE, datetime.now(timezone.utc) + timedelta(days=10))
            >>> await client.set_object_retention("my-bucket", "my-object", config)
        """
        from .._core.ops.subresources import RETENTION

        await self._set_setting(RETENTION, config, bucket_name, object_name, version_id)

    @public_call
    async def enable_object_legal_hold(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> None:
        """Place a legal hold on an object, which cannot be removed until the hold is released.

        S3 operation: PutObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.enable_object_legal_hold("my-bucket", "my-object")
        """
        from .._core.ops.subresources import LEGAL_HOLD
        from ..legalhold import LegalHold

        await self._set_setting(LEGAL_HOLD, LegalHold(True), bucket_name, object_name, version_id)

    @public_call
    async def disable_object_legal_hold(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> None:
        """Release the legal hold on an object.

        S3 operation: PutObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.disable_object_legal_hold("my-bucket", "my-object")
        """
        from .._core.ops.subresources import LEGAL_HOLD
        from ..legalhold import LegalHold

        await self._set_setting(LEGAL_HOLD, LegalHold(False), bucket_name, object_name, version_id)

    @public_call
    async def is_object_legal_hold_enabled(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> bool:
        """Return whether an object is under a legal hold.

        S3 operation: GetObjectLegalHold.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            True if the object is under a legal hold, otherwise False.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.is_object_legal_hold_enabled("my-bucket", "my-object")
            False
        """
        from .._core.ops.subresources import LEGAL_HOLD

        found = await self._get_setting(LEGAL_HOLD, bucket_name, object_name, version_id)
        return found is not None and found.status
