"""Systems without some of the file functions that the package uses, such as Windows."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

import minio
from minio._core.transfer import portable
from minio._core.transfer.journal import Journal, Purpose

MIB = 1 << 20


# Systems without some functions


def test_reading_and_writing_at_a_position(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread", raising=False)
    monkeypatch.delattr(os, "pwrite", raising=False)
    with (tmp_path / "file").open("w+b", buffering=0) as file:
        portable.write_at(file.fileno(), b"0123456789", 0)
        portable.write_at(file.fileno(), b"xx", 4)
        file.seek(3)
        assert portable.read_at(file.fileno(), 4, 2) == b"23xx"
        assert file.tell() == 3


def test_many_threads_read_and_write_at_positions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread", raising=False)
    monkeypatch.delattr(os, "pwrite", raising=False)
    wrong: list[int] = []
    with (tmp_path / "file").open("w+b", buffering=0) as file:

        def work(number: int) -> None:
            block = bytes([number]) * 100
            for turn in range(200):
                at = (turn * 8 + number) * 100
                portable.write_at(file.fileno(), block, at)
                if portable.read_at(file.fileno(), 100, at) != block:
                    wrong.append(at)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_windows_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It locks a byte that is never read or written. A second lock is refused."""
    from types import SimpleNamespace

    locked: set[tuple[int, int]] = set()

    def locking(descriptor: int, mode: int, count: int) -> None:
        found = os.fstat(descriptor)
        where = (found.st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        if where in locked:
            raise PermissionError(errno.EACCES, "locked")
        locked.add(where)

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    purpose = Purpose("0" * 64, "1" * 64)
    journals = [Journal(str(tmp_path / "journals"), purpose) for _ in range(2)]
    for journal in journals:  # the second one works without a file
        journal.open()
        journal.begin("id")
    assert [journal.upload_id for journal in journals] == ["id", None]
    with (tmp_path / "file").open("w+b") as one, (tmp_path / "file").open("r+b") as two:
        assert portable.lock(one.fileno())
        assert not portable.lock(two.fileno())
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    with (tmp_path / "file").open("r+b") as one, pytest.raises(OSError, match="no locks"):
        portable.lock(one.fileno())


def test_files_are_locked_in_one_place() -> None:
    """Two functions that lock would lock different bytes there, and keep nobody out."""
    core = Path(minio.__file__).parent / "_core"
    found = [path.name for path in core.rglob("*.py") if re.search(r"\b(flock|lockf|locking)\(", path.read_text())]
    assert found == ["portable.py"]


def test_waiting_without_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(portable.select, "poll", raising=False)
    reading, writing = os.pipe()
    assert portable.ready(writing, True, 0)
    assert not portable.ready(reading, False, 0)
    os.write(writing, b"x")
    assert portable.ready(reading, False, 0)
    os.close(reading)
    os.close(writing)
    monkeypatch.setattr(portable.os, "name", "nt")
    assert portable.ready(0, True, 0)


AGAIN = {
    "unit": [
        *("tests/unit/test_local_files.py", "tests/unit/test_file_access.py", "tests/unit/test_file_sources.py"),
        "tests/unit/test_wire_transfer.py",
    ],
    "live": ["tests/live/aio/test_local_files.py", "tests/live/sync/test_local_files.py"],
}
"""The tests of local files."""
NEED_LOCKS = (
    "test_part_files_of_other",
    "test_failed_download_removes_no_other_version",
    "test_large_directory_is_scanned_only_in_part",
    "test_new_file_ignores_the_mode_of_an_earlier_part_file",
    "test_part_file_resumes",
    "test_part_file_is_kept_if_its_verification_is_interrupted",
    "test_file_that_another_download_removes_before_it_is_locked",
    "test_directory_of_a_local_server_is_private",
)
"""Without locks, nothing tells whether a part file is in use: none is resumed, and those of others are kept."""


@pytest.mark.parametrize("which", AGAIN)
def test_files_without_posix_functions(which: str) -> None:
    """The file tests pass without os.pread, pwrite, sendfile and posix_fallocate, and without fcntl."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "MINIO_TEST_SERVERS": "seaweedfs", "PYTHONPATH": str(root / "tests")}
    for name in [name for name in environment if name.startswith("PYTEST")]:
        del environment[name]
    unwanted = " or ".join(NEED_LOCKS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "fakes.poor_system", "-k", f"not ({unwanted})", *AGAIN[which]],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_space_that_is_not_there_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for it takes all that is left on some file systems, and other programs then cannot write."""
    asked: list[int] = []
    monkeypatch.setattr(os, "posix_fallocate", lambda descriptor, start, length: asked.append(length), raising=False)
    with open(tmp_path / "file", "wb") as file:
        disk = os.fstatvfs(file.fileno())
        free = disk.f_frsize * disk.f_bfree
        portable.allocate(file.fileno(), 1000)
        with pytest.raises(OSError, match="No space left") as caught:
            portable.allocate(file.fileno(), free + 2**40)
    assert caught.value.errno == errno.ENOSPC
    assert asked == [1000]


def test_space_that_is_freed_a_little_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XFS frees the blocks of removed files in the background."""
    looks = [0.5, 0.9, 2.0]
    monkeypatch.setattr(portable, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(os, "posix_fallocate", lambda descriptor, start, length: None, raising=False)

    def told(descriptor: int) -> SimpleNamespace:
        blocks = int(1000 * looks.pop(0))
        return SimpleNamespace(f_frsize=1, f_bavail=blocks, f_bfree=blocks)

    monkeypatch.setattr(os, "fstatvfs", told)
    with open(tmp_path / "file", "wb") as file:
        portable.allocate(file.fileno(), 1000)
    assert looks == []


def test_file_system_that_does_not_tell_its_free_space_is_asked_for_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "posix_fallocate", lambda descriptor, start, length: asked.append(length), raising=False)

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSYS, "no such call")

    monkeypatch.setattr(os, "fstatvfs", refuse)
    with open(tmp_path / "file", "wb") as file:
        portable.allocate(file.fileno(), 1000)
    assert asked == [1000]
