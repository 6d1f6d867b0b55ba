"""Admin calls for policies of users and groups."""

from __future__ import annotations

from os import PathLike
from typing import Any

from .._core.admin_arguments import (
    check_policy_source,
    filled,
    names_list,
    one_of_user_and_group,
    read_policy_file,
    to_json,
)
from .._core.ops import admin as ops
from ._admin_base import AsyncAdminBase
from ._backend import public_call, run_blocking


class AsyncAdminPolicyCalls(AsyncAdminBase):
    """Calls for policies."""

    @public_call
    async def policy_add(
        self, policy_name: str, policy_file: str | PathLike[str] | None = None, policy: dict[str, Any] | None = None
    ) -> str:
        """Add a policy, or replace the one of this name.

        Admin operation: AddCannedPolicy.

        Args:
            policy_name: The policy.
            policy_file: The path of a JSON file with the policy. Give either `policy` or `policy_file`.
            policy: The policy as a dict.

        Returns:
            The response, which is empty.

        Raises:
            MissingFileError: `policy_file` does not exist.
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> allow = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::my-bucket/*"]}
            >>> await admin.policy_add("my-policy", policy={"Version": "2012-10-17", "Statement": [allow]})
            ''
        """
        query = {"name": filled("policy_name", policy_name)}
        check_policy_source(policy, policy_file, required=True)
        body = to_json("policy", policy) if policy_file is None else await run_blocking(read_policy_file, policy_file)
        return await self._run(ops.ADD_POLICY, query, body)

    @public_call
    async def policy_remove(self, policy_name: str) -> str:
        """Remove a policy.

        Admin operation: RemoveCannedPolicy.

        Args:
            policy_name: The policy.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.policy_remove("my-policy")
            ''
        """
        return await self._run(ops.REMOVE_POLICY, {"name": filled("policy_name", policy_name)})

    @public_call
    async def policy_info(self, policy_name: str) -> str:
        """Get a policy.

        Admin operation: InfoCannedPolicy.

        Args:
            policy_name: The policy.

        Returns:
            The policy, a JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> json.loads(await admin.policy_info("my-policy"))["Statement"][0]["Action"]
            ['s3:GetObject']
        """
        return await self._run(ops.GET_POLICY, {"name": filled("policy_name", policy_name)})

    @public_call
    async def policy_list(self) -> str:
        """List all policies.

        Admin operation: ListCannedPolicies.

        Returns:
            A JSON object with the policies by name.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> "readonly" in json.loads(await admin.policy_list())
            True
        """
        return await self._run(ops.LIST_POLICIES)

    @public_call
    async def policy_set(self, policy_name: str | list[str], user: str | None = None, group: str | None = None) -> str:
        """Set the policies of a user or a group. They replace those that it had.

        Admin operation: SetUserOrGroupPolicy.

        Args:
            policy_name: The policy. Several are a list.
            user: The user.
            group: The group. Give either `user` or `group`.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.policy_set("my-policy", user="my-user")
            ''
        """
        policies = names_list("policy_name", policy_name)
        kind, name = one_of_user_and_group(user, group)
        is_group = "true" if kind == "group" else "false"
        query = {"isGroup": is_group, "policyName": ",".join(policies), "userOrGroup": name}
        return await self._run(ops.SET_POLICY, query)

    @public_call
    async def policy_unset(
        self, policy_name: str | list[str], user: str | None = None, group: str | None = None
    ) -> str:
        """Take policies from a user or a group.

        Admin operation: DetachPolicy.

        Args:
            policy_name: The policy. Several are a list.
            user: The user.
            group: The group. Give either `user` or `group`.

        Returns:
            A JSON object with the policies that were detached.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.policy_unset("my-policy", user="my-user")  # doctest: +SKIP
        """
        kind, name = one_of_user_and_group(user, group)
        payload = {"policies": names_list("policy_name", policy_name), kind: name}
        return await self._run_json(ops.DETACH_POLICY, payload)

    @public_call
    async def attach_policy(self, policies: list[str], user: str | None = None, group: str | None = None) -> str:
        """Give policies to a user or a group. It keeps those that it has.

        Admin operation: AttachPolicy.

        Args:
            policies: The names of the policies.
            user: The user.
            group: The group. Give either `user` or `group`.

        Returns:
            A JSON object with the policies that were attached.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.attach_policy(["my-policy"], user="my-user")  # doctest: +SKIP
        """
        kind, name = one_of_user_and_group(user, group)
        payload = {"policies": names_list("policies", policies), kind: name}
        return await self._run_json(ops.ATTACH_POLICY, payload)

    @public_call
    async def attach_policy_ldap(self, policies: list[str], user: str | None = None, group: str | None = None) -> str:
        """Give policies to a user or a group of the LDAP directory. It keeps those that it has.

        Admin operation: AttachPolicyLDAP.

        Args:
            policies: The names of the policies.
            user: The distinguished name of the user.
            group: The distinguished name of the group. Give either `user` or `group`.

        Returns:
            A JSON object with the policies that were attached.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.attach_policy_ldap(["my-policy"], user="uid=me,dc=example")  # doctest: +SKIP
        """
        kind, name = one_of_user_and_group(user, group)
        payload = {"policies": names_list("policies", policies), kind: name}
        return await self._run_json(ops.ATTACH_LDAP_POLICY, payload)

    @public_call
    async def detach_policy(self, policies: list[str], user: str | None = None, group: str | None = None) -> str:
        """Take policies from a user or a group.

        Admin operation: DetachPolicy.

        Args:
            policies: The names of the policies.
            user: The user.
            group: The group. Give either `user` or `group`.

        Returns:
            A JSON object with the policies that were detached.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.detach_policy(["my-policy"], user="my-user")  # doctest: +SKIP
        """
        kind, name = one_of_user_and_group(user, group)
        payload = {"policies": names_list("policies", policies), kind: name}
        return await self._run_json(ops.DETACH_POLICY, payload)

    @public_call
    async def detach_policy_ldap(self, policies: list[str], user: str | None = None, group: str | None = None) -> str:
        """Take policies from a user or a group of the LDAP directory.

        Admin operation: DetachPolicyLDAP.

        Args:
            policies: The names of the policies.
            user: The distinguished name of the user.
            group: The distinguished name of the group. Give either `user` or `group`.

        Returns:
            A JSON object with the policies that were detached.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.detach_policy_ldap(["my-policy"], user="uid=me,dc=example")  # doctest: +SKIP
        """
        kind, name = one_of_user_and_group(user, group)
        payload = {"policies": names_list("policies", policies), kind: name}
        return await self._run_json(ops.DETACH_LDAP_POLICY, payload)

    @public_call
    async def get_policy_entities(self, users: list[str], groups: list[str], policies: list[str]) -> str:
        """Show which users and groups have which policies.

        Admin operation: GetPolicyEntities.

        Args:
            users: Show the policies of these users.
            groups: Show the policies of these groups.
            policies: Show the users and groups that have these policies. All three may be empty.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.get_policy_entities(["my-user"], [], [])  # doctest: +SKIP
        """
        query = {
            "user": names_list("users", users, may_be_empty=True),
            "group": names_list("groups", groups, may_be_empty=True),
            "policy": names_list("policies", policies, may_be_empty=True),
        }
        return await self._run(ops.GET_POLICY_ENTITIES, query)
