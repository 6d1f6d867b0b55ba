"""Downloads of small objects: one request, no locks, and nothing left behind."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import pickle
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.local_files import mode_of, publish
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import Minio
from minio._core.transfer.leftovers import Leftovers
from minio._core.transfer.partfile import PartFile
from minio._core.transfer.small_file import SMALL, replace_file
from minio.error import InvalidArgumentTypeError, InvalidPathError, NoSuchKey, TransportError

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
DATA = b"content of a small object"
FACTS = {"ETag": f'"{hashlib.md5(DATA).hexdigest()}"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}


def object_of(data: bytes) -> Callable[[Recorded], bytes]:
    facts = {**FACTS, "ETag": f'"{hashlib.md5(data).hexdigest()}"'}

    def reply(request: Recorded) -> bytes:
        if request.method == "HEAD":
            return head(headers={**facts, "Content-Length": str(len(data))})
        return answer(data, headers=facts)

    return reply


def methods(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.requests]


@EACH_CLIENT
@pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1, 5 * SMALL])
def test_one_request(kind: str, size: int, tmp_path: Path) -> None:
    data = (DATA * (size // len(DATA) + 1))[:size]
    told: list[tuple[int, int]] = []

    async def story(client: Any) -> None:
        for name in ("one", "two"):
            progress = lambda done, total: told.append((done, total))  # noqa: E731
            found = await done(client.fget_object("bucket", "key", tmp_path / name, progress=progress))
            assert found.size == size
            assert told[-1] == (size, size)

    with ScriptedServer(forever(object_of(data))) as server:
        play(kind, server, story)
        assert methods(server) == ["GET", "GET"]
        assert all("range" not in request.headers for request in server.requests)
        assert all(request.headers["x-amz-checksum-mode"] == "ENABLED" for request in server.requests)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == data
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


@EACH_CLIENT
def test_nothing_is_locked_or_synced(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(fcntl, "flock", lambda *_: calls.append("flock"))
    monkeypatch.setattr(os, "fsync", lambda *_: calls.append("fsync"))

    async def story(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file"))
        assert calls == []
        await done(client.fget_object("bucket", "key", tmp_path / "file", durable=True))
        assert calls == ["fsync", "fsync"]  # the file, and its directory
        del calls[:]
        await done(client.with_options(durable=True).fget_object("bucket", "key", tmp_path / "file"))
        assert calls == ["fsync", "fsync"]
        await done(client.with_options(durable=True).fget_object("bucket", "key", tmp_path / "file", durable=False))
        assert calls == ["fsync", "fsync"]

    with ScriptedServer(forever(object_of(DATA))) as server:
        play(kind, server, story)


@pytest.mark.parametrize("durable", [False, True])
def test_large_files_are_synced_only_if_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool) -> None:
    synced: list[bool] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(True), real(descriptor)))
    with ScriptedServer(forever(object_of(bytes(SMALL + 1)))) as server, client_of(server, durable=durable) as client:
        client.fget_object("bucket", "key", tmp_path / "file")
    assert bool(synced) is durable


def client_of(server: ScriptedServer, **options: Any) -> Minio:
    return Minio(str(server.origin), "key", "secret", region="us-east-1", secure=False, **options)


def test_durable_must_be_a_bool(tmp_path: Path) -> None:
    with ScriptedServer(forever(object_of(DATA))) as server, client_of(server) as client:
        with pytest.raises(InvalidArgumentTypeError, match="durable"):
            client.fget_object("bucket", "key", tmp_path / "file", durable="yes")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentTypeError, match="durable"):
            client.with_options(durable="yes")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentTypeError, match="durable"):
            client_of(server, durable="yes")
    assert server.requests == []


@EACH_CLIENT
def test_damage_in_transit_is_noticed(kind: str, tmp_path: Path) -> None:
    """The object is then fetched again, together with the facts of HeadObject."""
    bad = [answer(DATA[::-1], headers=FACTS)]
    right = object_of(DATA)

    def reply(request: Recorded) -> bytes:
        return bad.pop() if bad and request.method == "GET" else right(request)

    told: list[int] = []

    async def story(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file", progress=lambda done, _: told.append(done)))

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, story)
        assert methods(server) == ["GET", "HEAD", "GET"]
    assert (tmp_path / "file").read_bytes() == DATA
    assert told[-1] == len(DATA)
    wrong = answer(DATA[::-1], headers=FACTS)
    facts = head(headers={**FACTS, "Content-Length": str(len(DATA))})
    with (
        ScriptedServer(forever(lambda request: facts if request.method == "HEAD" else wrong)) as server,
        pytest.raises(TransportError, match="MD5"),
    ):
        play(kind, server, story)
    assert (tmp_path / "file").read_bytes() == DATA
    assert os.listdir(tmp_path) == ["file"]


@EACH_CLIENT
def test_what_killed_downloads_have_left_is_removed(kind: str, tmp_path: Path) -> None:
    left = [tmp_path / "file.0123456789abcdef.part.minio", tmp_path / "file.fedcba9876543210.part.minio"]
    for path in left:
        path.write_bytes(b"left")

    async def story(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file"))

    with ScriptedServer(forever(object_of(DATA))) as server:
        play(kind, server, story)
    assert os.listdir(tmp_path) == ["file"]


def test_failed_download_leaves_nothing(tmp_path: Path) -> None:
    error = answer(b"<Error><Code>NoSuchKey</Code></Error>", "404 Not Found")
    with ScriptedServer(forever(error)) as server, client_of(server) as client, pytest.raises(NoSuchKey):
        client.fget_object("bucket", "key", tmp_path / "below" / "file")
    assert os.listdir(tmp_path) == []


# --- the file


def test_missing_directories_are_created(tmp_path: Path) -> None:
    replace_file(str(tmp_path / "one" / "two" / "file"), DATA)
    assert (tmp_path / "one" / "two" / "file").read_bytes() == DATA


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o444])
def test_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"before")
    target.chmod(mode)
    replace_file(str(target), DATA)
    assert target.read_bytes() == DATA
    assert mode_of(target) == mode


def test_new_file_has_the_mode_of_open(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    replace_file(str(tmp_path / "file"), DATA)
    assert mode_of(tmp_path / "file") == mode_of(tmp_path / "other")


def test_file_that_another_download_removes_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, removed = os.replace, []

    def removing(source: str, target: str) -> None:
        if len(removed) < 2:
            removed.append(source)
            os.unlink(source)
        replace(source, target)

    monkeypatch.setattr(os, "replace", removing)
    replace_file(str(tmp_path / "file"), DATA)
    assert len(set(removed)) == 2
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_error_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: object) -> int:
        raise error

    (tmp_path / "file").write_bytes(b"before")
    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(type(error)) as caught:
        replace_file(str(tmp_path / "file"), DATA)
    assert getattr(caught.value, "errno", errno.ENOSPC) == errno.ENOSPC
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    replace_file(str(tmp_path / "file"), DATA)
    assert (tmp_path / "file").read_bytes() == DATA


def test_target_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidPathError):
        replace_file(str(tmp_path / "file" / "below"), DATA)


# --- leftovers


def test_leftovers_are_those_of_the_target(tmp_path: Path) -> None:
    for name in ("one.0123456789abcdef.part.minio", "two.part.minio", "three.0123.part.minio", "four"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "five.0123456789abcdef.part.minio.0123456789ab.part.minio").write_bytes(b"")  # of 7.3
    found = {
        name: Leftovers().look(str(tmp_path / name))
        for name in ("one", "two", "three", "four", "five", "one.0123456789abcdef.part.minio")
    }
    assert [name for name, there in found.items() if there] == ["one", "five"]
    assert not Leftovers().look(str(tmp_path / "missing" / "file"))


def test_result_of_a_scan_is_used_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    scandir = os.scandir

    def slow(path: str) -> Any:
        now[0] += 1.0
        return scandir(path)

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(os, "scandir", slow)
    leftovers, target = Leftovers(), str(tmp_path / "file")
    assert leftovers.recall(target) is None
    assert leftovers.look(target) is False
    now[0] += 49
    assert leftovers.recall(target) is False
    now[0] += 2
    assert leftovers.recall(target) is None
    leftovers.look(target)
    leftovers.forget()
    assert leftovers.recall(target) is None


@EACH_CLIENT
def test_clients_with_other_options_share_what_was_learned(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that is derived for one call neither scans the directory again nor forgets that the disk is slow."""
    made: list[Leftovers] = []
    begin = Leftovers.__init__
    monkeypatch.setattr(Leftovers, "__init__", lambda self: (made.append(self), begin(self))[1])

    async def story(client: Any) -> None:
        derived = client.with_options(durable=False)
        await done(derived.fget_object("bucket", "key", tmp_path / "one"))
        await done(client.fget_object("bucket", "key", tmp_path / "two", region="eu-west-1"))
        await done(client.fget_object("bucket", "key", tmp_path / "three"))
        assert len(made) == 1
        copy = pickle.loads(pickle.dumps(client))
        await done(copy.fget_object("bucket", "key", tmp_path / "four"))
        await done(copy.close())
        assert len(made) == 2

    with ScriptedServer(forever(object_of(DATA))) as server:
        play(kind, server, story)
    assert sorted(os.listdir(tmp_path)) == ["four", "one", "three", "two"]


