"""Code as users write it, for type checkers only: it never runs. Everything here must be accepted, with these types."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import assert_type

from minio import AsyncMinio, AsyncMinioAdmin, CopyConditions, Minio, MinioAdmin, Object, Policy, PostPolicy
from minio.accesscontrol import Grant
from minio.aio._object_reader import AsyncObjectReader
from minio.aio._object_writer import AsyncObjectWriter
from minio.aio._text import AsyncTextObjectReader, AsyncTextObjectWriter
from minio.args import SourceObject
from minio.commonconfig import CopySource
from minio.datatypes import AsyncUploadData, Bucket, ObjectWriteResult, UploadData
from minio.deleteobjects import DeleteError, DeleteObject
from minio.sync._object_reader import ObjectReader
from minio.sync._object_writer import ObjectWriter
from minio.sync._text import TextObjectReader, TextObjectWriter


def documented(client: Minio) -> None:
    Minio("host", "access", "secret", True, "eu-west-1")
    assert_type(client.list_buckets(), list[Bucket])
    assert_type(client.bucket_exists("b"), bool)
    assert_type(client.get_bucket_policy("b", "prefix"), Policy)
    client.set_bucket_policy("b", "prefix", Policy.READ_ONLY)
    client.set_bucket_policy("b", "prefix", policy_access=Policy.NONE)
    assert_type(client.presigned_post_policy(PostPolicy()), tuple[str, dict[str, str]])
    client.get_object("b", "k", {"Range": "bytes=0-1"}).stream(32)
    client.get_object("b", "k", None).read()
    conditions = CopyConditions()
    client.copy_object("b", "k", "/c/k", conditions)
    etag: str = client.put_object("b", "k", io.BytesIO(b"x"), 1)
    assert_type(etag.upper(), str)
    names: Iterator[Object] = client.list_objects("b", "p", recursive=True)
    for item in names:
        assert_type(item.object_name, str)
        assert_type(item.last_modified, datetime)
        assert_type(item.size, int)
        assert_type(item.etag, str)
        print(item.last_modified.isoformat())
    total = 0
    for item in client.list_objects("b"):
        total += item.size
    assert_type([bucket.creation_date.isoformat() for bucket in client.list_buckets()], list[str])
    assert_type([upload.initiated.isoformat() for upload in client.list_incomplete_uploads("b")], list[str])
    conditions.set_match_etag(client.stat_object("b", "k").etag)
    for error in client.remove_objects("b", ["a", "b"]):
        assert_type(error, DeleteError)
    assert_type(client.presigned_get_object("b", "k", timedelta(days=1)), str)
    found: Object = client.stat_object("b", "k")
    assert_type(found.size, int)
    assert_type(client.stat_object("b", "k").metadata["content-type"], str)
    assert_type(client.fget_object("b", "k", "path").metadata.get("x-amz-meta-colour"), str | None)
    Object("b", "k", last_modified=None, etag=None, size=None)
    Bucket("b", None)


def of_8(client: Minio) -> None:
    assert_type(client.get_object(bucket_name="b", object_name="k", length=None, into=bytearray(5)), int)
    assert_type(client.get_object(bucket_name="b", object_name="k", match_etag="e", region="r").read(), bytes)
    assert_type(client.stat_object("b", "k", region="r", extra_headers={"a": "b"}).size, int)
    client.list_objects(bucket_name="b", region="r", extra_headers={"a": "b"}, extra_query_params={"c": "d"})
    client.set_bucket_policy(bucket_name="b", policy="{}", region="r", extra_headers=None)
    client.put_object("b", "k", b"x", 1, headers={"a": "b"}, if_none_match="*", extra_query_params={"c": ["d", "e"]})
    client.copy_object(bucket_name="b", object_name="k", source=SourceObject("c", "k"), user_metadata={"a": "b"})
    client.make_bucket(bucket_name="b", region="r", location_config={"name": "zone"}, extra_headers={"a": "b"})
    assert_type(client.head_bucket("b").region, str | None)
    assert_type(client.get_object_acl("b", "k").access_control_list, tuple[Grant, ...])


def modern(client: Minio) -> None:
    Minio("host", "access", "secret", "token", True, region="eu-west-1")
    assert_type(client.get_bucket_policy("b"), str)
    client.set_bucket_policy("b", "{}")
    client.set_bucket_policy("b", policy={"Version": "2012-10-17"})
    assert_type(client.presigned_post_policy(PostPolicy("b", datetime.now(UTC))), dict[str, str])
    with client.get_object("b", "k", 5, length=10, version_id="v") as response:
        assert_type(response.read(), bytes)
    assert_type(client.copy_object("b", "k", CopySource("c", "k")), ObjectWriteResult)
    client.fput_object("b", "k", "path", resume=Path("journals"))
    client.put_object("b", "k", b"x", 1, resume="journals")
    result = client.fput_object("b", "k", "path")
    assert_type(result, ObjectWriteResult)
    assert_type(result.etag, str)
    assert_type(result.version_id, str | None)
    for error in client.remove_objects("b", (DeleteObject("a", "v"), DeleteObject("b"))):
        assert_type(error.code, str)
    with client as same:
        assert_type(same, Minio)
    assert_type(client.open_object("b", "k"), ObjectReader)
    assert_type(client.open_object("b", "k", "rb", version_id="v"), ObjectReader)
    assert_type(client.open_object("b", "k", "wb", part_size=0), ObjectWriter)
    assert_type(client.open_object("b", "k", "r", encoding="utf-8", errors="strict", newline=""), TextObjectReader)
    with client.open_object("b", "k", "wt", content_type="text/plain", encoding="utf-8") as text:
        assert_type(text, TextObjectWriter)
        assert_type(text.write("x"), int)
        assert_type(text.result, ObjectWriteResult | None)
    with client.open_object("b", "k", "rt") as lines:
        assert_type(list(lines), list[str])
        assert_type(lines.size, int)


def everything(client: Minio, spooled: SpooledTemporaryFile[bytes]) -> None:
    """All that can be stored."""
    with open("path", "rb") as file, open("path", "rb", buffering=0) as raw, client.get_object("b", "k") as response:
        for data in (file, raw, response, io.BytesIO(), spooled, client.open_object("b", "k")):
            client.put_object("b", "k", data, -1)
    client.put_object("b", "k", bytearray(1), 1)
    client.put_object("b", "k", memoryview(b"x"), 1)
    client.put_object("b", "k", [b"x", b"y"], 2)
    client.put_object("b", "k", (piece for piece in (b"x", bytearray(1))), -1)
    client.append_object("b", "k", io.BytesIO(b"x"), 1)
    store(client, b"x")


def store(client: Minio, data: UploadData) -> None:
    """A function of the program that passes data on."""
    client.put_object("b", "k", data, -1)


async def pieces() -> AsyncIterator[bytes]:
    yield b"x"


async def store_awaited(client: AsyncMinio, reader: asyncio.StreamReader, data: AsyncUploadData) -> None:
    for source in (reader, io.BytesIO(), b"x", pieces(), [b"x"], await client.get_object("b", "k"), data):
        await client.put_object("b", "k", source, -1)
    await client.put_object("b", "k", await client.open_object("b", "k"), -1)
    await client.put_object("b", "k", pieces(), -1)
    await client.append_object("b", "k", reader, 1)


async def asynchronous(client: AsyncMinio) -> None:
    assert_type(await client.list_buckets(), list[Bucket])
    assert_type(await client.open_object("b", "k"), AsyncObjectReader)
    assert_type(await client.open_object("b", "k", "wb"), AsyncObjectWriter)
    async with await client.open_object("b", "k", "w", newline="") as text:
        assert_type(text, AsyncTextObjectWriter)
        assert_type(await text.write("x"), int)
    async with await client.open_object("b", "k", "r") as lines:
        assert_type(lines, AsyncTextObjectReader)
        assert_type([line async for line in lines], list[str])
    assert_type(await client.get_bucket_policy("b"), str)
    assert_type(await client.get_bucket_policy("b", ""), Policy)
    assert_type(await client.presigned_post_policy(PostPolicy()), tuple[str, dict[str, str]])
    assert_type(await client.presigned_post_policy(PostPolicy("b", datetime.now(UTC))), dict[str, str])
    assert_type(await client.put_object("b", "k", b"x", 1), ObjectWriteResult)
    found: AsyncIterator[Object] = client.list_objects("b")
    async for item in found:
        assert_type(item, Object)
    async for error in client.remove_objects("b", ["a"]):
        assert_type(error, DeleteError)
    async with await client.get_object("b", "k") as response:
        assert_type(await response.read(), bytes)
    async with client as same:
        assert_type(same, AsyncMinio)


def administered(admin: MinioAdmin) -> None:
    assert_type(admin.user_list(), str)
    assert_type(admin.policy_add("p", policy={"Version": "2012-10-17"}), str)
    assert_type(admin.group_add("g", ["u"]), str)
    admin.policy_add("p", Path("policy.json"))
    admin.add_service_account(name="n", expiration=datetime.now(UTC))
    with admin.with_options(deadline=5) as hurried:
        assert_type(hurried, MinioAdmin)


async def administered_asynchronously(admin: AsyncMinioAdmin) -> None:
    assert_type(await admin.user_list(), str)
    async with admin:
        assert_type(await admin.config_get("region"), str)
