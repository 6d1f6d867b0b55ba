"""The local side of a download: nothing leaves the directory, files appear complete, nothing is left behind."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from minio._core.transfer.directory.root import Conflict, Root
from minio.error import InvalidPathError

POSIX = pytest.mark.skipif(os.name == "nt", reason="links need privileges")


def opened(path: Path) -> Root:
    root = Root(path)
    root.open()
    return root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return opened(tmp_path / "root")


def test_a_root_is_created_when_it_is_opened(tmp_path: Path) -> None:
    root = Root(tmp_path / "above" / "root")
    assert root.relative(root.path_of("a/b")) == "a/b"
    assert os.listdir(tmp_path) == []
    root.open()
    assert os.listdir(tmp_path / "above") == ["root"]
    root.close()


def tree(path: Path) -> dict[str, bytes | None]:
    return {
        str(item.relative_to(path)): item.read_bytes() if item.is_file() else None for item in sorted(path.rglob("*"))
    }


segments = st.lists(st.sampled_from(["..", ".", "", "a", "b", "\0", "a/..", "../.."]), min_size=1, max_size=5)


@given(segments.map("/".join), st.booleans())
def test_no_name_leads_out_of_the_root(tmp_path_factory: pytest.TempPathFactory, name: str, folder: bool) -> None:
    above = tmp_path_factory.mktemp("above")
    root = opened(above / "root")
    try:
        if folder:
            root.make_directory(name)
        else:
            root.write(name, b"x")
    except InvalidPathError:
        assert tree(above) == {"root": None}
    assert set(os.listdir(above)) == {"root"}


def test_a_file_appears_with_its_time_and_mode_and_nothing_else(root: Root) -> None:
    root.write("a/b/c", b"content", mtime=1_600_000_000_123_456_789, mode=0o6754)
    path = Path(root.path, "a/b/c")
    found = path.stat()
    assert found.st_mtime_ns // 1000 == 1_600_000_000_123_456
    assert os.name == "nt" or stat.S_IMODE(found.st_mode) == 0o754
    root.write("a/b/c", b"other")
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o754
    assert tree(Path(root.path)) == {"a": None, "a/b": None, "a/b/c": b"other"}


def test_a_file_that_exists_is_kept_if_it_must_not_be_replaced(root: Root) -> None:
    root.write("f", b"first", replace=False)
    with pytest.raises(FileExistsError):
        root.write("f", b"second", replace=False)
    assert tree(Path(root.path)) == {"f": b"first"}


@POSIX
def test_links_below_the_root_are_not_followed(root: Root, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_bytes(b"victim")
    Path(root.path, "link").symlink_to(outside)
    Path(root.path, "file").symlink_to(outside / "victim")
    for act in (
        lambda: root.write("link/x", b"x"),
        lambda: root.make_directory("link/sub"),
        lambda: root.remove("link/victim"),
        lambda: root.place("link/x").__enter__(),
        lambda: root.look("link/victim"),
        lambda: root.set_attributes("file", 1, 0o600),
    ):
        with pytest.raises(OSError):
            act()
    root.write("file", b"new")
    assert not Path(root.path, "file").is_symlink()
    assert tree(outside) == {"victim": b"victim"}


@POSIX
def test_a_link_that_is_planted_meanwhile_is_not_followed(root: Root, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root.write("a/b/one", b"1")
    os.rename(Path(root.path, "a"), tmp_path / "moved")
    Path(root.path, "a").symlink_to(outside)
    with root.place("a/b/large") as path:
        assert not os.path.realpath(path).startswith(str(outside))
    root.write("a/b/two", b"2")  # through the handle that is open
    root._handles.clear()
    with pytest.raises(Conflict, match="'a' is a symbolic link"):
        root.write("a/b/three", b"3")
    assert tree(outside) == {}


def test_what_is_in_the_way_is_a_conflict_and_leaves_nothing(root: Root) -> None:
    root.write("a", b"file")
    root.make_directory("d")
    for name, what in (("a/b", "'a' is a file"), ("a/b/c", "'a' is a file"), ("d", "'d' is a directory")):
        with pytest.raises(Conflict, match=what):
            root.write(name, b"x")
        with pytest.raises(Conflict, match=what), root.place(name):
            pass
    with pytest.raises(Conflict, match="'a' is a file"):
        root.make_directory("a/")
    assert tree(Path(root.path)) == {"a": b"file", "d": None}


def test_a_directory_that_was_removed_is_made_again(root: Root) -> None:
    root.write("a/b/one", b"1")
    Path(root.path, "a/b/one").unlink()
    Path(root.path, "a/b").rmdir()
    root.write("a/b/two", b"2")
    assert tree(Path(root.path)) == {"a": None, "a/b": None, "a/b/two": b"2"}


def test_removing(root: Root) -> None:
    root.write("a/b/one", b"1")
    assert not root.remove("a/b/")
    assert root.remove("a/b/one")
    assert root.remove("a/b/one")
    assert root.remove("a/b/")
    assert tree(Path(root.path)) == {"a": None}


def test_the_temporary_file_of_a_killed_process_is_removed(root: Root) -> None:
    folder = Path(root.path, "a")
    folder.mkdir()
    left, other = folder / f"f.{'0' * 16}.part.minio", folder / f"g.{'0' * 16}.part.minio"
    left.write_bytes(b"half")
    other.write_bytes(b"half")
    root.write("a/f", b"whole")
    assert {item.name for item in folder.iterdir()} == {"f", other.name}


def test_more_directories_than_are_kept_open(root: Root) -> None:
    for number in range(200):
        root.write(f"{number}/x/y", b"x")
    assert len(os.listdir(root.path)) == 200
    if os.path.isdir("/proc/self/fd"):
        assert sum(1 for item in Path("/proc/self/fd").iterdir() if root.path in os.path.realpath(item)) < 100


def test_the_probe_leaves_nothing(root: Root) -> None:
    assert root.ignores_case() == (Path(root.path.swapcase()).exists())
    assert os.listdir(root.path) == []


def test_errors_name_the_file_and_not_its_handle(root: Root) -> None:
    for make in (lambda text: OSError(errno.ENOSPC, text), InvalidPathError):
        with pytest.raises(OSError, match="cannot be written") as caught, root.place("a/large") as path:
            raise make(f"file_path {path!r} cannot be written")
        assert repr(str(Path(root.path, "a", "large"))) in str(caught.value)
        assert "/proc/" not in str(caught.value)
