# Generated from tests/live/aio/test_admin.py by tools/generate_sync.py. Do not edit.
"""The admin API for real: what the clients do is what the server enforces.

Only JuiceFS answers it here. It refuses a part of the API; those calls have their bytes checked in
tests/unit/test_admin.py, and here it is tested that its refusal becomes an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any

import pytest

from fakes.admin_calls import CALLS
from minio import Minio, MinioAdmin
from minio.credentials import AssumeRoleProvider, StaticProvider
from minio.error import AccessDenied, InvalidAccessKeyId, MinioAdminException, S3Error
from servers.capabilities import ADMIN_REFUSED
from servers.live import LiveServer

pytestmark = pytest.mark.requires("admin_api")


def make_admin(server: LiveServer, access_key: str = "", secret_key: str = "") -> MinioAdmin:
    keys = StaticProvider(access_key or server.access_key, secret_key or server.secret_key)
    return MinioAdmin(endpoint=server.endpoint, credentials=keys, secure=server.secure)


@pytest.fixture
def admin(server: LiveServer) -> Iterator[MinioAdmin]:
    """The admin client under test."""
    with make_admin(server) as made:
        yield made


@pytest.fixture
def user(admin: MinioAdmin) -> Iterator[tuple[str, str]]:
    """The keys of a new user."""
    name, secret = f"user-{token_hex(4)}", token_hex(8)
    assert admin.user_add(name, secret) == ""
    yield name, secret
    admin.user_remove(name)


@pytest.fixture
def policy(admin: MinioAdmin, bucket: str) -> Iterator[str]:
    """A policy that allows to list the bucket and to read its objects under `open/`."""
    name = f"policy-{token_hex(4)}"
    assert admin.policy_add(name, policy=reading(bucket)) == ""
    yield name
    admin.policy_remove(name)


@pytest.fixture
def group(admin: MinioAdmin, user: tuple[str, str]) -> Iterator[str]:
    """A group that the user is in."""
    name = f"group-{token_hex(4)}"
    assert admin.group_add(name, [user[0]]) == ""
    yield name
    admin.group_remove(name, [user[0]])
    admin.group_remove(name)


def reading(bucket: str, prefix: str = "open/") -> dict[str, Any]:
    allow = [
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [f"arn:aws:s3:::{bucket}"]},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::{bucket}/{prefix}*"]},
    ]
    return {"Version": "2012-10-17", "Statement": allow}


def fill(client: Minio, bucket: str) -> None:
    for name in ("open/one", "shut/two"):
        client.put_object(bucket, name, b"content", 7)


def check_reading(client: Minio, bucket: str) -> None:
    """Check that a client may do what `policy` allows, and nothing else."""
    response = client.get_object(bucket, "open/one")
    assert response.read() == b"content"
    response.close()
    assert [item.object_name for item in client.list_objects(bucket)] == ["open/", "shut/"]
    with pytest.raises(AccessDenied):
        client.get_object(bucket, "shut/two")
    with pytest.raises(AccessDenied):
        client.put_object(bucket, "open/three", b"content", 7)
    with pytest.raises(AccessDenied):
        client.remove_object(bucket, "open/one")


def check_refused(client: Minio, bucket: str) -> None:
    """Check that the server refuses a client."""
    with pytest.raises(S3Error) as caught:
        client.stat_object(bucket, "open/one")
    assert caught.value.status == 403


def test_a_user(admin: MinioAdmin, user: tuple[str, str]) -> None:
    name, _ = user
    assert json.loads(admin.user_list())[name]["status"] == "enabled"
    assert admin.user_disable(name) == ""
    assert json.loads(admin.user_info(name))["status"] == "disabled"
    assert admin.user_enable(name) == ""
    assert json.loads(admin.user_info(name))["status"] == "enabled"


def test_a_user_that_does_not_exist(admin: MinioAdmin) -> None:
    for call in (admin.user_info, admin.user_remove, admin.user_disable):
        with pytest.raises(MinioAdminException) as caught:
            call("nobody-here")
        error = caught.value
        assert (error.status, error.code) == (404, "XMinioAdminNoSuchUser")
        assert "does not exist" in str(error)


def test_a_policy(admin: MinioAdmin, policy: str, bucket: str) -> None:
    assert json.loads(admin.policy_info(policy)) == reading(bucket)
    assert json.loads(admin.policy_list())[policy] == reading(bucket)
    with pytest.raises(MinioAdminException) as caught:
        admin.policy_add(policy, policy={"nothing": 1})
    assert caught.value.code == "MalformedPolicy"
    with pytest.raises(MinioAdminException) as caught:
        admin.policy_info("no-such-policy")
    assert caught.value.code == "XMinioAdminNoSuchPolicy"


def test_a_policy_from_a_file(admin: MinioAdmin, policy: str, bucket: str, tmp_path: Any) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(reading(bucket, "other/"), indent=2))
    admin.policy_add(policy, path)
    assert json.loads(admin.policy_info(policy)) == reading(bucket, "other/")


def test_a_user_does_what_its_policy_allows(
    admin: MinioAdmin,
    user: tuple[str, str],
    policy: str,
    bucket: str,
    client: Minio,
    make_client: Callable[..., Minio],
) -> None:
    fill(client, bucket)
    theirs = make_client(access_key=user[0], secret_key=user[1])
    check_refused(theirs, bucket)
    assert admin.policy_set(policy, user=user[0]) == ""
    check_reading(theirs, bucket)
    admin.user_disable(user[0])
    check_refused(theirs, bucket)
    admin.user_enable(user[0])
    check_reading(theirs, bucket)
    admin.user_add(user[0], "another-secret")
    check_refused(theirs, bucket)
    check_reading(make_client(access_key=user[0], secret_key="another-secret"), bucket)


def test_a_removed_user_is_refused(admin: MinioAdmin, bucket: str, make_client: Callable[..., Minio]) -> None:
    admin.user_add("soon-gone", "users-secret")
    admin.policy_set("readwrite", user="soon-gone")
    theirs = make_client(access_key="soon-gone", secret_key="users-secret")
    assert theirs.bucket_exists(bucket)
    assert admin.user_remove("soon-gone") == ""
    with pytest.raises(InvalidAccessKeyId):
        theirs.put_object(bucket, "object", b"", 0)


def test_a_user_assumes_a_role(
    admin: MinioAdmin,
    user: tuple[str, str],
    policy: str,
    bucket: str,
    client: Minio,
    server: LiveServer,
    make_client: Callable[..., Minio],
) -> None:
    fill(client, bucket)
    admin.policy_set(policy, user=user[0])
    role = AssumeRoleProvider(sts_endpoint=server.url, access_key=user[0], secret_key=user[1])
    check_reading(make_client(credentials=role), bucket)


def test_a_group(admin: MinioAdmin, user: tuple[str, str], group: str) -> None:
    assert group in json.loads(admin.group_list())
    found = json.loads(admin.group_info(group))
    assert (found["name"], found["status"], found["members"]) == (group, "enabled", [user[0]])
    with pytest.raises(MinioAdminException) as caught:
        admin.group_remove(group)
    assert caught.value.code == "XMinioAdminGroupNotEmpty"
    assert admin.group_remove(group, user[0]) == ""
    assert not json.loads(admin.group_info(group)).get("members")
    assert admin.group_add(group, user[0]) == ""
    assert json.loads(admin.group_info(group))["members"] == [user[0]]


def test_an_empty_group(admin: MinioAdmin) -> None:
    assert admin.group_add("empty-group", []) == ""
    assert admin.group_remove("empty-group") == ""
    for call in (admin.group_remove, admin.group_info):
        with pytest.raises(MinioAdminException) as caught:
            call("empty-group")
        assert caught.value.code == "XMinioAdminNoSuchGroup"


def test_members_do_what_the_policy_of_their_group_allows(
    admin: MinioAdmin,
    user: tuple[str, str],
    group: str,
    policy: str,
    bucket: str,
    client: Minio,
    make_client: Callable[..., Minio],
) -> None:
    fill(client, bucket)
    theirs = make_client(access_key=user[0], secret_key=user[1])
    check_refused(theirs, bucket)
    assert admin.policy_set(policy, group=group) == ""
    check_reading(theirs, bucket)
    assert admin.group_disable(group) == ""
    assert json.loads(admin.group_info(group))["status"] == "disabled"
    check_refused(theirs, bucket)
    assert admin.group_enable(group) == ""
    check_reading(theirs, bucket)


def test_a_service_account(
    admin: MinioAdmin,
    user: tuple[str, str],
    bucket: str,
    client: Minio,
    server: LiveServer,
    make_client: Callable[..., Minio],
) -> None:
    """The service account of a user that may do everything does what its own policy allows."""
    fill(client, bucket)
    admin.policy_set("readwrite", user=user[0])
    with make_admin(server, *user) as theirs:
        made = json.loads(theirs.add_service_account(name="reader", policy=reading(bucket)))["credentials"]
        access_key = made["accessKey"]
        check_reading(make_client(access_key=access_key, secret_key=made["secretKey"]), bucket)
        assert json.loads(admin.list_service_account(user[0]))["accounts"] == [access_key]
        found = json.loads(admin.get_service_account(access_key))
        assert (found["parentUser"], found["accountStatus"]) == (user[0], "on")
        assert admin.update_service_account(access_key=access_key, secret_key="another-secret") == ""
        check_reading(make_client(access_key=access_key, secret_key="another-secret"), bucket)
        assert admin.update_service_account(access_key=access_key, status="off") == ""
        assert json.loads(admin.get_service_account(access_key))["accountStatus"] == "off"
        check_refused(make_client(access_key=access_key, secret_key="another-secret"), bucket)
        assert theirs.delete_service_account(access_key) == ""
        with pytest.raises(MinioAdminException) as caught:
            theirs.delete_service_account(access_key)
        assert caught.value.code == "XMinioInvalidIAMCredentials"


def test_a_service_account_with_given_keys(
    admin: MinioAdmin,
    user: tuple[str, str],
    bucket: str,
    server: LiveServer,
    make_client: Callable[..., Minio],
) -> None:
    admin.policy_set("readwrite", user=user[0])
    name = f"svc-{token_hex(4)}"
    with make_admin(server, *user) as theirs:
        made = json.loads(theirs.add_service_account(access_key=name, secret_key="services-secret"))
        assert (made["credentials"]["accessKey"], made["credentials"]["secretKey"]) == (name, "services-secret")
        service = make_client(access_key=name, secret_key="services-secret")
        service.put_object(bucket, "object", b"content", 7)
        assert theirs.delete_service_account(name) == ""
        with pytest.raises(S3Error):
            service.put_object(bucket, "object", b"content", 7)


def test_the_account_of_a_user(admin: MinioAdmin, user: tuple[str, str], bucket: str, server: LiveServer) -> None:
    admin.policy_set("readwrite", user=user[0])
    with make_admin(server, *user) as theirs:
        for usage in (False, True):
            found = json.loads(theirs.account_info(usage))
            assert found["AccountName"] == user[0]
            assert found["Policy"]["Statement"][0]["Action"] == ["s3:*"]


def test_a_user_may_not_administer(admin: MinioAdmin, user: tuple[str, str], server: LiveServer) -> None:
    admin.policy_set("readwrite", user=user[0])
    with make_admin(server, *user) as theirs:
        for call in (theirs.user_list, theirs.group_list, theirs.config_history):
            with pytest.raises(MinioAdminException) as caught:
                call()
            assert (caught.value.status, caught.value.code) == (403, "AccessDenied")


def test_a_wrong_secret(server: LiveServer) -> None:
    wrong = make_admin(server, secret_key="wrong-secret")
    with pytest.raises(MinioAdminException) as caught:
        wrong.user_list()
    wrong.close()
    assert caught.value.code == "SignatureDoesNotMatch"


def test_the_configuration(admin: MinioAdmin) -> None:
    assert (admin.config_get("region")).startswith("region name=")
    assert admin.config_set("region", {"name": "eu-west-1"}) == ""
    newest = json.loads(admin.config_history())[-1]
    assert newest["data"] == "region name=eu-west-1"
    assert admin.config_restore(newest["restoreId"]) == ""
    assert admin.config_reset("region") == ""
    for call in (admin.config_get, admin.config_set, admin.config_restore):
        with pytest.raises(MinioAdminException) as caught:
            call("no-such-thing")
        assert caught.value.code == "XMinioConfigError"


@pytest.mark.parametrize("name", ADMIN_REFUSED)
def test_what_the_server_does_not_do_is_an_error(admin: MinioAdmin, name: str) -> None:
    with pytest.raises(MinioAdminException) as caught:
        CALLS[name].call(admin)
    assert (caught.value.status, caught.value.code) == ADMIN_REFUSED[name]
    assert caught.value.message


@pytest.mark.parametrize("call", ["service_restart", "service_stop"])
def test_who_may_not_stop_the_server(admin: MinioAdmin, user: tuple[str, str], server: LiveServer, call: str) -> None:
    """A user that may not do it is refused. As root it would end the server of all other tests."""
    theirs = make_admin(server, *user)
    with pytest.raises(MinioAdminException) as caught:
        getattr(theirs, call)()
    theirs.close()
    assert caught.value.status in (403, 501)
