"""Buckets: create, list, inspect, remove."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from live.helpers import Requests
from minio import AsyncMinio
from minio.error import (
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    InvalidArgumentError,
    InvalidBucketError,
    NoSuchBucket,
    ResponseError,
)
from servers.live import LiveServer


async def test_create_and_remove_a_bucket(client: AsyncMinio, bucket_name: str) -> None:
    assert await client.bucket_exists(bucket_name) is False
    await client.make_bucket(bucket_name)
    assert await client.bucket_exists(bucket_name) is True
    await client.remove_bucket(bucket_name)
    assert await client.bucket_exists(bucket_name) is False


async def test_list_buckets_returns_names_and_creation_dates(client: AsyncMinio, bucket: str) -> None:
    found = {item.name: item for item in await client.list_buckets()}
    created = found[bucket].creation_date
    assert created is not None
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)


@pytest.mark.requires("make_bucket_again_refused")
async def test_bucket_cannot_be_created_twice(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(BucketAlreadyOwnedByYou) as caught:
        await client.make_bucket(bucket)
    assert caught.value.bucket_name == bucket


async def test_missing_bucket_cannot_be_removed(client: AsyncMinio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket) as caught:
        await client.remove_bucket(bucket_name)
    assert caught.value.code == "NoSuchBucket"
    assert caught.value.bucket_name == bucket_name
    assert isinstance(caught.value, ResponseError)


async def test_bucket_with_an_object_cannot_be_removed(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"x", 1)
    with pytest.raises(BucketNotEmpty):
        await client.remove_bucket(bucket)
    await client.remove_object(bucket, "object")
    await client.remove_bucket(bucket)


@pytest.mark.parametrize("name", ["ab", "a" * 64, "UPPER", "under_score", "192.168.0.1", "a..b", "-ab", "ab-", ""])
async def test_bad_names_are_refused_before_anything_is_sent(client: AsyncMinio, name: str) -> None:
    trace = Requests()
    client.trace_on(trace)
    with pytest.raises(InvalidBucketError):
        await client.make_bucket(name)
    assert trace.count() == 0


async def test_names_with_dots_and_63_letters(client: AsyncMinio, bucket_name: str) -> None:
    for name in (f"{bucket_name}.with.dots", f"{bucket_name}-{'x' * 63}"[:63]):
        await client.make_bucket(name)
        assert await client.bucket_exists(name)
        await client.put_object(name, "object", b"x", 1)
        await client.remove_object(name, "object")
        await client.remove_bucket(name)


async def test_matching_and_contradicting_locations(make_client: Callable[..., AsyncMinio], bucket_name: str) -> None:
    client = make_client(region="us-east-1")
    with pytest.raises(InvalidArgumentError, match="location"):
        await client.make_bucket(bucket_name, "eu-west-1")
    await client.make_bucket(bucket_name, "us-east-1")
    assert await client.bucket_exists(bucket_name)


async def test_region_is_requested_once_per_bucket(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client, trace = make_client(), Requests()
    client.trace_on(trace)
    for _ in range(3):
        await client.put_object(bucket, "object", b"x", 1)
    assert trace.count(f"GET /{bucket}?location=") == 1
    assert trace.count() == 4


async def test_configured_region_is_not_requested(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client, trace = make_client(region="us-east-1"), Requests()
    client.trace_on(trace)
    await client.put_object(bucket, "object", b"x", 1)
    assert trace.lines == [f"PUT /{bucket}/object"]


@pytest.mark.requires("object_lock")
async def test_bucket_with_object_lock(client: AsyncMinio, bucket_name: str, server: LiveServer) -> None:
    await client.make_bucket(bucket_name, object_lock=True)
    assert server.raw.request("GET", f"/{bucket_name}", {"object-lock": ""}).texts("ObjectLockEnabled") == ["Enabled"]
