# Generated from tests/live/aio/test_buckets.py by tools/generate_sync.py. Do not edit.
"""Buckets: create, list, inspect, remove."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from live.helpers import Requests
from minio import Minio
from minio.error import (
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    InvalidArgumentError,
    InvalidBucketError,
    NoSuchBucket,
    ResponseError,
)
from servers.live import LiveServer


def test_create_and_remove_a_bucket(client: Minio, bucket_name: str) -> None:
    assert client.bucket_exists(bucket_name) is False
    client.make_bucket(bucket_name)
    assert client.bucket_exists(bucket_name) is True
    client.remove_bucket(bucket_name)
    assert client.bucket_exists(bucket_name) is False


def test_list_buckets_returns_names_and_creation_dates(client: Minio, bucket: str) -> None:
    found = {item.name: item for item in client.list_buckets()}
    created = found[bucket].creation_date
    assert created is not None
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)


@pytest.mark.requires("make_bucket_again_refused")
def test_bucket_cannot_be_created_twice(client: Minio, bucket: str) -> None:
    with pytest.raises(BucketAlreadyOwnedByYou) as caught:
        client.make_bucket(bucket)
    assert caught.value.bucket_name == bucket


def test_missing_bucket_cannot_be_removed(client: Minio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket) as caught:
        client.remove_bucket(bucket_name)
    assert caught.value.code == "NoSuchBucket"
    assert caught.value.bucket_name == bucket_name
    assert isinstance(caught.value, ResponseError)


def test_bucket_with_an_object_cannot_be_removed(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"x", 1)
    with pytest.raises(BucketNotEmpty):
        client.remove_bucket(bucket)
    client.remove_object(bucket, "object")
    client.remove_bucket(bucket)


@pytest.mark.parametrize("name", ["ab", "a" * 64, "UPPER", "under_score", "192.168.0.1", "a..b", "-ab", "ab-", ""])
def test_bad_names_are_refused_before_anything_is_sent(client: Minio, name: str) -> None:
    trace = Requests()
    client.trace_on(trace)
    with pytest.raises(InvalidBucketError):
        client.make_bucket(name)
    assert trace.count() == 0


def test_names_with_dots_and_63_letters(client: Minio, bucket_name: str) -> None:
    for name in (f"{bucket_name}.with.dots", f"{bucket_name}-{'x' * 63}"[:63]):
        client.make_bucket(name)
        assert client.bucket_exists(name)
        client.put_object(name, "object", b"x", 1)
        client.remove_object(name, "object")
        client.remove_bucket(name)


def test_matching_and_contradicting_locations(make_client: Callable[..., Minio], bucket_name: str) -> None:
    client = make_client(region="us-east-1")
    with pytest.raises(InvalidArgumentError, match="location"):
        client.make_bucket(bucket_name, "eu-west-1")
    client.make_bucket(bucket_name, "us-east-1")
    assert client.bucket_exists(bucket_name)


def test_region_is_requested_once_per_bucket(make_client: Callable[..., Minio], bucket: str) -> None:
    client, trace = make_client(), Requests()
    client.trace_on(trace)
    for _ in range(3):
        client.put_object(bucket, "object", b"x", 1)
    assert trace.count(f"GET /{bucket}?location=") == 1
    assert trace.count() == 4


def test_configured_region_is_not_requested(make_client: Callable[..., Minio], bucket: str) -> None:
    client, trace = make_client(region="us-east-1"), Requests()
    client.trace_on(trace)
    client.put_object(bucket, "object", b"x", 1)
    assert trace.lines == [f"PUT /{bucket}/object"]


@pytest.mark.requires("object_lock")
def test_bucket_with_object_lock(client: Minio, bucket_name: str, server: LiveServer) -> None:
    client.make_bucket(bucket_name, object_lock=True)
    assert server.raw.request("GET", f"/{bucket_name}", {"object-lock": ""}).texts("ObjectLockEnabled") == ["Enabled"]
