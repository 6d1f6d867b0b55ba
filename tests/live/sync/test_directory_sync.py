# Generated from tests/live/aio/test_directory_sync.py by tools/generate_sync.py. Do not edit.
"""plan_sync and transfer: what differs, what is left alone, and what is never deleted."""

from __future__ import annotations

import os
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from live.directories import age, by_status, files_of, keys_of, make_tree, put, steps, stored, tree_of
from live.helpers import Requests, noise
from minio import Minio
from minio.directories import Prefix
from minio.error import MinioException
from servers.live import LiveServer

from ._directories import actions_of, outcomes_of, sync

# Neighbours of the slash: byte order, the order of paths and the order of SeaweedFS all differ here.
NEIGHBOURS = {"a!x": b"1", "a-b": b"2", "a.b/c": b"3", "a/b": b"4", "a/b!": b"5", "a0": b"6", "a/c-/d": b"7", "b": b"8"}


def test_second_run_changes_nothing(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", NEIGHBOURS | {"ümläut/%41 +&": b"9", "large": noise(6 << 20)})
    put(server, bucket, {"mirror/a/gone": b"x", "mirror/a-gone": b"x"})
    sides: list[tuple[Any, Any]] = [
        (source, Prefix(bucket, "mirror")),
        (Prefix(bucket, "mirror"), Prefix(bucket, "copy")),
        (Prefix(bucket, "copy"), tmp_path / "down"),
    ]
    for one, other in sides:
        outcomes = sync(client, one, other, delete=True)
        assert {outcome.status for outcome in outcomes} == {"done"}
        again = client.plan_sync(one, other, delete=True)
        assert steps(actions_of(again)) == []
        assert by_status(outcomes_of(client, again)).keys() == {"skipped"}
    assert stored(server, bucket, "mirror/") == stored(server, bucket, "copy/") == tree_of(source)
    assert tree_of(tmp_path / "down") == tree_of(source)


def test_actions_are_in_the_order_of_bytes(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", NEIGHBOURS)
    put(server, bucket, {"old/2": b"x", "b2": b"x", "old!": b"x", "b": b"8"})
    plan = client.plan_sync(source, Prefix(bucket), delete=True, compare="size")
    actions = actions_of(plan)
    kept = [action.name for action in actions if action.kind != "delete"]
    gone = [action.name for action in actions if action.kind == "delete"]
    assert kept == sorted(NEIGHBOURS, key=str.encode)
    assert gone == ["b2", "old!", "old/2"]
    assert [action.kind for action in actions[-3:]] == ["delete"] * 3
    assert pickle.loads(pickle.dumps(actions)) == actions
    assert actions_of(plan) == actions  # a plan can be read again
    assert keys_of(server, bucket) == ["b", "b2", "old!", "old/2"]  # and reading it changes nothing


def test_dry_run_sends_nothing_but_reads(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", NEIGHBOURS)
    trace = Requests()
    client.trace_on(trace)
    plan = client.plan_sync(source, Prefix(bucket), delete=True)
    assert trace.lines == []
    assert len(steps(actions_of(plan))) == len(NEIGHBOURS)
    assert {line.split()[0] for line in trace.lines} <= {"GET", "HEAD"}


def test_touched_files_are_not_sent_again(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"a": b"same", "b/c": noise(100_000), "empty": b""})
    sync(client, source, Prefix(bucket))
    for path in source.rglob("*"):
        os.utime(path)  # later than the objects
    outcomes = sync(client, source, Prefix(bucket))
    assert by_status(outcomes) == {"skipped": 3}
    assert sum(outcome.size or 0 for outcome in outcomes if outcome.status == "done") == 0


def test_same_size_other_bytes(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"file": b"old bytes"})
    source = make_tree(tmp_path / "source", {"file": b"new bytes"})
    age(source / "file")
    # Upwards, a file that is older than the object counts as the same, unless it is hashed.
    assert steps(actions_of(client.plan_sync(source, Prefix(bucket)))) == []
    assert steps(actions_of(client.plan_sync(source, Prefix(bucket), compare="checksum"))) == [("upload", "file")]
    assert by_status(sync(client, source, Prefix(bucket), compare="checksum")) == {"done": 1}
    assert stored(server, bucket) == {"file": b"new bytes"}
    # Downwards, a file whose time is not the object's is hashed.
    (source / "file").write_bytes(b"own bytes")
    age(source / "file")
    assert by_status(sync(client, Prefix(bucket), source)) == {"done": 1}
    assert tree_of(source) == {"file": b"new bytes"}


def test_equal_content_gets_the_time_of_the_object(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"file": b"content"})
    target = make_tree(tmp_path / "target", {"file": b"content"})
    age(target / "file")
    assert by_status(sync(client, Prefix(bucket), target)).get("failed") is None
    modified = (client.stat_object(bucket, "file")).last_modified
    assert modified is not None
    assert abs((target / "file").stat().st_mtime - modified.timestamp()) < 1
    trace = Requests()
    client.trace_on(trace)
    assert by_status(sync(client, Prefix(bucket), target)) == {"skipped": 1}
    assert trace.count("GET ") == trace.count("list-type")  # only listings: the time was enough


