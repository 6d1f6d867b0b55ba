"""Who may read a downloaded file, and what earlier downloads have left behind."""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.local_files import IDENTITY, STRANGER, as_root, mode_of, publish
from fakes.partfiles import reopened
from minio._core.transfer import partfile, portable
from minio._core.transfer.access import access_of
from minio._core.transfer.partfile import PartFile, remove_leftovers

MIB = 1 << 20


@pytest.fixture
def everybody(tmp_path: Path) -> Path:
    """A world-writable directory such as /tmp."""
    folder = tmp_path / "everybody"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)
    yield lambda mask: (os.umask(mask), None)[1]
    os.umask(before)


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A file of this user that must not change."""
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / "precious"
    path.write_bytes(b"precious")
    yield path
    assert path.read_bytes() == b"precious"
    assert os.listdir(path.parent) == ["precious"]


# Permissions


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_new_file_has_the_mode_of_open(tmp_path: Path, umask: Callable[[int], None], mask: int) -> None:
    umask(mask)
    (tmp_path / "other").write_bytes(b"")
    for name in (None, str(tmp_path / "temporary")):
        part = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3, name)
        assert mode_of(part.path) & ~mode_of(tmp_path / "other") == 0
        publish(part, b"abc")
        assert mode_of(tmp_path / "target") == mode_of(tmp_path / "other")
        (tmp_path / "target").unlink()


def test_new_file_ignores_the_mode_of_an_earlier_part_file(tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(0)
    first = PartFile(str(tmp_path / "target"), IDENTITY, 6, 3)
    first.write(b"abc", 0)
    first.mark(0)
    first.leave()
    assert mode_of(first.path) == 0o666
    umask(0o027)
    again = reopened(PartFile(str(tmp_path / "target"), IDENTITY, 6, 3))
    assert (again.path, again.done) == (first.path, {0})
    assert mode_of(again.path) == 0o600
    publish(again, b"abcdef")
    assert mode_of(tmp_path / "target") == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666, 0o444, 0o400])
def test_replaced_file_keeps_its_mode(tmp_path: Path, umask: Callable[[int], None], mode: int) -> None:
    umask(0o022)
    target = tmp_path / "target"
    for name in (None, str(tmp_path / "temporary")):
        target.write_bytes(b"before")
        target.chmod(mode)
        part = PartFile(str(target), IDENTITY, 3, 3, name)
        assert mode_of(part.path) == 0o600
        publish(part, b"abc")
        assert mode_of(target) == mode
        assert target.read_bytes() == b"abc"
        target.unlink()


def test_mode_changed_during_the_download_is_kept(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"before")
    part = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3)
    (tmp_path / "target").chmod(0o640)
    publish(part, b"abc")
    assert mode_of(tmp_path / "target") == 0o640


def test_setuid_bit_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"before")
    (tmp_path / "target").chmod(0o4755)
    publish(PartFile(str(tmp_path / "target"), IDENTITY, 3, 3), b"abc")
    assert mode_of(tmp_path / "target") == 0o755


@as_root
def test_group_is_kept(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"before")
    (tmp_path / "target").chmod(0o640)
    os.chown(tmp_path / "target", -1, STRANGER)
    publish(PartFile(str(tmp_path / "target"), IDENTITY, 3, 3), b"abc")
    found = os.stat(tmp_path / "target")
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (STRANGER, 0o640)


def test_lost_group_gets_the_permissions_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    (tmp_path / "target").write_bytes(b"before")
    (tmp_path / "target").chmod(0o664)
    part = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3)
    found = access_of(str(tmp_path / "target"))
    assert found is not None
    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr("minio._core.transfer.partfile.access_of", lambda path: type(found)(0o664, STRANGER))
    publish(part, b"abc")
    assert mode_of(tmp_path / "target") == 0o644


def acl(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NONE = 0xFFFFFFFF
LISTED = acl((1, 6, NONE), (2, 6, STRANGER), (4, 0, NONE), (16, 6, NONE), (32, 0, NONE))


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no access control lists")
def test_access_control_list_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"before")
    os.setxattr(target, "system.posix_acl_access", LISTED)
    publish(PartFile(str(target), IDENTITY, 3, 3), b"abc")
    assert os.getxattr(target, "system.posix_acl_access") == LISTED


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no access control lists")
def test_default_acl_is_for_new_files(tmp_path: Path) -> None:
    os.setxattr(tmp_path, "system.posix_acl_default", LISTED)
    publish(PartFile(str(tmp_path / "new"), IDENTITY, 3, 3), b"abc")
    (tmp_path / "other").write_bytes(b"")
    assert os.getxattr(tmp_path / "new", "system.posix_acl_access") == os.getxattr(
        tmp_path / "other", "system.posix_acl_access"
    )
    os.removexattr(tmp_path / "new", "system.posix_acl_access")
    (tmp_path / "new").chmod(0o600)
    part = PartFile(str(tmp_path / "new"), IDENTITY, 3, 3)
    with pytest.raises(OSError, match="No data"):
        os.getxattr(part.path, "system.posix_acl_access")
    publish(part, b"abc")
    assert mode_of(tmp_path / "new") == 0o600


@as_root
def test_file_of_another_user_in_a_shared_directory_is_ignored(everybody: Path, umask: Callable[[int], None]) -> None:
    umask(0o077)
    target = everybody / "target"
    target.write_bytes(b"")
    target.chmod(0o666)
    os.chown(target, STRANGER, STRANGER)
    publish(PartFile(str(target), IDENTITY, 3, 3), b"abc")
    assert mode_of(target) == 0o600
    assert os.stat(target).st_uid == os.geteuid()


# Leftovers of earlier downloads


def left(target: Path, identity: str) -> Path:
    part = PartFile(str(target), identity, 6, 3)
    part.write(b"abc", 0)
    part.mark(0)
    part.leave()
    return Path(part.path)


def test_part_files_of_other_versions_are_removed(tmp_path: Path, victim: Path) -> None:
    target = tmp_path / "target"
    old = [left(target, "one"), left(target, "two")]
    of_7_3 = tmp_path / "target.0123456789abcdef.part.minio.0123456789ab.part.minio"
    of_7_3.write_bytes(b"")
    running = PartFile(str(target), "running", 6, 3)
    kept = [left(tmp_path / "other", "one"), tmp_path / "target.part.minio", tmp_path / "target.0123.part.minio"]
    for path in kept[1:]:
        path.write_bytes(b"somebody's")
    link = tmp_path / "target.00000000000000aa.part.minio"
    link.symlink_to(victim)
    publish(PartFile(str(target), "new", 3, 3), b"new")
    assert not any(path.exists() for path in [*old, of_7_3])
    assert all(path.exists() for path in [*kept, link, Path(running.path)])
    publish(running, b"abcdef")
    assert target.read_bytes() == b"abcdef"


def test_file_that_another_download_removes_before_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two downloads at once creates a file, and the first one removes leftovers when it is published."""
    target = tmp_path / "target"
    first = PartFile(str(target), "etag", 4, 4)
    create, created = partfile.open_new, []

    def and_publish(path: str, mode: int = 0o600) -> int:
        created.append(create(path, mode))
        if len(created) == 1:
            publish(first, b"data")
        return created[-1]

    monkeypatch.setattr(partfile, "open_new", and_publish)
    second = PartFile(str(target), "etag", 4, 4)
    assert target.read_bytes() == b"data"
    assert len(created) == 2
    publish(second, b"atad")
    assert target.read_bytes() == b"atad"
    assert os.listdir(tmp_path) == ["target"]


