# Generated from tests/live/aio/test_policy.py by tools/generate_sync.py. Do not edit.
"""Bucket policies: the documented API's four canned policies by prefix, and complete documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from live.helpers import Requests
from minio import Minio, Policy
from minio.error import AccessDenied, InvalidArgumentError, InvalidArgumentTypeError, NoSuchBucketPolicy
from servers.live import LiveServer


@pytest.fixture
def stranger(make_client: Callable[..., Minio]) -> Minio:
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


def test_none_at_first(client: Minio, bucket: str) -> None:
    for prefix in ("", "folder/"):
        assert client.get_bucket_policy(bucket, prefix) is Policy.NONE
    with pytest.raises(NoSuchBucketPolicy):
        client.get_bucket_policy(bucket)
    trace = Requests()
    client.trace_on(trace)
    client.set_bucket_policy(bucket, "", Policy.NONE)
    assert trace.count("PUT ") + trace.count("DELETE ") == 0


@pytest.mark.parametrize("policy", [Policy.READ_ONLY, Policy.WRITE_ONLY, Policy.READ_WRITE])
@pytest.mark.parametrize("prefix", ["", "folder/", "odd ü*?"])
def test_get_returns_what_was_set(client: Minio, bucket: str, policy: Policy, prefix: str) -> None:
    client.set_bucket_policy(bucket, prefix, policy)
    assert client.get_bucket_policy(bucket, prefix) is policy
    client.set_bucket_policy(bucket, prefix, Policy.NONE)
    assert client.get_bucket_policy(bucket, prefix) is Policy.NONE
    with pytest.raises(NoSuchBucketPolicy):
        client.get_bucket_policy(bucket)


def test_prefixes_are_independent(client: Minio, bucket: str) -> None:
    wanted = {"a/": Policy.READ_ONLY, "b/": Policy.READ_ONLY, "c/": Policy.WRITE_ONLY, "d/": Policy.READ_WRITE}
    for prefix, policy in wanted.items():
        client.set_bucket_policy(bucket, prefix, policy)
    assert {prefix: client.get_bucket_policy(bucket, prefix) for prefix in wanted} == wanted
    assert client.get_bucket_policy(bucket, "") is Policy.NONE
    for prefix in wanted:
        client.set_bucket_policy(bucket, prefix, Policy.NONE)
    with pytest.raises(NoSuchBucketPolicy):
        client.get_bucket_policy(bucket)


def test_setting_again_adds_nothing(client: Minio, bucket: str) -> None:
    client.set_bucket_policy(bucket, "a/", Policy.READ_WRITE)
    first = json.loads(client.get_bucket_policy(bucket))
    client.set_bucket_policy(bucket, "a/", "readwrite")
    again = json.loads(client.get_bucket_policy(bucket))
    assert len(again["Statement"]) == len(first["Statement"])


def test_read_only_lets_strangers_read_below_the_prefix(client: Minio, stranger: Minio, bucket: str) -> None:
    for key in ("open/object", "shut/object"):
        client.put_object(bucket, key, b"x", 1)
    with pytest.raises(AccessDenied):
        stranger.get_object(bucket, "open/object")
    client.set_bucket_policy(bucket, "open/", Policy.READ_ONLY)
    with stranger.get_object(bucket, "open/object") as response:
        assert response.read() == b"x"
    for call in (
        lambda: stranger.get_object(bucket, "shut/object"),
        lambda: stranger.put_object(bucket, "open/new", b"x", 1),
        lambda: stranger.remove_object(bucket, "open/object"),
    ):
        with pytest.raises(AccessDenied):
            call()
    client.set_bucket_policy(bucket, "open/", Policy.NONE)
    with pytest.raises(AccessDenied):
        stranger.get_object(bucket, "open/object")


@pytest.mark.requires("policy_anonymous_write")
def test_write_only_lets_strangers_write_but_not_read(client: Minio, stranger: Minio, bucket: str) -> None:
    client.set_bucket_policy(bucket, "drop/", Policy.WRITE_ONLY)
    stranger.put_object(bucket, "drop/object", b"x", 1)
    assert (client.stat_object(bucket, "drop/object")).size == 1
    with pytest.raises(AccessDenied):
        stranger.get_object(bucket, "drop/object")
    with pytest.raises(AccessDenied):
        stranger.put_object(bucket, "elsewhere", b"x", 1)
    stranger.remove_object(bucket, "drop/object")


@pytest.mark.requires("policy_anonymous_write")
def test_read_write_lets_strangers_read_and_write(client: Minio, stranger: Minio, bucket: str) -> None:
    client.set_bucket_policy(bucket, "", Policy.READ_WRITE)
    stranger.put_object(bucket, "object", b"x", 1)
    with stranger.get_object(bucket, "object") as response:
        assert response.read() == b"x"
    assert [item.object_name for item in stranger.list_objects(bucket)] == ["object"]
    stranger.remove_object(bucket, "object")


def test_document(client: Minio, stranger: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "open/object", b"x", 1)
    wanted = document(bucket)
    for given in (json.dumps(wanted), json.dumps(wanted).encode(), wanted):
        client.set_bucket_policy(bucket, given)
        found = json.loads(client.get_bucket_policy(bucket))
        assert found["Version"] == "2012-10-17"
        assert len(found["Statement"]) == 1
        with stranger.get_object(bucket, "open/object") as response:
            assert response.read() == b"x"
        client.delete_bucket_policy(bucket)
        with pytest.raises(NoSuchBucketPolicy):
            client.get_bucket_policy(bucket)
    client.set_bucket_policy(bucket, policy=wanted)
    assert isinstance(client.get_bucket_policy(bucket), str)


def test_document_and_prefix_coexist(client: Minio, bucket: str) -> None:
    client.set_bucket_policy(bucket, document(bucket))
    client.set_bucket_policy(bucket, "other/", policy_access=Policy.READ_ONLY)
    assert client.get_bucket_policy(bucket, prefix="other/") is Policy.READ_ONLY
    client.set_bucket_policy(bucket, "other/", Policy.NONE)
    (left,) = json.loads(client.get_bucket_policy(bucket))["Statement"]
    assert f"arn:aws:s3:::{bucket}/open/*" in left["Resource"]


def test_invalid_policies_are_refused(client: Minio) -> None:
    trace = Requests()
    client.trace_on(trace)
    for prefix, policy in (("", "everything"), ("a/", "")):
        with pytest.raises(InvalidArgumentError):
            client.set_bucket_policy("bucket", prefix, policy)
    for given in ("", " ", "no json", "[]", b"5"):
        with pytest.raises(InvalidArgumentError):
            client.set_bucket_policy("bucket", given)
    with pytest.raises(InvalidArgumentTypeError):
        client.set_bucket_policy("bucket", 5)  # type: ignore[call-overload]
    assert trace.count() == 0
