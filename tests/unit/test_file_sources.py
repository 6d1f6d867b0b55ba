"""Files as sources of uploads: files that change during the upload, and files without a size."""

from __future__ import annotations

import contextlib
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.local_files import plant
from minio._core.transfer import file_source, portable
from minio._core.transfer.file_source import FileRange, FileSource, PathStream, SentRange, open_path, resumed_ranges
from minio._core.transfer.plan import Plan
from minio._core.transfer.source import PathSource, open_file, open_source
from minio._core.transfer.tarball import open_staging, write_tar
from minio._core.transfer.upload import Sent, Upload
from minio._core.wire.checksums import digests
from minio.commonconfig import SnowballObject
from minio.error import (
    InvalidPathError,
    InvalidSizeError,
    MissingFileError,
)

MIB = 1 << 20


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A file of this user that must not change."""
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / "precious"
    path.write_bytes(b"precious")
    yield path
    assert path.read_bytes() == b"precious"
    assert os.listdir(path.parent) == ["precious"]


# Sources


def sent(source: FileSource, data: bytes, size: int = MIB) -> list[SentRange]:
    """What an upload records about the parts that it has sent."""
    return [
        SentRange(at, len(data[at : at + size]), "SHA256", digests(data[at : at + size], ["SHA256"])["SHA256"])
        for at in range(0, len(data), size)
    ]


DATA = bytes(range(256)) * 4 * 1024 * 3
"""Three MiB."""


def rewrite(path: Path, data: bytes) -> None:
    """Change a file and keep its modification time."""
    before = os.stat(path)
    time.sleep(0.02)
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture(params=["path", "open file"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileSource]:
    path = tmp_path / "source"
    path.write_bytes(DATA)
    with path.open("rb") as file:
        made = open_file(path) if request.param == "path" else open_source(file, len(DATA))
        assert isinstance(made, FileSource)
        time.sleep(0.02)
        yield made
        made.close()


def test_growing_file_counts_as_unchanged(source: FileSource, tmp_path: Path) -> None:
    with (tmp_path / "source").open("ab") as file:
        file.write(b"more")
    assert (source.length, bytes(b"".join(map(bytes, source.part(0, 9 * MIB).chunks())))) == (len(DATA), DATA)  # type: ignore[union-attr]
    source.check_unchanged(sent(source, DATA))
    body, payload = source.settle(source.part(0, 100), None)
    assert (body, payload) == (DATA[:100], None)
    body, payload = source.settle(source.part(0, len(DATA)), None)
    assert (body, payload) == (DATA, None)


def test_rewrite_with_restored_modification_time(source: FileSource, tmp_path: Path) -> None:
    before = os.stat(tmp_path / "source")
    rewrite(tmp_path / "source", b"x")
    assert os.stat(tmp_path / "source").st_mtime_ns == before.st_mtime_ns
    with pytest.raises(InvalidSizeError, match=r"changed while.*rewritten"):
        source.check_unchanged(sent(source, DATA))
    with pytest.raises(InvalidSizeError, match="changed while"):
        source.settle(source.part(0, len(DATA)), None)


def test_rewrite_in_the_middle_of_a_growing_file(source: FileSource, tmp_path: Path) -> None:
    with (tmp_path / "source").open("r+b") as file:
        file.seek(MIB)
        file.write(b"another content")
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    with pytest.raises(InvalidSizeError, match=r"changed while.*rewritten"):
        source.check_unchanged(sent(source, DATA))


@pytest.mark.parametrize("at", [0, len(DATA) - 1])
def test_longer_rewrite_before_the_first_read(source: FileSource, tmp_path: Path, at: int) -> None:
    new = bytearray(DATA + b"more")
    new[at] ^= 1
    (tmp_path / "source").write_bytes(new)
    with pytest.raises(InvalidSizeError, match=r"changed while.*rewritten"):
        source.check_unchanged(sent(source, bytes(new[: len(DATA)])))


def test_permissions_and_name_do_not_change_the_content(tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(DATA)
    source = open_file(path)
    assert isinstance(source, FileSource)
    time.sleep(0.02)
    path.chmod(0o600)
    os.link(path, tmp_path / "second")
    os.replace(path, tmp_path / "third")
    source.check_unchanged(sent(source, DATA))
    with pytest.raises(InvalidSizeError):
        source.check_unchanged()  # nothing is known about the sent parts
    source.close()


def test_truncated_file(source: FileSource, tmp_path: Path) -> None:
    body = source.part(0, len(DATA))
    os.truncate(tmp_path / "source", MIB)
    with pytest.raises(InvalidSizeError, match="shorter"):
        source.check_unchanged(sent(source, DATA))
    with pytest.raises(InvalidSizeError, match="shorter"):
        source.settle(body, None)


@pytest.mark.parametrize("way", ["read", "sendfile"])
def test_file_is_checked_before_the_last_byte(
    source: FileSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Its last byte is not sent if the file has changed since the request was signed."""
    monkeypatch.setattr(file_source, "_HELD", MIB)
    body, payload = source.settle(source.part(0, len(DATA)), "CRC32C")
    assert isinstance(body, FileRange)
    assert payload is not None
    assert payload.sha256 == digests(DATA, ["SHA256"])["SHA256"].hex()
    assert b"".join(body.chunks()) == DATA
    got = 0
    if way == "read":
        blocks = body.chunks()
        got += len(next(blocks))
        rewrite(tmp_path / "source", b"x")
        with pytest.raises(InvalidSizeError, match="rewritten"):
            for block in blocks:
                got += len(block)
    else:
        monkeypatch.setattr(os, "sendfile", lambda out, file, at, count: count, raising=False)
        got += body.send_some(1, 0)
        rewrite(tmp_path / "source", b"x")
        with pytest.raises(InvalidSizeError, match="rewritten"):
            while True:
                got += body.send_some(1, got)
    assert MIB <= got < len(DATA)


