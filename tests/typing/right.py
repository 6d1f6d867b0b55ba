"""Code as users write it, for type checkers only: it never runs. Everything here must be accepted, with these types."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import assert_type

from minio import AsyncMinio, CopyConditions, Minio, Object, Policy, PostPolicy
from minio.commonconfig import CopySource
from minio.datatypes import Bucket, ObjectWriteResult
from minio.deleteobjects import DeleteError, DeleteObject


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
        assert_type(item.last_modified, datetime | None)
    for error in client.remove_objects("b", ["a", "b"]):
        assert_type(error, DeleteError)
    assert_type(client.presigned_get_object("b", "k", timedelta(days=1)), str)
    assert_type(client.stat_object("b", "k"), Object)


def modern(client: Minio) -> None:
    Minio("host", "access", "secret", "token", True, region="eu-west-1")
    assert_type(client.get_bucket_policy("b"), str)
    client.set_bucket_policy("b", "{}")
    client.set_bucket_policy("b", policy={"Version": "2012-10-17"})
    assert_type(client.presigned_post_policy(PostPolicy("b", datetime.now(UTC))), dict[str, str])
    with client.get_object("b", "k", 5, length=10, version_id="v") as response:
        assert_type(response.read(), bytes)
    assert_type(client.copy_object("b", "k", CopySource("c", "k")), ObjectWriteResult)
    result = client.fput_object("b", "k", "path")
    assert_type(result, ObjectWriteResult)
    assert_type(result.etag, str | None)
    assert_type(result.version_id, str | None)
    for error in client.remove_objects("b", (DeleteObject("a", "v"), DeleteObject("b"))):
        assert_type(error.code, str)
    with client as same:
        assert_type(same, Minio)


async def asynchronous(client: AsyncMinio) -> None:
    assert_type(await client.list_buckets(), list[Bucket])
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
