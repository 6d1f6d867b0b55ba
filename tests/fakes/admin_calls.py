"""Every call of the admin clients, and what it sends: method, target and body, decrypted if it is encrypted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from minio import AsyncMinioAdmin, MinioAdmin
from minio.credentials import StaticProvider
from minio.minioadmin import PeerInfo, PeerSite, SiteReplicationStatusOptions

from .clients import _drive, done
from .scripted_server import ScriptedServer

SECRET = "s3cret-of-the-caller"
KINDS: dict[str, Any] = {"sync": MinioAdmin, "async": AsyncMinioAdmin}
POLICY: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
ROOT = "/minio/admin/v3/"
_POLICY_TEXT = '{"Version": "2012-10-17", "Statement": []}'
_ATTACHED = '{"policies": ["p", "q"], "user": "u"}'
_SITES = [PeerSite("one", "https://one", "key1", "secret-one"), PeerSite("two", "https://two", "key2", "secret-two")]
_SITE_TEXT = (
    '[{"name": "one", "endpoints": "https://one", "accessKey": "key1", "secretKey": "secret-one"}, '
    '{"name": "two", "endpoints": "https://two", "accessKey": "key2", "secretKey": "secret-two"}]'
)


@dataclass
class Sent:
    """A call and its request."""

    call: Callable[[Any], Any]
    method: str
    target: str
    body: str = ""
    encrypted: bool = False
    answer_encrypted: bool = False
    repeated: bool = True
    """The request is sent again if its response is lost."""


def plain(call: Callable[[Any], Any], method: str, target: str, body: str = "", repeated: bool = True) -> Sent:
    return Sent(call, method, ROOT + target, body, repeated=repeated)


def reads(call: Callable[[Any], Any], target: str) -> Sent:
    return Sent(call, "GET", ROOT + target, answer_encrypted=True)


def writes(call: Callable[[Any], Any], method: str, target: str, body: str, repeated: bool = True) -> Sent:
    return Sent(call, method, ROOT + target, body, encrypted=True, repeated=repeated)


def both(call: Callable[[Any], Any], method: str, target: str, body: str, repeated: bool = True) -> Sent:
    return Sent(call, method, ROOT + target, body, True, True, repeated)


CALLS: dict[str, Sent] = {
    "user_add": writes(
        lambda a: a.user_add("u", "users-secret"),
        "PUT",
        "add-user?accessKey=u",
        '{"status": "enabled", "secretKey": "users-secret"}',
    ),
    "user_disable": plain(lambda a: a.user_disable("u"), "PUT", "set-user-status?accessKey=u&status=disabled"),
    "user_enable": plain(lambda a: a.user_enable("u"), "PUT", "set-user-status?accessKey=u&status=enabled"),
    "user_remove": plain(lambda a: a.user_remove("u é/+"), "DELETE", "remove-user?accessKey=u%20%C3%A9%2F%2B"),
    "user_info": plain(lambda a: a.user_info("u"), "GET", "user-info?accessKey=u"),
    "user_list": reads(lambda a: a.user_list(), "list-users"),
    "group_add": plain(
        lambda a: a.group_add("g", ["u", "v"]),
        "PUT",
        "update-group-members",
        '{"group": "g", "members": ["u", "v"], "isRemove": false}',
    ),
    "group_add, one": plain(
        lambda a: a.group_add("g", "u"),
        "PUT",
        "update-group-members",
        '{"group": "g", "members": ["u"], "isRemove": false}',
    ),
    "group_add, none": plain(
        lambda a: a.group_add("g", []),
        "PUT",
        "update-group-members",
        '{"group": "g", "members": [], "isRemove": false}',
    ),
    "group_disable": plain(lambda a: a.group_disable("g"), "PUT", "set-group-status?group=g&status=disabled"),
    "group_enable": plain(lambda a: a.group_enable("g"), "PUT", "set-group-status?group=g&status=enabled"),
    "group_remove": plain(
        lambda a: a.group_remove("g"), "PUT", "update-group-members", '{"group": "g", "isRemove": true}'
    ),
    "group_remove, members": plain(
        lambda a: a.group_remove("g", ["u"]),
        "PUT",
        "update-group-members",
        '{"group": "g", "isRemove": true, "members": ["u"]}',
    ),
    "group_info": plain(lambda a: a.group_info("g"), "GET", "group?group=g"),
    "group_list": plain(lambda a: a.group_list(), "GET", "groups"),
    "policy_add": plain(lambda a: a.policy_add("p", policy=POLICY), "PUT", "add-canned-policy?name=p", _POLICY_TEXT),
    "policy_remove": plain(lambda a: a.policy_remove("p"), "DELETE", "remove-canned-policy?name=p"),
    "policy_info": plain(lambda a: a.policy_info("p"), "GET", "info-canned-policy?name=p"),
    "policy_list": plain(lambda a: a.policy_list(), "GET", "list-canned-policies"),
    "policy_set": plain(
        lambda a: a.policy_set("p", user="u"),
        "PUT",
        "set-user-or-group-policy?isGroup=false&policyName=p&userOrGroup=u",
    ),
    "policy_set, several": plain(
        lambda a: a.policy_set(["p", "q"], group="g"),
        "PUT",
        "set-user-or-group-policy?isGroup=true&policyName=p%2Cq&userOrGroup=g",
    ),
    "policy_unset": both(
        lambda a: a.policy_unset(["p", "q"], user="u"), "POST", "idp/builtin/policy/detach", _ATTACHED
    ),
    "attach_policy": both(
        lambda a: a.attach_policy(["p", "q"], user="u"), "POST", "idp/builtin/policy/attach", _ATTACHED
    ),
    "attach_policy, group": both(
        lambda a: a.attach_policy(["p"], group="g"),
        "POST",
        "idp/builtin/policy/attach",
        '{"policies": ["p"], "group": "g"}',
    ),
    "detach_policy": both(
        lambda a: a.detach_policy(["p", "q"], user="u"), "POST", "idp/builtin/policy/detach", _ATTACHED
    ),
    "attach_policy_ldap": both(
        lambda a: a.attach_policy_ldap(["p", "q"], user="u"), "POST", "idp/ldap/policy/attach", _ATTACHED
    ),
    "detach_policy_ldap": both(
        lambda a: a.detach_policy_ldap(["p", "q"], user="u"), "POST", "idp/ldap/policy/detach", _ATTACHED
    ),
    "get_policy_entities": reads(
        lambda a: a.get_policy_entities(["u", "v"], ["g"], ["p"]),
        "idp/builtin/policy-entities?group=g&policy=p&user=u&user=v",
    ),
    "account_info": plain(lambda a: a.account_info(), "GET", "accountinfo"),
    "account_info, usage": plain(lambda a: a.account_info(True), "GET", "accountinfo?prefix-usage=true"),
    "add_service_account": both(
        lambda a: a.add_service_account(
            access_key="svc",
            secret_key="services-secret",
            name="n",
            description="",
            policy=POLICY,
            expiration="2030-01-01T00:00:00Z",
        ),
        "PUT",
        "add-service-account",
        '{"status": "enabled", "accessKey": "svc", "secretKey": "services-secret", "name": "n", "description": "", '
        f'"policy": {_POLICY_TEXT}, "expiration": "2030-01-01T00:00:00Z"}}',
        repeated=False,
    ),
    "add_service_account, made by the server": both(
        lambda a: a.add_service_account(target_user="u", status="disabled"),
        "PUT",
        "add-service-account",
        '{"status": "disabled", "accessKey": null, "secretKey": null, "targetUser": "u"}',
        repeated=False,
    ),
    "update_service_account": writes(
        lambda a: a.update_service_account(
            access_key="svc",
            secret_key="services-secret",
            name="n",
            description="d",
            policy=POLICY,
            expiration="2030-01-01T00:00:00Z",
            status="off",
        ),
        "POST",
        "update-service-account?accessKey=svc",
        '{"newSecretKey": "services-secret", "newName": "n", "newDescription": "d", '
        f'"newPolicy": {_POLICY_TEXT}, "newExpiration": "2030-01-01T00:00:00Z", "newStatus": "off"}}',
    ),
    "delete_service_account": plain(
        lambda a: a.delete_service_account("svc"), "DELETE", "delete-service-account?accessKey=svc"
    ),
    "get_service_account": reads(lambda a: a.get_service_account("svc"), "info-service-account?accessKey=svc"),
    "list_service_account": reads(lambda a: a.list_service_account("u"), "list-service-accounts?user=u"),
    "list_access_keys_ldap": reads(
        lambda a: a.list_access_keys_ldap("uid=u", "all"), "idp/ldap/list-access-keys?listType=all&userDN=uid%3Du"
    ),
    "list_access_keys_ldap_bulk": reads(
        lambda a: a.list_access_keys_ldap_bulk(["u", "v"], "sts-only", False),
        "idp/ldap/list-access-keys-bulk?listType=sts-only&userDNs=u&userDNs=v",
    ),
    "list_access_keys_ldap_bulk, all": reads(
        lambda a: a.list_access_keys_ldap_bulk([], "all", True), "idp/ldap/list-access-keys-bulk?all=true&listType=all"
    ),
    "config_get": reads(lambda a: a.config_get("region"), "get-config-kv?key=region&subSys="),
    "config_get, all": plain(lambda a: a.config_get(), "GET", "get-config-kv?key=&subSys="),
    "config_set": writes(
        lambda a: a.config_set("region", {"name": "x y", "comment": '"q"'}),
        "PUT",
        "set-config-kv",
        'region name=x y comment="q"',
    ),
    "config_set, text": writes(lambda a: a.config_set("region name=x"), "PUT", "set-config-kv", "region name=x"),
    "config_reset": writes(lambda a: a.config_reset("region"), "DELETE", "del-config-kv", "region", repeated=False),
    "config_reset, one": writes(
        lambda a: a.config_reset("notify_webhook", "one"),
        "DELETE",
        "del-config-kv",
        "notify_webhook:one",
        repeated=False,
    ),
    "config_history": reads(lambda a: a.config_history(), "list-config-history-kv?count=10"),
    "config_restore": plain(lambda a: a.config_restore("id"), "PUT", "restore-config-history-kv?restoreId=id"),
    "bucket_quota_set": plain(
        lambda a: a.bucket_quota_set("bucket", 100),
        "PUT",
        "set-bucket-quota?bucket=bucket",
        '{"quota": 100, "quotatype": "hard"}',
    ),
    "bucket_quota_clear": plain(
        lambda a: a.bucket_quota_clear("bucket"),
        "PUT",
        "set-bucket-quota?bucket=bucket",
        '{"quota": 0, "quotatype": "hard"}',
    ),
    "bucket_quota_get": plain(lambda a: a.bucket_quota_get("bucket"), "GET", "get-bucket-quota?bucket=bucket"),
    "info": plain(lambda a: a.info(), "GET", "info"),
    "get_data_usage_info": plain(lambda a: a.get_data_usage_info(), "GET", "datausageinfo"),
    "top_locks": plain(lambda a: a.top_locks(), "GET", "top/locks"),
    "service_restart": plain(lambda a: a.service_restart(), "POST", "service?action=restart", repeated=False),
    "service_stop": plain(lambda a: a.service_stop(), "POST", "service?action=stop", repeated=False),
    "update": plain(lambda a: a.update(), "POST", "update?updateURL=", repeated=False),
    "profile_start": plain(
        lambda a: a.profile_start(("cpu", "mem")), "POST", "profile?profilerType=cpu%2Cmem", repeated=False
    ),
    "kms_key_create": plain(lambda a: a.kms_key_create("k"), "POST", "kms/key/create?key-id=k", repeated=False),
    "kms_key_status": plain(lambda a: a.kms_key_status(), "GET", "kms/key/status?key-id="),
    "add_site_replication": writes(
        lambda a: a.add_site_replication(_SITES),
        "PUT",
        "site-replication/add?api-version=1",
        _SITE_TEXT,
        repeated=False,
    ),
    "edit_site_replication": writes(
        lambda a: a.edit_site_replication(PeerInfo("id", "https://one", "100", "true", name="n", sync_status="enable")),
        "PUT",
        "site-replication/edit?api-version=1",
        '{"endpoint": "https://one", "deploymentID": "id", '
        '"defaultbandwidth": {"bandwidthLimitPerBucket": 100, "set": true}, "name": "n", "sync": "enable"}',
    ),
    "remove_site_replication": writes(
        lambda a: a.remove_site_replication("one"),
        "PUT",
        "site-replication/remove?api-version=1",
        '{"sites": ["one"]}',
        repeated=False,
    ),
    "remove_site_replication, all": writes(
        lambda a: a.remove_site_replication(all_sites=True),
        "PUT",
        "site-replication/remove?api-version=1",
        '{"all": true}',
        repeated=False,
    ),
    "get_site_replication_info": plain(lambda a: a.get_site_replication_info(), "GET", "site-replication/info"),
    "get_site_replication_status": plain(
        lambda a: a.get_site_replication_status(
            SiteReplicationStatusOptions(buckets=True, entity="bucket", entity_value="b")
        ),
        "GET",
        "site-replication/status?buckets=true&entity=bucket&entityvalue=b&groups=false&metrics=false&policies=false"
        "&showDeleted=false&users=false",
    ),
}


def play_admin(
    kind: str, server: ScriptedServer, story: Callable[[Any], Coroutine[Any, Any, Any]], **options: Any
) -> Any:
    """Run a story with an admin client of a kind and return its result."""
    given = {"secure": False, "proxy": "", "retries": 0, "credentials": StaticProvider("caller", SECRET), **options}

    async def played() -> Any:
        admin = KINDS[kind](endpoint=str(server.origin), **given)
        try:
            return await story(admin)
        finally:
            await done(admin.close())

    return asyncio.run(played()) if kind == "async" else _drive(played())
