"""Listings with several requests under way."""

from __future__ import annotations

import pytest

from live.conftest import CROWD
from minio import AsyncMinio
from minio.error import InvalidArgumentError, InvalidBucketError, NoSuchBucket


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio._core.ops.listing.PAGE", 30)


@pytest.mark.parametrize("workers", [1, 7])
@pytest.mark.parametrize("ordered", [True, False])
async def test_every_object_is_listed_once(client: AsyncMinio, crowded: str, workers: int, ordered: bool) -> None:
    found = client.list_objects_parallel(crowded, workers=workers, ordered=ordered)
    names = [item.object_name async for item in found]
    expected = [item.object_name async for item in client.list_objects(crowded, recursive=True)]
    assert sorted(names) == sorted(CROWD)
    if ordered:
        assert names == expected


async def test_names_that_servers_order_differently(client: AsyncMinio, bucket: str) -> None:
    keys = [f"{stem}{end}{i}" for stem in ("a", "a/b", "c") for end in ("!", "-", ".x", "/y", "0") for i in range(8)]
    for key in keys:
        await client.put_object(bucket, key, b"", 0)
    found = [item.object_name async for item in client.list_objects_parallel(bucket, workers=5)]
    assert sorted(found) == sorted(keys)
    below = [item.object_name async for item in client.list_objects_parallel(bucket, "a/", workers=5)]
    assert sorted(below) == sorted(key for key in keys if key.startswith("a/"))


async def test_closing_a_listing_early(client: AsyncMinio, crowded: str) -> None:
    found = client.list_objects_parallel(crowded)
    first = await anext(found)
    await found.aclose()
    assert first.object_name in CROWD
    assert [item async for item in found] == []


async def test_errors(client: AsyncMinio, bucket_name: str) -> None:
    with pytest.raises(InvalidBucketError):
        client.list_objects_parallel("X")
    with pytest.raises(InvalidArgumentError, match="workers"):
        client.list_objects_parallel(bucket_name, workers=0)
    with pytest.raises(NoSuchBucket):
        [item async for item in client.list_objects_parallel(bucket_name)]
