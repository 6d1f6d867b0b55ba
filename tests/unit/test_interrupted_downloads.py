"""A download interrupted shortly before its end keeps what it has, and the next one resumes."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import minio._core.transfer.portable
import minio.sync._download_job
from fakes.scripted_server import Peer, Recorded, ScriptedServer, forever, head, partial
from minio import AsyncMinio, Minio
from minio._core.http.sync import cancel as scope
from minio._core.transfer.layout import CHUNK, chunk_size
from minio._core.transfer.pace import Pace
from minio._core.transfer.partfile import PartFile
from minio._core.transfer.plan import MIB, MIN_PART_SIZE, make_plan
from minio._core.transfer.source import StreamSource
from minio._core.transfer.sync.workers import run_upload
from minio._core.transfer.upload import Upload
from minio._core.transfer.verify import IncrementalVerifier
from minio.error import DeadlineExceeded, TransportError
from minio.sync._backend import run_blocking

DATA = random.Random(1).randbytes(40 * MIB)
ETAG = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
FACTS = {"ETag": f'"{ETAG}"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}
OPTIONS: dict[str, Any] = {"region": "us-east-1", "secure": False}


def reply(request: Recorded) -> bytes:
    if request.method == "HEAD":
        return head(headers={**FACTS, "Content-Length": str(len(DATA))})
    return partial(DATA, request, FACTS)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(forever(reply)) as made:
        yield made


def fetch(server: ScriptedServer, target: Path, durable: bool = False, **options: Any) -> None:
    with Minio(str(server.origin), "key", "secret", **OPTIONS, **options) as client:
        client.fget_object("bucket", "key", target, durable=durable)


def ranges(server: ScriptedServer) -> list[str | None]:
    return [request.headers.get("range") for request in server.requests if request.method == "GET"]


def delayed(function: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        time.sleep(seconds)
        return function(*args)

    return call


def slow_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow down verification, as for many GiB, so that the deadline passes meanwhile."""
    monkeypatch.setattr(IncrementalVerifier, "advance", lambda follower: None)
    monkeypatch.setattr(IncrementalVerifier, "join", lambda follower, index: None)
    monkeypatch.setattr(IncrementalVerifier, "step", delayed(IncrementalVerifier.step, 0.9))


