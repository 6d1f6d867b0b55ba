"""Admin calls for service accounts, and for access keys of an LDAP directory."""

from __future__ import annotations

import json
from datetime import datetime
from os import PathLike
from typing import Any

from .._core.admin_arguments import account_fields, check_policy_source, filled, names_list, read_policy_file
from .._core.arguments import optional_text
from .._core.ops import admin as ops
from ..error import InvalidArgumentError
from ._admin_base import AsyncAdminBase
from ._backend import public_call, run_blocking

_ADDED = {
    "status": "status",
    "access_key": "accessKey",
    "secret_key": "secretKey",
    "name": "name",
    "description": "description",
    "target_user": "targetUser",
    "policy": "policy",
    "expiration": "expiration",
}
_CHANGED = {
    "secret_key": "newSecretKey",
    "name": "newName",
    "description": "newDescription",
    "policy": "newPolicy",
    "expiration": "newExpiration",
    "status": "newStatus",
}
"""The names of the fields in the two requests, in their order."""


class AsyncAdminAccountCalls(AsyncAdminBase):
    """Calls for service accounts."""

    @public_call
    async def account_info(self, prefix_usage: bool = False) -> str:
        """Get the policy and the buckets of the caller's own account.

        The root account of some servers has no such information.

        Admin operation: AccountInfo.

        Args:
            prefix_usage: Include how much each prefix holds.

        Returns:
            A JSON object.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.account_info()  # doctest: +SKIP
        """
        return await self._run(ops.ACCOUNT_INFO, {"prefix-usage": "true"} if prefix_usage else {})

    @public_call
    async def add_service_account(
        self,
        *,
        access_key: str | None = None,
        secret_key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        target_user: str | None = None,
        policy: dict[str, Any] | None = None,
        policy_file: str | PathLike[str] | None = None,
        expiration: str | datetime | None = None,
        status: str | None = None,
    ) -> str:
        """Add a service account: further keys of a user, which may do what the user may, or less.

        Admin operation: AddServiceAccount.

        Args:
            access_key: The access key. The server makes both keys if they are not given.
            secret_key: The secret key. Give either both keys or none.
            name: The name of the service account.
            description: The description.
            target_user: The user that it belongs to. By default the caller.
            policy: The policy as a dict. By default that of the user.
            policy_file: The path of a JSON file with the policy. Give either `policy` or `policy_file`.
            expiration: When it expires, as a datetime or as text such as 2030-01-01T00:00:00Z.
            status: "enabled" (the default) or "disabled".

        Returns:
            A JSON object with the keys as `credentials`.

        Raises:
            MissingFileError: `policy_file` does not exist.
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            TransportError: The response was lost. The request is not sent again, because the server may have
                added the account.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.add_service_account(name="backup")  # doctest: +SKIP
        """
        if (access_key is None) != (secret_key is None):
            raise InvalidArgumentError("access_key and secret_key must be given together, or none of them")
        payload: dict[str, Any] = {"status": "enabled", "accessKey": None, "secretKey": None}
        payload |= account_fields(
            _ADDED,
            access_key=access_key,
            secret_key=secret_key,
            name=name,
            description=description,
            target_user=target_user,
            policy=await self._read_policy(policy, policy_file),
            expiration=expiration,
            status=status,
        )
        return await self._run_json(ops.ADD_SERVICE_ACCOUNT, payload, hidden=(secret_key or "",))

    @public_call
    async def update_service_account(
        self,
        *,
        access_key: str,
        secret_key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        policy_file: str | PathLike[str] | None = None,
        policy: dict[str, Any] | None = None,
        expiration: str | datetime | None = None,
        status: str | None = None,
    ) -> str:
        """Change a service account. What is not given stays as it is.

        Admin operation: UpdateServiceAccount.

        Args:
            access_key: The access key of the service account.
            secret_key: The new secret key.
            name: The name of the service account.
            description: The description.
            policy_file: The path of a JSON file with the policy. Give either `policy` or `policy_file`.
            policy: The new policy as a dict.
            expiration: When it expires, as a datetime or as text such as 2030-01-01T00:00:00Z.
            status: "on" or "off".

        Returns:
            The response, which is empty.

        Raises:
            MissingFileError: `policy_file` does not exist.
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.update_service_account(access_key="my-service", status="off")  # doctest: +SKIP
        """
        query = {"accessKey": filled("access_key", access_key)}
        payload = account_fields(
            _CHANGED,
            secret_key=secret_key,
            name=name,
            description=description,
            policy=await self._read_policy(policy, policy_file),
            expiration=expiration,
            status=status,
        )
        if not payload:
            raise InvalidArgumentError(
                "one of secret_key, name, description, policy_file, policy, expiration and status must be given"
            )
        return await self._run_json(ops.UPDATE_SERVICE_ACCOUNT, payload, query, (secret_key or "",))

    @public_call
    async def delete_service_account(self, access_key: str) -> str:
        """Delete a service account.

        Admin operation: DeleteServiceAccount.

        Args:
            access_key: The access key of the service account.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.delete_service_account("my-service")  # doctest: +SKIP
        """
        return await self._run(ops.DELETE_SERVICE_ACCOUNT, {"accessKey": filled("access_key", access_key)})

    @public_call
    async def get_service_account(self, access_key: str) -> str:
        """Get the user, status and policy of a service account.

        Admin operation: InfoServiceAccount.

        Args:
            access_key: The access key of the service account.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.get_service_account("my-service")  # doctest: +SKIP
        """
        return await self._run(ops.GET_SERVICE_ACCOUNT, {"accessKey": filled("access_key", access_key)})

    @public_call
    async def list_service_account(self, user: str) -> str:
        """List the service accounts of a user.

        Admin operation: ListServiceAccounts.

        Args:
            user: The user.

        Returns:
            A JSON object with the access keys as `accounts`.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> json.loads(await admin.list_service_account("my-user"))["accounts"] is None
            True
        """
        return await self._run(ops.LIST_SERVICE_ACCOUNTS, {"user": filled("user", user)})

    @public_call
    async def list_access_keys_ldap(self, user_dn: str, list_type: str) -> str:
        """List the access keys of a user of the LDAP directory.

        Admin operation: ListAccessKeysLDAP.

        Args:
            user_dn: The distinguished name of the user.
            list_type: What to list: "all", "users-only", "sts-only" or "svcacc-only".

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.list_access_keys_ldap("uid=me,dc=example", "all")  # doctest: +SKIP
        """
        query = {"userDN": filled("user_dn", user_dn), "listType": optional_text("list_type", list_type)}
        return await self._run(ops.LIST_LDAP_ACCESS_KEYS, query)

    @public_call
    async def list_access_keys_ldap_bulk(self, users: list[str], list_type: str, all_users: bool) -> str:
        """List the access keys of several users of the LDAP directory.

        Admin operation: ListAccessKeysLDAPBulk.

        Args:
            users: The distinguished names of the users. Empty for all users, or for the caller.
            list_type: What to list: "all", "users-only", "sts-only" or "svcacc-only".
            all_users: List those of all users. Then `users` must be empty.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.list_access_keys_ldap_bulk([], "all", True)  # doctest: +SKIP
        """
        names = names_list("users", users, may_be_empty=True)
        if names and all_users:
            raise InvalidArgumentError("either users or all_users must be given, but both are given")
        query: dict[str, str | list[str]] = {"listType": optional_text("list_type", list_type), "userDNs": names}
        if all_users:
            query["all"] = "true"
        return await self._run(ops.LIST_LDAP_ACCESS_KEYS_BULK, query)

    async def _read_policy(
        self, policy: dict[str, Any] | None, policy_file: str | PathLike[str] | None
    ) -> dict[str, Any] | None:
        """Return the policy that is given, or that of the file."""
        check_policy_source(policy, policy_file)
        if policy_file is None:
            return policy
        found: dict[str, Any] = json.loads(await run_blocking(read_policy_file, policy_file))
        return found
