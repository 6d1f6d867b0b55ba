"""Directories and prefixes on real servers: what arrives, what is left alone, and what is left behind (nothing)."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, noise
from minio import AsyncMinio
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


async def keys_of(client: AsyncMinio, bucket: str, prefix: str = "") -> list[str]:
    return [item.object_name async for item in client.list_objects(bucket, prefix=prefix, recursive=True)]


async def store(client: AsyncMinio, bucket: str, *keys: str) -> None:
    for key in keys:
        await client.put_object(
            bucket, key, b"" if key.endswith("/") else key.encode(), 0 if key[-1] == "/" else len(key)
        )


async def test_a_tree_goes_up_and_comes_down(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", TREE)
    up = await client.upload_directory(bucket, "pre", source)
    assert (up.done, up.failed, up.bytes) == (len(TREE), 0, sum(map(len, TREE.values())))
    assert sorted(await keys_of(client, bucket)) == sorted(f"pre/{name}" for name in TREE)
    found = await client.stat_object(bucket, "pre/a/b.html")
    assert (found.content_type, found.size) == ("text/html", 6)
    down = await client.download_directory(bucket, "pre/", tmp_path / "target")
    assert (down.done, down.failed, down.bytes) == (up.done, 0, up.bytes)
    assert tree_of(tmp_path / "target") == TREE
    modified = (tmp_path / "target" / "a" / "b.html").stat().st_mtime
    assert int(modified) == int(found.last_modified.timestamp())
    again = await client.download_directory(bucket, "pre", tmp_path / "target", compare="auto")
    assert (again.done, again.skipped) == (0, len(TREE))


async def test_times_and_modes_are_preserved(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"small": b"x", "large": noise(6 * MIB)})
    for name in ("small", "large"):
        (source / name).chmod(0o4751)
    await client.upload_directory(bucket, "p", source, preserve=True)
    await client.download_directory(bucket, "p", tmp_path / "target", preserve=True)
    await client.download_directory(bucket, "p", tmp_path / "other")
    for name in ("small", "large"):
        found = (tmp_path / "target" / name).stat()
        assert found.st_mtime_ns == (tmp_path / "other" / name).stat().st_mtime_ns == 1_600_000_000_000_000_000
        assert os.name == "nt" or stat.S_IMODE(found.st_mode) == 0o751


@pytest.mark.skipif(os.name == "nt", reason="links need privileges")
async def test_nothing_is_written_through_a_link(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    await store(client, bucket, "p/link/x", "p/file")
    outside = plant(tmp_path / "outside", {"victim": b"victim"})
    target = tmp_path / "target"
    target.mkdir()
    (target / "link").symlink_to(outside)
    (target / "file").symlink_to(outside / "victim")
    summary = await client.download_directory(bucket, "p", target, raise_errors=False)
    assert (summary.done, summary.failed) == (1, 1)
    assert "'link' is a symbolic link" in summary.failures[0].reason
    assert tree_of(outside) == {"victim": b"victim"}
    assert (target / "file").read_bytes() == b"p/file"
    assert not (target / "file").is_symlink()


async def test_a_directory_in_the_way_fails_alone(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    await store(client, bucket, "p/a", "p/b")
    plant(tmp_path, {"a/x": b"x"})
    with pytest.raises(PartialFailure) as caught:
        await client.download_directory(bucket, "p", tmp_path)
    assert [outcome.source for outcome in caught.value.summary.failures] == ["p/a"]
    assert tree_of(tmp_path) == {"a/x": b"x", "b": b"p/b"}


async def test_markers_are_made_as_directories(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    await store(client, bucket, "p/d/", "p/x/y")
    await client.download_directory(bucket, "p", tmp_path)
    assert (tmp_path / "d").is_dir()
    assert tree_of(tmp_path) == {"x/y": b"p/x/y"}


async def changed_meanwhile(
    client: AsyncMinio, bucket: str, source: Any, target: Any, key: str, path: Path
) -> list[Outcome]:
    """Plan, then write the object, then carry out the plan."""
    await client.plan_sync(source, target, compare="size", delete=True).save(path)
    await client.put_object(bucket, key, b"of another client", 17)
    return [outcome async for outcome in client.transfer(await client.load_plan(path))]


@pytest.mark.requires("if_none_match_put")
async def test_an_object_that_was_created_meanwhile_is_kept(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"new": b"mine"})
    await store(client, bucket, "p/old")
    outcomes = await changed_meanwhile(client, bucket, source, Prefix(bucket, "p"), "p/new", tmp_path / "plan")
    assert [(outcome.action, outcome.status) for outcome in outcomes] == [("upload", "failed"), ("delete", "cancelled")]
    assert isinstance(outcomes[0].error, PreconditionFailed)
    assert (await client.stat_object(bucket, "p/new")).size == 17
    assert await keys_of(client, bucket) == ["p/new", "p/old"]


async def test_an_object_that_was_replaced_meanwhile_is_not_downloaded(
    client: AsyncMinio, bucket: str, tmp_path: Path
) -> None:
    await store(client, bucket, "p/new")
    target = plant(tmp_path / "target", {"old": b"old"})
    outcomes = await changed_meanwhile(client, bucket, Prefix(bucket, "p"), target, "p/new", tmp_path / "plan")
    assert [(outcome.action, outcome.status) for outcome in outcomes] == [
        ("download", "failed"),
        ("delete", "cancelled"),
    ]
    assert isinstance(outcomes[0].error, PreconditionFailed)
    assert "nothing is deleted" in outcomes[1].reason
    assert tree_of(target) == {"old": b"old"}


async def test_deletes_on_both_sides(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"keep": b"1", "a/b": b"2"})
    await store(client, bucket, "p/old/1", "p/old/2", "pq/not")
    up = await client.upload_directory(bucket, "p", source, compare="auto", delete=True)
    assert (up.done, up.deleted) == (2, 2)
    kept = await keys_of(client, bucket)
    empty = [key for key in kept if key.endswith("/")]  # JuiceFS keeps it and says that it removed it
    assert set(empty) <= {"p/old/"}
    assert [key for key in kept if key not in empty] == ["p/a/b", "p/keep", "pq/not"]
    target = plant(tmp_path / "target", {"gone/1": b"", "gone/2": b"", "keep": b"1"})
    down = await client.download_directory(bucket, "p", target, compare="checksum", delete=True)
    assert (down.done, down.deleted, down.skipped) == (1 + len(empty), 3, 1)  # gone/ too
    assert not (target / "gone").exists()
    assert tree_of(target) == {"keep": b"1", "a/b": b"2"}


async def test_a_copy_on_the_server_and_through_this_process(
    client: AsyncMinio, bucket: str, server: LiveServer
) -> None:
    await client.put_object(bucket, "p/a", b"content", 7, "text/css", {"colour": "blue"})
    await client.put_object(bucket, "p/b/large", noise(6 * MIB), 6 * MIB)
    named = server.endpoint.replace("127.0.0.1", "localhost")  # it looks like another server
    other = type(client)(named, server.access_key, server.secret_key, secure=server.secure)
    for prefix, source in (("q", Prefix(bucket, "p")), ("r", Prefix(bucket, "p/", other))):
        summary = await client.copy_prefix(bucket, prefix, source)
        assert (summary.done, summary.bytes) == (2, 6 * MIB + 7)
        found = await client.stat_object(bucket, f"{prefix}/a")
        assert found.metadata is not None
        assert (found.size, found.content_type, found.metadata["x-amz-meta-colour"]) == (7, "text/css", "blue")
        assert (await client.stat_object(bucket, f"{prefix}/b/large")).size == 6 * MIB
    await other.close()


async def test_a_prefix_is_removed_with_its_directories(client: AsyncMinio, bucket: str) -> None:
    await store(client, bucket, "p/a", "p/b/c/d", "p/b/e/", "p/f", "pq/not", "q")
    with pytest.raises(UnsafeDeleteError):
        await client.remove_prefix(bucket, "p", max_delete=3)
    with pytest.raises(InvalidArgumentError, match="whole_bucket=True"):
        await client.remove_prefix(bucket, "/")
    assert len(await keys_of(client, bucket)) >= 6
    summary = await client.remove_prefix(bucket, "p", max_delete=7)
    assert (summary.failed, summary.deleted) == (0, 4)
    assert await keys_of(client, bucket) == ["pq/not", "q"]
    assert sorted([item.object_name async for item in client.list_objects(bucket)]) == ["pq/", "q"]
    assert (await client.remove_prefix(bucket, "p/")).deleted == 0
    await client.remove_prefix(bucket, "", whole_bucket=True)
    assert [item.object_name async for item in client.list_objects(bucket)] == []


async def test_a_prefix_that_a_server_takes_for_another_one_removes_nothing(client: AsyncMinio, bucket: str) -> None:
    await store(client, bucket, "p/a", "p/b")
    with contextlib.suppress(InvalidArgumentError):  # servers that keep the slash have no such objects
        assert (await client.remove_prefix(bucket, "/p")).deleted == 0
    assert await keys_of(client, bucket) == ["p/a", "p/b"]


@pytest.mark.requires("versioning")
async def test_all_versions_are_removed(client: AsyncMinio, bucket: str) -> None:
    from minio.versioningconfig import ENABLED, VersioningConfig

    await client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    for _ in range(2):
        await store(client, bucket, "p/a", "p/b")
    await client.remove_object(bucket, "p/b")
    assert (await client.remove_prefix(bucket, "p", all_versions=True)).deleted == 5
    assert [item async for item in client.list_objects(bucket, recursive=True, include_version=True)] == []


class Events(list[TransferProgress]):
    """Receives everything."""

    def on_progress(self, progress: TransferProgress) -> None:
        self.append(progress)


async def test_progress(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source, total = plant(tmp_path / "source", TREE), sum(map(len, TREE.values()))
    calls: list[tuple[int, int]] = []
    events = Events()
    await client.upload_directory(bucket, "p", source, progress=lambda done, of: calls.append((done, of)))
    await client.download_directory(bucket, "p", tmp_path / "target", progress=events)
    assert calls[-1] == (total, total)
    assert events[-1] == TransferProgress(total, total, len(TREE), len(TREE), True)


async def test_an_iterator_that_is_closed_leaves_nothing_incomplete(
    client: AsyncMinio, bucket: str, tmp_path: Path
) -> None:
    tree = {f"{number}": noise(4096 + number) for number in range(200)} | {"big": noise(12 * MIB)}
    source = plant(tmp_path / "source", tree)
    outcomes = client.transfer(client.plan_sync(source, Prefix(bucket, "p"), compare=None), jobs=8)
    assert (await anext(outcomes)).status == "done"
    await outcomes.aclose()
    for item in [item async for item in client.list_objects(bucket, "p/", recursive=True)]:
        assert item.size == len(tree[item.object_name[2:]])
    await client.upload_directory(bucket, "p", source)
    assert [item async for item in client.list_incomplete_uploads(bucket, recursive=True)] == []
    target = tmp_path / "target"
    outcomes = client.transfer(client.plan_sync(Prefix(bucket, "p"), target, compare=None), jobs=8)
    assert (await anext(outcomes)).status == "done"
    await outcomes.aclose()
    for name, data in tree_of(target).items():
        assert data == tree[name] or name.endswith(".part.minio")
    await client.download_directory(bucket, "p", target)
    assert tree_of(target) == tree


async def test_a_checkpoint_goes_on_and_is_removed_at_the_end(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {f"{number:03}": b"x" * number for number in range(150)})
    path = tmp_path / "checkpoint"
    plan = client.plan_sync(source, Prefix(bucket, "p"), compare=None)
    outcomes = client.transfer(plan, jobs=4, checkpoint=path)
    first = [await anext(outcomes) for _ in range(40)]
    await outcomes.aclose()
    assert path.exists()
    rest = [outcome async for outcome in client.transfer(plan, checkpoint=path)]
    sent = [outcome.target for outcome in (*first, *rest) if outcome.status == "done"]
    assert len(sent) == len(set(sent))
    assert sum(outcome.reason == "done by an earlier run" for outcome in rest) >= 40
    assert len(rest) == len(await keys_of(client, bucket)) == 150
    assert not path.exists()


async def test_a_missing_bucket_ends_the_run(client: AsyncMinio, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {f"{number}": b"x" for number in range(50)})
    with pytest.raises(NoSuchBucket):
        await client.upload_directory("no-such-bucket-here", "p", source)
