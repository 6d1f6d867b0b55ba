# Generated from tests/live/aio/test_copying.py by tools/generate_sync.py. Do not edit.
"""copy_object: with the documented API's strings and conditions, and with CopySource."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import content_of, enable_versioning
from minio import Minio
from minio.commonconfig import COPY, REPLACE, CopySource
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    NoSuchBucket,
    NoSuchKey,
    S3Error,
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
def test_string_as_source(client: Minio, stored: str, server: LiveServer, slash: str) -> None:
    result = client.copy_object(stored, "copy", f"{slash}{stored}/{KEY}")
    assert content_of(server, stored, "copy") == b"content"
    assert result == result.etag == (client.stat_object(stored, KEY)).etag
    assert (result.bucket_name, result.object_name) == (stored, "copy")
    assert result.last_modified is not None
    assert abs(datetime.now(UTC) - result.last_modified) < timedelta(minutes=5)
    found = client.stat_object(stored, "copy")
    assert found.content_type == "text/plain"
    assert (found.metadata or {})["x-amz-meta-colour"] == "blue"


def test_copysource_and_the_old_keyword(client: Minio, stored: str, server: LiveServer) -> None:
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


def test_metadata_directive_of_a_copysource(client: Minio, stored: str) -> None:
    new = {"size": "large"}
    client.copy_object(stored, "kept", CopySource(stored, KEY), metadata=new, metadata_directive=COPY)
    assert (metadata_of(client, stored, "kept"))["x-amz-meta-colour"] == "blue"
    client.copy_object(stored, "new", CopySource(stored, KEY), metadata=new, metadata_directive=REPLACE)
    found = metadata_of(client, stored, "new")
    assert found["x-amz-meta-size"] == "large"
    assert "x-amz-meta-colour" not in found


def test_copy_onto_itself_with_other_metadata(client: Minio, stored: str, server: LiveServer) -> None:
    client.copy_object(stored, KEY, f"/{stored}/{KEY}", metadata={"colour": "red"})
    assert (metadata_of(client, stored, KEY))["x-amz-meta-colour"] == "red"
    assert content_of(server, stored, KEY) == b"content"


def test_missing_sources(client: Minio, stored: str) -> None:
    with pytest.raises(NoSuchKey):
        client.copy_object(stored, "copy", f"/{stored}/not there")
    with pytest.raises(NoSuchBucket):
        client.copy_object(stored, "copy", f"/{stored}-not/there")


@pytest.mark.parametrize("source", ["", "/", "bucket", "/bucket", "/bucket/", "x/object", "/bucket/a/../b"])
def test_invalid_sources(client: Minio, source: str) -> None:
    with pytest.raises(InvalidArgumentError, match="source"):
        client.copy_object("bucket", "object", source)


def test_bad_arguments(client: Minio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.copy_object("bucket", "object", 5)  # type: ignore[call-overload]
    with pytest.raises(InvalidArgumentTypeError):
        client.copy_object("bucket", "object")  # type: ignore[call-overload]
    with pytest.raises(InvalidArgumentError, match="metadata_directive"):
        client.copy_object("bucket", "object", CopySource("bucket", "one"), metadata_directive="MOVE")
    with pytest.raises(InvalidArgumentError, match="not a condition"):
        client.copy_object("bucket", "object", "/bucket/one", {"x-amz-acl": "public-read"})


@pytest.mark.requires("versioning")
def test_version_as_source(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"first", 5)
    client.put_object(bucket, "object", b"second", 6)
    client.copy_object(bucket, "copy", CopySource(bucket, "object", version_id=first.version_id))
    assert content_of(server, bucket, "copy") == b"first"


@pytest.mark.requires("versioning", "copy_version_id")
def test_result_contains_the_version(client: Minio, stored: str, server: LiveServer) -> None:
    enable_versioning(server, stored)
    result = client.copy_object(stored, "copy", f"/{stored}/{KEY}")
    assert result.version_id == (client.stat_object(stored, "copy")).version_id


def test_move(client: Minio, stored: str, server: LiveServer) -> None:
    client.put_object(stored, "moved", b"older", 5)
    etag = (client.stat_object(stored, KEY)).etag
    result = client.move_object(stored, "moved", f"/{stored}/{KEY}")
    assert result == result.etag == etag
    assert content_of(server, stored, "moved") == b"content"
    found = client.stat_object(stored, "moved")
    assert (found.content_type, (found.metadata or {})["x-amz-meta-colour"]) == ("text/plain", "blue")
    assert not client.object_exists(stored, KEY)
    with pytest.raises(NoSuchKey):
        client.move_object(stored, "moved", CopySource(stored, KEY))
    assert content_of(server, stored, "moved") == b"content"


def test_move_in_parts(client: Minio, bucket: str, server: LiveServer) -> None:
    content = bytes(range(256)) * 4096 * 6
    client.put_object(bucket, "large", content, len(content))
    client.move_object(bucket, "folder/large", CopySource(bucket, "large"), part_size=5 * 1024 * 1024)
    assert content_of(server, bucket, "folder/large") == content
    assert not client.object_exists(bucket, "large")


def test_move_onto_another_spelling_never_loses_the_object(client: Minio, bucket: str, server: LiveServer) -> None:
    """Some servers take both names for one object; others do not have names with two slashes."""
    client.put_object(bucket, "one/two", b"content", 7)
    try:
        client.move_object(bucket, "one//two", CopySource(bucket, "one/two"))
    except (InvalidArgumentError, S3Error):
        assert content_of(server, bucket, "one/two") == b"content"
    else:
        assert content_of(server, bucket, "one//two") == b"content"


@pytest.mark.requires("versioning")
def test_move_of_a_version(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    old = client.put_object(bucket, "key", b"old", 3)
    client.put_object(bucket, "key", b"new", 3)
    assert client.object_exists(bucket, "key", old.version_id)
    client.move_object(bucket, "target", CopySource(bucket, "key", version_id=old.version_id))
    assert content_of(server, bucket, "target") == b"old"
    assert content_of(server, bucket, "key") == b"new"
    assert not client.object_exists(bucket, "key", old.version_id)
    client.move_object(bucket, "target", CopySource(bucket, "key"))
    assert content_of(server, bucket, "target") == b"new"
    assert not client.object_exists(bucket, "key")
