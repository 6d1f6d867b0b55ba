"""Transfers that are interrupted, resumed and disturbed: what is stored or downloaded is always correct."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.cable import Cable
from live.helpers import (
    MIB,
    PlainStream,
    content_of,
    enable_versioning,
    is_there,
    noise,
    uploads_of,
)
from minio import AsyncMinio, Minio
from minio._core.transfer import counting, download, layout, progress
from minio._core.transfer.download import Ramp
from minio.error import InvalidSizeError, TransportError
from servers.live import LiveServer

PART = 5 * MIB
LARGE = noise(3 * PART + 345)
OTHER = LARGE[::-1]
"""The same length as LARGE, with every byte in another position."""


class Stop(BaseException):
    """The program ends, as on Ctrl-C."""


class FailsOnce:
    """A progress that ends the program after this many bytes."""

    def __init__(self, at: int, error: BaseException | None = None) -> None:
        self.at = at
        self.error = error or Stop()
        self.done = 0

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.done = 0

    def update(self, length: int) -> None:
        self.done += length
        if self.done >= self.at:
            self.at = sys.maxsize
            raise self.error


class Hook:
    """An action that runs once, in the middle of a transfer."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action: Callable[[], object] | None = action

    def __call__(self, done: int, total: int) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()

    @property
    def acted(self) -> bool:
        return self._action is None


@pytest.fixture(autouse=True)
def _every_block_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report every byte count, not only twenty a second, so that a transfer can be ended anywhere."""
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)
    monkeypatch.setattr(counting, "_INTERVAL", 0.0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(LARGE)
    return path


# --- concurrent transfers of the same object


PUT = """
import sys
from minio import Minio
client = Minio(sys.argv[1], sys.argv[2], sys.argv[3], secure=False)
client.fput_object(sys.argv[4], "object", sys.argv[5])
"""


@pytest.mark.parametrize("theirs", [LARGE, LARGE[: 2 * PART] + OTHER[2 * PART :], OTHER], ids=["same", "half", "other"])
def test_concurrent_upload_by_another_process(
    client: Minio, bucket: str, server: LiveServer, source: Path, tmp_path: Path, theirs: bytes
) -> None:
    """The other process stops in the middle, we upload, then it continues. Each time a complete content is stored."""
    (tmp_path / "theirs").write_bytes(theirs)
    with Cable(server.endpoint) as cable:
        held = threading.Event()
        arguments = [cable.endpoint, server.access_key, server.secret_key, bucket, str(tmp_path / "theirs")]
        cable.pace = 0.002
        with subprocess.Popen([sys.executable, "-c", PUT, *arguments], stderr=subprocess.PIPE) as other:

            def hold() -> None:
                other.send_signal(signal.SIGSTOP)
                held.set()

            cable.on(b"partNumber=4", hold)
            assert held.wait(120)
            time.sleep(0.1)
            client.fput_object(bucket, "object", source)
            assert content_of(server, bucket, "object") == LARGE
            cable.pace = 0
            other.send_signal(signal.SIGCONT)
            _, complaint = other.communicate(timeout=120)
    assert other.returncode == 0, complaint
    assert content_of(server, bucket, "object") == theirs


def test_many_concurrent_uploads(make_client: Callable[..., Minio], bucket: str, server: LiveServer) -> None:
    contents = [LARGE, LARGE, OTHER, LARGE[:PART] + OTHER[PART:]]
    clients = [make_client() for _ in contents]
    with ThreadPoolExecutor(len(contents)) as workers:
        tries = [
            workers.submit(client.put_object, bucket, "object", content, len(content))
            for client, content in zip(clients, contents, strict=True)
        ]
    assert [found.exception() for found in tries] == [None] * len(tries)
    assert content_of(server, bucket, "object") in contents


# --- after a failure


@pytest.mark.parametrize("workers", [1, 4])
def test_nothing_is_left_without_resume(
    client: Minio, bucket: str, server: LiveServer, source: Path, workers: int
) -> None:
    for error in (Stop(), KeyboardInterrupt(), OSError("no more")):
        with pytest.raises(type(error)):
            client.fput_object(
                bucket, "object", source, num_parallel_uploads=workers, progress=FailsOnce(PART, error), resume=False
            )
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("length", [len(LARGE), -1])
def test_stream_leaves_nothing(client: Minio, bucket: str, server: LiveServer, length: int) -> None:
    with pytest.raises(Stop):
        client.put_object(bucket, "object", PlainStream(LARGE), length, progress=FailsOnce(PART))
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


async def test_cancelled_upload_leaves_nothing(async_client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard(done: int, total: int) -> None:
        loop.call_soon_threadsafe(begun.set)

    task = asyncio.create_task(
        async_client.put_object(bucket, "object", noise(60 * MIB), 60 * MIB, progress=heard, resume=False)
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("change", ["cut", "touched", "rewritten", "replaced"])
def test_changing_file(client: Minio, bucket: str, server: LiveServer, source: Path, change: str) -> None:
    def disturb() -> None:
        if change == "cut":
            os.truncate(source, len(LARGE) - 1)
        elif change == "touched":
            os.utime(source, ns=(1, 1))
        elif change == "rewritten":
            time.sleep(0.02)
            source.write_bytes(OTHER)
        else:
            source.with_name("new").write_bytes(OTHER)
            source.with_name("new").replace(source)

    with pytest.raises(InvalidSizeError, match="changed while"):
        client.fput_object(bucket, "object", source, num_parallel_uploads=1, progress=Hook(disturb))
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


# --- downloads

WIDE = noise(18 * MIB)
"""Downloaded as several chunks, once the limits are reduced."""
CHUNK = 4 * MIB
NEARLY = 4 * CHUNK + MIB // 2
"""With this many bytes at least one chunk is complete, whatever the four workers do."""


class Eager(Ramp):
    """Opens all connections at once."""

    def observe(self, now: float, count: int, ready: int = 0) -> int:
        self.wanted = self.most
        return self.wanted


@pytest.fixture(params=[5 * MIB, 0], ids=["parts", "whole"])
def wide(request: pytest.FixtureRequest, client: Minio, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An object stored in parts or as a whole, large enough for a parallel download."""
    monkeypatch.setattr(layout, "CHUNK", CHUNK)
    monkeypatch.setattr(download, "Ramp", Eager)
    client.put_object(bucket, "wide", WIDE, len(WIDE), part_size=request.param or 80 * MIB)
    return bucket


