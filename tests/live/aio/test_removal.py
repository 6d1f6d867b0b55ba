"""Removing objects, one at a time and many at once, and incomplete uploads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import MIB, Puller, Requests, begin_upload, enable_versioning, is_there, uploads_of
from minio import AsyncMinio
from minio.deleteobjects import DeleteObject
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchBucket, NoSuchKey
from servers.live import LiveServer


async def fill(client: AsyncMinio, bucket: str, *keys: str) -> None:
    for key in keys:
        await client.put_object(bucket, key, b"x", 1)


async def names(listing: Any) -> list[str]:
    return [item.object_name async for item in listing]


async def test_transfers(client: AsyncMinio, bucket: str) -> None:
    await fill(client, bucket, "object")
    await client.remove_object(bucket, "object")
    with pytest.raises(NoSuchKey):
        await client.stat_object(bucket, "object")
    await client.remove_object(bucket, "object")
    with pytest.raises(NoSuchBucket):
        await client.remove_object(f"{bucket}-not", "object")


async def test_many_objects_in_every_form(client: AsyncMinio, bucket: str) -> None:
    keys = ["plain", "a b+c&<>'\"", "ümläut %41", "pair", "request", "stays"]
    await fill(client, bucket, *keys)
    items = [*keys[:3], ("pair", None), DeleteObject("request"), "never there"]
    assert [error async for error in client.remove_objects(bucket, items)] == []
    assert await names(client.list_objects(bucket)) == ["stays"]
    assert [error async for error in client.remove_objects(bucket, objects_iter=iter(["stays"]))] == []
    assert await names(client.list_objects(bucket)) == []


async def test_nothing_happens_before_the_result_is_read(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await fill(client, bucket, "object")
    items = Puller(["object"])
    errors = client.remove_objects(bucket, items)
    assert is_there(server, bucket, "object")
    assert items.pulled == 0
    assert [error async for error in errors] == []
    assert not is_there(server, bucket, "object")


async def test_dropped_unread_result_warns(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    await fill(client, bucket, "object")
    errors = [client.remove_objects(bucket, ["object"])]
    with pytest.warns(RuntimeWarning, match="removed nothing"):
        errors.clear()
    assert is_there(server, bucket, "object")


async def test_more_objects_than_fit_in_one_request(client: AsyncMinio, bucket: str) -> None:
    await fill(client, bucket, "first", "last")
    keys = ["first", *(f"none-{number}" for number in range(1500)), "last"]
    trace = Requests()
    client.trace_on(trace)
    assert [error async for error in client.remove_objects(bucket, iter(keys))] == []
    assert trace.count("POST ") == 2
    assert await names(client.list_objects(bucket)) == []


async def test_generator_of_names(client: AsyncMinio, bucket: str) -> None:
    async def keys() -> AsyncIterator[str]:
        for key in ("one", "two"):
            yield key

    await fill(client, bucket, "one", "two", "three")
    assert [error async for error in client.remove_objects(bucket, keys())] == []
    assert await names(client.list_objects(bucket)) == ["three"]


async def test_listing_can_be_removed_directly(client: AsyncMinio, bucket: str) -> None:
    await fill(client, bucket, "a-1", "a-2", "b")
    found = [DeleteObject(item.object_name) async for item in client.list_objects(bucket, "a-")]
    assert [error async for error in client.remove_objects(bucket, found)] == []
    assert await names(client.list_objects(bucket, recursive=True)) == ["b"]


async def test_no_names_send_no_request(client: AsyncMinio) -> None:
    trace = Requests()
    client.trace_on(trace)
    assert [error async for error in client.remove_objects("bucket", [])] == []
    assert trace.count() == 0


@pytest.mark.parametrize("items", ["text", b"bytes", None, 5])
async def test_invalid_list_is_refused_at_once(client: AsyncMinio, items: Any) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.remove_objects("bucket", items)


@pytest.mark.parametrize("item", ["", " ", 5, None, ("a",), ("a", "b", "c")])
async def test_items_without_a_name_are_refused(client: AsyncMinio, item: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        [error async for error in client.remove_objects("bucket", [item])]


async def test_missing_bucket(client: AsyncMinio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket):
        [error async for error in client.remove_objects(bucket_name, ["object"])]


@pytest.mark.requires("object_lock")
async def test_errors_name_the_objects_not_removed(client: AsyncMinio, bucket_name: str, server: LiveServer) -> None:
    await client.make_bucket(bucket_name, object_lock=True)
    held = await client.put_object(bucket_name, "held", b"x", 1, legal_hold=True)
    free = await client.put_object(bucket_name, "free", b"x", 1)
    items = [DeleteObject("held", held.version_id), DeleteObject("free", free.version_id)]
    (error,) = [error async for error in client.remove_objects(bucket_name, items)]
    assert (error.object_name, error.version_id) == ("held", held.version_id)
    assert error.error_code == error.code == "AccessDenied"
    assert error.error_message == error.message
    assert is_there(server, bucket_name, "held")
    assert not is_there(server, bucket_name, "free")


@pytest.mark.requires("versioning")
async def test_versions(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = await client.put_object(bucket, "object", b"1", 1)
    second = await client.put_object(bucket, "object", b"22", 2)
    assert [error async for error in client.remove_objects(bucket, [("object", second.version_id)])] == []
    assert (await client.stat_object(bucket, "object")).version_id == first.version_id
    assert [error async for error in client.remove_objects(bucket, ["object"])] == []
    found = [item async for item in client.list_objects(bucket, include_version=True)]
    assert len(found) == 2
    items = [DeleteObject(item.object_name, item.version_id) for item in found]
    assert [error async for error in client.remove_objects(bucket, items)] == []
    assert await names(client.list_objects(bucket, include_version=True)) == []


async def test_incomplete_uploads_are_listed_with_their_size(
    client: AsyncMinio, bucket: str, server: LiveServer
) -> None:
    part = b"x" * (5 * MIB)
    first = begin_upload(server, bucket, "dir/a b", part, b"tail")
    second = begin_upload(server, bucket, "top")
    found = {item.object_name: item async for item in client.list_incomplete_uploads(bucket, recursive=True)}
    assert set(found) == {"dir/a b", "top"}
    assert (found["dir/a b"].upload_id, found["dir/a b"].size) == (first, len(part) + 4)
    assert (found["top"].upload_id, found["top"].size) == (second, 0)
    initiated = found["top"].initiated
    assert initiated is not None
    assert abs(datetime.now(UTC) - initiated) < timedelta(minutes=5)
    assert found["top"].bucket_name == bucket


@pytest.mark.requires("list_uploads_by_prefix")
async def test_incomplete_uploads_by_prefix_and_folder(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    for key in ("a/1", "a/2", "b/c/d", "top"):
        begin_upload(server, bucket, key)
    assert sorted(await names(client.list_incomplete_uploads(bucket))) == ["a/", "b/", "top"]
    assert sorted(await names(client.list_incomplete_uploads(bucket, "a/"))) == ["a/1", "a/2"]
    assert sorted(await names(client.list_incomplete_uploads(bucket, "b", True))) == ["b/c/d"]


async def test_no_incomplete_uploads(client: AsyncMinio, bucket: str) -> None:
    await fill(client, bucket, "object")
    assert await names(client.list_incomplete_uploads(bucket, "", True)) == []
    with pytest.raises(NoSuchBucket):
        await names(client.list_incomplete_uploads(f"{bucket}-not"))


async def test_all_uploads_of_transfers_are_removed(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    for key in ("dir/one", "dir/one", "dir/one-more", "one"):
        begin_upload(server, bucket, key, b"x")
    await client.put_object(bucket, "dir/one", b"whole", 5)
    await client.remove_incomplete_upload(bucket, "dir/one")
    assert sorted(uploads_of(server, bucket)) == ["dir/one-more", "one"]
    await client.remove_incomplete_upload(bucket, "dir/one")
    await client.remove_incomplete_upload(bucket, "never/there")
    assert is_there(server, bucket, "dir/one")