@pytest.mark.parametrize(
    ("compare", "sent"),
    [
        ("auto", {"size", "newer", "missing"}),
        ("mtime", {"size", "newer", "missing", "touched"}),
        ("checksum", {"size", "newer", "older", "missing"}),
        ("size", {"size", "missing"}),
        ("exists", {"missing"}),
        (None, {"size", "newer", "older", "missing", "touched", "same"}),
    ],
)
def test_ways_to_compare_uploads(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path, compare: str | None, sent: set[str]
) -> None:
    files = {
        "size": b"other size",
        "newer": b"NEW",
        "older": b"NEW",
        "missing": b"x",
        "touched": b"old",
        "same": b"old",
    }
    source = make_tree(tmp_path / "source", files)
    put(server, bucket, {name: b"old" for name in files if name != "missing"})
    for name in ("older", "same"):
        age(source / name)
    for name in ("newer", "touched"):
        age(source / name, 4_000_000_000)
    plan = client.plan_sync(source, Prefix(bucket), compare=compare)
    assert {name for _, name in steps(actions_of(plan))} == sent


TREE = dict.fromkeys(
    ["a.txt", "a.tmp", "keep.tmp", "build/x.o", "src/build/y.o", "src/a.py", "src/a.tmp", "top.txt", "src/top.txt"],
    b"x",
)
PATTERNS: list[tuple[dict[str, Any], set[str]]] = [
    ({"exclude": ["*.tmp"]}, {*TREE} - {"a.tmp", "keep.tmp", "src/a.tmp"}),
    ({"exclude": ["*.tmp", "!keep.tmp"]}, {*TREE} - {"a.tmp", "src/a.tmp"}),
    ({"exclude": ["build/"]}, {*TREE} - {"build/x.o", "src/build/y.o"}),
    ({"exclude": ["/build/"]}, {*TREE} - {"build/x.o"}),
    ({"exclude": ["/top.txt"]}, {*TREE} - {"top.txt"}),
    ({"exclude": ["src/**"]}, {name for name in TREE if not name.startswith("src/")}),
    ({"include": ["*.txt"]}, {"a.txt", "top.txt", "src/top.txt"}),
    ({"include": ["*.txt"], "exclude": ["src/"]}, {"a.txt", "top.txt"}),
]


