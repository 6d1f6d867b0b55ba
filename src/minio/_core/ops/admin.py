"""The operations of MinIO's admin API: one row for each, and one class that serves all rows.

Payloads with secrets are encrypted with the secret key of the request's credentials; see `minio.crypto`. The caller
does that, because it takes time and needs other packages. An operation gets the encrypted body, and returns the body of
the response as received.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...error import MinioAdminException, ResponseError
from ..wire.message import Request, Response
from ..wire.redact import Secrets, redact
from ..wire.url import Query
from .base import ALREADY_DONE

_PREFIX = "minio/admin/v3/"
_CODE = "XMinioAdmin"
"""The beginning of most error codes of the admin API."""


@dataclass(frozen=True, slots=True)
class AdminCommand:
    """A row of the table: one operation of the admin API."""

    name: str
    method: str
    path: str
    """The path after `/minio/admin/v3/`."""
    encrypts: bool = False
    """The body of the request is encrypted."""
    decrypts: bool = False
    """The body of the response is encrypted."""
    repeatable: bool = True
    """The request may be sent again even if an earlier one may have taken effect."""
    already_done_codes: frozenset[str] = frozenset()
    """Error codes that mean, if the response to an earlier try was lost, that the earlier try succeeded."""


_NO_USER = frozenset({"XMinioAdminNoSuchUser"})
_NO_GROUP = frozenset({"XMinioAdminNoSuchGroup"})
_NO_POLICY = frozenset({"XMinioAdminNoSuchPolicy"})
_NO_ACCOUNT = frozenset({"XMinioAdminServiceAccountNotFound", "XMinioInvalidIAMCredentials"})
_APPLIED = frozenset({"XMinioAdminPolicyChangeAlreadyApplied"})

ADD_USER = AdminCommand("AddUser", "PUT", "add-user", encrypts=True)
REMOVE_USER = AdminCommand("RemoveUser", "DELETE", "remove-user", already_done_codes=_NO_USER)
SET_USER_STATUS = AdminCommand("SetUserStatus", "PUT", "set-user-status")
GET_USER_INFO = AdminCommand("GetUserInfo", "GET", "user-info")
LIST_USERS = AdminCommand("ListUsers", "GET", "list-users", decrypts=True)

UPDATE_GROUP_MEMBERS = AdminCommand("UpdateGroupMembers", "PUT", "update-group-members")
REMOVE_GROUP = AdminCommand("UpdateGroupMembers", "PUT", "update-group-members", already_done_codes=_NO_GROUP)
SET_GROUP_STATUS = AdminCommand("SetGroupStatus", "PUT", "set-group-status")
GET_GROUP = AdminCommand("GetGroup", "GET", "group")
LIST_GROUPS = AdminCommand("ListGroups", "GET", "groups")

ADD_POLICY = AdminCommand("AddCannedPolicy", "PUT", "add-canned-policy")
REMOVE_POLICY = AdminCommand("RemoveCannedPolicy", "DELETE", "remove-canned-policy", already_done_codes=_NO_POLICY)
GET_POLICY = AdminCommand("InfoCannedPolicy", "GET", "info-canned-policy")
LIST_POLICIES = AdminCommand("ListCannedPolicies", "GET", "list-canned-policies")
SET_POLICY = AdminCommand("SetUserOrGroupPolicy", "PUT", "set-user-or-group-policy")
ATTACH_POLICY = AdminCommand(
    "AttachPolicy", "POST", "idp/builtin/policy/attach", True, True, already_done_codes=_APPLIED
)
DETACH_POLICY = AdminCommand(
    "DetachPolicy", "POST", "idp/builtin/policy/detach", True, True, already_done_codes=_APPLIED
)
ATTACH_LDAP_POLICY = AdminCommand(
    "AttachPolicyLDAP", "POST", "idp/ldap/policy/attach", True, True, already_done_codes=_APPLIED
)
DETACH_LDAP_POLICY = AdminCommand(
    "DetachPolicyLDAP", "POST", "idp/ldap/policy/detach", True, True, already_done_codes=_APPLIED
)
GET_POLICY_ENTITIES = AdminCommand("GetPolicyEntities", "GET", "idp/builtin/policy-entities", decrypts=True)

ACCOUNT_INFO = AdminCommand("AccountInfo", "GET", "accountinfo")
# A second request without keys would create another account; with keys, the server refuses them as taken.
ADD_SERVICE_ACCOUNT = AdminCommand("AddServiceAccount", "PUT", "add-service-account", True, True, repeatable=False)
UPDATE_SERVICE_ACCOUNT = AdminCommand("UpdateServiceAccount", "POST", "update-service-account", encrypts=True)
DELETE_SERVICE_ACCOUNT = AdminCommand(
    "DeleteServiceAccount", "DELETE", "delete-service-account", already_done_codes=_NO_ACCOUNT
)
GET_SERVICE_ACCOUNT = AdminCommand("InfoServiceAccount", "GET", "info-service-account", decrypts=True)
LIST_SERVICE_ACCOUNTS = AdminCommand("ListServiceAccounts", "GET", "list-service-accounts", decrypts=True)
LIST_LDAP_ACCESS_KEYS = AdminCommand("ListAccessKeysLDAP", "GET", "idp/ldap/list-access-keys", decrypts=True)
LIST_LDAP_ACCESS_KEYS_BULK = AdminCommand(
    "ListAccessKeysLDAPBulk", "GET", "idp/ldap/list-access-keys-bulk", decrypts=True
)

GET_CONFIG = AdminCommand("GetConfigKV", "GET", "get-config-kv", decrypts=True)
GET_CONFIG_HELP = AdminCommand("GetConfigKV", "GET", "get-config-kv")
SET_CONFIG = AdminCommand("SetConfigKV", "PUT", "set-config-kv", encrypts=True)
# The server refuses to reset a setting twice, with the same code as for any invalid configuration.
RESET_CONFIG = AdminCommand("DelConfigKV", "DELETE", "del-config-kv", encrypts=True, repeatable=False)
LIST_CONFIG_HISTORY = AdminCommand("ListConfigHistoryKV", "GET", "list-config-history-kv", decrypts=True)
RESTORE_CONFIG = AdminCommand("RestoreConfigHistoryKV", "PUT", "restore-config-history-kv")

SET_BUCKET_QUOTA = AdminCommand("SetBucketQuota", "PUT", "set-bucket-quota")
GET_BUCKET_QUOTA = AdminCommand("GetBucketQuota", "GET", "get-bucket-quota")

SERVER_INFO = AdminCommand("ServerInfo", "GET", "info")
DATA_USAGE_INFO = AdminCommand("DataUsageInfo", "GET", "datausageinfo")
TOP_LOCKS = AdminCommand("TopLocks", "GET", "top/locks")
START_PROFILING = AdminCommand("Profile", "POST", "profile", repeatable=False)
SERVICE = AdminCommand("Service", "POST", "service", repeatable=False)
UPDATE_SERVER = AdminCommand("ServerUpdate", "POST", "update", repeatable=False)
CREATE_KMS_KEY = AdminCommand("KMSCreateKey", "POST", "kms/key/create", repeatable=False)
GET_KMS_KEY_STATUS = AdminCommand("KMSKeyStatus", "GET", "kms/key/status")

ADD_SITES = AdminCommand("SiteReplicationAdd", "PUT", "site-replication/add", encrypts=True, repeatable=False)
EDIT_SITE = AdminCommand("SiteReplicationEdit", "PUT", "site-replication/edit", encrypts=True)
REMOVE_SITES = AdminCommand("SiteReplicationRemove", "PUT", "site-replication/remove", encrypts=True, repeatable=False)
GET_SITES = AdminCommand("SiteReplicationInfo", "GET", "site-replication/info")
GET_SITES_STATUS = AdminCommand("SiteReplicationStatus", "GET", "site-replication/status")


@dataclass(slots=True)
class AdminOperation:
    """One call of the admin API. The body is already encrypted if it must be."""

    command: AdminCommand
    query: Query = field(default_factory=dict)
    body: bytes = b""

    @property
    def s3_name(self) -> str:
        return self.command.name

    def request(self) -> Request:
        command = self.command
        return Request(
            method=command.method,
            key=_PREFIX + command.path,
            query=self.query,
            headers={"Content-Type": "application/octet-stream"},
            body=self.body,
            repeatable=command.repeatable,
            already_done_codes=command.already_done_codes,
        )

    def parse(self, response: Response, /) -> bytes | None:
        """Return the body, or None if an earlier try succeeded whose response was lost."""
        return None if response is ALREADY_DONE else response.body


def to_admin_error(error: ResponseError, secrets: list[str | None]) -> MinioAdminException:
    """Convert an error of a call. `secrets` are those of the request, which the text must not repeat."""
    data = b"" if error.response is None else error.response.data
    text = data.decode("utf-8", "replace")
    code = MinioAdminException("", text).code
    found = MinioAdminException(str(error.status), redact(text, Secrets(secrets, _kept(code, Secrets(secrets)))))
    found.operation, found.host = error.operation, error.host
    if found.code == str(error.status):  # the body is not an error of the server
        found.reason = str(error)
        found.message = found.message or found.reason
    return found


def _kept(code: str, secrets: Secrets) -> tuple[str, ...]:
    """Return the code if it must not be redacted: "minioadmin", the usual secret of test servers, is in many codes."""
    rest = code.removeprefix(_CODE)
    return (code,) if rest != code and redact(rest, secrets) == rest else ()


def unreadable(command: AdminCommand, body: bytes, reason: str) -> MinioAdminException:
    """Create the error for a success whose body cannot be decrypted or is not text."""
    found = MinioAdminException("200", repr(body[:100]))
    found.operation = command.name
    found.reason = f"the response is not one of the admin API: {reason}"
    return found
