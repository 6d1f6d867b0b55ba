# Generated from src/minio/aio/_admin_users.py by tools/generate_sync.py. Do not edit.
"""Admin calls for users and groups."""

from __future__ import annotations

from .._core.admin_arguments import check_secret, filled, names_list
from .._core.ops import admin as ops
from ._admin_base import AdminBase
from ._backend import public_call


class AdminUserCalls(AdminBase):
    """Calls for users and groups."""

    @public_call
    def user_add(self, access_key: str, secret_key: str) -> str:
        """Add a user, or change the secret key of one.

        A new user is enabled and has no policy, so it may do nothing until `policy_set` gives it one.

        Admin operation: AddUser.

        Args:
            access_key: The user's access key, which is the user's name. It has at least 3 characters.
            secret_key: The user's secret key, of at least 8 characters. It is sent encrypted.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.user_add("my-user", "my-users-secret")
            ''
        """
        secret = check_secret("secret_key", secret_key)
        payload = {"status": "enabled", "secretKey": secret}
        query = {"accessKey": filled("access_key", access_key)}
        return self._run_json(ops.ADD_USER, payload, query, (secret,))

    @public_call
    def user_disable(self, access_key: str) -> str:
        """Disable a user. The server then refuses the user and its service accounts.

        Admin operation: SetUserStatus.

        Args:
            access_key: The user's access key, which is the user's name.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.user_disable("my-user")
            ''
        """
        return self._run(ops.SET_USER_STATUS, {"accessKey": filled("access_key", access_key), "status": "disabled"})

    @public_call
    def user_enable(self, access_key: str) -> str:
        """Enable a user.

        Admin operation: SetUserStatus.

        Args:
            access_key: The user's access key, which is the user's name.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.user_enable("my-user")
            ''
        """
        return self._run(ops.SET_USER_STATUS, {"accessKey": filled("access_key", access_key), "status": "enabled"})

    @public_call
    def user_remove(self, access_key: str) -> str:
        """Remove a user and its service accounts.

        Admin operation: RemoveUser.

        Args:
            access_key: The user's access key, which is the user's name.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.user_remove("my-user")
            ''
        """
        return self._run(ops.REMOVE_USER, {"accessKey": filled("access_key", access_key)})

    @public_call
    def user_info(self, access_key: str) -> str:
        """Get the status, policies and groups of a user.

        Admin operation: GetUserInfo.

        Args:
            access_key: The user's access key, which is the user's name.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> json.loads(admin.user_info("my-user"))["status"]
            'enabled'
        """
        return self._run(ops.GET_USER_INFO, {"accessKey": filled("access_key", access_key)})

    @public_call
    def user_list(self) -> str:
        """List all users.

        Admin operation: ListUsers.

        Returns:
            A JSON object with the status and policies of each user, by access key.

        Raises:
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> list(json.loads(admin.user_list()))
            ['my-user']
        """
        return self._run(ops.LIST_USERS)

    @public_call
    def group_add(self, group_name: str, members: str | list[str]) -> str:
        """Add users to a group, and create the group if it does not exist.

        Admin operation: UpdateGroupMembers.

        Args:
            group_name: The group.
            members: Access keys of users. A str is one user. An empty list creates the group only.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.group_add("my-group", ["my-user"])
            ''
        """
        group = filled("group_name", group_name)
        payload = {"group": group, "members": names_list("members", members, may_be_empty=True), "isRemove": False}
        return self._run_json(ops.UPDATE_GROUP_MEMBERS, payload)

    @public_call
    def group_disable(self, group_name: str) -> str:
        """Disable a group. Its members no longer have its policies.

        Admin operation: SetGroupStatus.

        Args:
            group_name: The group.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.group_disable("my-group")
            ''
        """
        return self._run(ops.SET_GROUP_STATUS, {"group": filled("group_name", group_name), "status": "disabled"})

    @public_call
    def group_enable(self, group_name: str) -> str:
        """Enable a group.

        Admin operation: SetGroupStatus.

        Args:
            group_name: The group.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.group_enable("my-group")
            ''
        """
        return self._run(ops.SET_GROUP_STATUS, {"group": filled("group_name", group_name), "status": "enabled"})

    @public_call
    def group_remove(self, group_name: str, members: str | list[str] | None = None) -> str:
        """Remove users from a group, or remove an empty group.

        Admin operation: UpdateGroupMembers.

        Args:
            group_name: The group.
            members: Access keys of users. A str is one user. None removes the group, which must be empty.

        Returns:
            The response, which is empty.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> admin.group_remove("my-group", ["my-user"])
            ''
            >>> admin.group_remove("my-group")
            ''
        """
        group = filled("group_name", group_name)
        if members is None:
            return self._run_json(ops.REMOVE_GROUP, {"group": group, "isRemove": True})
        # An empty list would remove the group, which is not what it says.
        payload = {"group": group, "isRemove": True, "members": names_list("members", members)}
        return self._run_json(ops.UPDATE_GROUP_MEMBERS, payload)

    @public_call
    def group_info(self, group_name: str) -> str:
        """Get the status, members and policy of a group.

        Admin operation: GetGroup.

        Args:
            group_name: The group.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> json.loads(admin.group_info("my-group"))["members"]
            ['my-user']
        """
        return self._run(ops.GET_GROUP, {"group": filled("group_name", group_name)})

    @public_call
    def group_list(self) -> str:
        """List the names of all groups.

        Admin operation: ListGroups.

        Returns:
            A JSON array of names.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> import json
            >>> json.loads(admin.group_list())
            ['my-group']
        """
        return self._run(ops.LIST_GROUPS)
