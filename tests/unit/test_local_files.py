"""Files planted at names that the package writes to, and the targets of downloads."""

from __future__ import annotations

import errno
import io
import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.local_files import IDENTITY, STRANGER, as_root, mode_of, plant, publish
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import AsyncMinio, Minio
from minio._core.transfer.access import is_planted
from minio._core.transfer.file_source import open_path
from minio._core.transfer.partfile import PartFile, part_name
from minio._core.transfer.safe_open import (
    ForeignFile,
    open_existing,
    open_new,
    open_own,
    other_name,
    write_own,
)
from minio._core.transfer.tarball import open_staging, write_tar
from minio._core.transfer.target import OrderedFile, find_target
from minio.commonconfig import SnowballObject
from minio.error import (
    InvalidArgumentError,
    InvalidPathError,
    TransportError,
)
from minio.local.home import Home

MIB = 1 << 20


@pytest.fixture
def everybody(tmp_path: Path) -> Path:
    """A world-writable directory such as /tmp."""
    folder = tmp_path / "everybody"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A file of this user that must not change."""
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / "precious"
    path.write_bytes(b"precious")
    yield path
    assert path.read_bytes() == b"precious"
    assert os.listdir(path.parent) == ["precious"]


# Files planted by others


PLANTED = ["symbolic", "dangling", "hard", "fifo", "folder", "socket", pytest.param("foreign", marks=as_root)]


@pytest.fixture(params=PLANTED)
def planted(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_planted_file_is_refused(tmp_path: Path, victim: Path, planted: str) -> None:
    name = tmp_path / "name"
    plant(planted, name, victim)
    before = os.lstat(name)
    for function in (open_own, open_existing):
        with pytest.raises(ForeignFile):
            function(str(name))
    with pytest.raises(FileExistsError):
        open_new(str(name))
    with pytest.raises(ForeignFile):
        write_own(name, b"data")
    assert os.path.samestat(before, os.lstat(name))


def test_own_file_is_opened_and_keeps_its_content(tmp_path: Path) -> None:
    path = str(tmp_path / "name")
    for _ in range(2):
        descriptor = open_own(path)
        assert os.lseek(descriptor, 0, os.SEEK_END) in (0, 4)
        os.write(descriptor, b"data"[: 4 - os.fstat(descriptor).st_size])
        os.close(descriptor)
    assert Path(path).read_bytes() == b"data"
    assert mode_of(path) == 0o600


def test_small_file_is_written_at_once(tmp_path: Path) -> None:
    path = tmp_path / "name"
    path.write_bytes(b"a long content")
    path.chmod(0o644)
    write_own(path, b"short")
    assert path.read_bytes() == b"short"
    assert mode_of(path) == 0o600


def test_file_that_disappears_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process of the same user removes the file between the two checks."""
    path = tmp_path / "name"
    path.write_bytes(b"")
    looks, lstat = [0], os.lstat

    def removed_at_first(*args: Any, **options: Any) -> os.stat_result:
        looks[0] += 1
        if looks[0] == 1:
            path.unlink()
        return lstat(*args, **options)

    monkeypatch.setattr(os, "lstat", removed_at_first)
    os.close(open_own(str(path)))
    assert path.exists()


