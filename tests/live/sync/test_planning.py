# Generated from tests/live/aio/test_planning.py by tools/generate_sync.py. Do not edit.
"""Plans on real servers, in whatever order they list: the second plan is empty, and what should stay is not removed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from minio import Minio
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


def planned(client: Minio, source: Any, target: Any, **options: Any) -> list[Action]:
    return list(client.plan_sync(source, target, **options))


def changes(client: Minio, source: Any, target: Any, **options: Any) -> list[tuple[str, str]]:
    found = planned(client, source, target, **options)
    return [(action.kind, action.name) for action in found if action.kind != "skip"]


def upload(client: Minio, bucket: str, actions: list[Action]) -> None:
    for action in actions:
        if action.kind == "upload":
            client.fput_object(bucket, action.target or "", action.source or "")


def download(client: Minio, bucket: str, actions: list[Action]) -> None:
    for action in actions:
        if action.kind == "download":
            os.makedirs(os.path.dirname(action.target or ""), exist_ok=True)
            client.fget_object(bucket, action.source or "", action.target or "")
            os.utime(action.target or "", (action.mtime or 0, action.mtime or 0))


def test_a_tree_goes_up_and_down_and_then_nothing_is_left_to_do(client: Minio, bucket: str, tmp_path: Path) -> None:
    root, target = make(tmp_path / "root"), Prefix(bucket, "photos")
    first = planned(client, root, target, delete=True)
    assert [(action.kind, action.name) for action in first] == [("upload", name) for name in NAMES]
    upload(client, bucket, first)
    assert changes(client, root, target, delete=True) == []
    assert changes(client, root, target, compare="checksum", delete=True) == []
    for name in NAMES:
        os.utime(root / name, (4e9, 4e9))
    assert changes(client, root, target) == []

    copy = tmp_path / "copy"
    down = planned(client, target, copy, delete=True)
    assert {(action.kind, action.name) for action in down} == {("download", name) for name in NAMES}
    download(client, bucket, down)
    assert {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} == set(NAMES)
    assert {action.reason for action in planned(client, target, copy, delete=True)} == {"unchanged"}
    assert changes(client, target, copy, compare="checksum") == []
    assert {kind for kind, _ in changes(client, target, Prefix(bucket, "other"))} == {"copy"}


def test_what_the_source_lacks_is_removed_last(client: Minio, bucket: str, tmp_path: Path) -> None:
    root, target = make(tmp_path / "root", ["a/b", "a!x", "same"]), Prefix(bucket, "p/")
    for name in ("a/b", "a.old", "a/old", "keep/x", "same", "zz"):
        client.put_object(bucket, f"p/{name}", b"other", 5)
    client.put_object(bucket, "photos", b"", 0)
    found = changes(client, root, target, delete=True, exclude=["keep/"], compare="exists")
    assert found == [("upload", "a!x"), ("delete", "a.old"), ("delete", "a/old"), ("delete", "zz")]


def test_a_plan_is_saved_reviewed_and_loaded(client: Minio, bucket: str, tmp_path: Path) -> None:
    root, target = make(tmp_path / "root", ["one", "two"]), Prefix(bucket, "p")
    client.plan_sync(root, target).save(tmp_path / "plan")
    client.put_object(bucket, "p/one", b"one", 3)
    loaded = client.load_plan(tmp_path / "plan")
    assert [action.name for action in loaded] == ["one", "two"]


def test_nothing_is_removed_without_a_source(client: Minio, bucket: str, tmp_path: Path) -> None:
    root = make(tmp_path / "root", ["one"])
    with pytest.raises(UnsafeDeleteError):
        planned(client, Prefix(bucket, "none"), root, delete=True)
    with pytest.raises(NoSuchBucket):
        planned(client, Prefix(f"{bucket}-none", ""), root, delete=True)
    with pytest.raises(MissingFileError):
        planned(client, tmp_path / "none", Prefix(bucket), delete=True)


def test_an_upload_in_parts_is_recognized(client: Minio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(11 * MIB))
    client.fput_object(bucket, "p/large", tmp_path / "large", part_size=5 * MIB)
    os.utime(tmp_path / "large", (4e9, 4e9))
    found = planned(client, tmp_path, Prefix(bucket, "p"))
    assert [action.reason for action in found] == ["same content"]
