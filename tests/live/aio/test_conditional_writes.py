"""Conditional writes: the object is stored only if the condition holds, in one request and in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from live.helpers import content_of, is_there
from minio import AsyncMinio
from minio.error import PreconditionFailed
from servers.live import LiveServer

MIB = 1024 * 1024
LARGE = bytes(range(256)) * 4096 * 6
OTHER = "0" * 32


@pytest.mark.requires("if_none_match_put")
async def test_put_object_only_if_there_is_none(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await client.put_object(bucket, "object", b"one", 3, if_none_match="*")
    with pytest.raises(PreconditionFailed) as caught:
        await client.put_object(bucket, "object", b"two", 3, if_none_match="*")
    assert (caught.value.bucket_name, caught.value.object_name) == (bucket, "object")
    assert content_of(server, bucket, "object") == b"one"


@pytest.mark.requires("if_match_put")
async def test_put_object_only_over_a_known_version(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    first = await client.put_object(bucket, "object", b"one", 3)
    for etag in (first.etag, f'"{first.etag}"'):
        second = await client.put_object(bucket, "object", b"one", 3, if_match=etag)
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "object", b"two", 3, if_match=OTHER)
    assert content_of(server, bucket, "object") == b"one"
    assert second.etag == first.etag


@pytest.mark.requires("if_none_match_put")
async def test_the_same_by_headers(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await client.put_object(bucket, "object", b"one", 3)
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "object", b"two", 3, headers={"If-None-Match": "*"})
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "object", b"two", 3, extra_headers={"If-None-Match": "*"})
    assert content_of(server, bucket, "object") == b"one"


async def test_upload_in_parts_only_if_there_is_none(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(LARGE)
    await client.fput_object(bucket, "object", tmp_path / "file", if_none_match="*")
    assert content_of(server, bucket, "object") == LARGE
    await client.put_object(bucket, "other", b"one", 3)
    with pytest.raises(PreconditionFailed):
        await client.fput_object(bucket, "other", tmp_path / "file", if_none_match="*")
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "other", LARGE, len(LARGE), extra_headers={"If-None-Match": "*"})
    assert content_of(server, bucket, "other") == b"one"
    assert [upload async for upload in client.list_incomplete_uploads(bucket, recursive=True)] == []


async def test_upload_in_parts_only_over_a_known_version(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    first = await client.put_object(bucket, "object", b"one", 3)
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "object", LARGE, len(LARGE), if_match=OTHER)
    assert content_of(server, bucket, "object") == b"one"
    await client.put_object(bucket, "object", LARGE, len(LARGE), if_match=first.etag)
    assert content_of(server, bucket, "object") == LARGE


@pytest.mark.requires("if_none_match_put")
async def test_open_object_only_if_there_is_none(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    async with await client.open_object(bucket, "object", "wb", if_none_match="*") as file:
        await file.write(b"one")
    text = await client.open_object(bucket, "object", "w", if_none_match="*")
    await text.write("two")
    with pytest.raises(PreconditionFailed):
        await text.close()
    assert content_of(server, bucket, "object") == b"one"


@pytest.mark.requires("if_match_put")
async def test_nothing_is_left_of_a_refused_write(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    with pytest.raises(PreconditionFailed):
        await client.put_object(bucket, "missing", b"one", 3, if_match=OTHER)
    assert not is_there(server, bucket, "missing")