def test_file_that_is_swapped_in_between(tmp_path: Path, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "name"
    path.write_bytes(b"")
    real = os.open

    def swapped(*args: Any) -> int:
        if args[1] & os.O_CREAT == 0:
            path.unlink()
            path.symlink_to(victim)
        return real(*args)

    monkeypatch.setattr(os, "open", swapped)
    monkeypatch.setattr(os, "O_NOFOLLOW", 0, raising=False)
    with pytest.raises(ForeignFile):
        open_own(str(path))


def test_file_that_is_replaced_repeatedly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio._core.transfer.safe_open._open_existing", lambda path: None)
    (tmp_path / "name").write_bytes(b"")
    with pytest.raises(ForeignFile, match="again"):
        open_own(str(tmp_path / "name"))


def test_other_names_fit_and_differ() -> None:
    long = "ü" * 127
    assert len(os.fsencode(os.path.basename(other_name(f"/folder/{long}", ".part")))) <= 255
    assert other_name("/folder/name") != other_name("/folder/name")
    assert other_name("/folder/name").startswith("/folder/name.")


def test_download_does_not_touch_a_planted_part_file(tmp_path: Path, victim: Path, planted: str) -> None:
    target = tmp_path / "target"
    name = Path(part_name(str(target), IDENTITY))
    plant(planted, name, victim)
    before = os.lstat(name)
    part = PartFile(str(target), IDENTITY, 6, 3)
    assert part.path != str(name)
    assert not part.resumable
    publish(part, b"abcdef")
    assert target.read_bytes() == b"abcdef"
    assert not target.is_symlink()
    assert os.path.samestat(before, os.lstat(name))
    assert sorted(os.listdir(tmp_path)) == sorted(["home", name.name, "target"])


def test_temporary_file_that_is_a_link(tmp_path: Path, victim: Path) -> None:
    temporary = tmp_path / "temporary"
    for kind in ("symbolic", "dangling", "hard"):
        plant(kind, temporary, victim)
        found = find_target(tmp_path / "target", temporary)
        part = PartFile(found.path, IDENTITY, 3, 3, found.temporary)
        publish(part, b"abc")
        assert (tmp_path / "target").read_bytes() == b"abc"
        temporary.unlink()


def test_archive_is_not_written_into_a_planted_file(tmp_path: Path, victim: Path) -> None:
    names = []
    for kind in ("symbolic", "dangling", "hard", "fifo"):
        name = tmp_path / f"staging-{kind}"
        plant(kind, name, victim)
        names.append(name.name)
        with open_staging(str(name)) as staging:
            assert write_tar(staging, [SnowballObject("a", data=io.BytesIO(b"x"), length=1)], False) > 0
    assert sorted(os.listdir(tmp_path)) == sorted(["home", *names])


def test_named_archive_is_kept(tmp_path: Path) -> None:
    name = tmp_path / "staging"
    name.write_bytes(b"x" * 100_000)
    with open_staging(str(name)) as staging:
        size = write_tar(staging, [SnowballObject("a", data=io.BytesIO(b"x"), length=1)], False)
    assert name.stat().st_size == size
    with pytest.raises(InvalidPathError, match="staging_filename"):
        open_staging(str(tmp_path / "not-there" / "staging"))
    with pytest.raises(InvalidPathError, match="staging_filename"):
        open_staging(str(tmp_path))


def test_directory_of_a_local_server_is_private(tmp_path: Path, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "data" / "engine"
    root.mkdir(parents=True)
    root.chmod(0o777)
    home = Home(tmp_path / "data", "engine")
    assert mode_of(root) & 0o022 == 0
    home.keep_base(1234)
    assert home.last_base() == 1234
    home.close()
    for name in ("ports", "lock"):
        (root / name).unlink()
        (root / name).symlink_to(victim)
    with pytest.raises(InvalidPathError, match="cannot be used"):
        Home(tmp_path / "data", "engine")
    (root / "lock").unlink()
    home = Home(tmp_path / "data", "engine")
    with pytest.raises(ForeignFile):
        home.keep_base(1)
    home.close()
    (tmp_path / "data" / "linked").symlink_to(victim.parent)
    with pytest.raises(InvalidPathError, match="not a directory of this user"):
        Home(tmp_path / "data", "linked")


# Targets of downloads


def test_link_is_kept_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"before")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("below/file")
    for name in ("one", "two"):
        found = find_target(tmp_path / name)
        assert os.path.samefile(found.path, tmp_path / "below" / "file")
        assert not found.in_order
        publish(PartFile(found.path, IDENTITY, 3, 3), b"abc")
        assert (tmp_path / name).is_symlink()
    assert (tmp_path / "below" / "file").read_bytes() == b"abc"
    assert os.listdir(tmp_path / "below") == ["file"]


def test_dangling_link_creates_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("new")
    publish(PartFile(find_target(tmp_path / "link").path, IDENTITY, 3, 3), b"abc")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "new").read_bytes() == b"abc"


def test_link_loop(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(InvalidPathError, match="too many"):
        find_target(tmp_path / "one")


@as_root
def test_link_of_another_user_in_a_shared_directory(everybody: Path, victim: Path) -> None:
    link = everybody / "link"
    link.symlink_to(victim)
    assert find_target(link).path == str(victim)  # owned by this user
    os.lchown(link, STRANGER, STRANGER)
    with pytest.raises(InvalidPathError, match="another user"):
        find_target(link)
    everybody.chmod(0o755)
    assert find_target(link).path == str(victim)
    everybody.chmod(0o1777)
    os.chown(everybody, STRANGER, STRANGER)  # the owner of the directory may create links in it
    assert not is_planted(str(link), os.lstat(link))


def test_invalid_targets(tmp_path: Path, victim: Path) -> None:
    plant("socket", tmp_path / "socket", victim)
    (tmp_path / "link").symlink_to("socket")
    for name, kind in (("socket", "a socket"), ("link", "a socket"), ("home", "a directory"), ("file/", "a directory")):
        with pytest.raises(InvalidPathError, match=kind):
            find_target(f"{tmp_path}/{name}")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidPathError):
        find_target(tmp_path / "file" / "below")