def test_patterns(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", TREE)
    put(server, bucket, {f"tree/{name}": b"x" for name in TREE})
    for options, wanted in PATTERNS:
        for one, other in ((source, Prefix(bucket, "new")), (Prefix(bucket, "tree"), tmp_path / "new")):
            plan = client.plan_sync(one, other, **options)
            assert {name for _, name in steps(actions_of(plan))} == wanted, options


def test_excluded_names_stay(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"keep/1": b"x", "gone/1": b"x", "same": b"x"})
    source = make_tree(tmp_path / "source", {"same": b"x", "keep/new": b"x"})
    outcomes = sync(client, source, Prefix(bucket), exclude=["keep/**"], delete=True)
    assert by_status(outcomes) == {"done": 1, "skipped": 1}
    assert files_of(server, bucket) == ["keep/1", "same"]
    sync(client, source, Prefix(bucket), exclude=["keep/**"], delete=True, delete_excluded=True)
    assert files_of(server, bucket) == ["same"]
    # The same for local files.
    target = make_tree(tmp_path / "target", {"keep/1": b"x", "gone/1": b"x", "same": b"x"})
    sync(client, Prefix(bucket), target, exclude=["keep/**"], delete=True)
    assert tree_of(target).keys() == {"keep/1", "same"}


def test_names_of_other_ages_stay(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"old": b"1", "new": b"2", "both": b"3"})
    age(source / "old")
    put(server, bucket, {"up/both": b"other", "up/only": b"x"})
    sync(client, source, Prefix(bucket, "up"), older_than=timedelta(days=7), delete=True)
    assert stored(server, bucket, "up/") == {"old": b"1", "both": b"other", "only": b"x"}
    sync(client, source, Prefix(bucket, "up"), newer_than=datetime(2020, 1, 1, tzinfo=UTC), delete=True)
    assert stored(server, bucket, "up/") == {"old": b"1", "new": b"2", "both": b"3"}
    target = make_tree(tmp_path / "target", {"young": b"x", "aged": b"x"})
    age(target / "aged")
    client.download_directory(bucket, "up", target, older_than=timedelta(hours=1), compare="auto", delete=True)
    assert tree_of(target) == {"young": b"x"}
    client.copy_prefix(bucket, "copy", Prefix(bucket, "up"), older_than=timedelta(hours=1))
    assert stored(server, bucket, "copy/") == {}
    client.upload_directory(bucket, "copy", source, older_than=timedelta(hours=1))
    assert stored(server, bucket, "copy/") == {"old": b"1"}


def test_empty_source_deletes_nothing(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"full/a": b"x", "full/b": b"x"})
    full = make_tree(tmp_path / "full", {"a": b"x", "b": b"x"})
    (tmp_path / "hollow" / "inner").mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"x")
    sources = [
        tmp_path / "hollow",
        tmp_path / "none",
        tmp_path / "file",
        Prefix(bucket, "none"),
        Prefix(f"{bucket}-no"),
    ]
    for source in sources:
        targets: list[Any] = [Prefix(bucket, "full")] + ([full] if isinstance(source, Prefix) else [])
        for target in targets:
            with pytest.raises((MinioException, OSError)):
                sync(client, source, target, delete=True)
    assert keys_of(server, bucket) == ["full/a", "full/b"]
    assert tree_of(full).keys() == {"a", "b"}
    with pytest.raises(MinioException, match="allow_empty_source"):
        sync(client, Prefix(bucket, "none"), full, delete=True)
    sync(client, Prefix(bucket, "none"), full, delete=True, allow_empty_source=True)
    assert tree_of(full) == {}