def part_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.part.minio"))


@pytest.mark.parametrize("workers", [1, 4])
def test_download_resumes(client: Minio, wide: str, tmp_path: Path, workers: int) -> None:
    target = tmp_path / "target"
    with pytest.raises(Stop):
        client.fget_object(wide, "wide", target, num_parallel_downloads=workers, progress=FailsOnce(NEARLY))
    assert not target.exists()
    assert len(part_files(tmp_path)) == 1
    heard: list[int] = []
    client.fget_object(wide, "wide", target, progress=lambda done, total: heard.append(done))
    assert target.read_bytes() == WIDE
    assert heard[0] >= CHUNK
    assert heard[-1] == len(WIDE)
    assert heard == sorted(heard)
    assert part_files(tmp_path) == []


@pytest.mark.parametrize("damage", ["a byte", "a block of nothing", "shorter", "another version"])
def test_damaged_part_file_is_repaired(client: Minio, wide: str, tmp_path: Path, damage: str) -> None:
    target = tmp_path / "target"
    with pytest.raises(Stop):
        client.fget_object(wide, "wide", target, num_parallel_downloads=1, progress=FailsOnce(NEARLY))
    (part,) = part_files(tmp_path)
    expected = WIDE
    with part.open("r+b") as file:
        file.seek(5 * MIB)
        if damage == "a byte":
            file.write(bytes([WIDE[5 * MIB] ^ 1]))
        elif damage == "a block of nothing":
            file.write(bytes(MIB))
        elif damage == "shorter":
            file.truncate()
        else:
            expected = WIDE[::-1]
            client.put_object(wide, "wide", expected, len(expected))
    client.fget_object(wide, "wide", target)
    assert target.read_bytes() == expected


@pytest.mark.parametrize("workers", [1, 4])
def test_two_objects_are_never_mixed_up(client: Minio, wide: str, tmp_path: Path, workers: int) -> None:
    new = WIDE[::-1]
    target = tmp_path / "target"
    target.write_bytes(b"what was there")
    hook = Hook(lambda: client.put_object(wide, "wide", new, len(new)))
    try:
        client.fget_object(wide, "wide", target, num_parallel_downloads=workers, progress=hook)
    except TransportError:
        assert target.read_bytes() == b"what was there"
        assert part_files(tmp_path) == []
    else:
        assert target.read_bytes() in (WIDE, new)
    assert hook.acted
    client.fget_object(wide, "wide", target)
    assert target.read_bytes() == new


