# Generated from tests/live/aio/test_settings.py by tools/generate_sync.py. Do not edit.
"""Bucket and object settings: set, read back, remove."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from minio import Minio
from minio.commonconfig import ENABLED, GOVERNANCE, Filter, Tags
from minio.corsconfig import CORSConfig, Rule as CORSRule
from minio.error import InvalidArgumentError, NoSuchBucket, ResponseError
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.sseconfig import Rule as EncryptionRule, SSEConfig
from minio.versioningconfig import SUSPENDED, VersioningConfig


@pytest.fixture
def locked(client: Minio, bucket_name: str) -> Iterator[str]:
    """A bucket with object lock. Nothing in it stays locked."""
    client.make_bucket(bucket_name, object_lock=True)
    client.put_object(bucket_name, "object", b"content", 7)
    yield bucket_name
    client.disable_object_legal_hold(bucket_name, "object")


def some_tags(for_object: bool) -> Tags:
    tags = Tags(for_object)
    tags["project"] = "one + two=3"
    tags["size_x"] = "1/2"
    return tags


def in_any_order(rule: CORSRule) -> tuple[object, ...]:
    """What a CORS rule says."""
    texts = (rule.allowed_origins, rule.allowed_methods, rule.allowed_headers, rule.expose_headers)
    return *map(frozenset, texts), rule.max_age_seconds, rule.rule_id


def test_bucket_tags(client: Minio, bucket: str) -> None:
    assert client.get_bucket_tags(bucket) is None
    client.set_bucket_tags(bucket, some_tags(for_object=False))
    assert client.get_bucket_tags(bucket) == some_tags(for_object=False)
    client.delete_bucket_tags(bucket)
    assert client.get_bucket_tags(bucket) is None


def test_object_tags(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    assert client.get_object_tags(bucket, "object") is None
    client.set_object_tags(bucket, "object", some_tags(for_object=True))
    assert client.get_object_tags(bucket, "object") == some_tags(for_object=True)
    client.delete_object_tags(bucket, "object")
    assert client.get_object_tags(bucket, "object") is None


@pytest.mark.requires("versioning")
def test_versioning(client: Minio, bucket: str) -> None:
    assert (client.get_bucket_versioning(bucket)).status in (None, "Off", SUSPENDED)
    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    assert (client.get_bucket_versioning(bucket)).status == ENABLED
    first = client.put_object(bucket, "object", b"1", 1)
    second = client.put_object(bucket, "object", b"2", 1)
    assert first.version_id
    assert first.version_id != second.version_id
    with client.get_object(bucket, "object", version_id=first.version_id) as response:
        assert response.read() == b"1"
    client.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED))
    assert (client.get_bucket_versioning(bucket)).status == SUSPENDED


@pytest.mark.requires("bucket_lifecycle")
def test_lifecycle(client: Minio, bucket: str) -> None:
    assert client.get_bucket_lifecycle(bucket) is None
    rule = Rule(ENABLED, rule_filter=Filter(prefix="logs/"), rule_id="old-logs", expiration=Expiration(days=365))
    client.set_bucket_lifecycle(bucket, LifecycleConfig([rule]))
    found = client.get_bucket_lifecycle(bucket)
    assert found is not None
    assert [(each.rule_id, each.status) for each in found.rules] == [("old-logs", ENABLED)]
    client.delete_bucket_lifecycle(bucket)
    assert client.get_bucket_lifecycle(bucket) is None


@pytest.mark.requires("bucket_encryption")
def test_encryption(client: Minio, bucket: str) -> None:
    client.set_bucket_encryption(bucket, SSEConfig(EncryptionRule.new_sse_s3_rule()))
    assert client.get_bucket_encryption(bucket) is not None
    client.delete_bucket_encryption(bucket)
    assert client.get_bucket_encryption(bucket) is None


@pytest.mark.requires("bucket_cors")
def test_cors(client: Minio, bucket: str) -> None:
    assert client.get_bucket_cors(bucket) is None
    client.delete_bucket_cors(bucket)
    page = CORSRule(
        ["https://example.com", "https://*.example.org"],
        ["GET", "PUT"],
        allowed_headers=["x-amz-*", "authorization"],
        expose_headers=["ETag"],
        max_age_seconds=600,
        rule_id="page",
    )
    config = CORSConfig([page, CORSRule(["*"], ["HEAD"], max_age_seconds=5)])
    client.set_bucket_cors(bucket, config)
    found = client.get_bucket_cors(bucket)
    assert found is not None
    assert [in_any_order(rule) for rule in found.rules] == [in_any_order(rule) for rule in config.rules]
    client.set_bucket_cors(bucket, CORSConfig([page]))
    found = client.get_bucket_cors(bucket)
    assert found is not None
    assert [rule.rule_id for rule in found.rules] == ["page"]
    client.delete_bucket_cors(bucket)
    assert client.get_bucket_cors(bucket) is None


@pytest.mark.requires("bucket_cors")
def test_cors_of_a_missing_bucket(client: Minio, bucket_name: str) -> None:
    for call in (client.get_bucket_cors, client.delete_bucket_cors):
        with pytest.raises(NoSuchBucket):
            call(bucket_name)


@pytest.mark.requires("object_lock")
def test_object_lock_configuration(client: Minio, locked: str) -> None:
    client.set_object_lock_config(locked, ObjectLockConfig(GOVERNANCE, 1, DAYS))
    assert client.get_object_lock_config(locked) == ObjectLockConfig(GOVERNANCE, 1, DAYS)
    client.delete_object_lock_config(locked)
    assert client.get_object_lock_config(locked) == ObjectLockConfig(None, None, None)


@pytest.mark.requires("object_lock")
def test_legal_hold(client: Minio, locked: str) -> None:
    assert client.is_object_legal_hold_enabled(locked, "object") is False
    client.enable_object_legal_hold(locked, "object")
    assert client.is_object_legal_hold_enabled(locked, "object") is True
    client.disable_object_legal_hold(locked, "object")
    assert client.is_object_legal_hold_enabled(locked, "object") is False


@pytest.mark.requires("object_lock")
def test_retention(client: Minio, locked: str) -> None:
    assert client.get_object_retention(locked, "object") is None
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    client.set_object_retention(locked, "object", Retention(GOVERNANCE, until))
    assert client.get_object_retention(locked, "object") == Retention(GOVERNANCE, until)
    found = client.stat_object(locked, "object")
    assert found.version_id
    with pytest.raises(ResponseError):
        client.remove_object(locked, "object", version_id=found.version_id)


DELETIONS = (
    "delete_bucket_cors",
    "delete_bucket_encryption",
    "delete_bucket_lifecycle",
    "delete_bucket_notification",
    "delete_bucket_policy",
    "delete_bucket_replication",
    "delete_bucket_tags",
    "delete_object_lock_config",
)


@pytest.mark.parametrize("name", DELETIONS)
def test_deleting_a_setting_never_deletes_the_bucket(client: Minio, bucket: str, name: str) -> None:
    """SeaweedFS ignores ?replication, and Ceph ?encryption: their DELETE is a DeleteBucket."""
    with suppress(ResponseError):
        getattr(client, name)(bucket)
    assert client.bucket_exists(bucket)


def test_deleting_a_setting_that_is_not_there(client: Minio, bucket: str) -> None:
    for call in (client.delete_bucket_tags, client.delete_bucket_policy):
        call(bucket)
    client.put_object(bucket, "object", b"content", 7)
    client.delete_object_tags(bucket, "object")
    assert (client.stat_object(bucket, "object")).size == 7


def test_wrong_types_are_refused(client: Minio) -> None:
    for call in (client.set_bucket_tags, client.set_bucket_versioning, client.set_bucket_lifecycle):
        with pytest.raises(InvalidArgumentError, match="must be"):
            call("some-bucket", {"a": "b"})  # type: ignore[arg-type, operator]
