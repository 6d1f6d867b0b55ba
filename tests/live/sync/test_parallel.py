# Generated from tests/live/aio/test_parallel.py by tools/generate_sync.py. Do not edit.
"""Listings with several requests under way."""

from __future__ import annotations

import pytest

from live.conftest import CROWD
from live.helpers import Requests
from minio import Minio
from minio.error import InvalidArgumentError, InvalidBucketError, NoSuchBucket


@pytest.mark.parametrize("workers", [1, 7])
@pytest.mark.parametrize("ordered", [True, False])
def test_every_object_is_listed_once(client: Minio, crowded: str, workers: int, ordered: bool) -> None:
    trace = Requests()
    client.trace_on(trace)
    found = client.list_objects_parallel(crowded, workers=workers, ordered=ordered, page_size=30)
    names = [item.object_name for item in found]
    client.trace_off()
    assert trace.count("GET ") >= len(CROWD) // 30
    expected = [item.object_name for item in client.list_objects(crowded, recursive=True)]
    assert sorted(names) == sorted(CROWD)
    if ordered:
        assert names == expected


def test_names_that_servers_order_differently(client: Minio, bucket: str) -> None:
    keys = [f"{stem}{end}{i}" for stem in ("a", "a/b", "c") for end in ("!", "-", ".x", "/y", "0") for i in range(8)]
    for key in keys:
        client.put_object(bucket, key, b"", 0)
    found = [item.object_name for item in client.list_objects_parallel(bucket, workers=5, page_size=7)]
    assert sorted(found) == sorted(keys)
    below = [item.object_name for item in client.list_objects_parallel(bucket, "a/", workers=5, page_size=3)]
    assert sorted(below) == sorted(key for key in keys if key.startswith("a/"))


def test_closing_a_listing_early(client: Minio, crowded: str) -> None:
    found = client.list_objects_parallel(crowded, page_size=30)
    first = next(found)
    found.close()
    assert first.object_name in CROWD
    assert list(found) == []


def test_errors(client: Minio, bucket_name: str) -> None:
    with pytest.raises(InvalidBucketError):
        client.list_objects_parallel("X")
    with pytest.raises(InvalidArgumentError, match="workers"):
        client.list_objects_parallel(bucket_name, workers=0)
    for size in (0, 1001, True, "9"):
        with pytest.raises(InvalidArgumentError, match="page_size"):
            client.list_objects_parallel(bucket_name, page_size=size)  # type: ignore[arg-type]
    with pytest.raises(NoSuchBucket):
        list(client.list_objects_parallel(bucket_name))