GET = """
import sys
from minio import Minio
client = Minio(sys.argv[1], sys.argv[2], sys.argv[3], secure=False)
client.fget_object(sys.argv[4], "wide", sys.argv[5])
"""


def test_two_processes_download_the_same_object(client: Minio, wide: str, server: LiveServer, tmp_path: Path) -> None:
    target = tmp_path / "target"
    arguments = [server.endpoint, server.access_key, server.secret_key, wide, str(target)]
    others = [subprocess.Popen([sys.executable, "-c", GET, *arguments]) for _ in range(2)]
    client.fget_object(wide, "wide", target)
    assert target.read_bytes() == WIDE
    assert [other.wait(120) for other in others] == [0, 0]
    assert target.read_bytes() == WIDE
    assert part_files(tmp_path) == []


async def test_download_resumes_asynchronously(async_client: AsyncMinio, wide: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    begun = asyncio.Event()

    def heard(done: int, total: int) -> None:
        if done >= NEARLY:
            begun.set()

    task = asyncio.create_task(async_client.fget_object(wide, "wide", target, progress=heard))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not target.exists()
    first: list[int] = []
    await async_client.fget_object(wide, "wide", target, progress=lambda done, total: first.append(done))
    assert target.read_bytes() == WIDE
    assert first[0] >= CHUNK


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127 + "x"])
def test_longest_name(client: Minio, bucket: str, tmp_path: Path, name: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    with ThreadPoolExecutor(3) as workers:
        for found in [workers.submit(client.fget_object, bucket, "object", tmp_path / name) for _ in range(3)]:
            found.result()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"content"


@pytest.mark.requires("versioning")
def test_download_of_a_version(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    enable_versioning(server, bucket)
    old = client.put_object(bucket, "object", b"old", 3)
    client.put_object(bucket, "object", b"new", 3)
    client.fget_object(bucket, "object", tmp_path / "target", version_id=old.version_id)
    assert (tmp_path / "target").read_bytes() == b"old"


# --- Ctrl-C

CALL = """
import io, json, sys, threading, time
from minio import Minio
from minio.commonconfig import ComposeSource

class Stream:
    def __init__(self, stuck_after=1 << 60):
        self.left = stuck_after
    def read(self, size):
        if self.left <= 0:
            time.sleep(60)
        size = min(size, 1 << 20)
        self.left -= size
        return bytes(size)

endpoint, access_key, secret_key, bucket, folder = sys.argv[1:6]
client = Minio(endpoint, access_key, secret_key, secure=False)
source, target = folder + "/source", folder + "/target"
print("ready", flush=True)
try:
    {call}
    outcome = "done"
except KeyboardInterrupt:
    outcome = "interrupted"
left = [thread.name for thread in threading.enumerate() if thread.name.startswith("minio")]
print(json.dumps([outcome, left]), flush=True)
"""

WRITE = """
    with client.open_object(bucket, "new", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
"""
CLOSE = """
    with client.open_object(bucket, "new", "wb") as file:
        file.write(bytes(12 << 20))
"""
READ = """
    with client.open_object(bucket, "wide") as file:
        while True:
            file.seek(0)
            file.read()
"""
Trigger = Callable[[Cable, Callable[[], object]], None]


@dataclass
class Scene:
    """A call, and the moment of the interrupt."""

    name: str
    call: str
    trigger: Trigger
    leaves: bool = False
    """The parts are kept for the next try."""
    main: bool = False
    """The main thread itself waits for the socket. CPython does not notice a signal that comes after it looked for one
    and before the system call blocks, until there is another."""


def words(text: bytes) -> Trigger:
    return lambda cable, action: cable.on(text, action)


def up(mebibytes: float) -> Trigger:
    return lambda cable, action: cable.on_bytes_up(int(mebibytes * MIB), action)


def down(mebibytes: float) -> Trigger:
    return lambda cable, action: cable.on_bytes_down(int(mebibytes * MIB), action)


SCENES = [
    Scene("a file, first part", 'client.fput_object(bucket, "new", source, resume=False)', up(2)),
    Scene("a file, fourth part", 'client.fput_object(bucket, "new", source, resume=False)', words(b"partNumber=4&")),
    Scene("a file, resumable", 'client.fput_object(bucket, "new", source)', words(b"partNumber=7&"), leaves=True),
    Scene(
        "a file, one worker",
        'client.fput_object(bucket, "new", source, "a/b", None, None, None, 0, 1, resume=False)',
        words(b"partNumber=3&"),
    ),
    Scene("a file in one request", 'client.fput_object(bucket, "new", source, part_size=1 << 30)', up(2)),
    Scene("a stream", 'client.put_object(bucket, "new", Stream(), -1)', words(b"partNumber=5&")),
    Scene("a stream of known length", 'client.put_object(bucket, "new", Stream(), 1 << 30)', up(6)),
    Scene("a stream that is stuck", 'client.put_object(bucket, "new", Stream(22 << 20), -1)', words(b"partNumber=4&")),
    Scene("a download", 'client.fget_object(bucket, "wide", target, num_parallel_downloads=1)', down(3)),
    Scene("a parallel download", 'client.fget_object(bucket, "wide", target)', down(3)),
    Scene(
        "a composition",
        'client.compose_object(bucket, "new", [ComposeSource(bucket, "wide")] * 9)',
        words(b"partNumber=3&"),
    ),
    Scene("a file that is written", WRITE.strip(), words(b"partNumber=4&")),
    Scene("a file that is closed", CLOSE.strip(), words(b"partNumber=3&")),
    Scene("a file that is read", READ.strip(), down(9), main=True),
]


LONG = noise(34 * MIB)


@pytest.fixture
def filled(client: Minio, bucket: str, tmp_path: Path) -> str:
    (tmp_path / "source").write_bytes(LONG)
    client.put_object(bucket, "wide", LONG, len(LONG))
    return bucket


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_ctrl_c(server: LiveServer, client: Minio, filled: str, tmp_path: Path, scene: Scene) -> None:
    if "parallel" in scene.name:
        client.put_object(filled, "wide", LONG * 2, 2 * len(LONG))
    program = CALL.replace("{call}", scene.call)
    with Cable(server.endpoint) as cable:
        cable.pace = 0.004
        arguments = [cable.endpoint, server.access_key, server.secret_key, filled, str(tmp_path)]
        with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            struck: list[float] = []
            ended = threading.Event()

            def strike() -> None:
                struck.append(time.monotonic())
                child.send_signal(signal.SIGINT)
                # Hold these bytes back: on a busy machine the call could finish before the process handles the signal.
                if scene.main and not ended.wait(10):
                    child.send_signal(signal.SIGINT)
                ended.wait(60)

            scene.trigger(cable, strike)
            outcome: Any = json.loads(child.stdout.readline())
            took = time.monotonic() - struck[0]
            ended.set()
            assert child.wait(60) == 0
    assert outcome == ["interrupted", [] if "stuck" not in scene.name else outcome[1]]
    assert took < 30  # it does not wait for the bytes that are held back
    assert not is_there(server, filled, "new")
    assert not (tmp_path / "target").exists()
    assert uploads_of(server, filled) == ["new"] * scene.leaves


def test_sigkill_and_retry(server: LiveServer, make_client: Callable[..., Minio], filled: str, tmp_path: Path) -> None:
    """Upload and download are killed midway. The next try resumes, and the result equals the source."""
    keys = server.access_key, server.secret_key
    with Cable(server.endpoint) as cable:
        for call, trigger in ((PUT, words(b"partNumber=6&")), (GET, down(6))):
            path = tmp_path / ("source" if call is PUT else "copy")
            cable.pace = 0.001
            child = subprocess.Popen([sys.executable, "-c", call, cable.endpoint, *keys, filled, str(path)])
            trigger(cable, child.kill)
            assert child.wait(120) == -signal.SIGKILL
        cable.pace = 0
        with Minio(cable.endpoint, *keys, secure=False) as client:
            client.fput_object(filled, "object", tmp_path / "source")
            client.fget_object(filled, "object", tmp_path / "copy")
    assert hashlib.sha256((tmp_path / "copy").read_bytes()).digest() == hashlib.sha256(LONG).digest()
