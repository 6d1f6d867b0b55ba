"""The upload journal: what it contains after damage, which journals are trusted, and what it leaves behind."""

from __future__ import annotations

import errno
import os
import random
import stat
import string
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio import AsyncMinio, Minio
from minio._core.transfer import journal as module
from minio._core.transfer.journal import (
    AGE,
    Journal,
    Purpose,
    Record,
    Recorded,
    check_resume,
    head_line,
    journal_folder,
    part_line,
    purpose_of,
    read,
)
from minio._core.transfer.plan import MIB, Plan
from minio._core.transfer.source import MemorySource, open_file
from minio.error import InvalidArgumentError, InvalidArgumentTypeError

hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
purposes = st.builds(Purpose, hexes, hexes)
ids = st.text(min_size=1, max_size=20)
recorded = st.builds(Recorded, st.text(max_size=12), st.integers(0, 5 * 1024**4), hexes)
parts_of = st.dictionaries(st.integers(1, 10_000), recorded, max_size=6)


def lines_of(purpose: Purpose, upload_id: str, parts: dict[int, Recorded]) -> list[bytes]:
    return [
        head_line(purpose, upload_id),
        *(part_line(purpose, upload_id, number, part) for number, part in parts.items()),
    ]


def is_within(found: Record | None, purpose: Purpose, upload_id: str, parts: dict[int, Recorded]) -> bool:
    """Reading returns only what was written."""
    if found is None:
        return True
    return (found.purpose, found.upload_id) == (purpose, upload_id) and found.parts.items() <= parts.items()


# --- lines


@given(purposes, ids, parts_of)
def test_round_trip(purpose: Purpose, upload_id: str, parts: dict[int, Recorded]) -> None:
    assert read(b"".join(lines_of(purpose, upload_id, parts))) == Record(purpose, upload_id, parts)


@given(purposes, ids, parts_of, st.data())
def test_any_prefix(purpose: Purpose, upload_id: str, parts: dict[int, Recorded], data: st.DataObject) -> None:
    lines = lines_of(purpose, upload_id, parts)
    whole = b"".join(lines)
    end = data.draw(st.integers(0, len(whole)))
    found = read(whole[:end])
    assert is_within(found, purpose, upload_id, parts)
    complete = sum(end >= len(b"".join(lines[: count + 1])) for count in range(len(lines)))
    assert (0 if found is None else 1 + len(found.parts)) == complete


@given(purposes, ids, parts_of, st.data())
def test_any_byte_flipped(purpose: Purpose, upload_id: str, parts: dict[int, Recorded], data: st.DataObject) -> None:
    content = bytearray(b"".join(lines_of(purpose, upload_id, parts)))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    found = read(bytes(content))
    assert is_within(found, purpose, upload_id, parts)
    if found is not None:
        assert len(found.parts) >= len(parts) - 2  # if a line break is lost, two lines are joined


@given(purposes, ids, parts_of, st.randoms(use_true_random=False))
def test_any_order(purpose: Purpose, upload_id: str, parts: dict[int, Recorded], choose: random.Random) -> None:
    lines = lines_of(purpose, upload_id, parts)
    choose.shuffle(lines)
    assert read(b"".join(lines)) == Record(purpose, upload_id, parts)


@given(purposes, ids, parts_of, purposes, ids, parts_of, st.randoms(use_true_random=False))
def test_lines_of_another_upload_are_ignored(
    purpose: Purpose,
    upload_id: str,
    parts: dict[int, Recorded],
    other: Purpose,
    other_id: str,
    others: dict[int, Recorded],
    choose: random.Random,
) -> None:
    """Lines from another journal are ignored. A journal with two head lines is ignored completely."""
    if (purpose, upload_id) == (other, other_id):
        return
    head, *foreign = lines_of(other, other_id, others)
    lines = lines_of(purpose, upload_id, parts) + foreign
    choose.shuffle(lines)
    assert read(b"".join(lines)) == Record(purpose, upload_id, parts)
    assert read(b"".join([*lines, head])) is None


@given(st.binary(max_size=200))
def test_junk_is_ignored(junk: bytes) -> None:
    assert read(junk) is None


@given(purposes, ids, recorded, st.integers(0, 300))
def test_line_after_a_torn_one(purpose: Purpose, upload_id: str, part: Recorded, length: int) -> None:
    torn = part_line(purpose, upload_id, 1, part)[:-1][:length]
    whole = part_line(purpose, upload_id, 2, part)
    assert read(head_line(purpose, upload_id) + torn + whole) == Record(purpose, upload_id, {2: part})


