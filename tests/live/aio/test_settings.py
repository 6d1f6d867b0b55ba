"""Bucket and object settings: set, read back, remove."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from minio import AsyncMinio
from minio.commonconfig import ENABLED, GOVERNANCE, Filter, Tags
from minio.corsconfig import CORSConfig, Rule as CORSRule
from minio.error import InvalidArgumentError, NoSuchBucket, ResponseError
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.sseconfig import Rule as EncryptionRule, SSEConfig
from minio.versioningconfig import SUSPENDED, VersioningConfig


@pytest.fixture
async def locked(client: AsyncMinio, bucket_name: str) -> AsyncIterator[str]:
    """A bucket with object lock. Nothing in it stays locked."""
    await client.make_bucket(bucket_name, object_lock=True)
    await client.put_object(bucket_name, "object", b"content", 7)
    yield bucket_name
    await client.disable_object_legal_hold(bucket_name, "object")


def some_tags(for_object: bool) -> Tags:
    tags = Tags(for_object)
    tags["project"] = "one + two=3"
    tags["size_x"] = "1/2"
    return tags


def in_any_order(rule: CORSRule) -> tuple[object, ...]:
    """What a CORS rule says."""
    texts = (rule.allowed_origins, rule.allowed_methods, rule.allowed_headers, rule.expose_headers)
    return *map(frozenset, texts), rule.max_age_seconds, rule.rule_id


async def test_bucket_tags(client: AsyncMinio, bucket: str) -> None:
    assert await client.get_bucket_tags(bucket) is None
    await client.set_bucket_tags(bucket, some_tags(for_object=False))
    assert await client.get_bucket_tags(bucket) == some_tags(for_object=False)
    await client.delete_bucket_tags(bucket)
    assert await client.get_bucket_tags(bucket) is None


async def test_object_tags(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7)
    assert await client.get_object_tags(bucket, "object") is None
    await client.set_object_tags(bucket, "object", some_tags(for_object=True))
    assert await client.get_object_tags(bucket, "object") == some_tags(for_object=True)
    await client.delete_object_tags(bucket, "object")
    assert await client.get_object_tags(bucket, "object") is None


@pytest.mark.requires("versioning")
async def test_versioning(client: AsyncMinio, bucket: str) -> None:
    assert (await client.get_bucket_versioning(bucket)).status in (None, "Off", SUSPENDED)
    await client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    assert (await client.get_bucket_versioning(bucket)).status == ENABLED
    first = await client.put_object(bucket, "object", b"1", 1)
    second = await client.put_object(bucket, "object", b"2", 1)
    assert first.version_id
    assert first.version_id != second.version_id
    async with await client.get_object(bucket, "object", version_id=first.version_id) as response:
        assert await response.read() == b"1"
    await client.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED))
    assert (await client.get_bucket_versioning(bucket)).status == SUSPENDED


@pytest.mark.requires("bucket_lifecycle")
async def test_lifecycle(client: AsyncMinio, bucket: str) -> None:
    assert await client.get_bucket_lifecycle(bucket) is None
    rule = Rule(ENABLED, rule_filter=Filter(prefix="logs/"), rule_id="old-logs", expiration=Expiration(days=365))
    await client.set_bucket_lifecycle(bucket, LifecycleConfig([rule]))
    found = await client.get_bucket_lifecycle(bucket)
    assert found is not None
    assert [(each.rule_id, each.status) for each in found.rules] == [("old-logs", ENABLED)]
    await client.delete_bucket_lifecycle(bucket)
    assert await client.get_bucket_lifecycle(bucket) is None


@pytest.mark.requires("bucket_encryption")
async def test_encryption(client: AsyncMinio, bucket: str) -> None:
    await client.set_bucket_encryption(bucket, SSEConfig(EncryptionRule.new_sse_s3_rule()))
    assert await client.get_bucket_encryption(bucket) is not None
    await client.delete_bucket_encryption(bucket)
    assert await client.get_bucket_encryption(bucket) is None


@pytest.mark.requires("bucket_cors")
async def test_cors(client: AsyncMinio, bucket: str) -> None:
    assert await client.get_bucket_cors(bucket) is None
    await client.delete_bucket_cors(bucket)
    page = CORSRule(
        ["https://example.com", "https://*.example.org"],
        ["GET", "PUT"],
        allowed_headers=["x-amz-*", "authorization"],
        expose_headers=["ETag"],
        max_age_seconds=600,
        rule_id="page",
    )
    config = CORSConfig([page, CORSRule(["*"], ["HEAD"], max_age_seconds=5)])
    await client.set_bucket_cors(bucket, config)
    found = await client.get_bucket_cors(bucket)
    assert found is not None
    assert [in_any_order(rule) for rule in found.rules] == [in_any_order(rule) for rule in config.rules]
    await client.set_bucket_cors(bucket, CORSConfig([page]))
    found = await client.get_bucket_cors(bucket)
    assert found is not None
    assert [rule.rule_id for rule in found.rules] == ["page"]
    await client.delete_bucket_cors(bucket)
    assert await client.get_bucket_cors(bucket) is None


@pytest.mark.requires("bucket_cors")
async def test_cors_of_a_missing_bucket(client: AsyncMinio, bucket_name: str) -> None:
    for call in (client.get_bucket_cors, client.delete_bucket_cors):
        with pytest.raises(NoSuchBucket):
            await call(bucket_name)


@pytest.mark.requires("object_lock")
async def test_object_lock_configuration(client: AsyncMinio, locked: str) -> None:
    await client.set_object_lock_config(locked, ObjectLockConfig(GOVERNANCE, 1, DAYS))
    assert await client.get_object_lock_config(locked) == ObjectLockConfig(GOVERNANCE, 1, DAYS)
    await client.delete_object_lock_config(locked)
    assert await client.get_object_lock_config(locked) == ObjectLockConfig(None, None, None)


@pytest.mark.requires("object_lock")
async def test_legal_hold(client: AsyncMinio, locked: str) -> None:
    assert await client.is_object_legal_hold_enabled(locked, "object") is False
    await client.enable_object_legal_hold(locked, "object")
    assert await client.is_object_legal_hold_enabled(locked, "object") is True
    await client.disable_object_legal_hold(locked, "object")
    assert await client.is_object_legal_hold_enabled(locked, "object") is False


@pytest.mark.requires("object_lock")
async def test_retention(client: AsyncMinio, locked: str) -> None:
    assert await client.get_object_retention(locked, "object") is None
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    await client.set_object_retention(locked, "object", Retention(GOVERNANCE, until))
    assert await client.get_object_retention(locked, "object") == Retention(GOVERNANCE, until)
    found = await client.stat_object(locked, "object")
    assert found.version_id
    with pytest.raises(ResponseError):
        await client.remove_object(locked, "object", version_id=found.version_id)


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
async def test_deleting_a_setting_never_deletes_the_bucket(client: AsyncMinio, bucket: str, name: str) -> None:
    """SeaweedFS ignores ?replication, and Ceph ?encryption: their DELETE is a DeleteBucket."""
    with suppress(ResponseError):
        await getattr(client, name)(bucket)
    assert await client.bucket_exists(bucket)


async def test_deleting_a_setting_that_is_not_there(client: AsyncMinio, bucket: str) -> None:
    for call in (client.delete_bucket_tags, client.delete_bucket_policy):
        await call(bucket)
    await client.put_object(bucket, "object", b"content", 7)
    await client.delete_object_tags(bucket, "object")
    assert (await client.stat_object(bucket, "object")).size == 7


async def test_wrong_types_are_refused(client: AsyncMinio) -> None:
    for call in (client.set_bucket_tags, client.set_bucket_versioning, client.set_bucket_lifecycle):
        with pytest.raises(InvalidArgumentError, match="must be"):
            await call("some-bucket", {"a": "b"})  # type: ignore[arg-type, operator]
