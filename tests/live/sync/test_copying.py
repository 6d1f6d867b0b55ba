# Generated from tests/live/aio/test_copying.py by tools/generate_sync.py. Do not edit.
"""copy_object: with the documented API's strings and conditions, and with a CopySource."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import content_of, enable_versioning, is_there
from minio import CopyConditions, Minio
from minio.commonconfig import COPY, REPLACE, CopySource
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    NoSuchBucket,
    NoSuchKey,
    PreconditionFailed,
)
from servers.live import LiveServer

KEY = "folder/odd %41 +ü"


@pytest.fixture
def stored(client: Minio, bucket: str) -> str:
    client.put_object(bucket, KEY, b"content", 7, "text/plain", {"colour": "blue"})
    return bucket


def metadata_of(client: Minio, bucket: str, key: str) -> Any:
    return (client.stat_object(bucket, key)).metadata


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_string_as_source(client: Minio, stored: str, server: LiveServer, slash: str) -> None:
    result = client.copy_object(stored, "copy", f"{slash}{stored}/{KEY}")
    assert content_of(server, stored, "copy") == b"content"
    assert result == result.etag == (client.stat_object(stored, KEY)).etag
    assert (result.bucket_name, result.object_name) == (stored, "copy")
    assert result.last_modified is not None
    assert abs(datetime.now(UTC) - result.last_modified) < timedelta(minutes=5)
    found = client.stat_object(stored, "copy")
    assert found.content_type == "text/plain"
    assert (found.metadata or {})["x-amz-meta-colour"] == "blue"


def test_a_copysource_and_the_old_keyword(client: Minio, stored: str, server: LiveServer) -> None:
    client.copy_object(stored, "one", CopySource(stored, KEY))
    client.copy_object(stored, "two", object_source=f"/{stored}/{KEY}")
    for key in ("one", "two"):
        assert content_of(server, stored, key) == b"content"


def test_metadata_replaces_that_of_the_source(client: Minio, stored: str) -> None:
    client.copy_object(stored, "copy", f"/{stored}/{KEY}", None, {"size": "large", "Content-Type": "text/css"})
    found = client.stat_object(stored, "copy")
    assert found.content_type == "text/css"
    assert (found.metadata or {})["x-amz-meta-size"] == "large"
    assert "x-amz-meta-colour" not in (found.metadata or {})


def test_whose_metadata_a_copysource_has_is_said(client: Minio, stored: str) -> None:
    new = {"size": "large"}
    client.copy_object(stored, "kept", CopySource(stored, KEY), metadata=new, metadata_directive=COPY)
    assert (metadata_of(client, stored, "kept"))["x-amz-meta-colour"] == "blue"
    client.copy_object(stored, "new", CopySource(stored, KEY), metadata=new, metadata_directive=REPLACE)
    found = metadata_of(client, stored, "new")
    assert found["x-amz-meta-size"] == "large"
    assert "x-amz-meta-colour" not in found


def test_an_object_onto_itself_with_other_metadata(client: Minio, stored: str, server: LiveServer) -> None:
    client.copy_object(stored, KEY, f"/{stored}/{KEY}", metadata={"colour": "red"})
    assert (metadata_of(client, stored, KEY))["x-amz-meta-colour"] == "red"
    assert content_of(server, stored, KEY) == b"content"


@pytest.mark.requires("copy_conditions")
def test_conditions(client: Minio, stored: str, server: LiveServer) -> None:
    found = client.stat_object(stored, KEY)
    assert found.etag is not None
    now = datetime.now(UTC)
    for method, met, unmet in (
        ("set_match_etag", found.etag, "0" * 32),
        ("set_match_etag_except", "0" * 32, found.etag),
        ("set_modified_since", now - timedelta(days=1), now - timedelta(seconds=0)),
        ("set_unmodified_since", now + timedelta(seconds=0), now - timedelta(days=1)),
    ):
        conditions = CopyConditions()
        getattr(conditions, method)(met)
        client.copy_object(stored, f"met {method}", f"/{stored}/{KEY}", conditions)
        assert is_there(server, stored, f"met {method}")
        if method == "set_modified_since":
            continue
        conditions = CopyConditions()
        getattr(conditions, method)(unmet)
        with pytest.raises(PreconditionFailed):
            client.copy_object(stored, "unmet", f"/{stored}/{KEY}", copy_conditions=conditions)
        assert not is_there(server, stored, "unmet")


@pytest.mark.requires("copy_conditions")
def test_conditions_of_a_copysource(client: Minio, stored: str) -> None:
    etag = (client.stat_object(stored, KEY)).etag
    client.copy_object(stored, "copy", CopySource(stored, KEY, match_etag=etag))
    with pytest.raises(PreconditionFailed):
        client.copy_object(stored, "copy", CopySource(stored, KEY, match_etag="0" * 32))


def test_sources_that_are_not_there(client: Minio, stored: str) -> None:
    with pytest.raises(NoSuchKey):
        client.copy_object(stored, "copy", f"/{stored}/not there")
    with pytest.raises(NoSuchBucket):
        client.copy_object(stored, "copy", f"/{stored}-not/there")


@pytest.mark.parametrize("source", ["", "/", "bucket", "/bucket", "/bucket/", "x/object", "/bucket/a/../b"])
def test_sources_that_are_none(client: Minio, source: str) -> None:
    with pytest.raises(InvalidArgumentError, match="source"):
        client.copy_object("bucket", "object", source)


def test_bad_arguments(client: Minio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.copy_object("bucket", "object", 5)  # type: ignore[call-overload]
    with pytest.raises(InvalidArgumentTypeError):
        client.copy_object("bucket", "object")  # type: ignore[call-overload]
    with pytest.raises(InvalidArgumentError, match="metadata_directive"):
        client.copy_object("bucket", "object", CopySource("bucket", "one"), metadata_directive="MOVE")
    with pytest.raises(InvalidArgumentError, match="no condition"):
        client.copy_object("bucket", "object", "/bucket/one", {"x-amz-acl": "public-read"})


@pytest.mark.requires("versioning")
def test_a_version_as_source(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"first", 5)
    client.put_object(bucket, "object", b"second", 6)
    client.copy_object(bucket, "copy", CopySource(bucket, "object", version_id=first.version_id))
    assert content_of(server, bucket, "copy") == b"first"


@pytest.mark.requires("versioning", "copy_version_id")
def test_the_result_tells_the_version(client: Minio, stored: str, server: LiveServer) -> None:
    enable_versioning(server, stored)
    result = client.copy_object(stored, "copy", f"/{stored}/{KEY}")
    assert result.version_id == (client.stat_object(stored, "copy")).version_id