def test_large_request_from_a_growing_file(source: FileSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source, "_HELD", MIB)
    body, _ = source.settle(source.part(0, len(DATA)), None)
    with (tmp_path / "source").open("ab") as file:
        file.write(b"more")
    assert isinstance(body, FileRange)
    assert b"".join(body.chunks()) == DATA


@pytest.mark.parametrize(("age", "seconds"), [(0.001, 0.011), (0.005, 0.007), (0.02, 0), (-5, 0)])
def test_recently_written_file_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float, seconds: float
) -> None:
    """Otherwise a change within the same clock tick would leave the same modification time."""
    path = tmp_path / "source"
    path.write_bytes(DATA)
    source = open_file(path)
    monkeypatch.setattr(time, "time", lambda: os.stat(path).st_ctime + age)
    assert source.young() == pytest.approx(seconds, abs=1e-5)
    source.close()


def test_state_of_a_resumed_upload() -> None:
    upload = Upload(Plan(25, 10), "id", {1: Sent("a" * 32, 10), 2: Sent("e", 10, "AAAA"), 3: Sent("e", 5)})
    assert resumed_ranges(upload, "CRC32C") == [
        SentRange(0, 10, "MD5", b"\xaa" * 16),
        SentRange(10, 10, "CRC32C", b"\0\0\0"),
        SentRange(20, 5, "MD5", b""),
    ]


def test_log_that_is_empty_at_first(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"")
    source = open_file(tmp_path / "log")
    assert source.length == 0
    (tmp_path / "log").write_bytes(b"line\n")
    assert source.settle(source.part(0, 0), None) == (b"", None)
    source.close()


def all_of(source: Any) -> bytes:
    parts, at = [], 0
    while part := bytes(source.part(at, 1000)):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="there is no /proc")
def test_files_without_a_size() -> None:
    for name in ("/proc/version", "/proc/self/mounts", "/sys/kernel/uevent_seqnum"):
        source = open_file(name)
        assert source.length is None
        assert not source.repeatable
        found = all_of(source)
        assert found
        source.close()
        if name == "/proc/version":
            assert found == Path(name).read_bytes()
            with open(name, "rb") as file:
                assert all_of(open_source(file, -1)) == found


def test_fifo_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    data = os.urandom(200_000)
    source = open_file(tmp_path / "fifo")
    assert isinstance(source, PathSource)
    writer = threading.Timer(0.2, (tmp_path / "fifo").write_bytes, (data,))
    writer.start()
    assert all_of(source) == data
    writer.join()
    source.close()
    source.close()


def test_device_is_read_to_its_end() -> None:
    source = open_file("/dev/null")
    assert source.length is None
    assert all_of(source) == b""
    source.close()


