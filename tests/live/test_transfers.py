"""Transfers that are cut off, gone on with, and disturbed: what is stored, or fetched, is always the right content."""

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

import minio.aio._download
import minio.sync._download
from fakes.cable import Cable
from live.helpers import (
    MIB,
    PlainStream,
    Requests,
    begin_upload,
    content_of,
    enable_versioning,
    is_there,
    noise,
    uploads_of,
)
from minio import AsyncMinio, Minio
from minio._core.transfer import download, progress
from minio.commonconfig import Tags
from minio.error import InvalidSizeError, TransportError
from servers.live import LiveServer

PART = 5 * MIB
LARGE = noise(3 * PART + 345)
OTHER = LARGE[::-1]
"""As many bytes, and all of them elsewhere."""


class Stop(BaseException):
    """The program is ended, as by Ctrl-C."""


class FailsOnce:
    """A progress that ends the program when so many bytes are done."""

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
    """Something done once, in the middle of a transfer."""

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
def _told_of_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transfer may be ended at any byte, not only twenty times a second."""
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(LARGE)
    return path


# --- what lies on the server already


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


EARLIER = {
    "the same": (cut(LARGE, PART), 0),
    "the first two": (cut(LARGE, PART)[:2], 2),
    "another content of the same size": (cut(OTHER, PART), 4),
    "larger parts of the same": (cut(LARGE, 6 * MIB), 0),
    "larger parts of another content": (cut(OTHER, 6 * MIB), 4),
    "smaller parts": (cut(LARGE[: 9 * MIB], 3 * MIB), 4),
    "half of the parts are equal": ([*cut(LARGE, PART)[:2], *cut(OTHER, PART)[2:]], 2),
    "an equal part under another number": ([LARGE[PART : 2 * PART], LARGE[:PART]], 4),
    "one byte is another": ([LARGE[:PART], LARGE[PART : 2 * PART - 1] + b"!"], 3),
    "a last part that is too short": ([*cut(LARGE, PART)[:3], LARGE[-345:-1]], 1),
    "nothing": ([], 4),
}


@pytest.mark.parametrize("case", EARLIER)
def test_an_unfinished_upload_of(client: Minio, bucket: str, server: LiveServer, source: Path, case: str) -> None:
    parts, to_send = EARLIER[case]
    begin_upload(server, bucket, "object", *parts)
    trace = Requests()
    client.trace_on(trace)
    client.fput_object(bucket, "object", source)
    assert content_of(server, bucket, "object") == LARGE
    assert trace.count("partNumber=") == to_send


def test_more_parts_than_the_content_has(client: Minio, bucket: str, server: LiveServer) -> None:
    begin_upload(server, bucket, "object", *cut(LARGE + OTHER, PART))
    client.put_object(bucket, "object", LARGE, len(LARGE))
    assert content_of(server, bucket, "object") == LARGE


def test_the_newest_of_several(client: Minio, bucket: str, server: LiveServer, source: Path) -> None:
    for parts in (cut(OTHER, PART), cut(OTHER, 7 * MIB), cut(LARGE, PART)[:1]):
        begin_upload(server, bucket, "object", *parts)
        begin_upload(server, bucket, "object-2", *cut(OTHER, PART))
    client.fput_object(bucket, "object", source)
    assert content_of(server, bucket, "object") == LARGE


def test_another_part_size_that_is_asked_for(client: Minio, bucket: str, server: LiveServer, source: Path) -> None:
    begin_upload(server, bucket, "object", *cut(LARGE, PART)[:2])
    client.fput_object(bucket, "object", source, part_size=6 * MIB)
    assert content_of(server, bucket, "object") == LARGE


async def test_an_unfinished_upload_asynchronously(
    async_client: AsyncMinio, bucket: str, server: LiveServer, source: Path
) -> None:
    begin_upload(server, bucket, "object", LARGE[:PART], OTHER[PART : 2 * PART], LARGE[2 * PART : 3 * PART])
    trace = Requests()
    async_client.trace_on(trace)
    await async_client.fput_object(bucket, "object", source)
    assert content_of(server, bucket, "object") == LARGE
    assert trace.count("partNumber=") == 2


@pytest.mark.parametrize("wanted", ["text/plain", "application/octet-stream"])
def test_metadata_are_those_of_the_call(
    client: Minio, bucket: str, server: LiveServer, source: Path, wanted: str
) -> None:
    """An upload's beginning decides the metadata: one that was begun with others is not what the caller wants."""
    with pytest.raises(Stop):
        client.fput_object(bucket, "object", source, "text/plain", {"color": "red"}, progress=FailsOnce(PART))
    client.fput_object(bucket, "object", source, wanted, {"color": "blue"})
    found = client.stat_object(bucket, "object")
    assert found.content_type == wanted
    assert (found.metadata or {})["x-amz-meta-color"] == "blue"
    assert content_of(server, bucket, "object") == LARGE