# --- the purpose of an upload


PLACE = ("http://127.0.0.1:9000", "bucket", "key", "user")
HEADERS = {"Content-Type": "text/plain", "x-amz-meta-a": "1"}
PLAN = Plan(20 * MIB, 5 * MIB)
OURS = purpose_of(PLACE, HEADERS, "CRC32C", PLAN, ("file", 1, 2, 3))


def test_purpose_does_not_depend_on_the_order_of_headers() -> None:
    shuffled = {"X-Amz-Meta-A": "1", "content-type": "text/plain"}
    assert purpose_of(PLACE, shuffled, "CRC32C", PLAN, ("file", 1, 2, 3)) == OURS


@pytest.mark.parametrize("index", range(4))
def test_other_targets_and_users(index: int) -> None:
    place = [*PLACE]
    place[index] += "x"
    other = purpose_of(place, HEADERS, "CRC32C", PLAN, ("file", 1, 2, 3))
    assert other.place != OURS.place
    assert other.file_name != OURS.file_name


@pytest.mark.parametrize(
    "headers",
    [
        {"x-amz-object-lock-mode": "COMPLIANCE"},
        {"x-amz-object-lock-legal-hold": "ON"},
        {"x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z"},
        {"x-amz-storage-class": "GLACIER"},
        {"x-amz-acl": "public-read"},
        {"x-amz-grant-read": "id=1"},
        {"x-amz-tagging": "a=b"},
        {"x-amz-server-side-encryption": "AES256"},
        {"x-amz-server-side-encryption-customer-key": "c2VjcmV0"},
        {"x-amz-website-redirect-location": "/elsewhere"},
        {"x-amz-meta-a": "2"},
        {"Content-Type": "text/html"},
        {"Cache-Control": "no-store"},
        {"Expires": "0"},
        {"x-amz-checksum-algorithm": "CRC32C"},
        {"x-something-new": "1"},
    ],
)
def test_other_headers(headers: dict[str, str]) -> None:
    with_it = purpose_of(PLACE, {**HEADERS, **headers}, "CRC32C", PLAN, ("file", 1, 2, 3))
    assert with_it.place == OURS.place
    assert with_it.request[:32] != OURS.request[:32]


def test_other_plan_checksum_or_source() -> None:
    source = ("file", 1, 2, 3)
    others = [
        purpose_of(PLACE, HEADERS, "CRC32", PLAN, source),
        purpose_of(PLACE, HEADERS, None, PLAN, source),
        purpose_of(PLACE, HEADERS, "CRC32C", Plan(20 * MIB, 6 * MIB), source),
        purpose_of(PLACE, HEADERS, "CRC32C", Plan(20 * MIB + 1, 5 * MIB), source),
        purpose_of(PLACE, HEADERS, "CRC32C", PLAN, ("file", 1, 2, 4)),
        purpose_of(PLACE, HEADERS, "CRC32C", PLAN, ("memory", 1, 2, 3)),
    ]
    assert len({OURS.request, *(other.request for other in others)}) == 7


def test_fingerprint_of_memory_covers_its_bytes() -> None:
    one, same, other = (MemorySource(memoryview(data)).fingerprint() for data in (b"abcd", b"abcd", b"abce"))
    assert one == same != other