@as_root
def test_devices(tmp_path: Path) -> None:
    os.mknod(tmp_path / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    assert find_target(tmp_path / "null").in_order
    os.mknod(tmp_path / "loop", 0o666 | stat.S_IFBLK, os.makedev(7, 250))
    with pytest.raises(InvalidPathError, match="a block device"):
        find_target(tmp_path / "loop")
    with pytest.raises(InvalidPathError, match="neither a regular file"):
        open_path(tmp_path / "loop")


def test_standard_output_and_similar_targets_are_written_to(tmp_path: Path) -> None:
    assert find_target("/dev/stdout").in_order
    assert find_target("/dev/null").in_order
    os.mkfifo(tmp_path / "fifo")
    assert find_target(tmp_path / "fifo").in_order
    with pytest.raises(InvalidArgumentError, match="tmp_file_path"):
        find_target("/dev/null", tmp_path / "temporary")


def write_all(output: OrderedFile, data: bytes) -> None:
    while not output.open():
        pass
    view = memoryview(data)
    while view:
        view = view[output.write_some(view) :]
    output.close()


def test_open_file_is_written_from_its_position(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b", buffering=0) as file:
        file.write(b"before ")
        found = find_target(f"/dev/fd/{file.fileno()}")
        assert found.in_order
        write_all(OrderedFile(found.path), b"content")
        file.write(b" after")
    assert (tmp_path / "file").read_bytes() == b"before content after"


def test_open_file_without_write_access(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before")
    with (tmp_path / "file").open("rb") as file, pytest.raises(InvalidPathError, match="cannot be written"):
        OrderedFile(find_target(f"/dev/fd/{file.fileno()}").path).open()
    assert (tmp_path / "file").read_bytes() == b"before"


def test_fifo_waits_for_its_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    output = OrderedFile(str(tmp_path / "fifo"))
    assert not output.open()
    data, got = os.urandom(300_000), []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "fifo").read_bytes()))
    reader.start()
    write_all(output, data)
    reader.join()
    assert got == [data]


def test_full_pipe_does_not_block() -> None:
    reading, writing = os.pipe()
    output = OrderedFile(f"/dev/fd/{writing}")
    assert output.open()
    try:
        assert 0 < output.write_some(memoryview(bytes(4 * MIB))) < 4 * MIB
        assert output.write_some(memoryview(b"more")) == 0
        os.close(reading)
        with pytest.raises(InvalidPathError, match="cannot be written"):
            output.write_some(memoryview(b"more"))
    finally:
        output.close()
        os.close(writing)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_full_disk_keeps_its_errno() -> None:
    output = OrderedFile("/dev/full")
    assert output.open()
    with pytest.raises(OSError, match="cannot be written") as caught:
        output.write_some(memoryview(b"data"))
    assert caught.value.errno == errno.ENOSPC
    output.close()


def test_file_that_replaces_a_fifo(tmp_path: Path) -> None:
    (tmp_path / "fifo").write_bytes(b"precious")
    with pytest.raises(InvalidPathError, match="another file"):
        OrderedFile(str(tmp_path / "fifo")).open()
    assert (tmp_path / "fifo").read_bytes() == b"precious"


@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
async def test_wrong_content_is_an_error_at_the_end(kind: Any, tmp_path: Path) -> None:
    """Bytes written in order are already in the file by then."""
    facts = {"ETag": f'"{"0" * 32}"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}

    def reply(request: Recorded) -> bytes:
        return (
            head(headers={**facts, "Content-Length": "7"})
            if request.method == "HEAD"
            else answer(b"content", headers=facts)
        )

    with ScriptedServer(forever(reply)) as server, (tmp_path / "file").open("wb") as file:
        client = kind(str(server.origin), "key", "secret", region="us-east-1", secure=False)
        with pytest.raises(TransportError, match="MD5"):
            found = client.fget_object("bucket", "key", f"/dev/fd/{file.fileno()}")
            await found
        closed = client.close()
        if closed is not None:
            await closed
    assert (tmp_path / "file").read_bytes() == b"content"
    assert "range" not in server.requests[-1].headers
    assert server.requests[-1].headers["if-match"] == facts["ETag"]


# Temporary files


def test_temporary_file_that_is_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "target"
    monkeypatch.chdir(tmp_path)
    for there in (False, True):
        for spelling in (str(target), "target", f"{tmp_path}/./target", f"{tmp_path}/../{tmp_path.name}/target"):
            with pytest.raises(InvalidArgumentError, match="tmp_file_path"):
                find_target(target, spelling)
        if not there:
            target.write_bytes(b"before")
    (tmp_path / "symbolic").symlink_to(target)
    os.link(target, tmp_path / "hard")
    for name in ("symbolic", "hard"):
        with pytest.raises(InvalidArgumentError, match="tmp_file_path"):
            find_target(target, tmp_path / name)
        with pytest.raises(InvalidArgumentError, match="tmp_file_path"):
            find_target(tmp_path / name, target)
    assert target.read_bytes() == b"before"


def test_temporary_file_that_is_not_a_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "."):
        with pytest.raises(InvalidPathError, match="tmp_file_path"):
            find_target(tmp_path / "target", tmp_path / name)


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="there is no second file system")
def test_temporary_file_on_another_file_system(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if os.stat(other).st_dev == os.stat(tmp_path).st_dev:
            other = "/proc"
        with pytest.raises(InvalidPathError, match=r"tmp_file_path .*another file system"):
            find_target(tmp_path / "not" / "yet" / "target", f"{other}/also/not/temporary")
    assert find_target(tmp_path / "a" / "target", tmp_path / "b" / "temporary").temporary


def test_missing_directories_are_created_for_both(tmp_path: Path) -> None:
    part = PartFile(str(tmp_path / "a" / "target"), IDENTITY, 3, 3, str(tmp_path / "b" / "temporary"))
    publish(part, b"abc")
    assert (tmp_path / "a" / "target").read_bytes() == b"abc"
    assert os.listdir(tmp_path / "b") == []
