# Generated from tests/live/aio/test_directory_runs.py by tools/generate_sync.py. Do not edit.
"""Directories and prefixes on real servers: what arrives, what is left alone, and what is left behind (nothing)."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, noise
from minio import Minio
from minio.directories import Outcome, Prefix, TransferProgress
from minio.error import InvalidArgumentError, NoSuchBucket, PartialFailure, PreconditionFailed, UnsafeDeleteError
from servers.live import LiveServer

TREE = {
    "a!x": b"1",
    "a/b.html": b"<html>",
    "a/c/d.txt": noise(4096),
    "empty": b"",
    "large": noise(6 * MIB + 3),
    "medium.json": noise(MIB + 1),
    "z ü/ö.csv": b"x,y",
}


def plant(folder: Path, tree: dict[str, bytes]) -> Path:
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    return folder


def tree_of(folder: Path) -> dict[str, bytes]:
    return {str(item.relative_to(folder)): item.read_bytes() for item in folder.rglob("*") if item.is_file()}


def keys_of(client: Minio, bucket: str, prefix: str = "") -> list[str]:
    return [item.object_name for item in client.list_objects(bucket, prefix=prefix, recursive=True)]


def store(client: Minio, bucket: str, *keys: str) -> None:
    for key in keys:
        client.put_object(bucket, key, b"" if key.endswith("/") else key.encode(), 0 if key[-1] == "/" else len(key))


def test_a_tree_goes_up_and_comes_down(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", TREE)
    up = client.upload_directory(bucket, "pre", source)
    assert (up.done, up.failed, up.bytes) == (len(TREE), 0, sum(map(len, TREE.values())))
    assert sorted(keys_of(client, bucket)) == sorted(f"pre/{name}" for name in TREE)
    found = client.stat_object(bucket, "pre/a/b.html")
    assert (found.content_type, found.size) == ("text/html", 6)
    down = client.download_directory(bucket, "pre/", tmp_path / "target")
    assert (down.done, down.failed, down.bytes) == (up.done, 0, up.bytes)
    assert tree_of(tmp_path / "target") == TREE
    modified = (tmp_path / "target" / "a" / "b.html").stat().st_mtime
    assert int(modified) == int(found.last_modified.timestamp())
    again = client.download_directory(bucket, "pre", tmp_path / "target", compare="auto")
    assert (again.done, again.skipped) == (0, len(TREE))


def test_times_and_modes_are_preserved(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"small": b"x", "large": noise(6 * MIB)})
    for name in ("small", "large"):
        (source / name).chmod(0o4751)
    client.upload_directory(bucket, "p", source, preserve=True)
    client.download_directory(bucket, "p", tmp_path / "target", preserve=True)
    client.download_directory(bucket, "p", tmp_path / "other")
    for name in ("small", "large"):
        found = (tmp_path / "target" / name).stat()
        assert found.st_mtime_ns == (tmp_path / "other" / name).stat().st_mtime_ns == 1_600_000_000_000_000_000
        assert os.name == "nt" or stat.S_IMODE(found.st_mode) == 0o751


@pytest.mark.skipif(os.name == "nt", reason="links need privileges")
def test_nothing_is_written_through_a_link(client: Minio, bucket: str, tmp_path: Path) -> None:
    store(client, bucket, "p/link/x", "p/file")
    outside = plant(tmp_path / "outside", {"victim": b"victim"})
    target = tmp_path / "target"
    target.mkdir()
    (target / "link").symlink_to(outside)
    (target / "file").symlink_to(outside / "victim")
    summary = client.download_directory(bucket, "p", target, raise_errors=False)
    assert (summary.done, summary.failed) == (1, 1)
    assert "'link' is a symbolic link" in summary.failures[0].reason
    assert tree_of(outside) == {"victim": b"victim"}
    assert (target / "file").read_bytes() == b"p/file"
    assert not (target / "file").is_symlink()


def test_a_directory_in_the_way_fails_alone(client: Minio, bucket: str, tmp_path: Path) -> None:
    store(client, bucket, "p/a", "p/b")
    plant(tmp_path, {"a/x": b"x"})
    with pytest.raises(PartialFailure) as caught:
        client.download_directory(bucket, "p", tmp_path)
    assert [outcome.source for outcome in caught.value.summary.failures] == ["p/a"]
    assert tree_of(tmp_path) == {"a/x": b"x", "b": b"p/b"}


def test_markers_are_made_as_directories(client: Minio, bucket: str, tmp_path: Path) -> None:
    store(client, bucket, "p/d/", "p/x/y")
    client.download_directory(bucket, "p", tmp_path)
    assert (tmp_path / "d").is_dir()
    assert tree_of(tmp_path) == {"x/y": b"p/x/y"}


def changed_meanwhile(client: Minio, bucket: str, source: Any, target: Any, key: str, path: Path) -> list[Outcome]:
    """Plan, then write the object, then carry out the plan."""
    client.plan_sync(source, target, compare="size", delete=True).save(path)
    client.put_object(bucket, key, b"of another client", 17)
    return list(client.transfer(client.load_plan(path)))


@pytest.mark.requires("if_none_match_put")
def test_an_object_that_was_created_meanwhile_is_kept(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"new": b"mine"})
    store(client, bucket, "p/old")
    outcomes = changed_meanwhile(client, bucket, source, Prefix(bucket, "p"), "p/new", tmp_path / "plan")
    assert [(outcome.action, outcome.status) for outcome in outcomes] == [("upload", "failed"), ("delete", "cancelled")]
    assert isinstance(outcomes[0].error, PreconditionFailed)
    assert (client.stat_object(bucket, "p/new")).size == 17
    assert keys_of(client, bucket) == ["p/new", "p/old"]


def test_an_object_that_was_replaced_meanwhile_is_not_downloaded(client: Minio, bucket: str, tmp_path: Path) -> None:
    store(client, bucket, "p/new")
    target = plant(tmp_path / "target", {"old": b"old"})
    outcomes = changed_meanwhile(client, bucket, Prefix(bucket, "p"), target, "p/new", tmp_path / "plan")
    assert [(outcome.action, outcome.status) for outcome in outcomes] == [
        ("download", "failed"),
        ("delete", "cancelled"),
    ]
    assert isinstance(outcomes[0].error, PreconditionFailed)
    assert "nothing is deleted" in outcomes[1].reason
    assert tree_of(target) == {"old": b"old"}


def test_deletes_on_both_sides(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"keep": b"1", "a/b": b"2"})
    store(client, bucket, "p/old/1", "p/old/2", "pq/not")
    up = client.upload_directory(bucket, "p", source, compare="auto", delete=True)
    assert (up.done, up.deleted) == (2, 2)
    kept = keys_of(client, bucket)
    empty = [key for key in kept if key.endswith("/")]  # JuiceFS keeps it and says that it removed it
    assert set(empty) <= {"p/old/"}
    assert [key for key in kept if key not in empty] == ["p/a/b", "p/keep", "pq/not"]
    target = plant(tmp_path / "target", {"gone/1": b"", "gone/2": b"", "keep": b"1"})
    down = client.download_directory(bucket, "p", target, compare="checksum", delete=True)
    assert (down.done, down.deleted, down.skipped) == (1 + len(empty), 3, 1)  # gone/ too
    assert not (target / "gone").exists()
    assert tree_of(target) == {"keep": b"1", "a/b": b"2"}


def test_a_copy_on_the_server_and_through_this_process(client: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "p/a", b"content", 7, "text/css", {"colour": "blue"})
    client.put_object(bucket, "p/b/large", noise(6 * MIB), 6 * MIB)
    named = server.endpoint.replace("127.0.0.1", "localhost")  # it looks like another server
    other = type(client)(named, server.access_key, server.secret_key, secure=server.secure)
    for prefix, source in (("q", Prefix(bucket, "p")), ("r", Prefix(bucket, "p/", other))):
        summary = client.copy_prefix(bucket, prefix, source)
        assert (summary.done, summary.bytes) == (2, 6 * MIB + 7)
        found = client.stat_object(bucket, f"{prefix}/a")
        assert found.metadata is not None
        assert (found.size, found.content_type, found.metadata["x-amz-meta-colour"]) == (7, "text/css", "blue")
        assert (client.stat_object(bucket, f"{prefix}/b/large")).size == 6 * MIB
    other.close()


def test_a_prefix_is_removed_with_its_directories(client: Minio, bucket: str) -> None:
    store(client, bucket, "p/a", "p/b/c/d", "p/b/e/", "p/f", "pq/not", "q")
    with pytest.raises(UnsafeDeleteError):
        client.remove_prefix(bucket, "p", max_delete=3)
    with pytest.raises(InvalidArgumentError, match="whole_bucket=True"):
        client.remove_prefix(bucket, "/")
    assert len(keys_of(client, bucket)) >= 6
    summary = client.remove_prefix(bucket, "p", max_delete=7)
    assert (summary.failed, summary.deleted) == (0, 4)
    assert keys_of(client, bucket) == ["pq/not", "q"]
    assert sorted([item.object_name for item in client.list_objects(bucket)]) == ["pq/", "q"]
    assert (client.remove_prefix(bucket, "p/")).deleted == 0
    client.remove_prefix(bucket, "", whole_bucket=True)
    assert [item.object_name for item in client.list_objects(bucket)] == []


def test_a_prefix_that_a_server_takes_for_another_one_removes_nothing(client: Minio, bucket: str) -> None:
    store(client, bucket, "p/a", "p/b")
    with contextlib.suppress(InvalidArgumentError):  # servers that keep the slash have no such objects
        assert (client.remove_prefix(bucket, "/p")).deleted == 0
    assert keys_of(client, bucket) == ["p/a", "p/b"]


@pytest.mark.requires("versioning")
def test_all_versions_are_removed(client: Minio, bucket: str) -> None:
    from minio.versioningconfig import ENABLED, VersioningConfig

    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    for _ in range(2):
        store(client, bucket, "p/a", "p/b")
    client.remove_object(bucket, "p/b")
    assert (client.remove_prefix(bucket, "p", all_versions=True)).deleted == 5
    assert list(client.list_objects(bucket, recursive=True, include_version=True)) == []


class Events(list[TransferProgress]):
    """Receives everything."""

    def on_progress(self, progress: TransferProgress) -> None:
        self.append(progress)


def test_progress(client: Minio, bucket: str, tmp_path: Path) -> None:
    source, total = plant(tmp_path / "source", TREE), sum(map(len, TREE.values()))
    calls: list[tuple[int, int]] = []
    events = Events()
    client.upload_directory(bucket, "p", source, progress=lambda done, of: calls.append((done, of)))
    client.download_directory(bucket, "p", tmp_path / "target", progress=events)
    assert calls[-1] == (total, total)
    assert events[-1] == TransferProgress(total, total, len(TREE), len(TREE), True)


def test_an_iterator_that_is_closed_leaves_nothing_incomplete(client: Minio, bucket: str, tmp_path: Path) -> None:
    tree = {f"{number}": noise(4096 + number) for number in range(200)} | {"big": noise(12 * MIB)}
    source = plant(tmp_path / "source", tree)
    outcomes = client.transfer(client.plan_sync(source, Prefix(bucket, "p"), compare=None), jobs=8)
    assert (next(outcomes)).status == "done"
    outcomes.close()
    for item in list(client.list_objects(bucket, "p/", recursive=True)):
        assert item.size == len(tree[item.object_name[2:]])
    client.upload_directory(bucket, "p", source)
    assert list(client.list_incomplete_uploads(bucket, recursive=True)) == []
    target = tmp_path / "target"
    outcomes = client.transfer(client.plan_sync(Prefix(bucket, "p"), target, compare=None), jobs=8)
    assert (next(outcomes)).status == "done"
    outcomes.close()
    for name, data in tree_of(target).items():
        assert data == tree[name] or name.endswith(".part.minio")
    client.download_directory(bucket, "p", target)
    assert tree_of(target) == tree


def test_a_checkpoint_goes_on_and_is_removed_at_the_end(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {f"{number:03}": b"x" * number for number in range(150)})
    path = tmp_path / "checkpoint"
    plan = client.plan_sync(source, Prefix(bucket, "p"), compare=None)
    outcomes = client.transfer(plan, jobs=4, checkpoint=path)
    first = [next(outcomes) for _ in range(40)]
    outcomes.close()
    assert path.exists()
    rest = list(client.transfer(plan, checkpoint=path))
    sent = [outcome.target for outcome in (*first, *rest) if outcome.status == "done"]
    assert len(sent) == len(set(sent))
    assert sum(outcome.reason == "done by an earlier run" for outcome in rest) >= 40
    assert len(rest) == len(keys_of(client, bucket)) == 150
    assert not path.exists()


def test_a_missing_bucket_ends_the_run(client: Minio, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {f"{number}": b"x" for number in range(50)})
    with pytest.raises(NoSuchBucket):
        client.upload_directory("no-such-bucket-here", "p", source)