@pytest.fixture
def begun(tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The leftovers of a call whose deadline passed when only verification was left."""
    target = tmp_path / "file"
    with monkeypatch.context() as patch:
        slow_check(patch)
        with pytest.raises(DeadlineExceeded):
            fetch(server, target, deadline=2.0)
    assert not target.exists()
    assert len(os.listdir(tmp_path)) == 1
    server.requests.clear()
    return target


def test_downloaded_data_is_kept(begun: Path, server: ScriptedServer) -> None:
    fetch(server, begun)
    assert ranges(server) == []
    assert begun.read_bytes() == DATA
    assert os.listdir(begun.parent) == ["file"]


async def test_downloaded_data_is_kept_asynchronously(
    tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_check(monkeypatch)
    async with AsyncMinio(str(server.origin), "key", "secret", deadline=2.0, **OPTIONS) as client:
        with pytest.raises(DeadlineExceeded):
            await client.fget_object("bucket", "key", tmp_path / "file")
        assert len(os.listdir(tmp_path)) == 1
        monkeypatch.undo()
        server.requests.clear()
        await client.fget_object("bucket", "key", tmp_path / "file")
    assert ranges(server) == []
    assert (tmp_path / "file").read_bytes() == DATA


def test_deadline_just_before_the_end(tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = minio.sync._download_job.DownloadJob
    check = job._check

    def check_slowly(*args: Any) -> None:
        check(*args)
        time.sleep(2.2)

    monkeypatch.setattr(job, "_check", check_slowly)
    with pytest.raises(DeadlineExceeded):
        fetch(server, tmp_path / "file", deadline=2.0)
    assert len(os.listdir(tmp_path)) == 1


def test_unreadable_data_is_downloaded_again(
    begun: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pread, broken = os.pread, [True]

    def read(descriptor: int, size: int, offset: int) -> bytes:
        if broken and CHUNK <= offset < 2 * CHUNK:
            broken.clear()
            raise OSError(errno.EIO, "bad sector")
        return pread(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", read)
    fetch(server, begun)
    assert ranges(server) == [f"bytes={CHUNK}-{2 * CHUNK - 1}"]
    assert begun.read_bytes() == DATA


def test_ctrl_c_while_verifying_a_part_file(
    begun: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PartFile, "_mark_of", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(server, begun)
    fetch(server, begun)
    assert ranges(server) == []


def test_deadline_while_verifying_a_part_file(
    begun: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(PartFile, "_mark_of", delayed(PartFile._mark_of, 0.5))
        with pytest.raises(DeadlineExceeded):
            fetch(server, begun, deadline=0.7)
    fetch(server, begun)
    assert ranges(server) == []


def test_ctrl_c_while_waiting_for_the_disk(
    tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(server, tmp_path / "file", durable=True)
    server.requests.clear()
    fetch(server, tmp_path / "file")
    assert ranges(server) == []
    assert (tmp_path / "file").read_bytes() == DATA


def test_ctrl_c_while_allocating_space(tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(minio._core.transfer.portable, "allocate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(server, tmp_path / "file")
    assert os.listdir(tmp_path) == []


def test_part_file_without_a_fixed_name_is_removed(
    tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without locks a part file gets a new name each time."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    slow_check(monkeypatch)
    for _ in range(2):
        with pytest.raises(DeadlineExceeded):
            fetch(server, tmp_path / "file", deadline=1.0)
    assert os.listdir(tmp_path) == []


def test_response_longer_than_the_object(tmp_path: Path) -> None:
    """Nothing is kept for this call or the next: truncated at the right place, the response would look complete.

    With a temporary file of the caller, which may hold something to resume, the size comes from HeadObject.
    """
    facts = {**FACTS, "ETag": '"another-2"'}

    def script(peer: Peer) -> None:
        while True:
            if peer.read_request().method == "HEAD":
                peer.send(head(headers={**facts, "Content-Length": str(MIB)}))
            else:
                peer.send(head(headers={**facts, "Content-Length": str(MIB + 100)}) + DATA[:MIB])
                peer.stall(0.3)
                peer.send(b"x" * 100)

    with ScriptedServer(script) as server:
        for _ in range(2):
            with (
                Minio(str(server.origin), "key", "secret", **OPTIONS, retries=0) as client,
                pytest.raises(TransportError, match="more bytes"),
            ):
                client.fget_object("bucket", "key", tmp_path / "file", tmp_file_path=tmp_path / "temporary")
            assert os.listdir(tmp_path) == []


def test_sizes_used_here_make_several_chunks() -> None:
    assert len(DATA) > 2 * chunk_size(len(DATA))


def test_whoever_sees_first_that_time_is_over_it_is_the_deadline() -> None:
    for pause in (0.05, 0.1, 0.2, 0.3):  # the watch ends the scope meanwhile, or not
        with scope.fail_after(0.1), pytest.raises(DeadlineExceeded):
            run_blocking(time.sleep, pause)
            run_blocking(time.sleep, 0.2)
            run_blocking(time.sleep, 0)


@pytest.mark.parametrize("how", ["deadline", "Ctrl-C"])
def test_abandoned_slow_reader_stops_reading(how: str) -> None:
    pieces: list[float] = []

    def read(size: int) -> bytes:
        time.sleep(0.5)
        pieces.append(time.monotonic())
        return bytes(min(size, 1_000_000))

    def send(*_: object) -> str:
        raise AssertionError("no part is read so soon")

    upload, source = Upload(make_plan(40 * MIB, MIN_PART_SIZE)), StreamSource(read, 40 * MIB)
    if how == "deadline":
        with scope.fail_after(0.3), pytest.raises(DeadlineExceeded):
            run_upload(upload, source, send, None, Pace(4), lambda size: None)
    else:
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            run_upload(upload, source, send, None, Pace(4), lambda size: None)
        timer.join()
    ended = time.monotonic()
    time.sleep(1.6)
    assert len([moment for moment in pieces if moment > ended]) <= 1
