"""Admin calls for the configuration of the server, and for quotas of buckets."""

from __future__ import annotations

from .._core.admin_arguments import config_secrets, config_text, filled
from .._core.arguments import check_bucket_name, check_number
from .._core.ops import admin as ops
from ._admin_base import AsyncAdminBase
from ._backend import public_call


class AsyncAdminConfigCalls(AsyncAdminBase):
    """Calls for the configuration and for quotas."""

    @public_call
    async def config_get(self, key: str | None = None) -> str:
        """Get the configuration of a sub-system, or the list of all sub-systems.

        Admin operation: GetConfigKV.

        Args:
            key: The sub-system, such as "region" or "notify_webhook:primary". None asks for the list, with a
                description of each.

        Returns:
            Lines of settings for a key, otherwise a JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.config_get("region")
            'region name=...'
        """
        if key is None:
            return await self._run(ops.GET_CONFIG_HELP, {"key": "", "subSys": ""})
        return await self._run(ops.GET_CONFIG, {"key": filled("key", key), "subSys": ""})

    @public_call
    async def config_set(self, key: str, config: dict[str, str] | None = None) -> str:
        """Set the configuration of a sub-system. Settings that are not given get their defaults.

        Admin operation: SetConfigKV.

        Args:
            key: The sub-system, such as "region" or "notify_webhook:primary".
            config: The settings. None if `key` already contains them, as the command line has them.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.config_set("region", {"name": "eu-west-1"})
            ''
        """
        text = config_text(key, config)
        return await self._run(ops.SET_CONFIG, body=text.encode(), hidden=config_secrets(text))

    @public_call
    async def config_reset(self, key: str, name: str | None = None) -> str:
        """Reset the configuration of a sub-system to its defaults.

        Admin operation: DelConfigKV.

        Args:
            key: The sub-system, such as "region" or "notify_webhook:primary".
            name: The target within the sub-system, such as the name of a webhook.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            TransportError: The response was lost. The request is not sent again, because servers refuse to reset
                twice.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.config_reset("region")
            ''
        """
        target = filled("key", key) if name is None else f"{filled('key', key)}:{filled('name', name)}"
        return await self._run(ops.RESET_CONFIG, body=target.encode())

    @public_call
    async def config_history(self) -> str:
        """List the last ten changes of the configuration.

        Admin operation: ListConfigHistoryKV.

        Returns:
            A JSON array with `restoreId`, `createTime` and `data` of each change, or null.

        Raises:
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> print(await admin.config_history())
            [...]
        """
        return await self._run(ops.LIST_CONFIG_HISTORY, {"count": "10"})

    @public_call
    async def config_restore(self, restore_id: str) -> str:
        """Set the configuration as an earlier change had it.

        Admin operation: RestoreConfigHistoryKV.

        Args:
            restore_id: The `restoreId` of the change in `config_history`.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> newest = json.loads(await admin.config_history())[-1]
            >>> await admin.config_restore(newest["restoreId"])
            ''
        """
        return await self._run(ops.RESTORE_CONFIG, {"restoreId": filled("restore_id", restore_id)})

    @public_call
    async def bucket_quota_set(self, bucket: str, size: int) -> str:
        """Limit the size of a bucket.

        Admin operation: SetBucketQuota.

        Args:
            bucket: The bucket.
            size: The limit in bytes. 0 removes it.

        Returns:
            The response, which is empty.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.bucket_quota_set("my-bucket", 10 * 1024**3)  # doctest: +SKIP
        """
        check_bucket_name(bucket)
        check_number("size", size)
        return await self._run_json(ops.SET_BUCKET_QUOTA, {"quota": size, "quotatype": "hard"}, {"bucket": bucket})

    @public_call
    async def bucket_quota_clear(self, bucket: str) -> str:
        """Remove the limit of a bucket's size.

        Admin operation: SetBucketQuota.

        Args:
            bucket: The bucket.

        Returns:
            The response, which is empty.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.bucket_quota_clear("my-bucket")  # doctest: +SKIP
        """
        check_bucket_name(bucket)
        return await self._run_json(ops.SET_BUCKET_QUOTA, {"quota": 0, "quotatype": "hard"}, {"bucket": bucket})

    @public_call
    async def bucket_quota_get(self, bucket: str) -> str:
        """Get the limit of a bucket's size.

        Admin operation: GetBucketQuota.

        Args:
            bucket: The bucket.

        Returns:
            A JSON object.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.bucket_quota_get("my-bucket")  # doctest: +SKIP
        """
        check_bucket_name(bucket)
        return await self._run(ops.GET_BUCKET_QUOTA, {"bucket": bucket})
