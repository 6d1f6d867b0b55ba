# Generated from tests/live/aio/test_habits.py by tools/generate_sync.py. Do not edit.
"""Habits of programs that were written for other releases, and calls that only those have, on real servers."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest

from minio import CopyConditions, Minio
from minio.error import AccessDenied, NoSuchKey, PreconditionFailed
from minio.sseconfig import AES256


@pytest.mark.requires("versioning")
def test_versioning_of_release_6(client: Minio, bucket: str) -> None:
    client.enable_bucket_versioning(bucket)
    assert (client.get_bucket_versioning(bucket)).status == "Enabled"
    client.disable_bucket_versioning(bucket)
    assert (client.get_bucket_versioning(bucket)).status == "Suspended"


@pytest.mark.requires("bucket_encryption")
def test_encryption_of_release_6(client: Minio, bucket: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(bucket, {"ServerSideEncryptionConfiguration": {"Rule": [rule]}})
    found = client.get_bucket_encryption(bucket)
    assert found is not None
    assert found.rule.sse_algorithm == AES256
    client.delete_bucket_encryption(bucket)
    assert client.get_bucket_encryption(bucket) is None


@pytest.mark.requires("assume_role")
def test_temporary_credentials_of_release_6(client: Minio) -> None:
    with pytest.raises(AccessDenied, match="temporary credentials"):  # the server gives none to its root user
        client.get_assume_role_creds(duration=900)


def test_results_as_dicts(client: Minio, bucket: str) -> None:
    written = client.put_object(bucket, "object", b"abc", 3)
    listed = list(client.list_objects(bucket))
    seen = [item for item in client.list_buckets() if item.name == bucket]
    stated = client.stat_object(bucket, "object")
    for result in (written, *listed, *seen, stated):
        assert dataclasses.asdict(result).keys() == vars(result).keys()
        assert json.loads(json.dumps(vars(result), default=str))
    assert vars(written)["etag"] == written == vars(listed[0])["etag"] == vars(stated)["etag"]
    assert vars(listed[0])["size"] == 3


def test_metadata_of_numbers(client: Minio, bucket: str) -> None:
    given = {10: 1.5, "flag": True, "none": None, "list": ["a", 1]}
    client.put_object(bucket, "object", io.BytesIO(b""), 0, metadata=given)  # type: ignore[arg-type]
    found = (client.stat_object(bucket, "object", ssec=None)).metadata
    assert found["x-amz-meta-10"] == "1.5"
    assert found["x-amz-meta-flag"] == "True"
    assert found["x-amz-meta-none"] == "None"
    assert found["x-amz-meta-list"] == "a,1"


def test_range_of_none(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"0123456789", 10)
    with client.get_object(bucket, "object", offset=None, length=None) as response:
        assert response.read() == b"0123456789"
    with client.get_object(bucket, "object", offset=4, length=None) as response:
        assert response.read() == b"456789"


def test_message_of_a_failed_condition(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"abc", 3)
    conditions = CopyConditions()
    conditions.set_match_etag("another")
    with pytest.raises(PreconditionFailed) as caught:
        client.copy_object(bucket, "copy", f"/{bucket}/object", conditions)
    assert caught.value.message == "At least one of the preconditions you specified did not hold."


def test_message_of_a_missing_object(client: Minio, bucket: str) -> None:
    with pytest.raises(NoSuchKey) as caught:
        client.stat_object(bucket, "missing")
    assert caught.value.message == "The specified key does not exist."
