# Generated from tests/live/aio/test_listing.py by tools/generate_sync.py. Do not edit.
"""Listing objects: every version of the call, paging, and unusual names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.conftest import CROWD
from live.helpers import Requests, enable_versioning
from minio import Minio
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, InvalidBucketError, NoSuchBucket
from servers.live import LiveServer

FEW = ("a.txt", "b/one", "b/two", "c/d/deep", "e")

ODD = (
    "literal%41percent",
    "%2F",
    "100%",
    "a b",
    " leading and trailing ",
    "a+b",
    "a&b=c;d",
    "ümläut/日本語/😀",
    "e\u0301 decomposed",
    "quote'quote\"quote",
    "<tag>&amp;",
    "question?mark#hash",
    "star*(paren)!~$@,:",
    "tilde~minus-dot.under_",
    "{brace}[bracket]|pipe^caret`tick",
    "null",
    "a/b...",
)


def names(listing: Any) -> list[str]:
    return [item.object_name for item in listing]


def fill(client: Minio, bucket: str, *keys: str) -> None:
    for key in keys:
        client.put_object(bucket, key, key.encode(), len(key.encode()))


@pytest.mark.parametrize("options", [{}, {"use_api_v1": True}], ids=["v2", "v1"])
def test_folders_are_one_entry_unless_recursive(client: Minio, bucket: str, options: dict[str, Any]) -> None:
    fill(client, bucket, *FEW)
    assert sorted(names(client.list_objects(bucket, **options))) == ["a.txt", "b/", "c/", "e"]
    assert names(client.list_objects(bucket, recursive=True, **options)) == list(FEW)
    assert names(client.list_objects(bucket, "b/", **options)) == ["b/one", "b/two"]
    assert names(client.list_objects(bucket, "b/t", **options)) == ["b/two"]
    assert names(client.list_objects(bucket, "c", **options)) == ["c/"]
    assert names(client.list_objects(bucket, "c", True, **options)) == ["c/d/deep"]
    assert names(client.list_objects(bucket, "nothing", **options)) == []
    assert names(client.list_objects(bucket, recursive=True, start_after="b/one", **options)) == list(FEW[2:])


def test_fields_of_an_entry(client: Minio, bucket: str) -> None:
    written = client.put_object(bucket, "folder/object", b"12345", 5)
    (found,) = list(client.list_objects(bucket, recursive=True))
    assert (found.bucket_name, found.object_name, found.size) == (bucket, "folder/object", 5)
    assert found.etag == written
    assert found.is_dir is False
    assert found.last_modified is not None
    assert found.last_modified.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - found.last_modified) < timedelta(minutes=5)
    assert (found.content_type, found.metadata) == (None, None)
    (folder,) = list(client.list_objects(bucket))
    assert (folder.object_name, folder.is_dir, folder.size, folder.etag) == ("folder/", True, 0, "")
    assert folder.last_modified is None


def test_owner_on_request(client: Minio, bucket: str) -> None:
    fill(client, bucket, "one")
    (found,) = list(client.list_objects(bucket, fetch_owner=True))
    assert found.owner_id


def test_list_objects_v2_is_the_same(client: Minio, bucket: str) -> None:
    fill(client, bucket, *FEW)
    assert names(client.list_objects_v2(bucket, recursive=True)) == list(FEW)
    assert names(client.list_objects_v2(bucket, "b/", True, "b/one")) == ["b/two"]
    assert sorted(names(client.list_objects_v2(bucket, None))) == ["a.txt", "b/", "c/", "e"]


def test_empty_and_missing_bucket(client: Minio, bucket: str) -> None:
    assert names(client.list_objects(bucket)) == []
    with pytest.raises(NoSuchBucket):
        names(client.list_objects(f"{bucket}-not"))


def test_bad_name_is_refused_at_once(client: Minio) -> None:
    with pytest.raises(InvalidBucketError):
        client.list_objects("x")


@pytest.mark.parametrize("options", [{}, {"use_api_v1": True}], ids=["v2", "v1"])
def test_more_than_one_page(client: Minio, crowded: str, options: dict[str, Any]) -> None:
    assert names(client.list_objects(crowded, recursive=True, **options)) == list(CROWD)
    assert sorted(names(client.list_objects(crowded, **options))) == ["a", "b/", "many/", "zoo/"]
    assert names(client.list_objects(crowded, "many/", **options)) == list(CROWD[3:-1])
    after = names(client.list_objects(crowded, "many/", start_after="many/0999", **options))
    assert after == ["many/1000", "many/1001", "many/1002"]


@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize("options", [{}, {"use_api_v1": True}], ids=["v2", "v1"])
def test_tiny_pages_contain_everything_once(
    client: Minio, bucket: str, recursive: bool, options: dict[str, Any]
) -> None:
    fill(client, bucket, *FEW, "b/%41", "b/ü ö")
    options = {"recursive": recursive, **options}
    whole = names(client.list_objects(bucket, **options))
    paged = names(client.list_objects(bucket, extra_query_params={"max-keys": "1"}, **options))
    assert sorted(paged) == sorted(whole)
    assert len(whole) == (7 if recursive else 4)


@pytest.mark.requires("page_limit")
def test_first_object_is_returned_before_the_second_page_is_requested(client: Minio, crowded: str) -> None:
    trace = Requests()
    client.trace_on(trace)
    listing = client.list_objects(crowded, recursive=True)
    assert trace.count() == 0
    assert (next(listing)).object_name == "a"
    assert trace.count("list-type=2") == 1
    assert len(names(listing)) == len(CROWD) - 1
    assert trace.count("list-type=2") == 2


def test_listing_may_be_abandoned(client: Minio, crowded: str) -> None:
    listing = client.list_objects(crowded, recursive=True, extra_query_params={"max-keys": "2"})
    trace = Requests()
    client.trace_on(trace)
    assert [(next(listing)).object_name for _ in range(3)] == ["a", "b/1", "b/2"]
    listing.close()
    assert trace.count("list-type=2") == 2


@pytest.mark.parametrize("key", ODD)
def test_unusual_names_are_kept_exactly(client: Minio, bucket: str, key: str) -> None:
    there_and_back(client, bucket, key)


@pytest.mark.requires("keys_control")
@pytest.mark.parametrize("key", ["tab\there", "line\nfeed", "carriage\rreturn", "\x01one", "del\x7f", "nel\x85"])
def test_control_characters_are_kept(client: Minio, bucket: str, key: str) -> None:
    # Ceph returns the prefix unescaped, and XML cannot represent this one: hence no prefix here.
    there_and_back(client, bucket, key, prefixes=("",))


@pytest.mark.requires("keys_double_slash")
def test_double_slashes_are_kept(client: Minio, bucket: str) -> None:
    there_and_back(client, bucket, "a//b")


@pytest.mark.requires("keys_leading_slash")
def test_leading_slash_is_kept(client: Minio, bucket: str) -> None:
    there_and_back(client, bucket, "/a")


@pytest.mark.requires("keys_backslash")
def test_backslash_is_kept(client: Minio, bucket: str) -> None:
    there_and_back(client, bucket, "a\\b")


@pytest.mark.requires("keys_long_segment")
def test_name_of_1024_bytes(client: Minio, bucket: str) -> None:
    there_and_back(client, bucket, "k" * 1024)


@pytest.mark.requires("keys_directory_body")
def test_object_may_be_named_like_a_folder(client: Minio, bucket: str) -> None:
    there_and_back(client, bucket, "folder/")


def test_folder_marker_is_listed(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "folder/", b"", 0)
    (found,) = list(client.list_objects(bucket))
    assert (found.object_name, found.is_dir) == ("folder/", True)
    assert names(client.list_objects(bucket, recursive=True)) == ["folder/"]


def there_and_back(client: Minio, bucket: str, key: str, prefixes: tuple[str | None, ...] = (None,)) -> None:
    content = key.encode()
    client.put_object(bucket, key, content, len(content))
    for options in ({}, {"use_api_v1": True}):
        found = list(client.list_objects(bucket, recursive=True, **options))
        assert [item.object_name for item in found] == [key]
        assert found[0].size == len(content)
        for prefix in prefixes:
            assert names(client.list_objects(bucket, key if prefix is None else prefix, True, **options)) == [key]
    with client.get_object(bucket, key) as response:
        assert response.read() == content
    assert (client.stat_object(bucket, key)).object_name == key
    assert list(client.remove_objects(bucket, [key])) == []
    assert key not in names(client.list_objects(bucket, recursive=True))


def test_common_prefix_with_unusual_characters(client: Minio, bucket: str) -> None:
    fill(client, bucket, "a +%41ü/one", "a +%41ü/two")
    for options in ({}, {"use_api_v1": True}):
        assert names(client.list_objects(bucket, **options)) == ["a +%41ü/"]
        assert names(client.list_objects(bucket, "a +%41ü/", **options)) == ["a +%41ü/one", "a +%41ü/two"]


def test_without_url_encoding(client: Minio, bucket: str) -> None:
    fill(client, bucket, "literal%41 +ü")
    assert names(client.list_objects(bucket, use_url_encoding_type=False)) == ["literal%41 +ü"]


@pytest.mark.requires("versioning")
def test_versions_and_delete_markers(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "dir/%41 object", b"1", 1)
    second = client.put_object(bucket, "dir/%41 object", b"22", 2)
    client.remove_object(bucket, "dir/%41 object")
    found = list(client.list_objects(bucket, recursive=True, include_version=True))
    assert {item.object_name for item in found} == {"dir/%41 object"}
    kept = {item.version_id: item for item in found if not item.is_delete_marker}
    assert set(kept) == {first.version_id, second.version_id}
    assert kept[second.version_id].size == 2
    (marker,) = [item for item in found if item.is_delete_marker]
    assert marker.is_latest == "true"
    assert kept[second.version_id].is_latest == "false"
    assert names(client.list_objects(bucket, include_version=True)) == ["dir/"]
    assert names(client.list_objects(bucket, recursive=True)) == []


@pytest.mark.requires("versioning")
def test_versions_in_tiny_pages(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    for key in ("one", "two", "two", "two", "zoo"):
        client.put_object(bucket, key, b"x", 1)
    client.remove_object(bucket, "two")
    paged = client.list_objects(bucket, include_version=True, extra_query_params={"max-keys": "2"})
    found = [(item.object_name, item.version_id) for item in paged]
    assert sorted(name for name, _ in found) == ["one", "two", "two", "two", "two", "zoo"]
    assert len(set(found)) == 6


@pytest.mark.requires("server_minio")
def test_user_metadata_on_request(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client()
    client.put_object(bucket, "one", b"x", 1, metadata={"colour": "blue"})
    (found,) = list(client.list_objects(bucket, include_user_meta=True))
    assert found.object_name == "one"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="v2"),
        pytest.param({"use_api_v1": True}, id="v1"),
        pytest.param({"include_version": True}, id="versions", marks=pytest.mark.requires("versioning")),
    ],
)
def test_small_pages(client: Minio, bucket: str, options: dict[str, Any]) -> None:
    fill(client, bucket, *FEW)
    trace = Requests()
    client.trace_on(trace)
    assert names(client.list_objects(bucket, recursive=True, max_keys=2, **options)) == list(FEW)
    client.trace_off()
    assert trace.count("max-keys=2&") == trace.count("max-keys") >= 3
    for wrong in (0, -1, True, "2"):
        with pytest.raises((InvalidArgumentError, InvalidArgumentTypeError), match="max_keys"):
            client.list_objects(bucket, max_keys=wrong)
