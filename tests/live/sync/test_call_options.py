# Generated from tests/live/aio/test_call_options.py by tools/generate_sync.py. Do not edit.
"""The options that every call takes, and the keywords of release 8, on real servers."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from live.helpers import Requests, content_of
from minio import Minio
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


def test_the_options_are_signed_and_sent_with_every_request(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    trace = Requests()
    client.trace_on(trace)
    client.put_object(bucket, "object", b"content", 7, **OPTIONS)
    client.put_object(bucket, "large", LARGE, len(LARGE), **OPTIONS)
    client.fget_object(bucket, "large", tmp_path / "file", **OPTIONS)
    with client.get_object(bucket, "object", **OPTIONS) as response:
        assert response.read() == b"content"
    assert (client.stat_object(bucket, "object", **OPTIONS)).size == 7
    assert [item.object_name for item in client.list_objects(bucket, **OPTIONS)] == ["large", "object"]
    client.copy_object(bucket, "copy", f"/{bucket}/large", part_size=5 * MIB, **OPTIONS)
    assert list(client.remove_objects(bucket, objects=["copy"], **OPTIONS)) == []
    assert bucket in [item.name for item in client.list_buckets(**OPTIONS)]
    assert client.bucket_exists(bucket, **OPTIONS)
    client.trace_off()
    assert trace.count() > 15
    assert trace.count(QUERY) == trace.count()
    assert trace.getvalue().lower().count("x-my-header: one  two") == trace.count()
    assert content_of(server, bucket, "large") == LARGE == (tmp_path / "file").read_bytes()


def test_the_next_call_is_without_options(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"x", 1, **OPTIONS)
    trace = Requests()
    client.trace_on(trace)
    client.stat_object(bucket, "object")
    assert trace.lines == [f"HEAD /{bucket}/object"]
    assert "my-header" not in trace.getvalue().lower()


def test_metadata_by_its_new_names(client: Minio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    headers, own = {"Cache-Control": "max-age=9"}, {"content-kind": "plain", "X-Amz-Meta-Colour": "red"}
    client.put_object(bucket, "put", b"content", 7, headers=headers, user_metadata=own)
    client.fput_object(bucket, "fput", tmp_path / "file", headers=headers, user_metadata=own)
    client.put_object(bucket, "large", LARGE, len(LARGE), headers=headers, user_metadata=own)
    for name in ("put", "fput", "large"):
        found = (client.stat_object(bucket, name)).metadata
        assert found["Cache-Control"] == "max-age=9"
        assert (found["x-amz-meta-content-kind"], found["x-amz-meta-colour"]) == ("plain", "red")
    source = SourceObject(bucket, "put")
    client.copy_object(bucket, "copy", source, user_metadata={"colour": "blue"}, metadata_directive=Directive.REPLACE)
    client.compose_object(bucket, "sum", [source], user_metadata={"colour": "green"})
    for name, colour in (("copy", "blue"), ("sum", "green")):
        assert (client.stat_object(bucket, name)).metadata["x-amz-meta-colour"] == colour


def test_metadata_by_both_names_is_refused(client: Minio, bucket: str) -> None:
    for more in ({"headers": {"Expires": "0"}}, {"user_metadata": {"a": "b"}}):
        with pytest.raises(InvalidArgumentError, match=r"metadata must not be given with headers or user_metadata"):
            client.put_object(bucket, "object", b"x", 1, metadata={"c": "d"}, **more)


READS: list[tuple[dict[str, Any], dict[str, Any], type[Exception]]] = [
    ({"match_etag": "etag"}, {"match_etag": OTHER}, PreconditionFailed),
    ({"not_match_etag": OTHER}, {"not_match_etag": "etag"}, NotModified),
    ({"modified_since": LONG_AGO}, {"modified_since": LATER}, NotModified),
    ({"unmodified_since": LATER}, {"unmodified_since": LONG_AGO}, PreconditionFailed),
]


@pytest.mark.parametrize(("met", "unmet", "error"), READS, ids=[next(iter(row[0])) for row in READS])
def test_conditional_reads(
    client: Minio, bucket: str, tmp_path: Path, met: Any, unmet: Any, error: type[Exception]
) -> None:
    etag = (client.put_object(bucket, "object", b"content", 7)).etag
    met, unmet = ({name: etag if value == "etag" else value for name, value in each.items()} for each in (met, unmet))
    with client.get_object(bucket, "object", **met) as response:
        assert response.read() == b"content"
    assert (client.stat_object(bucket, "object", **met)).size == 7
    client.fget_object(bucket, "object", tmp_path / "file", **met)
    assert (tmp_path / "file").read_bytes() == b"content"
    with pytest.raises(error):
        client.get_object(bucket, "object", **unmet)
    with pytest.raises(error):
        client.stat_object(bucket, "object", **unmet)
    with pytest.raises(error):
        client.fget_object(bucket, "object", tmp_path / "other", **unmet)
    assert sorted(os.listdir(tmp_path)) == ["file"]


def test_get_object_into_a_buffer(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    buffer = bytearray(b"-" * 9)
    assert client.get_object(bucket, "object", into=buffer) == 7
    assert buffer == b"content--"
    assert client.get_object(bucket, "object", 3, 2, into=memoryview(buffer)[1:4]) == 2
    assert buffer == b"ctetent--"
    small = bytearray(b"-" * 6)
    with pytest.raises(InvalidSizeError, match="into has 6 bytes, but the content has 7"):
        client.get_object(bucket, "object", into=small)
    assert small == b"-" * 6
    whole = bytearray(len(LARGE))
    client.put_object(bucket, "large", LARGE, len(LARGE))
    assert client.get_object(bucket_name=bucket, object_name="large", length=None, into=whole) == len(LARGE)
    assert whole == LARGE


def test_stat_object_of_a_range(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    found = client.stat_object(bucket_name=bucket, object_name="object", offset=0, length=None)
    assert found.size == 7


@pytest.mark.requires("checksum_verified")
def test_fetch_checksum(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7, checksum="CRC32C")
    found = client.stat_object(bucket, "object", fetch_checksum=True)
    assert found.metadata["x-amz-checksum-crc32c"]
    with client.get_object(bucket, "object", fetch_checksum=True) as response:
        assert response.headers["x-amz-checksum-crc32c"] == found.metadata["x-amz-checksum-crc32c"]


def test_list_buckets_by_prefix_and_page(client: Minio, bucket: str, bucket_name: str) -> None:
    client.make_bucket(f"{bucket_name}-two")
    assert [item.name for item in client.list_buckets(prefix=bucket)] == [bucket, f"{bucket}-two"]
    assert [item.name for item in client.list_buckets(prefix=f"{bucket}-two", max_buckets=1)] == [f"{bucket}-two"]
    assert [item.name for item in client.list_buckets(max_buckets=1)].count(bucket) == 1
    client.remove_bucket(f"{bucket_name}-two")


@pytest.mark.requires("bucket_tags")
def test_make_bucket_with_tags(client: Minio, bucket_name: str) -> None:
    tags = Tags.new_bucket_tags()
    tags["project"] = "one: two"
    client.make_bucket(bucket_name=bucket_name, tags=tags, region="us-east-1")
    assert client.get_bucket_tags(bucket_name) == tags


def test_head_bucket(client: Minio, bucket: str) -> None:
    found = client.head_bucket(bucket)
    assert found.bucket_name == bucket
    assert found.headers
    assert found.region in (None, "us-east-1")
    with pytest.raises(NoSuchBucket):
        client.head_bucket(f"{bucket}-missing")


@pytest.mark.requires("acl")
def test_get_object_acl(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    found = client.get_object_acl(bucket, "object")
    assert [grant.permission for grant in found.access_control_list] == ["FULL_CONTROL"]
    assert found.access_control_policy is found


@pytest.mark.requires("append")
def test_append_object_by_stream_and_by_file(client: Minio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"three")
    client.put_object(bucket, "object", b"one", 3)
    client.append_object(bucket, "object", stream=io.BytesIO(b"two"), length=3)
    client.append_object(bucket, "object", filename=tmp_path / "file")
    with client.get_object(bucket, "object") as response:
        assert response.read() == b"onetwothree"


def test_presigned_urls_for_a_region(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    trace = Requests()
    client.trace_on(trace)
    made = [
        client.get_presigned_url("GET", bucket, "object", region="eu-west-1"),
        client.presigned_get_object(bucket, "object", region="eu-west-1", extra_query_params={"a": "b"}),
        client.presigned_put_object(bucket, "object", region="eu-west-1", extra_query_params={"a": "b"}),
    ]
    assert trace.count() == 0
    assert all("eu-west-1" in url for url in made)
    assert ["a=b" in url for url in made] == [False, True, True]
