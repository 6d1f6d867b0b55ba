"""The settings of buckets and objects: set, read back, remove."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from minio import AsyncMinio
from minio.commonconfig import ENABLED, GOVERNANCE, Filter, Tags
from minio.error import InvalidArgumentError, ResponseError
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.sseconfig import Rule as EncryptionRule
from minio.sseconfig import SSEConfig
from minio.versioningconfig import SUSPENDED, VersioningConfig


@pytest.fixture
async def locked(client: AsyncMinio, bucket_name: str) -> AsyncIterator[str]:
    """A bucket whose object may be locked; nothing is left locked."""
    await client.make_bucket(bucket_name, object_lock=True)
    await client.put_object(bucket_name, "object", b"content", 7)
    yield bucket_name
    await client.disable_object_legal_hold(bucket_name, "object")


def some_tags(for_object: bool) -> Tags:
    tags = Tags(for_object)
    tags["project"] = "one + two=3"
    tags["size_x"] = "1/2"
    return tags


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
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    await client.set_object_retention(locked, "object", Retention(GOVERNANCE, until))
    assert await client.get_object_retention(locked, "object") == Retention(GOVERNANCE, until)
    found = await client.stat_object(locked, "object")
    assert found.version_id
    with pytest.raises(ResponseError):
        await client.remove_object(locked, "object", version_id=found.version_id)


async def test_wrong_types_are_refused(client: AsyncMinio) -> None:
    for call in (client.set_bucket_tags, client.set_bucket_versioning, client.set_bucket_lifecycle):
        with pytest.raises(InvalidArgumentError, match="must be"):
            await call("some-bucket", {"a": "b"})  # type: ignore[arg-type, operator]