@pytest.mark.requires("multipart_tags")
def test_tags_are_those_of_the_call(client: Minio, bucket: str, source: Path) -> None:
    tags = Tags.new_object_tags()
    tags["a"] = "b"
    with pytest.raises(Stop):
        client.fput_object(bucket, "object", source, progress=FailsOnce(PART))
    client.fput_object(bucket, "object", source, tags=tags)
    assert client.get_object_tags(bucket, "object") == tags


# --- others that are at it at the same time


def test_a_part_that_is_replaced_meanwhile(client: Minio, bucket: str, server: LiveServer) -> None:
    upload_id = begin_upload(server, bucket, "object", *cut(LARGE, PART)[:2])

    def replace() -> None:
        query = {"partNumber": "1", "uploadId": upload_id}
        assert server.raw.request("PUT", f"/{bucket}/object", query, OTHER[:PART]).status == 200

    hook = Hook(replace)
    client.put_object(bucket, "object", LARGE, len(LARGE), progress=hook)
    assert hook.acted
    assert content_of(server, bucket, "object") == LARGE


def test_an_upload_that_is_removed_meanwhile(client: Minio, bucket: str, server: LiveServer) -> None:
    upload_id = begin_upload(server, bucket, "object", *cut(LARGE, PART)[:2])
    hook = Hook(lambda: server.raw.request("DELETE", f"/{bucket}/object", {"uploadId": upload_id}))
    client.put_object(bucket, "object", LARGE, len(LARGE), progress=hook)
    assert content_of(server, bucket, "object") == LARGE


PUT = """
import sys
from minio import Minio
client = Minio(sys.argv[1], sys.argv[2], sys.argv[3], secure=False)
client.fput_object(sys.argv[4], "object", sys.argv[5])
"""


@pytest.mark.parametrize("theirs", [LARGE, LARGE[: 2 * PART] + OTHER[2 * PART :], OTHER], ids=["same", "half", "other"])
def test_another_process_that_is_still_at_it(
    client: Minio, bucket: str, server: LiveServer, source: Path, tmp_path: Path, theirs: bytes
) -> None:
    """It is held up in the middle, then we store ours, then it goes on: each time the object is one whole content."""
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
            assert held.wait(20)
            time.sleep(0.1)
            client.fput_object(bucket, "object", source)
            assert content_of(server, bucket, "object") == LARGE
            cable.pace = 0
            other.send_signal(signal.SIGCONT)
            _, complaint = other.communicate(timeout=30)
    assert other.returncode == 0, complaint
    assert content_of(server, bucket, "object") == theirs


def test_many_at_the_same_time(make_client: Callable[..., Minio], bucket: str, server: LiveServer) -> None:
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