@as_root
def test_part_files_of_other_users_are_kept(tmp_path: Path) -> None:
    old = left(tmp_path / "target", "one")
    os.chown(old, STRANGER, STRANGER)
    publish(PartFile(str(tmp_path / "target"), "new", 3, 3), b"new")
    assert old.exists()


def test_failed_download_removes_no_other_version(tmp_path: Path) -> None:
    old = left(tmp_path / "target", "one")
    PartFile(str(tmp_path / "target"), "new", 3, 3).discard()
    assert old.exists()


def test_large_directory_is_scanned_only_in_part(tmp_path: Path) -> None:
    old = left(tmp_path / "target", "one")
    remove_leftovers(str(tmp_path / "target"), 0)
    assert old.exists()
    remove_leftovers(str(tmp_path / "target"), 1)
    assert not old.exists()


def test_nothing_is_removed_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "target.0123456789abcdef.part.minio"
    old.write_bytes(b"")

    def refuse(descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(portable, "lock", refuse)
    publish(PartFile(str(tmp_path / "target"), "new", 3, 3), b"new")
    assert sorted(os.listdir(tmp_path)) == ["target", old.name]


def test_discard_keeps_a_file_of_another_download(tmp_path: Path) -> None:
    part = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3)
    os.unlink(part.path)
    Path(part.path).write_bytes(b"precious")
    part.discard()
    assert Path(part.path).read_bytes() == b"precious"


def test_systems_that_cannot_rename_open_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3)
    other = PartFile(str(tmp_path / "target"), IDENTITY, 3, 3)
    closed: list[bool] = []
    replace, unlink = os.replace, os.unlink
    monkeypatch.setattr(portable, "RENAMES_OPEN_FILES", False)
    monkeypatch.setattr(os, "replace", lambda *args: (closed.append(part.descriptor < 0), replace(*args)))
    monkeypatch.setattr(os, "unlink", lambda *args: (closed.append(other.descriptor < 0), unlink(*args)))
    other.discard()
    publish(part, b"abc")
    assert closed == [True, True]
    assert os.listdir(tmp_path) == ["target"]
