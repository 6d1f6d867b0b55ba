"""minio-manager: a program that creates buckets and policies from a file, with Minio and MinioAdmin.

It is run as a program, as its users do. It calls `mc` for service accounts. There is no `mc` here: a small script
replaces it, so that service accounts are not part of what is tested.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pykeepass
import pytest
import yaml

from conftest import Server
from minio import MinioAdmin
from minio.credentials import StaticProvider
from minio.error import MinioAdminException
from servers.raw import RawS3

_MC = """#!/bin/sh
case "$*" in
*"svcacct info"*) echo '{"status": "success", "policy": {}}' ;;
*ready*) echo '{"healthy": true}' ;;
*) echo '{"status": "success"}' ;;
esac
"""

needs_admin = pytest.mark.skipif(os.environ["DOWNSTREAM_SERVER"] != "juicefs", reason="the server has no admin API")
needs_settings = pytest.mark.skipif(os.environ["DOWNSTREAM_SERVER"] == "juicefs", reason="the server has no versioning")


@dataclass(frozen=True)
class Manager:
    """The program, and its directory."""

    directory: Path
    server: Server

    def write(self, name: str, content: Any) -> str:
        path = self.directory / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def run(self, resources: dict[str, Any], *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the program, or a command in its environment."""
        self.write("resources.yaml", yaml.safe_dump(resources))
        self.write("secrets.yaml", yaml.safe_dump({"controller": self.server.keys}))
        values = {
            "CLUSTER_NAME": "use",
            "S3_ENDPOINT": self.server.endpoint,
            "S3_ENDPOINT_SECURE": "false",
            "MINIO_CONTROLLER_USER": "controller",
            "SECRET_BACKEND_TYPE": "yaml",
            "SECRET_BACKEND_S3_ACCESS_KEY": self.server.access_key,
            "SECRET_BACKEND_S3_SECRET_KEY": self.server.secret_key,
            **settings,
        }
        environment = {f"MINIO_MANAGER_{name}": value for name, value in values.items()}
        path = f"{self.directory}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [sys.executable, *(command or ("-m", "minio_manager"))],
            cwd=self.directory,
            env={**os.environ, "PATH": path, **environment},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )


@pytest.fixture
def manager(server: Server, tmp_path: Path) -> Manager:
    mc = tmp_path / "mc"
    mc.write_text(_MC)
    mc.chmod(0o755)
    return Manager(tmp_path, server)


@pytest.fixture
def admin(server: Server) -> MinioAdmin:
    keys = StaticProvider(server.access_key, server.secret_key)
    return MinioAdmin(endpoint=server.endpoint, credentials=keys, secure=False)


@pytest.fixture
def policy_name(admin: MinioAdmin) -> Iterator[str]:
    name = f"use-{token_hex(4)}"
    yield name
    admin.policy_remove(name)