def test_new_directories_are_synced_where_they_were_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is not on the disk before the names of all its directories are."""
    synced: list[str] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        synced.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    root = os.path.realpath(tmp_path)
    replace_file(f"{root}/one/two/small", b"data", durable=True)
    assert set(synced[1:]) == {f"{root}/one/two", f"{root}/one", root}
    del synced[:]
    part = PartFile(f"{root}/three/four/large", "etag", 4, 4, durable=True)
    publish(part, b"data")
    assert {f"{root}/three/four", f"{root}/three", root} <= set(synced)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EINVAL])
def test_directory_that_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A durable file whose directory is not on the disk is an error, unless the system syncs no directories."""
    fsync = os.fsync

    def fail(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    part = PartFile(str(tmp_path / "large"), "etag", 4, 4, durable=True)
    for write in (lambda: replace_file(str(tmp_path / "small"), b"data", durable=True), lambda: publish(part, b"data")):
        if number == errno.EINVAL:
            write()
        else:
            with pytest.raises(OSError, match=os.strerror(number)):
                write()
    assert (tmp_path / "small").read_bytes() == (tmp_path / "large").read_bytes() == b"data"


@EACH_CLIENT
def test_progress_object_is_told_another_total(kind: str, tmp_path: Path) -> None:
    """The first response is damaged, and HeadObject tells that the object was replaced by a longer one."""
    longer = DATA * 2
    damaged = answer(b"x" * len(DATA), headers=FACTS)
    told: list[list[int]] = []

    class Bar:
        def set_meta(self, object_name: str, total_length: int) -> None:
            told.append([total_length])

        def update(self, length: int) -> None:
            told[-1].append(length)

    def reply(request: Recorded) -> bytes:
        return damaged if len(server.requests) == 1 else object_of(longer)(request)

    async def story(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file", progress=Bar()))

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, story)
    assert (tmp_path / "file").read_bytes() == longer
    total, *lengths = told[-1]
    assert total == sum(lengths) == len(longer)
