# Generated from tests/live/aio/test_local_files.py by tools/generate_sync.py. Do not edit.
"""fget_object and fput_object with special files, files planted by others, and files that change during the call."""

from __future__ import annotations

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from fakes.local_files import as_root, mode_of, plant
from live.helpers import MIB, noise
from minio import Minio
from minio._core.transfer.partfile import part_name
from minio.error import DeadlineExceeded, InvalidArgumentError, InvalidPathError, InvalidSizeError, NoSuchKey
from servers.live import LiveServer

from ._backend import in_background, outside

SMALL = noise(100_000)
LARGE = noise(11 * MIB + 17)


@pytest.fixture
def stored(client: Minio, bucket: str) -> str:
    client.put_object(bucket, "object", SMALL, len(SMALL))
    return bucket


def content(client: Minio, bucket: str, name: str = "object") -> bytes:
    response = client.get_object(bucket, name)
    with response:
        return response.read()


# Downloads


@pytest.mark.parametrize("kind", ["symbolic", "dangling", "hard", "fifo"])
def test_planted_file_at_the_part_name(client: Minio, stored: str, tmp_path: Path, kind: str) -> None:
    (tmp_path / "home").mkdir()
    victim = tmp_path / "home" / "precious"
    victim.write_bytes(b"precious")
    found = client.stat_object(stored, "object")
    name = part_name(str(tmp_path / "target"), f"{found.etag} {found.version_id} {found.last_modified}")
    plant(kind, Path(name), victim)
    client.fget_object(stored, "object", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == SMALL
    assert not (tmp_path / "target").is_symlink()
    assert victim.read_bytes() == b"precious"
    assert os.listdir(tmp_path / "home") == ["precious"]
    assert sorted(os.listdir(tmp_path)) == sorted(["home", os.path.basename(name), "target"])


def test_link_is_kept(client: Minio, stored: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    for _ in range(2):  # a dangling link, and a link to a file
        client.fget_object(stored, "object", tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "file").read_bytes() == SMALL
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


def test_mode_is_kept(client: Minio, stored: str, tmp_path: Path) -> None:
    modes: set[int] = set()

    def look(done: int, total: int) -> None:
        modes.update(mode_of(path) for path in tmp_path.glob("*.part.minio"))

    target = tmp_path / "target"
    target.write_bytes(b"before")
    target.chmod(0o640)
    client.fget_object(stored, "object", target, progress=look)
    assert mode_of(target) == 0o640
    assert modes <= {0o600}
    client.fget_object(stored, "object", target, request_headers={"Range": "bytes=0-9"})
    assert mode_of(target) == 0o640
    (tmp_path / "other").write_bytes(b"")
    client.fget_object(stored, "object", tmp_path / "new")
    assert mode_of(tmp_path / "new") == mode_of(tmp_path / "other")


@as_root
def test_device_is_kept(client: Minio, stored: str, tmp_path: Path) -> None:
    os.mknod(tmp_path / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    client.fget_object(stored, "object", tmp_path / "null")
    assert stat.S_ISCHR(os.stat(tmp_path / "null").st_mode)
    assert os.listdir(tmp_path) == ["null"]


@pytest.mark.parametrize("headers", [None, {"Range": "bytes=10-50009"}], ids=["whole", "range"])
def test_into_a_fifo(
    client: Minio, stored: str, tmp_path: Path, headers: dict[str, str | list[str] | tuple[str]] | None
) -> None:
    os.mkfifo(tmp_path / "fifo")
    done: list[int] = []
    work = in_background(
        lambda: client.fget_object(
            stored,
            "object",
            tmp_path / "fifo",
            request_headers=headers,
            progress=lambda count, total: done.append(count),
        )
    )
    found = outside((tmp_path / "fifo").read_bytes)
    work()
    assert found == (SMALL[10:50010] if headers else SMALL)
    assert done[-1] == len(found)
    assert stat.S_ISFIFO(os.stat(tmp_path / "fifo").st_mode)


def test_empty_object_into_a_fifo(client: Minio, bucket: str, tmp_path: Path) -> None:
    client.put_object(bucket, "empty", b"", 0)
    os.mkfifo(tmp_path / "fifo")
    work = in_background(lambda: client.fget_object(bucket, "empty", tmp_path / "fifo"))
    assert outside((tmp_path / "fifo").read_bytes) == b""
    work()


def test_into_an_open_file(client: Minio, stored: str, tmp_path: Path) -> None:
    """Like `program > file`: the shell has opened the file."""
    with (tmp_path / "file").open("wb", buffering=0) as file:
        file.write(b"before ")
        client.fget_object(stored, "object", f"/dev/fd/{file.fileno()}")
        file.write(b" after")
    assert (tmp_path / "file").read_bytes() == b"before " + SMALL + b" after"


def test_deadline_while_waiting_for_a_fifo_reader(client: Minio, stored: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(DeadlineExceeded):
        client.with_options(deadline=0.5).fget_object(stored, "object", tmp_path / "fifo")
    with pytest.raises(NoSuchKey):  # even without a reader
        client.fget_object(stored, "not-there", tmp_path / "fifo")


def test_fifo_reader_that_closes_early(client: Minio, bucket: str, tmp_path: Path) -> None:
    client.put_object(bucket, "large", LARGE, len(LARGE))
    os.mkfifo(tmp_path / "fifo")

    def read_a_little() -> bytes:
        with (tmp_path / "fifo").open("rb", buffering=0) as file:
            return file.read(10)

    reader = threading.Thread(target=read_a_little)
    reader.start()
    with pytest.raises(InvalidPathError, match="cannot be written"):
        client.fget_object(bucket, "large", tmp_path / "fifo")
    outside(reader.join)


def test_temporary_file_must_not_be_the_target(client: Minio, stored: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"before")
    (tmp_path / "link").symlink_to("target")
    for temporary in (target, f"{tmp_path}/./target", tmp_path / "link"):
        with pytest.raises(InvalidArgumentError, match="tmp_file_path"):
            client.fget_object(stored, "object", target, tmp_file_path=temporary)
    assert target.read_bytes() == b"before"
    client.fget_object(stored, "object", target, tmp_file_path=tmp_path / "below" / "temporary")
    assert target.read_bytes() == SMALL
    assert os.listdir(tmp_path / "below") == []


def test_part_files_of_other_versions_are_removed(client: Minio, stored: str, tmp_path: Path) -> None:
    old = tmp_path / os.path.basename(part_name(str(tmp_path / "target"), "another version"))
    old.write_bytes(b"x")
    with pytest.raises(NoSuchKey):
        client.fget_object(stored, "not-there", tmp_path / "target")
    assert old.exists()
    client.fget_object(stored, "object", tmp_path / "target")
    assert os.listdir(tmp_path) == ["target"]


# Uploads


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"one more line\n" * 100)


def rewrite(path: Path) -> None:
    """Write other content and keep the size and modification time."""
    before = os.stat(path)
    time.sleep(0.02)
    with path.open("r+b") as file:
        file.write(b"another beginning")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("size", [0, 100_000, 3 * MIB])
def test_log_that_grows_all_the_time(client: Minio, bucket: str, tmp_path: Path, size: int) -> None:
    log, begun, stop = tmp_path / "log", threading.Event(), threading.Event()
    log.write_bytes(SMALL[:1] * size)

    def append() -> None:
        while not stop.is_set():
            grow(log)
            begun.set()

    writer = threading.Thread(target=append)
    writer.start()
    try:
        outside(begun.wait)
        result = client.fput_object(bucket, "object", log)
        with log.open("rb") as file:
            client.put_object(bucket, "opened", file, size + 100)
    finally:
        stop.set()
        writer.join()
    found = content(client, bucket)
    assert result.etag
    assert len(found) >= size
    assert log.read_bytes().startswith(found)
    assert content(client, bucket, "opened") == log.read_bytes()[: size + 100]


@pytest.mark.parametrize("opened", [False, True])
def test_large_file_that_grows(client: Minio, bucket: str, tmp_path: Path, opened: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)

    def disturb(done: int, total: int) -> None:
        grow(path)

    if opened:
        with path.open("rb") as file:
            client.put_object(bucket, "object", file, len(LARGE), progress=disturb, num_parallel_uploads=1)
    else:
        client.fput_object(bucket, "object", path, progress=disturb, num_parallel_uploads=1)
    assert content(client, bucket) == LARGE
    assert path.stat().st_size > len(LARGE)


@pytest.mark.parametrize("change", [grow, rewrite])
def test_interrupted_upload_of_a_file_that_grows(client: Minio, bucket: str, tmp_path: Path, change: object) -> None:
    """Parts sent by an earlier call are compared too."""
    path = tmp_path / "file"
    path.write_bytes(LARGE)

    def fail(done: int, total: int) -> None:
        if done:
            raise RuntimeError("enough")

    def disturb(done: int, total: int) -> None:
        (grow if change is grow else rewrite)(path)

    with pytest.raises(RuntimeError, match="enough"):
        client.fput_object(bucket, "object", path, progress=fail, num_parallel_uploads=1)
    if change is grow:
        client.fput_object(bucket, "object", path, progress=disturb, num_parallel_uploads=1)
        assert content(client, bucket) == LARGE
        return
    with pytest.raises(InvalidSizeError, match="changed while"):
        client.fput_object(bucket, "object", path, progress=disturb, num_parallel_uploads=1)
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "object")


def test_rewrite_with_restored_modification_time(
    client: Minio, bucket: str, tmp_path: Path, server: LiveServer
) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)
    client.put_object(bucket, "object", b"before", 6)

    def disturb(done: int, total: int) -> None:
        rewrite(path)

    with pytest.raises(InvalidSizeError, match="changed while"):
        client.fput_object(bucket, "object", path, progress=disturb, num_parallel_uploads=1)
    assert content(client, bucket) == b"before"
    assert list(client.list_incomplete_uploads(bucket, recursive=True)) == []


def test_large_file_in_one_request(client: Minio, bucket: str, tmp_path: Path) -> None:
    """The file is not read into memory, and it is checked before its last byte is sent."""
    data = noise(17 * MIB)
    (tmp_path / "file").write_bytes(data)
    client.fput_object(bucket, "object", tmp_path / "file", part_size=64 * MIB)
    assert content(client, bucket) == data


@pytest.fixture
def version() -> Path:
    """A file without a size."""
    return Path("/proc/version")


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="there is no /proc")
def test_files_without_a_size(client: Minio, bucket: str, version: Path) -> None:
    expected = outside(version.read_bytes)
    client.fput_object(bucket, "object", version)
    assert content(client, bucket) == expected
    client.fput_object(bucket, "object", "/dev/null")
    assert content(client, bucket) == b""
    file = outside(version.open, "rb")
    with file:
        client.put_object(bucket, "object", file, len(expected))
    assert content(client, bucket) == expected


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_from_a_fifo(client: Minio, bucket: str, tmp_path: Path, data: bytes) -> None:
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Thread(target=(tmp_path / "fifo").write_bytes, args=(data,))
    writer.start()
    client.fput_object(bucket, "object", tmp_path / "fifo")
    outside(writer.join)
    assert content(client, bucket) == data


def test_deadline_while_waiting_for_a_fifo_writer(client: Minio, bucket: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(DeadlineExceeded):
        client.with_options(deadline=0.5).fput_object(bucket, "object", tmp_path / "fifo")
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "object")
