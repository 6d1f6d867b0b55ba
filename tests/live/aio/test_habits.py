"""Habits of programs that were written for other releases, and calls that only those have, on real servers."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest

from minio import AsyncMinio, CopyConditions
from minio.error import AccessDenied, NoSuchKey, PreconditionFailed
from minio.sseconfig import AES256


@pytest.mark.requires("versioning")
async def test_versioning_of_release_6(client: AsyncMinio, bucket: str) -> None:
    await client.enable_bucket_versioning(bucket)
    assert (await client.get_bucket_versioning(bucket)).status == "Enabled"
    await client.disable_bucket_versioning(bucket)
    assert (await client.get_bucket_versioning(bucket)).status == "Suspended"


@pytest.mark.requires("bucket_encryption")
async def test_encryption_of_release_6(client: AsyncMinio, bucket: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    await client.put_bucket_encryption(bucket, {"ServerSideEncryptionConfiguration": {"Rule": [rule]}})
    found = await client.get_bucket_encryption(bucket)
    assert found is not None
    assert found.rule.sse_algorithm == AES256
    await client.delete_bucket_encryption(bucket)
    assert await client.get_bucket_encryption(bucket) is None


@pytest.mark.requires("assume_role")
async def test_temporary_credentials_of_release_6(client: AsyncMinio) -> None:
    with pytest.raises(AccessDenied, match="temporary credentials"):  # the server gives none to its root user
        await client.get_assume_role_creds(duration=900)


async def test_results_as_dicts(client: AsyncMinio, bucket: str) -> None:
    written = await client.put_object(bucket, "object", b"abc", 3)
    listed = [item async for item in client.list_objects(bucket)]
    seen = [item for item in await client.list_buckets() if item.name == bucket]
    stated = await client.stat_object(bucket, "object")
    for result in (written, *listed, *seen, stated):
        assert dataclasses.asdict(result).keys() == vars(result).keys()
        assert json.loads(json.dumps(vars(result), default=str))
    assert vars(written)["etag"] == written == vars(listed[0])["etag"] == vars(stated)["etag"]
    assert vars(listed[0])["size"] == 3


async def test_metadata_of_numbers(client: AsyncMinio, bucket: str) -> None:
    given = {10: 1.5, "flag": True, "none": None, "list": ["a", 1]}
    await client.put_object(bucket, "object", io.BytesIO(b""), 0, metadata=given)  # type: ignore[arg-type]
    found = (await client.stat_object(bucket, "object", ssec=None)).metadata
    assert found["x-amz-meta-10"] == "1.5"
    assert found["x-amz-meta-flag"] == "True"
    assert found["x-amz-meta-none"] == "None"
    assert found["x-amz-meta-list"] == "a,1"


async def test_range_of_none(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"0123456789", 10)
    async with await client.get_object(bucket, "object", offset=None, length=None) as response:
        assert await response.read() == b"0123456789"
    async with await client.get_object(bucket, "object", offset=4, length=None) as response:
        assert await response.read() == b"456789"


async def test_message_of_a_failed_condition(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"abc", 3)
    conditions = CopyConditions()
    conditions.set_match_etag("another")
    with pytest.raises(PreconditionFailed) as caught:
        await client.copy_object(bucket, "copy", f"/{bucket}/object", conditions)
    assert caught.value.message == "At least one of the preconditions you specified did not hold."


async def test_message_of_a_missing_object(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(NoSuchKey) as caught:
        await client.stat_object(bucket, "missing")
    assert caught.value.message == "The specified key does not exist."