def test_only_the_rest_is_sent_again(client: Minio, bucket: str, server: LiveServer, source: Path) -> None:
    with pytest.raises(Stop):
        client.fput_object(bucket, "object", source, num_parallel_uploads=1, progress=FailsOnce(PART))
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == ["object"]
    trace = Requests()
    client.trace_on(trace)
    heard: list[tuple[int, int]] = []
    client.fput_object(bucket, "object", source, progress=lambda done, total: heard.append((done, total)))
    assert content_of(server, bucket, "object") == LARGE
    assert trace.count("partNumber=") == 3
    assert heard[0] == (PART, len(LARGE))
    assert heard[-1] == (len(LARGE), len(LARGE))
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("workers", [1, 4])
def test_without_resume_nothing_is_left(
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
def test_a_stream_leaves_nothing(client: Minio, bucket: str, server: LiveServer, length: int) -> None:
    with pytest.raises(Stop):
        client.put_object(bucket, "object", PlainStream(LARGE), length, progress=FailsOnce(PART))
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


async def test_a_cancelled_upload_leaves_nothing(async_client: AsyncMinio, bucket: str, server: LiveServer) -> None:
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


@pytest.mark.parametrize("change", ["cut", "grown", "touched", "rewritten", "replaced"])
def test_a_file_that_changes(client: Minio, bucket: str, server: LiveServer, source: Path, change: str) -> None:
    def disturb() -> None:
        if change == "cut":
            os.truncate(source, len(LARGE) - 1)
        elif change == "grown":
            with source.open("ab") as file:
                file.write(b"!")
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
"""Fetched as several ranges, once these are made smaller."""
CHUNK = 4 * MIB
NEARLY = 4 * CHUNK + MIB // 2
"""So much cannot be there without a whole chunk, whatever the four workers do."""


@pytest.fixture(params=[5 * MIB, 0], ids=["parts", "whole"])
def wide(request: pytest.FixtureRequest, client: Minio, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An object stored in parts or as one, which is large as downloads go."""
    monkeypatch.setattr(download, "CHUNK", CHUNK)
    for module in (minio.sync._download, minio.aio._download):
        monkeypatch.setattr(module, "_PARALLEL", 16 * MIB)
    client.put_object(bucket, "wide", WIDE, len(WIDE), part_size=request.param or 80 * MIB)
    return bucket


def part_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.part.minio"))


@pytest.mark.parametrize("workers", [1, 4])
def test_a_download_goes_on(client: Minio, wide: str, tmp_path: Path, workers: int) -> None:
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
def test_a_damaged_part_file_is_healed(client: Minio, wide: str, tmp_path: Path, damage: str) -> None:
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
def test_two_objects_are_never_mixed(client: Minio, wide: str, tmp_path: Path, workers: int) -> None:
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


def test_two_processes_fetch_the_same(client: Minio, wide: str, server: LiveServer, tmp_path: Path) -> None:
    target = tmp_path / "target"
    arguments = [server.endpoint, server.access_key, server.secret_key, wide, str(target)]
    others = [subprocess.Popen([sys.executable, "-c", GET, *arguments]) for _ in range(2)]
    client.fget_object(wide, "wide", target)
    assert target.read_bytes() == WIDE
    assert [other.wait(30) for other in others] == [0, 0]
    assert target.read_bytes() == WIDE
    assert part_files(tmp_path) == []


async def test_a_download_goes_on_asynchronously(async_client: AsyncMinio, wide: str, tmp_path: Path) -> None:
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
def test_the_longest_name(client: Minio, bucket: str, tmp_path: Path, name: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    with ThreadPoolExecutor(3) as workers:
        for found in [workers.submit(client.fget_object, bucket, "object", tmp_path / name) for _ in range(3)]:
            found.result()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"content"


@pytest.mark.requires("versioning")
def test_a_version_is_fetched(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
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
    """A call, and when the user loses patience."""

    name: str
    call: str
    trigger: Trigger
    leaves: bool = False
    """Parts stay for the next try."""


def words(text: bytes) -> Trigger:
    return lambda cable, action: cable.on(text, action)


def up(mebibytes: float) -> Trigger:
    return lambda cable, action: cable.on_bytes_up(int(mebibytes * MIB), action)


def down(mebibytes: float) -> Trigger:
    return lambda cable, action: cable.on_bytes_down(int(mebibytes * MIB), action)


SCENES = [
    Scene("a file, first part", 'client.fput_object(bucket, "new", source, resume=False)', up(2)),
    Scene("a file, fourth part", 'client.fput_object(bucket, "new", source, resume=False)', words(b"partNumber=4&")),
    Scene("a file, resumable", 'client.fput_object(bucket, "new", source)', words(b"partNumber=6&"), leaves=True),
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
    Scene("a file that is read", READ.strip(), down(9)),
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

            def strike() -> None:
                struck.append(time.monotonic())
                child.send_signal(signal.SIGINT)

            scene.trigger(cable, strike)
            outcome: Any = json.loads(child.stdout.readline())
            took = time.monotonic() - struck[0]
            assert child.wait(10) == 0
    assert outcome == ["interrupted", [] if "stuck" not in scene.name else outcome[1]]
    assert took < 2
    assert not is_there(server, filled, "new")
    assert not (tmp_path / "target").exists()
    assert uploads_of(server, filled) == ["new"] * scene.leaves


def test_kill_9_and_again(server: LiveServer, client: Minio, filled: str, tmp_path: Path) -> None:
    """Killed in the middle, both ways: the next try goes on, and what there is in the end is the source."""
    for call, trigger in ((PUT, words(b"partNumber=6&")), (GET, down(20))):
        path = tmp_path / ("source" if call is PUT else "copy")
        with Cable(server.endpoint) as cable:
            cable.pace = 0.001
            arguments = [cable.endpoint, server.access_key, server.secret_key, filled, str(path)]
            child = subprocess.Popen([sys.executable, "-c", call, *arguments])
            trigger(cable, child.kill)
            assert child.wait(30) == -signal.SIGKILL
    client.fput_object(filled, "object", tmp_path / "source")
    client.fget_object(filled, "object", tmp_path / "copy")
    assert hashlib.sha256((tmp_path / "copy").read_bytes()).digest() == hashlib.sha256(LONG).digest()
