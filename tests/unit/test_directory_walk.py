"""The walk through a local directory: order, links, special files, what cannot be read, and memory."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from minio._core.transfer.directory.names import Names
from minio._core.transfer.directory.order import Entry, ascends
from minio._core.transfer.directory.patterns import Rules
from minio._core.transfer.directory.walk import Walk

names = st.text("ab!-.é", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
trees = st.recursive(st.just(""), lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=12)
in_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
posix = pytest.mark.skipif(os.name == "nt", reason="links, FIFOs and modes of POSIX")


def walked(root: Path, **options: Any) -> list[Entry]:
    entries = [entry for batch in Walk(str(root), **options).batches() for entry in batch]
    assert ascends(entries, None)
    return entries


def kinds(root: Path, **options: Any) -> dict[str, str]:
    return {entry[0]: entry[4] for entry in walked(root, **options)}


def make(root: Path, tree: Any) -> None:
    """Make a tree. The leaves are files."""
    root.mkdir()
    for name, inner in tree.items():
        if isinstance(inner, dict):
            make(root / name, inner)
        else:
            (root / name).write_text(name)


def expected(tree: Any, prefix: str = "") -> Iterator[str]:
    for name, inner in tree.items():
        if isinstance(inner, dict) and inner:
            yield from expected(inner, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}/" if isinstance(inner, dict) else prefix + name


@given(tree=trees.filter(lambda tree: isinstance(tree, dict)), room=st.integers(1, 5))
@in_folder
def test_a_walk_is_the_sorted_tree(tree: Any, room: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        make(root, tree)
        assert [entry[0] for entry in walked(root, room=room)] == sorted(expected(tree), key=str.encode)
        source = {name for name in expected(tree) if not name.endswith("/")}
        target = walked(root, room=room, is_source=False)
        assert {entry[0] for entry in target if not entry[0].endswith("/")} == source
        folders = {f"{path.relative_to(root).as_posix()}/" for path in root.rglob("*") if path.is_dir()}
        assert {entry[0] for entry in target if entry[0].endswith("/")} == folders


@given(
    tree=trees.filter(lambda tree: isinstance(tree, dict)),
    patterns=st.lists(st.sampled_from(["a", "!a", "a/", "!b/", "/a/*", "!**/b", "*.é", "!-"]), max_size=3),
)
@in_folder
def test_a_walk_lists_what_the_rules_select(tree: Any, patterns: list[str]) -> None:
    rules = Rules.of((), patterns)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        make(root, tree)
        found = [entry[0] for entry in walked(root, rules=rules) if not entry[0].endswith("/")]
    everything = [name for name in expected(tree) if not name.endswith("/")]
    assert found == sorted((name for name in everything if rules.selects(name)), key=str.encode)


def test_entries_have_sizes_and_times(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    os.utime(tmp_path / "a", ns=(0, 1_234_567_890_123_456_789))
    assert walked(tmp_path) == [("a", 5, os.stat(tmp_path / "a").st_mtime_ns, "", "", "")]


@posix
def test_links_and_special_files(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    make(outside, {"x": "", "deep": {"y": ""}})
    make(root, {"d": {"e": {"f": ""}}, "file": ""})
    (root / "to-file").symlink_to(outside / "x")
    (root / "to-dir").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "d/e/up").symlink_to("..")
    (root / "broken").symlink_to("nothing")
    (root / "itself").symlink_to("itself")
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
        found = kinds(root)
        target = kinds(root, is_source=False)
        unfollowed = kinds(root, follow=False)
    warnings = {"loop/", "d/e/up/", "broken", "itself", "fifo", "socket"}
    assert {name for name, kind in found.items() if kind == "warning"} == warnings
    assert set(found) - warnings == {"d/e/f", "file", "to-file", "to-dir/x", "to-dir/deep/y"}
    links = {"to-file", "to-dir", "loop", "d/e/up", "broken", "itself"}
    assert {name for name, kind in target.items() if kind == "link"} == links
    assert set(target) - links == {"d/", "d/e/", "d/e/f", "file"}
    assert {name for name, kind in unfollowed.items() if kind == "warning"} == links | {"fifo", "socket"}


@posix
@pytest.mark.parametrize("patterns", [["loop", "broken", "fifo", "to-dir/"], ["*", "!file"], ["!file"]])
def test_excluded_names_give_no_warnings_and_are_not_looked_at(tmp_path: Path, patterns: list[str]) -> None:
    make(tmp_path / "root", {"file": ""})
    root = tmp_path / "root"
    (root / "loop").symlink_to(root)
    (root / "broken").symlink_to("nothing")
    (root / "to-dir").symlink_to(tmp_path)
    os.mkfifo(root / "fifo")
    assert kinds(root, rules=Rules.of((), patterns)) == {"file": ""}


@posix
def test_two_links_to_one_directory_are_no_loop(tmp_path: Path) -> None:
    make(tmp_path / "root", {"a": {"x": ""}})
    for name in ("b", "c"):
        (tmp_path / "root" / name).symlink_to("a")
    assert list(kinds(tmp_path / "root")) == ["a/x", "b/x", "c/x"]


def test_errors_of_the_system_are_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "root", {"a": {"x": ""}, "b": "", "c": ""})
    original_scan, original_stat = os.scandir, os.stat

    def scandir(path: str) -> Any:
        if path.rstrip("/").endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return original_scan(path)

    def look(path: Any, **options: Any) -> Any:
        if str(path).endswith("/b"):
            raise OSError(5, "Input/output error", path)
        return original_stat(path, **options)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "stat", look)
    found = walked(tmp_path / "root")
    assert [(entry[0], entry[3], entry[4]) for entry in found] == [
        ("a/", "it cannot be read: Permission denied", "failure"),
        ("b", "it cannot be read: Input/output error", "failure"),
        ("c", "", ""),
    ]


def test_a_root_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walked(tmp_path / "nothing")


def test_what_vanishes_gives_a_warning_in_a_source_only(tmp_path: Path) -> None:
    make(tmp_path / "root", {str(number): "" for number in range(1, 9)} | {"d": {"x": ""}})
    for is_source in (True, False):
        walk = Walk(str(tmp_path / "root"), is_source=is_source)
        walk._enter("", "", True)
        (tmp_path / "root/8").unlink()
        (tmp_path / "root/d").rename(tmp_path / "gone")
        level = walk._levels[-1]
        walk._advance(level)
        assert [entry[0] for entry in walk._out if entry[4] == "warning"] == (["8", "d/"] if is_source else [])
        (tmp_path / "gone").rename(tmp_path / "root/d")
        (tmp_path / "root/8").write_text("")


def test_temporary_files_of_downloads_are_not_listed(tmp_path: Path) -> None:
    make(
        tmp_path / "root",
        {"a.part.minio": "", "a.0123456789abcdef.part.minio": "", "part.minio": "", "é.part.minio": ""},
    )
    assert list(kinds(tmp_path / "root")) == ["part.minio"]
    assert list(kinds(tmp_path / "root", is_source=False)) == ["part.minio"]


@posix
def test_names_that_are_not_utf8_are_bad_names(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff")).write_text("")
    (tmp_path / "b").write_text("")
    found = walked(tmp_path)
    assert [(entry[3], entry[4]) for entry in found] == [("it is not valid UTF-8", "bad name"), ("", "")]


def test_escaped_names_are_compared_as_keys_in_order(tmp_path: Path) -> None:
    make(tmp_path / "root", {"a": {"%": {"b": ""}, "%2E%2E": "", "-": ""}, "100%": "", "%4": "", "%41": ""})
    found = walked(tmp_path / "root", names=Names(escape=True))
    assert [(entry[0], entry[5]) for entry in found] == [
        ("%4", ""),
        ("%41", ""),
        ("100%", ""),
        ("a/-", ""),
        ("a/..", "a/%2E%2E"),
        ("a//b", "a/%/b"),
    ]


def test_a_file_that_no_escaped_key_has_is_a_bad_name(tmp_path: Path) -> None:
    make(tmp_path / "root", {"%": "", "%4A": "", "b": ""})
    found = walked(tmp_path / "root", names=Names(escape=True))
    assert [(entry[0], entry[4]) for entry in found] == [("%", "bad name"), ("%4A", "bad name"), ("b", "")]
    assert "escaped form" in found[0][3]
    assert list(kinds(tmp_path / "root", names=Names(escape=True), is_source=False)) == ["b"]


def test_composed_and_decomposed_names_are_one_where_the_system_does_not_tell_them_apart(tmp_path: Path) -> None:
    (tmp_path / "e\u0301").write_text("")
    assert [(entry[0], entry[5]) for entry in walked(tmp_path, fold=True)] == [("é", "e\u0301")]


def test_a_large_directory_is_sorted_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spills = tmp_path / "spills"
    spills.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spills))
    root = tmp_path / "root"
    make(root, {f"{number % 7}-{number}": "" for number in range(400)} | {"d": {str(n): "" for n in range(300)}})
    walk = Walk(str(root), room=120)
    found = []
    for batch in walk.batches():
        found += batch
        assert all(len(level.sorter._items) <= 120 for level in walk._levels)
    assert len(found) == 700
    assert ascends(found, None)
    assert list(spills.iterdir()) == []
