# Generated from tests/live/aio/test_removal.py by tools/generate_sync.py. Do not edit.
"""Removing objects, one at a time and many at once, and incomplete uploads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import MIB, Puller, Requests, begin_upload, enable_versioning, is_there, uploads_of
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchBucket, NoSuchKey
from servers.live import LiveServer


def fill(client: Minio, bucket: str, *keys: str) -> None:
    for key in keys:
        client.put_object(bucket, key, b"x", 1)


def names(listing: Any) -> list[str]:
    return [item.object_name for item in listing]


def test_transfers(client: Minio, bucket: str) -> None:
    fill(client, bucket, "object")
    client.remove_object(bucket, "object")
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "object")
    client.remove_object(bucket, "object")
    with pytest.raises(NoSuchBucket):
        client.remove_object(f"{bucket}-not", "object")


def test_many_objects_in_every_form(client: Minio, bucket: str) -> None:
    keys = ["plain", "a b+c&<>'\"", "ümläut %41", "pair", "request", "stays"]
    fill(client, bucket, *keys)
    items = [*keys[:3], ("pair", None), DeleteObject("request"), "never there"]
    assert list(client.remove_objects(bucket, items)) == []
    assert names(client.list_objects(bucket)) == ["stays"]
    assert list(client.remove_objects(bucket, objects_iter=iter(["stays"]))) == []
    assert names(client.list_objects(bucket)) == []


def test_nothing_happens_before_the_result_is_read(client: Minio, bucket: str, server: LiveServer) -> None:
    fill(client, bucket, "object")
    items = Puller(["object"])
    errors = client.remove_objects(bucket, items)
    assert is_there(server, bucket, "object")
    assert items.pulled == 0
    assert list(errors) == []
    assert not is_there(server, bucket, "object")


def test_dropped_unread_result_warns(client: Minio, bucket: str, server: LiveServer) -> None:
    fill(client, bucket, "object")
    errors = [client.remove_objects(bucket, ["object"])]
    with pytest.warns(RuntimeWarning, match="removed nothing"):
        errors.clear()
    assert is_there(server, bucket, "object")


def test_more_objects_than_fit_in_one_request(client: Minio, bucket: str) -> None:
    fill(client, bucket, "first", "last")
    keys = ["first", *(f"none-{number}" for number in range(1500)), "last"]
    trace = Requests()
    client.trace_on(trace)
    assert list(client.remove_objects(bucket, iter(keys))) == []
    assert trace.count("POST ") == 2
    assert names(client.list_objects(bucket)) == []


def test_generator_of_names(client: Minio, bucket: str) -> None:
    def keys() -> Iterator[str]:
        yield from ("one", "two")

    fill(client, bucket, "one", "two", "three")
    assert list(client.remove_objects(bucket, keys())) == []
    assert names(client.list_objects(bucket)) == ["three"]


def test_listing_can_be_removed_directly(client: Minio, bucket: str) -> None:
    fill(client, bucket, "a-1", "a-2", "b")
    found = [DeleteObject(item.object_name) for item in client.list_objects(bucket, "a-")]
    assert list(client.remove_objects(bucket, found)) == []
    assert names(client.list_objects(bucket, recursive=True)) == ["b"]


def test_no_names_send_no_request(client: Minio) -> None:
    trace = Requests()
    client.trace_on(trace)
    assert list(client.remove_objects("bucket", [])) == []
    assert trace.count() == 0


@pytest.mark.parametrize("items", ["text", b"bytes", None, 5])
def test_invalid_list_is_refused_at_once(client: Minio, items: Any) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.remove_objects("bucket", items)


@pytest.mark.parametrize("item", ["", " ", 5, None, ("a",), ("a", "b", "c")])
def test_items_without_a_name_are_refused(client: Minio, item: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        list(client.remove_objects("bucket", [item]))


def test_missing_bucket(client: Minio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket):
        list(client.remove_objects(bucket_name, ["object"]))


@pytest.mark.requires("object_lock")
def test_errors_name_the_objects_not_removed(client: Minio, bucket_name: str, server: LiveServer) -> None:
    client.make_bucket(bucket_name, object_lock=True)
    held = client.put_object(bucket_name, "held", b"x", 1, legal_hold=True)
    free = client.put_object(bucket_name, "free", b"x", 1)
    items = [DeleteObject("held", held.version_id), DeleteObject("free", free.version_id)]
    (error,) = list(client.remove_objects(bucket_name, items))
    assert (error.object_name, error.version_id) == ("held", held.version_id)
    assert error.error_code == error.code == "AccessDenied"
    assert error.error_message == error.message
    assert is_there(server, bucket_name, "held")
    assert not is_there(server, bucket_name, "free")


@pytest.mark.requires("versioning")
def test_versions(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"1", 1)
    second = client.put_object(bucket, "object", b"22", 2)
    assert list(client.remove_objects(bucket, [("object", second.version_id)])) == []
    assert (client.stat_object(bucket, "object")).version_id == first.version_id
    assert list(client.remove_objects(bucket, ["object"])) == []
    found = list(client.list_objects(bucket, include_version=True))
    assert len(found) == 2
    items = [DeleteObject(item.object_name, item.version_id) for item in found]
    assert list(client.remove_objects(bucket, items)) == []
    assert names(client.list_objects(bucket, include_version=True)) == []


def test_incomplete_uploads_are_listed_with_their_size(client: Minio, bucket: str, server: LiveServer) -> None:
    part = b"x" * (5 * MIB)
    first = begin_upload(server, bucket, "dir/a b", part, b"tail")
    second = begin_upload(server, bucket, "top")
    found = {item.object_name: item for item in client.list_incomplete_uploads(bucket, recursive=True)}
    assert set(found) == {"dir/a b", "top"}
    assert (found["dir/a b"].upload_id, found["dir/a b"].size) == (first, len(part) + 4)
    assert (found["top"].upload_id, found["top"].size) == (second, 0)
    initiated = found["top"].initiated
    assert initiated is not None
    assert abs(datetime.now(UTC) - initiated) < timedelta(minutes=5)
    assert found["top"].bucket_name == bucket


@pytest.mark.requires("list_uploads_by_prefix")
def test_incomplete_uploads_by_prefix_and_folder(client: Minio, bucket: str, server: LiveServer) -> None:
    for key in ("a/1", "a/2", "b/c/d", "top"):
        begin_upload(server, bucket, key)
    assert sorted(names(client.list_incomplete_uploads(bucket))) == ["a/", "b/", "top"]
    assert sorted(names(client.list_incomplete_uploads(bucket, "a/"))) == ["a/1", "a/2"]
    assert sorted(names(client.list_incomplete_uploads(bucket, "b", True))) == ["b/c/d"]


def test_no_incomplete_uploads(client: Minio, bucket: str) -> None:
    fill(client, bucket, "object")
    assert names(client.list_incomplete_uploads(bucket, "", True)) == []
    with pytest.raises(NoSuchBucket):
        names(client.list_incomplete_uploads(f"{bucket}-not"))


def test_all_uploads_of_transfers_are_removed(client: Minio, bucket: str, server: LiveServer) -> None:
    for key in ("dir/one", "dir/one", "dir/one-more", "one"):
        begin_upload(server, bucket, key, b"x")
    client.put_object(bucket, "dir/one", b"whole", 5)
    client.remove_incomplete_upload(bucket, "dir/one")
    assert sorted(uploads_of(server, bucket)) == ["dir/one-more", "one"]
    client.remove_incomplete_upload(bucket, "dir/one")
    client.remove_incomplete_upload(bucket, "never/there")
    assert is_there(server, bucket, "dir/one")
