# Generated from tests/live/aio/test_what_is_sent.py by tools/generate_sync.py. Do not edit.
"""Unusual names and metadata arrive unchanged: white space, control characters, query parameters with any name."""

from __future__ import annotations

from typing import Any

import pytest

from live.helpers import content_of, is_there
from minio import Minio
from minio.commonconfig import ComposeSource, CopySource, Tags
from minio.deleteobjects import DeleteObject
from minio.error import NoSuchBucket, NoSuchKey
from servers.live import LiveServer

FOLDED = ["a\tb", "a\t\tb", "a \t b", "a\t b", "a  b   c", "\ta b\t", "plain"]
"""Metadata with white space. Servers collapse it before they compare signatures, but not all in the same way."""
KEPT = {"Cache-Control": "no-cache", "x-amz-meta-colour": "blue"}
CONTROLS = ["a\x01b", "a\x1fb", "a\x7fb", "a\ufffeb", "a\tb", "a\nb", "a\rb", "a\x85b"]


@pytest.mark.parametrize("value", FOLDED, ids=ascii)
def test_white_space_in_metadata(client: Minio, bucket: str, server: LiveServer, value: str) -> None:
    client.put_object(bucket, "key", b"x", 1, metadata={"x": value})
    found = ((client.stat_object(bucket, "key")).metadata or {})["x-amz-meta-x"]
    # Ceph stores text with a control character as an encoded word.
    encoded = f"=?UTF-8?Q?{value.strip().replace(chr(9), '=09')}?="
    assert found in ([value.strip()] if server.name != "ceph" else [value.strip(), encoded])


def test_white_space_in_multipart_metadata(client: Minio, bucket: str, server: LiveServer) -> None:
    """A client that has learnt how its server collapses white space signs all later requests that way."""
    for key in ("one", "two"):
        client.put_object(bucket, key, b"x" * 100, -1, part_size=5 << 20, metadata={"x": "a\tb", "y": "a  b"})
        assert content_of(server, bucket, key) == b"x" * 100


@pytest.mark.parametrize("key", CONTROLS, ids=ascii)
def test_control_characters_in_names(client: Minio, bucket: str, server: LiveServer, key: str) -> None:
    client.put_object(bucket, key, b"content", 7)
    client.put_object(bucket, "other", b"other", 5)
    for number, source in enumerate((CopySource(bucket, key), f"/{bucket}/{key}")):
        client.copy_object(bucket, f"copy-{number}", source)
        assert content_of(server, bucket, f"copy-{number}") == b"content"
    client.compose_object(bucket, "composed", [ComposeSource(bucket, key)])
    assert content_of(server, bucket, "composed") == b"content"
    assert list(client.remove_objects(bucket, [key, "other"])) == []
    assert not is_there(server, bucket, key)
    assert not is_there(server, bucket, "other")


def test_control_character_in_a_delete_object(client: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "a\x01b", b"x", 1)
    assert list(client.remove_objects(bucket, [DeleteObject("a\x01b")])) == []
    assert not is_there(server, bucket, "a\x01b")


def test_query_parameters_with_any_name(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "key", b"x", 1)
    extra = {"a b&=é/%": " x=y&\tz ", "x\r\ny": "1", "plain": "2"}
    assert (client.stat_object(bucket, "key", extra_query_params=extra)).size == 1
    response = client.get_object(bucket, "key", extra_query_params=extra)
    assert response.read() == b"x"
    response.close()


def properties(client: Minio, bucket: str, key: str) -> tuple[Any, ...]:
    found = client.stat_object(bucket, key)
    kept = found.metadata or {}
    return found.content_type, kept.get("cache-control"), kept.get("x-amz-meta-colour")


def test_one_whole_source_keeps_its_metadata(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "source", b"content", 7, "text/plain", KEPT)
    wanted = ("text/plain", "no-cache", "blue")
    for source in (ComposeSource(bucket, "source"), ComposeSource(bucket, "source", offset=0, length=7)):
        client.compose_object(bucket, "composed", [source])
        assert properties(client, bucket, "composed") == wanted
    client.compose_object(bucket, "source", [ComposeSource(bucket, "source")])
    assert properties(client, bucket, "source") == wanted


def test_one_whole_source_with_other_metadata(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "source", b"content", 7, "text/plain", KEPT)
    other = {"Content-Type": "text/css", "colour": "red"}
    client.compose_object(bucket, "composed", [ComposeSource(bucket, "source")], metadata=other)
    assert properties(client, bucket, "composed") == ("text/css", None, "red")
    client.compose_object(bucket, "range", [ComposeSource(bucket, "source", offset=1, length=3)])
    assert (properties(client, bucket, "range"))[1:] == (None, None)


def test_one_whole_source_keeps_its_tags(client: Minio, bucket: str) -> None:
    tags = Tags.new_object_tags()
    tags["a"] = "b"
    client.put_object(bucket, "source", b"content", 7, tags=tags)
    client.compose_object(bucket, "composed", [ComposeSource(bucket, "source")])
    assert client.get_object_tags(bucket, "composed") == tags


def test_error_names_the_missing_source(client: Minio, bucket: str) -> None:
    with pytest.raises(NoSuchKey) as caught:
        client.copy_object(bucket, "copy", CopySource(bucket, "missing"))
    assert (caught.value.bucket_name, caught.value.object_name) == (bucket, "missing")
    assert f"{bucket}/missing" in str(caught.value.message)
    with pytest.raises(NoSuchBucket) as elsewhere:
        client.copy_object(bucket, "copy", CopySource(f"{bucket}-not", "missing"))
    assert (elsewhere.value.bucket_name, elsewhere.value.object_name) == (f"{bucket}-not", "missing")


def test_error_names_the_missing_target(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "source", b"x", 1)
    with pytest.raises(NoSuchBucket) as caught:
        client.copy_object(f"{bucket}-not", "copy", CopySource(bucket, "source"))
    assert caught.value.bucket_name == f"{bucket}-not"


def test_errors_contain_operation_host_and_status(client: Minio, bucket: str, server: LiveServer) -> None:
    with pytest.raises(NoSuchKey) as caught:
        client.get_object(bucket, "missing")
    error = caught.value
    assert (error.operation, error.host, error.status) == ("GetObject", server.endpoint, 404)
    assert str(error).startswith("S3 operation failed; code: NoSuchKey, message: ")
    assert str(error).endswith(f"operation: GetObject, host: {server.endpoint}, status: 404")
