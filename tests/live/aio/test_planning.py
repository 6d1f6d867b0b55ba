"""Plans on real servers, in whatever order they list: the second plan is empty, and what should stay is not removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from minio import AsyncMinio
from minio.directories import Action, Prefix
from minio.error import MissingFileError, NoSuchBucket, UnsafeDeleteError

NAMES = ("a!x", "a-b/c", "a.txt", "a/b", "a/c/d", "ab", "z", "é/日本")
MIB = 1024 * 1024


def make(root: Path, names: Iterable[str] = NAMES) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


async def planned(client: AsyncMinio, source: Any, target: Any, **options: Any) -> list[Action]:
    return [action async for action in client.plan_sync(source, target, **options)]


async def changes(client: AsyncMinio, source: Any, target: Any, **options: Any) -> list[tuple[str, str]]:
    found = await planned(client, source, target, **options)
    return [(action.kind, action.name) for action in found if action.kind != "skip"]


async def upload(client: AsyncMinio, bucket: str, actions: list[Action]) -> None:
    for action in actions:
        if action.kind == "upload":
            await client.fput_object(bucket, action.target or "", action.source or "")


async def download(client: AsyncMinio, bucket: str, actions: list[Action]) -> None:
    for action in actions:
        if action.kind == "download":
            os.makedirs(os.path.dirname(action.target or ""), exist_ok=True)
            await client.fget_object(bucket, action.source or "", action.target or "")
            os.utime(action.target or "", (action.mtime or 0, action.mtime or 0))


async def test_a_tree_goes_up_and_down_and_then_nothing_is_left_to_do(
    client: AsyncMinio, bucket: str, tmp_path: Path
) -> None:
    root, target = make(tmp_path / "root"), Prefix(bucket, "photos")
    first = await planned(client, root, target, delete=True)
    assert [(action.kind, action.name) for action in first] == [("upload", name) for name in NAMES]
    await upload(client, bucket, first)
    assert await changes(client, root, target, delete=True) == []
    assert await changes(client, root, target, compare="checksum", delete=True) == []
    for name in NAMES:
        os.utime(root / name, (4e9, 4e9))
    assert await changes(client, root, target) == []

    copy = tmp_path / "copy"
    down = await planned(client, target, copy, delete=True)
    assert {(action.kind, action.name) for action in down} == {("download", name) for name in NAMES}
    await download(client, bucket, down)
    assert {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} == set(NAMES)
    assert {action.reason for action in await planned(client, target, copy, delete=True)} == {"unchanged"}
    assert await changes(client, target, copy, compare="checksum") == []
    assert {kind for kind, _ in await changes(client, target, Prefix(bucket, "other"))} == {"copy"}


async def test_what_the_source_lacks_is_removed_last(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    root, target = make(tmp_path / "root", ["a/b", "a!x", "same"]), Prefix(bucket, "p/")
    for name in ("a/b", "a.old", "a/old", "keep/x", "same", "zz"):
        await client.put_object(bucket, f"p/{name}", b"other", 5)
    await client.put_object(bucket, "photos", b"", 0)
    found = await changes(client, root, target, delete=True, exclude=["keep/"], compare="exists")
    assert found == [("upload", "a!x"), ("delete", "a.old"), ("delete", "a/old"), ("delete", "zz")]


async def test_a_plan_is_saved_reviewed_and_loaded(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    root, target = make(tmp_path / "root", ["one", "two"]), Prefix(bucket, "p")
    await client.plan_sync(root, target).save(tmp_path / "plan")
    await client.put_object(bucket, "p/one", b"one", 3)
    loaded = await client.load_plan(tmp_path / "plan")
    assert [action.name async for action in loaded] == ["one", "two"]


async def test_nothing_is_removed_without_a_source(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    root = make(tmp_path / "root", ["one"])
    with pytest.raises(UnsafeDeleteError):
        await planned(client, Prefix(bucket, "none"), root, delete=True)
    with pytest.raises(NoSuchBucket):
        await planned(client, Prefix(f"{bucket}-none", ""), root, delete=True)
    with pytest.raises(MissingFileError):
        await planned(client, tmp_path / "none", Prefix(bucket), delete=True)


async def test_an_upload_in_parts_is_recognized(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(11 * MIB))
    await client.fput_object(bucket, "p/large", tmp_path / "large", part_size=5 * MIB)
    os.utime(tmp_path / "large", (4e9, 4e9))
    found = await planned(client, tmp_path, Prefix(bucket, "p"))
    assert [action.reason for action in found] == ["same content"]