def allowing(bucket: str, *actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": [f"arn:aws:s3:::{bucket}/*"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def succeed(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


# Buckets


@needs_settings
def test_a_bucket_is_made(manager: Manager, bucket_name: str) -> None:
    resources = {"buckets": [{"name": bucket_name, "create_service_account": False}]}
    succeed(manager.run(resources))
    assert manager.server.raw.request("HEAD", f"/{bucket_name}").status == 200
    succeed(manager.run(resources))


@needs_settings
def test_versioning_is_set(manager: Manager, bucket_name: str) -> None:
    resources = {"buckets": [{"name": bucket_name, "create_service_account": False, "versioning": "Enabled"}]}
    succeed(manager.run(resources))
    answer = manager.server.raw.request("GET", f"/{bucket_name}", {"versioning": ""})
    assert answer.texts("Status") == ["Enabled"]


@needs_settings
def test_lifecycle_is_set(manager: Manager, bucket_name: str) -> None:
    rule = {"ID": "one", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 7}}
    file = manager.write("lifecycle.json", {"Rules": [rule]})
    bucket = {"name": bucket_name, "create_service_account": False, "object_lifecycle_file": file}
    for _ in range(2):
        succeed(manager.run({"buckets": [bucket]}))
        answer = manager.server.raw.request("GET", f"/{bucket_name}", {"lifecycle": ""})
        assert answer.texts("NoncurrentDays") == ["7"]


def test_a_bucket_policy_is_set(manager: Manager, bucket: str) -> None:
    policy = allowing(bucket, "s3:GetObject")
    policy["Statement"][0]["Principal"] = {"AWS": ["*"]}
    file = manager.write("policy.json", policy)
    resources = {"bucket_policies": [{"bucket": bucket, "policy_file": file}]}
    for _ in range(2):
        done = manager.run(resources)
        assert "Traceback" not in done.stderr
        manager.server.put(bucket, "a")
        assert manager.server.status(bucket, "a", signed=False) == 200


@needs_settings
def test_secrets_of_a_keepass_file(manager: Manager, bucket: str) -> None:
    path = manager.directory / "made.kdbx"
    database = pykeepass.create_database(str(path), password="password")
    group = database.add_group(database.add_group(database.root_group, "s3"), "use")
    database.add_entry(group, "controller", manager.server.access_key, manager.server.secret_key)
    database.save()
    manager.server.put(bucket, "secrets.kdbx", path.read_bytes())
    settings = {
        "SECRET_BACKEND_TYPE": "keepass",
        "SECRET_BACKEND_S3_BUCKET": bucket,
        "SECRET_BACKEND_PATH": "secrets.kdbx",
        "KEEPASS_PASSWORD": "password",
    }
    made = f"{bucket}-made"
    try:
        succeed(manager.run({"buckets": [{"name": made, "create_service_account": False}]}, **settings))
        assert manager.server.raw.request("HEAD", f"/{made}").status == 200
        script = (
            "from minio_manager.classes.secrets import secrets as s, ServiceAccount as A\n"
            "s.set_password(A('added', access_key='a', secret_key='b'))\n"
            "s.cleanup()"
        )
        before = manager.server.body(bucket, "secrets.kdbx")
        succeed(manager.run({}, "-c", script, **settings))
        assert manager.server.body(bucket, "secrets.kdbx") != before
    finally:
        manager.server.raw.request("DELETE", f"/{made}")


def test_wrong_keys_end_the_program(manager: Manager, bucket: str) -> None:
    settings = {
        "SECRET_BACKEND_TYPE": "keepass",
        "SECRET_BACKEND_S3_BUCKET": bucket,
        "SECRET_BACKEND_S3_SECRET_KEY": "not the secret",
    }
    done = manager.run({"buckets": [{"name": bucket}]}, **settings)
    assert done.returncode == 20
    assert "Invalid secret key" in done.stdout + done.stderr or "Access denied" in done.stdout + done.stderr


# Policies of users, with MinioAdmin


@needs_admin
def test_a_policy_of_users_is_made_and_changed(manager: Manager, admin: MinioAdmin, policy_name: str) -> None:
    for actions in (["s3:GetObject"], ["s3:GetObject", "s3:PutObject"]):
        file = manager.write("iam.json", allowing("bucket", *actions))
        succeed(manager.run({"iam_policies": [{"name": policy_name, "policy_file": file}]}))
        (statement,) = json.loads(admin.policy_info(policy_name))["Statement"]
        assert sorted(statement["Action"]) == actions
        assert statement["Resource"] == ["arn:aws:s3:::bucket/*"]
        assert policy_name in json.loads(admin.policy_list())


@needs_admin
def test_a_policy_is_attached_to_a_user(manager: Manager, admin: MinioAdmin, policy_name: str, bucket: str) -> None:
    user, secret = f"use{token_hex(4)}", "secret-of-the-user"
    admin.user_add(user, secret)
    try:
        admin.policy_add(policy_name, manager.write("iam.json", allowing(bucket, "s3:GetObject")))
        raw = RawS3(manager.server.endpoint, user, secret)
        manager.server.put(bucket, "a", b"allowed")
        assert raw.request("GET", f"/{bucket}/a").status == 403
        script = (
            "from minio_manager.policy_handler import *\n"
            f"handle_iam_policy_attachments(IamPolicyAttachment({user!r}, [{policy_name!r}]))"
        )
        succeed(manager.run({}, "-c", script))
        assert raw.request("GET", f"/{bucket}/a").body == b"allowed"
        assert raw.request("PUT", f"/{bucket}/b", body=b"1").status == 403
    finally:
        admin.user_remove(user)


@needs_admin
def test_a_missing_policy_is_an_error_with_a_body(admin: MinioAdmin) -> None:
    with pytest.raises(MinioAdminException) as caught:
        admin.policy_info("no-such-policy")
    assert json.loads(caught.value._body)["Code"] == "XMinioAdminNoSuchPolicy"
