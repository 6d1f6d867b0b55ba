"""Bucket policies: the documented API's four canned policies by prefix, and complete documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from live.helpers import Requests
from minio import AsyncMinio, Policy
from minio.error import AccessDenied, InvalidArgumentError, InvalidArgumentTypeError, NoSuchBucketPolicy
from servers.live import LiveServer


@pytest.fixture
def stranger(make_client: Callable[..., AsyncMinio]) -> AsyncMinio:
    """A client without keys."""
    return make_client(access_key=None, secret_key=None)


def document(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["*"]},
                "Action": ["s3:GetObject"],
                "Resource": [f"arn:aws:s3:::{bucket}/open/*"],
            }
        ],
    }


async def test_none_at_first(client: AsyncMinio, bucket: str) -> None:
    for prefix in ("", "folder/"):
        assert await client.get_bucket_policy(bucket, prefix) is Policy.NONE
    with pytest.raises(NoSuchBucketPolicy):
        await client.get_bucket_policy(bucket)
    trace = Requests()
    client.trace_on(trace)
    await client.set_bucket_policy(bucket, "", Policy.NONE)
    assert trace.count("PUT ") + trace.count("DELETE ") == 0


@pytest.mark.parametrize("policy", [Policy.READ_ONLY, Policy.WRITE_ONLY, Policy.READ_WRITE])
@pytest.mark.parametrize("prefix", ["", "folder/", "odd ü*?"])
async def test_get_returns_what_was_set(client: AsyncMinio, bucket: str, policy: Policy, prefix: str) -> None:
    await client.set_bucket_policy(bucket, prefix, policy)
    assert await client.get_bucket_policy(bucket, prefix) is policy
    await client.set_bucket_policy(bucket, prefix, Policy.NONE)
    assert await client.get_bucket_policy(bucket, prefix) is Policy.NONE
    with pytest.raises(NoSuchBucketPolicy):
        await client.get_bucket_policy(bucket)


async def test_prefixes_are_independent(client: AsyncMinio, bucket: str) -> None:
    wanted = {"a/": Policy.READ_ONLY, "b/": Policy.READ_ONLY, "c/": Policy.WRITE_ONLY, "d/": Policy.READ_WRITE}
    for prefix, policy in wanted.items():
        await client.set_bucket_policy(bucket, prefix, policy)
    assert {prefix: await client.get_bucket_policy(bucket, prefix) for prefix in wanted} == wanted
    assert await client.get_bucket_policy(bucket, "") is Policy.NONE
    for prefix in wanted:
        await client.set_bucket_policy(bucket, prefix, Policy.NONE)
    with pytest.raises(NoSuchBucketPolicy):
        await client.get_bucket_policy(bucket)


async def test_setting_again_adds_nothing(client: AsyncMinio, bucket: str) -> None:
    await client.set_bucket_policy(bucket, "a/", Policy.READ_WRITE)
    first = json.loads(await client.get_bucket_policy(bucket))
    await client.set_bucket_policy(bucket, "a/", "readwrite")
    again = json.loads(await client.get_bucket_policy(bucket))
    assert len(again["Statement"]) == len(first["Statement"])


async def test_read_only_lets_strangers_read_below_the_prefix(
    client: AsyncMinio, stranger: AsyncMinio, bucket: str
) -> None:
    for key in ("open/object", "shut/object"):
        await client.put_object(bucket, key, b"x", 1)
    with pytest.raises(AccessDenied):
        await stranger.get_object(bucket, "open/object")
    await client.set_bucket_policy(bucket, "open/", Policy.READ_ONLY)
    async with await stranger.get_object(bucket, "open/object") as response:
        assert await response.read() == b"x"
    for call in (
        lambda: stranger.get_object(bucket, "shut/object"),
        lambda: stranger.put_object(bucket, "open/new", b"x", 1),
        lambda: stranger.remove_object(bucket, "open/object"),
    ):
        with pytest.raises(AccessDenied):
            await call()
    await client.set_bucket_policy(bucket, "open/", Policy.NONE)
    with pytest.raises(AccessDenied):
        await stranger.get_object(bucket, "open/object")


@pytest.mark.requires("policy_anonymous_write")
async def test_write_only_lets_strangers_write_but_not_read(
    client: AsyncMinio, stranger: AsyncMinio, bucket: str
) -> None:
    await client.set_bucket_policy(bucket, "drop/", Policy.WRITE_ONLY)
    await stranger.put_object(bucket, "drop/object", b"x", 1)
    assert (await client.stat_object(bucket, "drop/object")).size == 1
    with pytest.raises(AccessDenied):
        await stranger.get_object(bucket, "drop/object")
    with pytest.raises(AccessDenied):
        await stranger.put_object(bucket, "elsewhere", b"x", 1)
    await stranger.remove_object(bucket, "drop/object")


@pytest.mark.requires("policy_anonymous_write")
async def test_read_write_lets_strangers_read_and_write(client: AsyncMinio, stranger: AsyncMinio, bucket: str) -> None:
    await client.set_bucket_policy(bucket, "", Policy.READ_WRITE)
    await stranger.put_object(bucket, "object", b"x", 1)
    async with await stranger.get_object(bucket, "object") as response:
        assert await response.read() == b"x"
    assert [item.object_name async for item in stranger.list_objects(bucket)] == ["object"]
    await stranger.remove_object(bucket, "object")


async def test_document(client: AsyncMinio, stranger: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await client.put_object(bucket, "open/object", b"x", 1)
    wanted = document(bucket)
    for given in (json.dumps(wanted), json.dumps(wanted).encode(), wanted):
        await client.set_bucket_policy(bucket, given)
        found = json.loads(await client.get_bucket_policy(bucket))
        assert found["Version"] == "2012-10-17"
        assert len(found["Statement"]) == 1
        async with await stranger.get_object(bucket, "open/object") as response:
            assert await response.read() == b"x"
        await client.delete_bucket_policy(bucket)
        with pytest.raises(NoSuchBucketPolicy):
            await client.get_bucket_policy(bucket)
    await client.set_bucket_policy(bucket, policy=wanted)
    assert isinstance(await client.get_bucket_policy(bucket), str)


async def test_document_and_prefix_coexist(client: AsyncMinio, bucket: str) -> None:
    await client.set_bucket_policy(bucket, document(bucket))
    await client.set_bucket_policy(bucket, "other/", policy_access=Policy.READ_ONLY)
    assert await client.get_bucket_policy(bucket, prefix="other/") is Policy.READ_ONLY
    await client.set_bucket_policy(bucket, "other/", Policy.NONE)
    (left,) = json.loads(await client.get_bucket_policy(bucket))["Statement"]
    assert f"arn:aws:s3:::{bucket}/open/*" in left["Resource"]


async def test_invalid_policies_are_refused(client: AsyncMinio) -> None:
    trace = Requests()
    client.trace_on(trace)
    for prefix, policy in (("", "everything"), ("a/", "")):
        with pytest.raises(InvalidArgumentError):
            await client.set_bucket_policy("bucket", prefix, policy)
    for given in ("", " ", "no json", "[]", b"5"):
        with pytest.raises(InvalidArgumentError):
            await client.set_bucket_policy("bucket", given)
    with pytest.raises(InvalidArgumentTypeError):
        await client.set_bucket_policy("bucket", 5)  # type: ignore[call-overload]
    assert trace.count() == 0