def test_the_fingerprint_of_much_memory_is_of_samples() -> None:
    """It sees the length, the head, the tail, and whatever is changed over a 65th of the body; it reads 264 KiB."""
    size = 40 * MIB
    body = bytearray(size)

    def fingerprint() -> tuple[Any, ...]:
        return MemorySource(memoryview(body)).fingerprint()

    before = fingerprint()
    assert MemorySource(memoryview(body)[:-1]).fingerprint() != before
    for at in (0, 4095, size - 4096, size - 1):
        body[at] = 1
        assert fingerprint() != before
        body[at] = 0
    length = size // 65 + 1
    for at in range(0, size - length, 5 * MIB // 3):
        body[at : at + length] = b"x" * length
        assert fingerprint() != before
        body[at : at + length] = bytes(length)
    body[5000] = 1
    assert fingerprint() == before
    body[5000] = 0
    assert min(seconds_of(fingerprint) for _ in range(5)) < 0.01  # a checksum of all took 26 ms


def seconds_of(action: Callable[[], object]) -> float:
    begin = time.thread_time()
    action()
    return time.thread_time() - begin


@pytest.mark.parametrize("change", ["written", "touched", "replaced", "grown"])
def test_fingerprint_of_a_file(tmp_path: Path, change: str) -> None:
    def fingerprint() -> tuple[Any, ...]:
        source = open_file(path)
        try:
            return source.fingerprint()
        finally:
            source.close()

    path = tmp_path / "file"
    path.write_bytes(b"abcd")
    os.utime(path, ns=(5, 5))
    before = fingerprint()
    assert fingerprint() == before
    if change == "written":  # its modification time is restored, but its change time cannot be
        path.write_bytes(b"abce")
        os.utime(path, ns=(5, 5))
    elif change == "touched":
        os.utime(path, ns=(6, 6))
    elif change == "replaced":
        (tmp_path / "other").write_bytes(b"abcd")
        os.utime(tmp_path / "other", ns=(5, 5))
        os.replace(tmp_path / "other", path)
    else:
        with path.open("ab") as file:
            file.write(b"e")
    assert fingerprint() != before


# --- the file

PART = Recorded("etag", 5 * MIB, "a" * 64)


_open: list[Journal] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close what the test has opened."""
    yield
    while _open:
        _open.pop().close()


def opened(folder: Path, purpose: Purpose = OURS) -> Journal:
    journal = Journal(str(folder), purpose)
    _open.append(journal)
    journal.open()
    return journal


def left(folder: Path, upload_id: str = "id", purpose: Purpose = OURS) -> Path:
    """The journal of a call that was interrupted after one part."""
    journal = opened(folder, purpose)
    journal.begin(upload_id)
    journal.add(1, PART)
    journal.close()
    return folder / purpose.file_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "minio" / "uploads"


def test_journal_is_found_again(folder: Path) -> None:
    left(folder)
    again = opened(folder)
    assert (again.upload_id, again.parts) == ("id", {1: PART})
    again.add(2, PART)
    again.close()
    again.close()
    third = opened(folder)
    assert third.parts == {1: PART, 2: PART}
    third.close()


def test_only_this_user_can_read_it(folder: Path) -> None:
    path = left(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_journal_does_not_reveal_the_request(folder: Path) -> None:
    headers = {"x-amz-server-side-encryption-customer-key": "c2VjcmV0", "x-amz-meta-name": "somebody"}
    content = left(folder, purpose=purpose_of(PLACE, headers, None, PLAN, ())).read_text()
    assert not [word for word in (*PLACE, "c2VjcmV0", "somebody") if word in content]
    assert set(content) <= set(string.printable)


def test_journal_is_removed_when_the_upload_is_done(folder: Path) -> None:
    left(folder)
    journal = opened(folder)
    journal.forget()
    assert (journal.upload_id, journal.parts) == (None, {})
    journal.close()
    assert os.listdir(folder) == []


def test_journal_is_removed_if_no_upload_was_started(folder: Path) -> None:
    opened(folder).close()
    assert os.listdir(folder) == []


def test_journal_is_replaced_by_another_upload(folder: Path) -> None:
    path = left(folder, "first")
    journal = opened(folder)
    journal.begin("second")
    journal.add(3, PART)
    journal.close()
    assert read(path.read_bytes()) == Record(OURS, "second", {3: PART})


def test_one_call_at_a_time(folder: Path) -> None:
    path = left(folder)
    first, second = opened(folder), opened(folder)
    assert (first.upload_id, second.upload_id) == ("id", None)
    second.begin("other")
    second.add(2, PART)
    second.forget()
    assert second.upload_id is None
    second.close()
    assert read(path.read_bytes()) == Record(OURS, "id", {1: PART})
    first.close()
    assert opened(folder).upload_id == "id"


def test_lock_ends_with_its_process(folder: Path) -> None:
    program = (
        "import os, sys\n"
        "from minio._core.transfer.journal import *\n"
        "journal = Journal(sys.argv[1], Purpose(*sys.argv[2:]))\n"
        "journal.open(); journal.begin('id'); os.kill(os.getpid(), 9)"
    )
    child = subprocess.run([sys.executable, "-c", program, str(folder), OURS.place, OURS.request], check=False)
    assert child.returncode == -9
    journal = opened(folder)
    assert (journal.upload_id, journal.parts) == ("id", {})
    journal.close()


def test_many_threads_write(folder: Path) -> None:
    journal = opened(folder)
    journal.begin("id")
    threads = [threading.Thread(target=journal.add, args=(number, PART)) for number in range(1, 101)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert opened(folder).parts == dict.fromkeys(range(1, 101), PART)


def test_abandoned_thread_does_not_write_to_another_file(folder: Path, tmp_path: Path) -> None:
    journal = opened(folder)
    journal.begin("id")
    number = journal._descriptor
    journal.close()
    with open(tmp_path / "other", "w+b") as other:
        assert other.fileno() == number
        journal.add(1, PART)
        journal.begin("other")
        journal.forget()
    assert (tmp_path / "other").read_bytes() == b""


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[1:50]),
        lambda path: path.write_bytes(os.urandom(500)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"upload ", b"upLoad ")),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.write_bytes(bytes(module._LARGEST + 1)),
    ],
)
def test_damaged_journal_is_replaced(folder: Path, damage: Callable[[Path], object]) -> None:
    damage(left(folder))
    journal = opened(folder)
    assert journal.upload_id is None
    journal.begin("new")
    journal.close()
    assert opened(folder).upload_id == "new"


def test_journal_under_the_name_of_another(folder: Path) -> None:
    """The head line repeats the digests: the file name alone does not make a journal trusted."""
    other = replace(OURS, request="f" * 64)
    os.rename(left(folder, "theirs", other), folder / OURS.file_name)
    journal = opened(folder)
    assert (journal.upload_id, journal.parts) == (None, {})
    journal.close()


def test_digests_with_a_common_prefix(folder: Path) -> None:
    other = Purpose(OURS.place[:32] + "0" * 32, OURS.request[:32] + "0" * 32)
    left(folder, "theirs", other)
    assert opened(folder).upload_id is None


# --- files planted by others


def plant_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def plant_dangling(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("nothing"))


def plant_hard_link(path: Path, victim: Path) -> None:
    os.link(victim, path)


def plant_fifo(path: Path, victim: Path) -> None:
    os.mkfifo(path)


def plant_folder(path: Path, victim: Path) -> None:
    path.mkdir()


PLANTS = [plant_link, plant_dangling, plant_hard_link, plant_fifo, plant_folder]


@pytest.mark.parametrize("content", [b"", b"precious", b"journal"])
@pytest.mark.parametrize("plant", PLANTS)
def test_planted_files_are_not_used(
    folder: Path, tmp_path: Path, plant: Callable[[Path, Path], None], content: bytes
) -> None:
    """The file is neither trusted nor written through, even if its target is a journal of this very upload."""
    victim = tmp_path / "victim"
    path = left(folder, "theirs")
    victim.write_bytes(path.read_bytes() if content == b"journal" else content)
    path.unlink()
    before = victim.read_bytes()
    plant(path, victim)
    journal = opened(folder)
    assert journal.upload_id is None
    journal.begin("ours")
    journal.add(1, PART)
    assert journal.upload_id is None
    journal.close()
    module.remove(str(path))
    assert victim.read_bytes() == before
    assert not (tmp_path / "nothing").exists()
    assert os.path.lexists(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_file_of_another_user(folder: Path, what: str) -> None:
    path = left(folder, "theirs")
    before = path.read_bytes()
    os.chown(path if what == "file" else folder, 65534, 65534)
    journal = opened(folder)
    assert journal.upload_id is None
    journal.begin("ours")
    assert journal.upload_id is None
    journal.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_file_writable_by_others(folder: Path, mode: int) -> None:
    path = left(folder, "theirs")
    path.chmod(mode)
    journal = opened(folder)
    assert journal.upload_id is None
    journal.begin("ours")
    journal.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert opened(folder).upload_id == "ours"


def test_world_writable_directory(folder: Path) -> None:
    left(folder, "theirs")
    left(folder, "another", replace(OURS, request="f" * 64))
    folder.chmod(0o777)
    journal = opened(folder)
    assert journal.upload_id is None
    assert journal.superseded() == []


def test_own_link_to_the_directory_is_followed(folder: Path, tmp_path: Path) -> None:
    left(folder)
    (tmp_path / "link").symlink_to(folder)
    assert opened(tmp_path / "link").upload_id == "id"


# --- directories without write access


def test_directory_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file" / "uploads", tmp_path / "file", Path("/proc/minio/uploads"), Path("\0")):
        journal = opened(place)
        journal.begin("id")
        journal.add(1, PART)
        assert journal.upload_id is None
        assert journal.superseded() == []
        journal.close()


@pytest.mark.parametrize("outcome", [OSError(errno.ENOSPC, "full"), 0, 10])
def test_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch, outcome: OSError | int) -> None:
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if isinstance(outcome, OSError):
            raise outcome
        return write(descriptor, data[:outcome])

    journal = opened(folder)
    monkeypatch.setattr(os, "write", full)
    journal.begin("id")
    assert journal.upload_id is None
    journal.close()
    assert os.listdir(folder) == []


def test_disk_that_fills_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts that could not be recorded are missing, the others are present."""
    write = os.write
    journal = opened(folder)
    journal.begin("id")
    journal.add(1, PART)
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
    journal.add(2, PART)
    monkeypatch.setattr(os, "write", write)
    journal.add(3, PART)
    journal.close()
    assert opened(folder).parts == {1: PART, 3: PART}


def test_file_system_without_locks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*args: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    path = left(folder)
    monkeypatch.setattr("fcntl.flock", none)
    assert opened(folder).upload_id is None
    assert opened(folder, replace(OURS, place="f" * 64)).superseded() == []
    assert path.exists()


# --- expiry, and superseded uploads


def test_old_journals_are_removed(folder: Path) -> None:
    purposes = [replace(OURS, request=f"{number:064}"[::-1]) for number in range(4)]
    old, young, used, link = (left(folder, str(index), purpose) for index, purpose in enumerate(purposes))
    held = opened(folder, purposes[2])
    other = folder / "something-else"
    other.write_bytes(b"")
    link.unlink()
    link.symlink_to(other)
    for path, age in ((old, AGE + 60), (young, AGE - 60), (used, AGE + 60), (other, AGE + 60), (link, AGE + 60)):
        when = time.time() - age
        os.utime(path, (when, when), follow_symlinks=False)
    opened(folder).close()
    assert sorted(folder.iterdir()) == sorted([young, used, other, link])
    held.close()


def test_old_journal_is_not_resumed(folder: Path) -> None:
    path = left(folder)
    os.utime(path, (time.time() - AGE - 60,) * 2)
    assert opened(folder).upload_id is None


def test_superseded_journals(folder: Path) -> None:
    mine = [replace(OURS, request=f"{number:064}"[::-1]) for number in range(3)]
    elsewhere = replace(OURS, place="f" * 64)
    done, old, used = (left(folder, f"id {index}", purpose) for index, purpose in enumerate(mine))
    left(folder, "elsewhere", elsewhere)
    (folder / f"{OURS.place[:32]}-{'9' * 32}.upload").write_bytes(old.read_bytes())  # under another name
    held = opened(folder, mine[2])
    journal = opened(folder, mine[0])
    assert journal.superseded() == [(str(old), "id 1")]
    module.remove(str(old))
    module.remove(str(used))
    assert not old.exists()
    assert used.exists()
    assert done.exists()
    held.close()
    journal.close()


# --- the argument


def test_resume_is_a_bool_or_a_directory(tmp_path: Path) -> None:
    assert check_resume(True) is True
    assert check_resume(False) is False
    assert check_resume(tmp_path) == check_resume(str(tmp_path)) == str(tmp_path)
    assert check_resume("relative") == os.path.abspath("relative")


class BytesPath(os.PathLike[bytes]):
    def __fspath__(self) -> bytes:
        return b"folder"


@pytest.mark.parametrize("resume", [None, 0, 1, 1.5, b"folder", ["folder"], object(), BytesPath()])
@pytest.mark.parametrize("call", ["put_object", "fput_object"])
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
async def test_other_values_are_refused_at_once(kind: Any, call: str, resume: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    client = kind("127.0.0.1:1", "key", "secret", secure=False)
    arguments = (b"x", 1) if call == "put_object" else (tmp_path / "file",)
    with pytest.raises(InvalidArgumentTypeError, match="resume"):
        result = getattr(client, call)("bucket", "key", *arguments, resume=resume)
        await result
    closed = client.close()
    if closed is not None:
        await closed


@pytest.mark.parametrize("resume", ["", "a\0b"])
def test_invalid_directory_names(resume: str) -> None:
    with pytest.raises(InvalidArgumentError, match="resume"):
        check_resume(resume)


def test_where_journals_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert journal_folder(True) == "/var/state/minio/uploads"
    assert journal_folder("/tmp/mine") == "/tmp/mine"
    assert journal_folder(False) is None
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", ignored)
        assert journal_folder(True) == str(tmp_path / ".local/state/minio/uploads")
    monkeypatch.setenv("HOME", "relative")
    assert journal_folder(True) is None


def test_suite_writes_no_journal_into_the_home_directory() -> None:
    assert "minio-test-state-" in (journal_folder(True) or "")
