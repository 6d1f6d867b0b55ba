"""The options that every call takes, and the keywords of release 8, on real servers."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from live.helpers import Requests, content_of
from minio import AsyncMinio
from minio.args import Directive, SourceObject
from minio.commonconfig import Tags
from minio.error import (
    InvalidArgumentError,
    InvalidSizeError,
    NoSuchBucket,
    NotModified,
    PreconditionFailed,
)
from servers.live import LiveServer

MIB = 1024 * 1024
LARGE = bytes(range(256)) * 4096 * 6
OTHER = "0" * 32
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
LATER = datetime.now(UTC) + timedelta(days=1)
OPTIONS: dict[str, Any] = {
    "region": "us-east-1",
    "extra_headers": {"X-My-Header": "one  two"},
    "extra_query_params": {"x-my-parameter": "a b/c"},
}
QUERY = "x-my-parameter=a%20b%2Fc"


async def test_the_options_are_signed_and_sent_with_every_request(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    trace = Requests()
    client.trace_on(trace)
    await client.put_object(bucket, "object", b"content", 7, **OPTIONS)
    await client.put_object(bucket, "large", LARGE, len(LARGE), **OPTIONS)
    await client.fget_object(bucket, "large", tmp_path / "file", **OPTIONS)
    async with await client.get_object(bucket, "object", **OPTIONS) as response:
        assert await response.read() == b"content"
    assert (await client.stat_object(bucket, "object", **OPTIONS)).size == 7
    assert [item.object_name async for item in client.list_objects(bucket, **OPTIONS)] == ["large", "object"]
    await client.copy_object(bucket, "copy", f"/{bucket}/large", part_size=5 * MIB, **OPTIONS)
    assert [error async for error in client.remove_objects(bucket, objects=["copy"], **OPTIONS)] == []
    assert bucket in [item.name for item in await client.list_buckets(**OPTIONS)]
    assert await client.bucket_exists(bucket, **OPTIONS)
    client.trace_off()
    assert trace.count() > 15
    assert trace.count(QUERY) == trace.count()
    assert trace.getvalue().lower().count("x-my-header: one  two") == trace.count()
    assert content_of(server, bucket, "large") == LARGE == (tmp_path / "file").read_bytes()


async def test_the_next_call_is_without_options(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"x", 1, **OPTIONS)
    trace = Requests()
    client.trace_on(trace)
    await client.stat_object(bucket, "object")
    assert trace.lines == [f"HEAD /{bucket}/object"]
    assert "my-header" not in trace.getvalue().lower()


async def test_metadata_by_its_new_names(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    headers, own = {"Cache-Control": "max-age=9"}, {"content-kind": "plain", "X-Amz-Meta-Colour": "red"}
    await client.put_object(bucket, "put", b"content", 7, headers=headers, user_metadata=own)
    await client.fput_object(bucket, "fput", tmp_path / "file", headers=headers, user_metadata=own)
    await client.put_object(bucket, "large", LARGE, len(LARGE), headers=headers, user_metadata=own)
    for name in ("put", "fput", "large"):
        found = (await client.stat_object(bucket, name)).metadata
        assert found["Cache-Control"] == "max-age=9"
        assert (found["x-amz-meta-content-kind"], found["x-amz-meta-colour"]) == ("plain", "red")
    source = SourceObject(bucket, "put")
    await client.copy_object(
        bucket, "copy", source, user_metadata={"colour": "blue"}, metadata_directive=Directive.REPLACE
    )
    await client.compose_object(bucket, "sum", [source], user_metadata={"colour": "green"})
    for name, colour in (("copy", "blue"), ("sum", "green")):
        assert (await client.stat_object(bucket, name)).metadata["x-amz-meta-colour"] == colour


async def test_metadata_by_both_names_is_refused(client: AsyncMinio, bucket: str) -> None:
    for more in ({"headers": {"Expires": "0"}}, {"user_metadata": {"a": "b"}}):
        with pytest.raises(InvalidArgumentError, match=r"metadata must not be given with headers or user_metadata"):
            await client.put_object(bucket, "object", b"x", 1, metadata={"c": "d"}, **more)


READS: list[tuple[dict[str, Any], dict[str, Any], type[Exception]]] = [
    ({"match_etag": "etag"}, {"match_etag": OTHER}, PreconditionFailed),
    ({"not_match_etag": OTHER}, {"not_match_etag": "etag"}, NotModified),
    ({"modified_since": LONG_AGO}, {"modified_since": LATER}, NotModified),
    ({"unmodified_since": LATER}, {"unmodified_since": LONG_AGO}, PreconditionFailed),
]


@pytest.mark.parametrize(("met", "unmet", "error"), READS, ids=[next(iter(row[0])) for row in READS])
async def test_conditional_reads(
    client: AsyncMinio, bucket: str, tmp_path: Path, met: Any, unmet: Any, error: type[Exception]
) -> None:
    etag = (await client.put_object(bucket, "object", b"content", 7)).etag
    met, unmet = ({name: etag if value == "etag" else value for name, value in each.items()} for each in (met, unmet))
    async with await client.get_object(bucket, "object", **met) as response:
        assert await response.read() == b"content"
    assert (await client.stat_object(bucket, "object", **met)).size == 7
    await client.fget_object(bucket, "object", tmp_path / "file", **met)
    assert (tmp_path / "file").read_bytes() == b"content"
    with pytest.raises(error):
        await client.get_object(bucket, "object", **unmet)
    with pytest.raises(error):
        await client.stat_object(bucket, "object", **unmet)
    with pytest.raises(error):
        await client.fget_object(bucket, "object", tmp_path / "other", **unmet)
    assert sorted(os.listdir(tmp_path)) == ["file"]


async def test_get_object_into_a_buffer(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7)
    buffer = bytearray(b"-" * 9)
    assert await client.get_object(bucket, "object", into=buffer) == 7
    assert buffer == b"content--"
    assert await client.get_object(bucket, "object", 3, 2, into=memoryview(buffer)[1:4]) == 2
    assert buffer == b"ctetent--"
    small = bytearray(b"-" * 6)
    with pytest.raises(InvalidSizeError, match="into has 6 bytes, but the content has 7"):
        await client.get_object(bucket, "object", into=small)
    assert small == b"-" * 6
    whole = bytearray(len(LARGE))
    await client.put_object(bucket, "large", LARGE, len(LARGE))
    assert await client.get_object(bucket_name=bucket, object_name="large", length=None, into=whole) == len(LARGE)
    assert whole == LARGE


async def test_stat_object_of_a_range(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7)
    found = await client.stat_object(bucket_name=bucket, object_name="object", offset=0, length=None)
    assert found.size == 7


@pytest.mark.requires("checksum_verified")
async def test_fetch_checksum(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7, checksum="CRC32C")
    found = await client.stat_object(bucket, "object", fetch_checksum=True)
    assert found.metadata["x-amz-checksum-crc32c"]
    async with await client.get_object(bucket, "object", fetch_checksum=True) as response:
        assert response.headers["x-amz-checksum-crc32c"] == found.metadata["x-amz-checksum-crc32c"]


async def test_list_buckets_by_prefix_and_page(client: AsyncMinio, bucket: str, bucket_name: str) -> None:
    await client.make_bucket(f"{bucket_name}-two")
    assert [item.name for item in await client.list_buckets(prefix=bucket)] == [bucket, f"{bucket}-two"]
    assert [item.name for item in await client.list_buckets(prefix=f"{bucket}-two", max_buckets=1)] == [f"{bucket}-two"]
    assert [item.name for item in await client.list_buckets(max_buckets=1)].count(bucket) == 1
    await client.remove_bucket(f"{bucket_name}-two")


@pytest.mark.requires("bucket_tags")
async def test_make_bucket_with_tags(client: AsyncMinio, bucket_name: str) -> None:
    tags = Tags.new_bucket_tags()
    tags["project"] = "one: two"
    await client.make_bucket(bucket_name=bucket_name, tags=tags, region="us-east-1")
    assert await client.get_bucket_tags(bucket_name) == tags


async def test_head_bucket(client: AsyncMinio, bucket: str) -> None:
    found = await client.head_bucket(bucket)
    assert found.bucket_name == bucket
    assert found.headers
    assert found.region in (None, "us-east-1")
    with pytest.raises(NoSuchBucket):
        await client.head_bucket(f"{bucket}-missing")


@pytest.mark.requires("acl")
async def test_get_object_acl(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7)
    found = await client.get_object_acl(bucket, "object")
    assert [grant.permission for grant in found.access_control_list] == ["FULL_CONTROL"]
    assert found.access_control_policy is found


@pytest.mark.requires("append")
async def test_append_object_by_stream_and_by_file(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"three")
    await client.put_object(bucket, "object", b"one", 3)
    await client.append_object(bucket, "object", stream=io.BytesIO(b"two"), length=3)
    await client.append_object(bucket, "object", filename=tmp_path / "file")
    async with await client.get_object(bucket, "object") as response:
        assert await response.read() == b"onetwothree"


async def test_presigned_urls_for_a_region(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", b"content", 7)
    trace = Requests()
    client.trace_on(trace)
    made = [
        await client.get_presigned_url("GET", bucket, "object", region="eu-west-1"),
        await client.presigned_get_object(bucket, "object", region="eu-west-1", extra_query_params={"a": "b"}),
        await client.presigned_put_object(bucket, "object", region="eu-west-1", extra_query_params={"a": "b"}),
    ]
    assert trace.count() == 0
    assert all("eu-west-1" in url for url in made)
    assert ["a=b" in url for url in made] == [False, True, True]
