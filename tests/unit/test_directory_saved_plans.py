"""Arguments of plans, saved plans, and the temporary files of plans."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.object_store import StoreClient, fill, write
from minio import Minio
from minio.directories import Prefix
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidBucketError,
    InvalidPathError,
    MissingFileError,
)

TARGET = Prefix("target", "t")
SOURCE = Prefix("source", "s")


def in_reverse_order(keys: Iterable[str]) -> list[str]:
    """Sort keys backwards."""
    return sorted(keys, reverse=True)


@pytest.fixture
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "root")


# --- arguments


@pytest.mark.parametrize(
    ("source", "target", "error", "text"),
    [
        ("dir", TARGET, InvalidArgumentTypeError, r"source must not be a str: write pathlib.Path\('dir'\)"),
        (Path("x"), "s3://b/k", InvalidArgumentTypeError, r"target must not be a str.*Prefix\(bucket, prefix\)"),
        (Path("x"), Path("y"), InvalidArgumentError, "must not both be paths"),
        (Path("a\ud800"), TARGET, InvalidArgumentError, "source"),
        (Path("a\0"), TARGET, InvalidArgumentError, "source"),
        (Path("x"), None, InvalidArgumentTypeError, "target must be a path or a Prefix, not NoneType"),
        (Path("x"), Prefix("B A D"), InvalidBucketError, "B A D"),
        (Path("x"), Prefix("bkt", "a\ud800"), InvalidArgumentError, "prefix"),
        (Path("x"), Prefix("bkt", 5), InvalidArgumentTypeError, "prefix"),  # type: ignore[arg-type]
        (Path("x"), Prefix("bkt", "a", "b"), InvalidArgumentTypeError, "client"),
    ],
)
def test_wrong_places_are_refused_at_once(source: Any, target: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Minio("127.0.0.1:1").plan_sync(source, target)


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    client = StoreClient()
    for source, target in ((tmp_path / "file", TARGET), (SOURCE, tmp_path / "file")):
        with pytest.raises(InvalidPathError, match="is not a directory"):
            list(client.plan_sync(source, target))


# --- saved plans


def test_a_saved_plan_is_what_it_was(root: Path, tmp_path: Path) -> None:
    write(root, {"a": b"", "b": b"", "c": b""})
    client = StoreClient()
    fill(client, TARGET, {"a": b"", "old": b"", "b": b"x"})
    plan = client.plan_sync(root, TARGET, delete=True, exclude=["nothing"])
    plan.save(tmp_path / "plan")
    actions = [action for action in plan if action.kind != "skip" or action.mtime is not None]
    fill(client, TARGET, {"c": b"", "new": b""})
    loaded = client.load_plan(tmp_path / "plan")
    assert list(loaded) == actions == list(loaded)
    assert (loaded.source, loaded.target, loaded.options) == (str(root), TARGET, plan.options)
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_plan_that_fails_leaves_no_file(root: Path, tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("an earlier plan")
    with pytest.raises(MissingFileError):
        StoreClient().plan_sync(root, TARGET).save(tmp_path / "plan")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert (tmp_path / "plan").read_text() == "an earlier plan"


def damaged(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    return [
        "",
        "x",
        "{}\n",
        text[:-1],
        "".join(lines[:-1]),
        "".join(lines[1:]),
        text.replace('"version": 1', '"version": 9'),
        "".join([lines[0], *lines[2:]]),
        "".join([*lines[:2], lines[1], *lines[2:]]),
        text.replace('"places"', '"spaces"'),
        text.replace('"places": ["', '"places": [["x"], "'),
        text.replace('"options": {', '"options": {"unknown": 1, '),
        text.replace('"options": {', '"options": [], "other": {'),
        text.replace('"delete": false', '"delete": "no"'),
    ]


def test_damaged_plans_are_refused(root: Path, tmp_path: Path) -> None:
    write(root, {"a": b"", "b": b""})
    client = StoreClient()
    client.plan_sync(root, TARGET).save(tmp_path / "plan")
    text = (tmp_path / "plan").read_text()
    for bad in damaged(text):
        (tmp_path / "bad").write_text(bad)
        assert bad != text
        with pytest.raises(InvalidArgumentError, match=r"path '.*bad' is .*: (save the plan again|pass the path)"):
            client.load_plan(tmp_path / "bad")
    with pytest.raises(MissingFileError, match=r"path '.*nothing' does not exist: pass the path"):
        client.load_plan(tmp_path / "nothing")
    with pytest.raises(InvalidPathError, match=r"path '.*' is not a file: pass the path"):
        client.load_plan(tmp_path)
    (tmp_path / "picture").write_bytes(bytes(range(256)) * 100)
    with pytest.raises(InvalidArgumentError, match=r"path '.*picture' is not a plan"):
        client.load_plan(tmp_path / "picture")


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[1]",
        "{}",
        '{"kind": "upload"}',
        '{"kind": "explode", "name": "a"}',
        '{"kind": "upload", "name": 5}',
        '{"kind": "upload", "name": "a", "size": "large"}',
        '{"kind": "upload", "name": "a", "source": ["b"]}',
        '{"kind": "upload", "name": "a", "more": 1}',
    ],
)
def test_damaged_lines_of_a_plan_are_refused(root: Path, tmp_path: Path, line: str) -> None:
    write(root, {"a": b"", "b": b""})
    client = StoreClient()
    client.plan_sync(root, TARGET).save(tmp_path / "plan")
    lines = (tmp_path / "plan").read_text().splitlines()
    lines[2] = line
    (tmp_path / "plan").write_text("\n".join(lines) + "\n")
    plan = client.load_plan(tmp_path / "plan")
    with pytest.raises(InvalidArgumentError, match=r"plan' is damaged, line 3 is not an action: save the plan again"):
        list(plan)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_plan_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    write(root, {"a": b""})
    client = StoreClient()
    client.plan_sync(root, TARGET).save(tmp_path / "plan")
    (tmp_path / "plan").chmod(0)
    with pytest.raises(InvalidPathError, match=r"path '.*plan' cannot be read: Permission denied"):
        client.load_plan(tmp_path / "plan")


def test_a_plan_is_for_its_server(tmp_path: Path) -> None:
    client, other = StoreClient(), StoreClient("store:2")
    fill(other, SOURCE, {"a": b""})
    plan = client.plan_sync(Prefix("source", "s", other), TARGET)
    plan.save(tmp_path / "plan")
    with pytest.raises(InvalidArgumentError, match="store:2"):
        client.load_plan(tmp_path / "plan")
    with pytest.raises(InvalidArgumentError, match="store:1"):
        other.load_plan(tmp_path / "plan")
    wrong: Any
    for wrong in ([1], other):
        with pytest.raises(InvalidArgumentTypeError, match="clients must"):
            client.load_plan(tmp_path / "plan", clients=wrong)
    loaded = client.load_plan(tmp_path / "plan", clients=[other])
    assert loaded.source == Prefix("source", "s", other)
    assert list(loaded) == list(plan)


# --- memory


def test_temporary_files_are_gone_when_a_plan_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    spills = tmp_path / "spills"
    spills.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spills))
    monkeypatch.setattr("minio._core.transfer.directory.planner._ROOM", 2)
    monkeypatch.setattr("minio.sync._plan_run._ROOM", 2)
    client = StoreClient(order=in_reverse_order)
    fill(client, SOURCE, {f"{number}": b"" for number in range(30)})
    fill(client, TARGET, {f"{number}": b"x" for number in range(10, 40)})
    plan = client.plan_sync(SOURCE, TARGET, delete=True, last=["1*"])
    assert Counter(action.kind for action in plan) == {"copy": 30, "delete": 10}
    steps = iter(plan)
    next(steps)
    assert list(spills.iterdir()) == []
    steps.close()
