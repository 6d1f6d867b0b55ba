"""Unusual names and metadata arrive unchanged: white space, control characters, query parameters with any name."""

from __future__ import annotations

from typing import Any

import pytest

from live.helpers import content_of, is_there
from minio import AsyncMinio
from minio.commonconfig import ComposeSource, CopySource, Tags
from minio.deleteobjects import DeleteObject
from minio.error import NoSuchBucket, NoSuchKey
from servers.live import LiveServer

FOLDED = ["a\tb", "a\t\tb", "a \t b", "a\t b", "a  b   c", "\ta b\t", "plain"]
"""Metadata with white space. Servers collapse it before they compare signatures, but not all in the same way."""
KEPT = {"Cache-Control": "no-cache", "x-amz-meta-colour": "blue"}
CONTROLS = ["a\x01b", "a\x1fb", "a\x7fb", "a\ufffeb", "a\tb", "a\nb", "a\rb", "a\x85b"]


@pytest.mark.parametrize("value", FOLDED, ids=ascii)
async def test_white_space_in_metadata(client: AsyncMinio, bucket: str, server: LiveServer, value: str) -> None:
    await client.put_object(bucket, "key", b"x", 1, metadata={"x": value})
    found = ((await client.stat_object(bucket, "key")).metadata or {})["x-amz-meta-x"]
    # Ceph stores text with a control character as an encoded word.
    encoded = f"=?UTF-8?Q?{value.strip().replace(chr(9), '=09')}?="
    assert found in ([value.strip()] if server.name != "ceph" else [value.strip(), encoded])


async def test_white_space_in_multipart_metadata(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    """A client that has learnt how its server collapses white space signs all later requests that way."""
    for key in ("one", "two"):
        await client.put_object(bucket, key, b"x" * 100, -1, part_size=5 << 20, metadata={"x": "a\tb", "y": "a  b"})
        assert content_of(server, bucket, key) == b"x" * 100


@pytest.mark.parametrize("key", CONTROLS, ids=ascii)
async def test_control_characters_in_names(client: AsyncMinio, bucket: str, server: LiveServer, key: str) -> None:
    await client.put_object(bucket, key, b"content", 7)
    await client.put_object(bucket, "other", b"other", 5)
    for number, source in enumerate((CopySource(bucket, key), f"/{bucket}/{key}")):
        await client.copy_object(bucket, f"copy-{number}", source)
        assert content_of(server, bucket, f"copy-{number}") == b"content"
    await client.compose_object(bucket, "composed", [ComposeSource(bucket, key)])
    assert content_of(server, bucket, "composed") == b"content"
    assert [error async for error in client.remove_objects(bucket, [key, "other"])] == []
    assert not is_there(server, bucket, key)
    assert not is_there(server, bucket, "other")


async def test_control_character_in_a_delete_object(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await client.put_object(bucket, "a\x01b", b"x", 1)
    assert [error async for error in client.remove_objects(bucket, [DeleteObject("a\x01b")])] == []
    assert not is_there(server, bucket, "a\x01b")


async def test_query_parameters_with_any_name(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "key", b"x", 1)
    extra = {"a b&=é/%": " x=y&\tz ", "x\r\ny": "1", "plain": "2"}
    assert (await client.stat_object(bucket, "key", extra_query_params=extra)).size == 1
    response = await client.get_object(bucket, "key", extra_query_params=extra)
    assert await response.read() == b"x"
    await response.close()


async def properties(client: AsyncMinio, bucket: str, key: str) -> tuple[Any, ...]:
    found = await client.stat_object(bucket, key)
    kept = found.metadata or {}
    return found.content_type, kept.get("cache-control"), kept.get("x-amz-meta-colour")


async def test_one_whole_source_keeps_its_metadata(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "source", b"content", 7, "text/plain", KEPT)
    wanted = ("text/plain", "no-cache", "blue")
    for source in (ComposeSource(bucket, "source"), ComposeSource(bucket, "source", offset=0, length=7)):
        await client.compose_object(bucket, "composed", [source])
        assert await properties(client, bucket, "composed") == wanted
    await client.compose_object(bucket, "source", [ComposeSource(bucket, "source")])
    assert await properties(client, bucket, "source") == wanted


async def test_one_whole_source_with_other_metadata(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "source", b"content", 7, "text/plain", KEPT)
    other = {"Content-Type": "text/css", "colour": "red"}
    await client.compose_object(bucket, "composed", [ComposeSource(bucket, "source")], metadata=other)
    assert await properties(client, bucket, "composed") == ("text/css", None, "red")
    await client.compose_object(bucket, "range", [ComposeSource(bucket, "source", offset=1, length=3)])
    assert (await properties(client, bucket, "range"))[1:] == (None, None)


async def test_one_whole_source_keeps_its_tags(client: AsyncMinio, bucket: str) -> None:
    tags = Tags.new_object_tags()
    tags["a"] = "b"
    await client.put_object(bucket, "source", b"content", 7, tags=tags)
    await client.compose_object(bucket, "composed", [ComposeSource(bucket, "source")])
    assert await client.get_object_tags(bucket, "composed") == tags


async def test_error_names_the_missing_source(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(NoSuchKey) as caught:
        await client.copy_object(bucket, "copy", CopySource(bucket, "missing"))
    assert (caught.value.bucket_name, caught.value.object_name) == (bucket, "missing")
    assert f"{bucket}/missing" in str(caught.value.message)
    with pytest.raises(NoSuchBucket) as elsewhere:
        await client.copy_object(bucket, "copy", CopySource(f"{bucket}-not", "missing"))
    assert (elsewhere.value.bucket_name, elsewhere.value.object_name) == (f"{bucket}-not", "missing")


async def test_error_names_the_missing_target(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "source", b"x", 1)
    with pytest.raises(NoSuchBucket) as caught:
        await client.copy_object(f"{bucket}-not", "copy", CopySource(bucket, "source"))
    assert caught.value.bucket_name == f"{bucket}-not"


async def test_errors_contain_operation_host_and_status(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    with pytest.raises(NoSuchKey) as caught:
        await client.get_object(bucket, "missing")
    error = caught.value
    assert (error.operation, error.host, error.status) == ("GetObject", server.endpoint, 404)
    assert str(error).startswith("S3 operation failed; code: NoSuchKey, message: ")
    assert str(error).endswith(f"operation: GetObject, host: {server.endpoint}, status: 404")
