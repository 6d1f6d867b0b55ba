"""Admin calls for the state of the servers, and for the key management service."""

from __future__ import annotations

from .._core.admin_arguments import names_list
from .._core.arguments import optional_text
from .._core.ops import admin as ops
from ._admin_base import AsyncAdminBase
from ._backend import public_call


class AsyncAdminServerCalls(AsyncAdminBase):
    """Calls for the servers and for keys."""

    @public_call
    async def info(self) -> str:
        """Get the version, the disks, the usage and the state of all servers.

        Admin operation: ServerInfo.

        Returns:
            A JSON object.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.info()  # doctest: +SKIP
        """
        return await self._run(ops.SERVER_INFO)

    @public_call
    async def get_data_usage_info(self) -> str:
        """Get how much data all buckets hold.

        Admin operation: DataUsageInfo.

        Returns:
            A JSON object.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.get_data_usage_info()  # doctest: +SKIP
        """
        return await self._run(ops.DATA_USAGE_INFO)

    @public_call
    async def top_locks(self) -> str:
        """List the oldest locks on the server.

        Admin operation: TopLocks.

        Returns:
            A JSON array.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.top_locks()  # doctest: +SKIP
        """
        return await self._run(ops.TOP_LOCKS)

    @public_call
    async def service_restart(self) -> str:
        """Restart all servers.

        Admin operation: Service.

        Returns:
            The response of the server.

        Raises:
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.service_restart()  # doctest: +SKIP
        """
        return await self._run(ops.SERVICE, {"action": "restart"})

    @public_call
    async def service_stop(self) -> str:
        """Stop all servers.

        Admin operation: Service.

        Returns:
            The response of the server.

        Raises:
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.service_stop()  # doctest: +SKIP
        """
        return await self._run(ops.SERVICE, {"action": "stop"})

    @public_call
    async def update(self) -> str:
        """Update all servers to the latest release.

        Admin operation: ServerUpdate.

        Returns:
            A JSON object.

        Raises:
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.update()  # doctest: +SKIP
        """
        return await self._run(ops.UPDATE_SERVER, {"updateURL": ""})

    @public_call
    async def profile_start(self, profilers: tuple[str, ...] = ()) -> str:
        """Start profiling on all servers.

        Admin operation: Profile.

        Args:
            profilers: What to profile: "cpu", "cpuio", "mem", "block", "mutex", "trace", "threads" or
                "goroutines".

        Returns:
            The response of the server.

        Raises:
            InvalidArgumentError: An argument is invalid.
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.profile_start(("cpu", "mem"))  # doctest: +SKIP
        """
        kinds = names_list("profilers", profilers, may_be_empty=True)
        return await self._run(ops.START_PROFILING, {"profilerType": ",".join(kinds)})

    @public_call
    async def kms_key_create(self, key: str | None = None) -> str:
        """Create a key in the key management service.

        Admin operation: KMSCreateKey.

        Args:
            key: The name of the key. None means the default key of the server.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.kms_key_create("my-key")  # doctest: +SKIP
        """
        return await self._run(ops.CREATE_KMS_KEY, {"key-id": optional_text("key", key)})

    @public_call
    async def kms_key_status(self, key: str | None = None) -> str:
        """Get whether a key can encrypt and decrypt.

        Admin operation: KMSKeyStatus.

        Args:
            key: The name of the key. None means the default key of the server.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.kms_key_status("my-key")  # doctest: +SKIP
        """
        return await self._run(ops.GET_KMS_KEY_STATUS, {"key-id": optional_text("key", key)})