def test_fifo_without_a_writer_does_not_block_the_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    source = open_file(tmp_path / "fifo")
    failures: list[BaseException] = []

    def read() -> None:
        try:
            source.part(0, 10)
        except InvalidSizeError as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    source.stop()
    reader.join(60)
    assert not reader.is_alive()
    assert len(failures) == 1
    source.close()


def test_deadline_ends_the_wait_for_a_fifo(tmp_path: Path) -> None:
    class Over:
        error = TimeoutError("over")

        def is_over(self) -> bool:
            return True

    os.mkfifo(tmp_path / "fifo")
    stream = open_path(tmp_path / "fifo", Over())
    assert isinstance(stream, PathStream)
    with pytest.raises(TimeoutError, match="over"):
        stream.read(10)
    stream.close()
    with pytest.raises(InvalidSizeError):
        stream.read(10)


def test_unreadable_files(tmp_path: Path, victim: Path) -> None:
    plant("socket", tmp_path / "socket", victim)
    for name in ("socket", "home"):
        with pytest.raises(InvalidPathError):
            open_file(tmp_path / name)
    (tmp_path / "dangling").symlink_to("not-there")
    with pytest.raises(MissingFileError):
        open_file(tmp_path / "dangling")


# Files in archives


def test_files_in_an_archive(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(DATA + b"odd")
    (tmp_path / "empty").write_bytes(b"")
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Timer(0.1, (tmp_path / "fifo").write_bytes, (b"through a fifo",))
    writer.start()
    names = ["large", "empty", "fifo"]
    objects = [SnowballObject(name, filename=str(tmp_path / name), mod_time=datetime.now(UTC)) for name in names]
    with open_staging(None) as staging:
        write_tar(staging, objects, compression=False)
        with tarfile.open(fileobj=staging) as tar:
            found = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    writer.join()
    assert found == {"large": DATA + b"odd", "empty": b"", "fifo": b"through a fifo"}


@pytest.mark.parametrize("change", ["grown", "cut", "rewritten"])
def test_changing_file_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(DATA)
    reads, read_at = [0], portable.read_at

    def disturbed(descriptor: int, size: int, offset: int) -> bytes:
        data = read_at(descriptor, size, offset)
        reads[0] += 1
        if reads[0] == 3:  # the first two compare both ends
            if change == "grown":
                with path.open("ab") as file:
                    file.write(b"more")
            elif change == "cut":
                os.truncate(path, 2 * MIB)
            else:
                rewrite(path, b"x")
        return data

    monkeypatch.setattr(file_source, "read_at", disturbed)
    time.sleep(0.02)
    with open_staging(None) as staging:
        objects = [SnowballObject("name", filename=str(path))]
        if change == "grown":
            write_tar(staging, objects, compression=False)
            with tarfile.open(fileobj=staging) as tar:
                assert tar.extractfile("name").read() == DATA  # type: ignore[union-attr]
        else:
            with pytest.raises(InvalidSizeError, match="changed while"):
                write_tar(staging, objects, compression=False)


def test_an_append_that_has_changed_only_the_time_yet_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"begun")
    with contextlib.closing(open_path(path)) as source:
        assert isinstance(source, FileSource)
        states = iter([source._begun._replace(modified=source._begun.modified + 1)] * 2)
        stat = source._stat

        def append_then_stat() -> object:
            if (early := next(states, None)) is not None:
                return early
            with path.open("ab") as file:
                file.write(b" and more")
            return stat()

        monkeypatch.setattr(source, "_stat", append_then_stat)
        digest = digests(b"begun", ["SHA256"])["SHA256"]
        source.check_unchanged([SentRange(0, 5, "SHA256", digest)])


@pytest.mark.parametrize("data", [b"", b"begun"])
def test_an_append_after_every_look_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Two looks that differ do not make the file a rewritten one."""
    path = tmp_path / "log"
    path.write_bytes(data)

    def appending(look: Callable[..., object]) -> Callable[..., object]:
        def look_then_append(*where: Any) -> object:
            found = look(*where)
            with path.open("ab") as file:
                file.write(b"one more line\n")
            return found

        return look_then_append

    with contextlib.closing(open_path(path)) as source, monkeypatch.context() as patch:
        for name in ("stat", "fstat"):
            patch.setattr(os, name, appending(getattr(os, name)))
        assert source.settle(source.part(0, len(data)), None) == (data, None)