def test_more_than_half_is_not_deleted(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(20)]
    put(server, bucket, dict.fromkeys(names, b"x"))
    target = make_tree(tmp_path / "target", dict.fromkeys(names, b"x"))
    source = make_tree(tmp_path / "source", dict.fromkeys(names[:8], b"x"))
    put(server, bucket, {f"small/{name}": b"x" for name in names[:8]})
    sides: list[tuple[Any, Any, dict[str, Any]]] = [
        (source, Prefix(bucket), {"exclude": ["small/"]}),
        (Prefix(bucket, "small"), target, {}),
        (Prefix(bucket, "small"), target, {"max_delete": 11}),
        (Prefix(bucket, "small"), target, {"max_delete": "55%"}),
    ]
    for one, other, options in sides:
        outcomes = sync(client, one, other, delete=True, **options)
        assert not [outcome for outcome in outcomes if outcome.action == "delete" and outcome.status == "done"]
        (failed,) = [outcome for outcome in outcomes if outcome.status == "failed"]
        assert "max_delete" in failed.reason
    assert len(tree_of(target)) == 20
    sync(client, Prefix(bucket, "small"), target, delete=True, max_delete=12)
    assert sorted(tree_of(target)) == names[:8]
    assert keys_of(server, bucket) == sorted([*names, *(f"small/{name}" for name in names[:8])])


def test_deletes_near_home_and_in_the_source_are_refused(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_tree(tmp_path / "home", {"precious": b"x"})
    monkeypatch.setenv("HOME", str(home))
    put(server, bucket, {"a/b/1": b"x", "a/2": b"x", "c": b"x"})
    same = Prefix(bucket, "a", server.make_client())
    refused: list[tuple[Any, Any]] = [
        (Prefix(bucket), home),
        (Prefix(bucket), Path("/")),
        (Prefix(bucket, "a"), Prefix(bucket, "a/")),
        (Prefix(bucket, "a"), same),
        (Prefix(bucket), Prefix(bucket, "a")),
        (Prefix(bucket, "a/b"), Prefix(bucket, "a")),
    ]
    for source, target in refused:
        with pytest.raises(MinioException):
            sync(client, source, target, delete=True)
    same.client.close()
    assert tree_of(home) == {"precious": b"x"}
    assert keys_of(server, bucket) == ["a/2", "a/b/1", "c"]
    # Neighbours that only look alike do not overlap.
    put(server, bucket, {"ab/1": b"x"})
    assert steps(actions_of(client.plan_sync(Prefix(bucket, "a"), Prefix(bucket, "ab"), delete=True)))


def test_a_failure_stops_the_deletes(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"good": b"x", "name": b"x"})
    target = make_tree(tmp_path / "target", {"gone": b"x", "name/inside": b"x"})  # where "name" cannot be written
    outcomes = sync(client, Prefix(bucket), target, delete=True)
    assert by_status(outcomes)["failed"] >= 1
    assert [outcome for outcome in outcomes if outcome.action == "delete" and outcome.status == "done"] == []
    withheld = [outcome for outcome in outcomes if outcome.status == "cancelled"]
    assert withheld
    assert all(outcome.reason for outcome in withheld)
    assert tree_of(target) == {"good": b"x", "gone": b"x", "name/inside": b"x"}


def test_last_names_are_sent_last(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"site/old": b"x"})
    source = make_tree(tmp_path / "source", {"index.html": b"x", "a/index.html": b"x", "z": noise(100_000), "zz": b"x"})
    outcomes = sync(client, source, Prefix(bucket, "site"), last=["index.html"], delete=True)
    done = [(outcome.action, (outcome.target or "").removeprefix("site/")) for outcome in outcomes]
    assert {name for _, name in done[:2]} == {"z", "zz"}
    assert {name for _, name in done[2:4]} == {"a/index.html", "index.html"}
    assert done[4][0] == "delete"


def test_saved_plan_is_run_later(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", NEIGHBOURS)
    put(server, bucket, {"gone": b"x"})
    plan = client.plan_sync(source, Prefix(bucket), delete=True)
    planned = actions_of(plan)
    plan.save(tmp_path / "plan")
    assert keys_of(server, bucket) == ["gone"]
    (source / "after").write_bytes(b"made after the plan")
    loaded = client.load_plan(tmp_path / "plan")
    assert actions_of(loaded) == planned
    assert {outcome.status for outcome in outcomes_of(client, loaded)} == {"done"}
    assert stored(server, bucket) == NEIGHBOURS
