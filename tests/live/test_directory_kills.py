"""Runs that are killed or interrupted, and the runs that go on: nothing half, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes.cable import Cable
from fakes.clients import KINDS
from fakes.memory_bucket import MemoryBucket
from fakes.scripted_server import Recorded, ScriptedServer
from live.directories import age, everything_in, make_tree, put, stored, tree_of
from live.helpers import MIB, check_prompt, noise, uploads_of
from minio._core.transfer.layout import FINE_CHUNK, Layout
from servers.live import LiveServer

KILLS = 10
JOBS = 4
FILES = {f"{number % 5}/{number:03}": b"x" * number for number in range(220)}

PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from minio import AsyncMinio, Minio
from minio.directories import Prefix
kind, way, endpoint, access, secret, bucket, directory, checkpoint = sys.argv[1:]
here, there = Path(directory), Prefix(bucket, "p")
options = {"jobs": 4, "checkpoint": checkpoint} if checkpoint else {}
keys = {"secure": False, "region": "us-east-1", "proxy": ""}
def plan(client):
    pair = (here, there) if way == "up" else (there, here)
    return client.plan_sync(*pair, compare=None if checkpoint else "auto")
def show(outcome):
    print(outcome.status, outcome.target, flush=True)
async def run():
    async with AsyncMinio(endpoint, access, secret, **keys) as client:
        async for outcome in client.transfer(plan(client), **options):
            show(outcome)
print("begin", flush=True)
try:
    if kind == "async":
        asyncio.run(run())
    else:
        with Minio(endpoint, access, secret, **keys) as client:
            for outcome in client.transfer(plan(client), **options):
                show(outcome)
except KeyboardInterrupt:
    print("stopped", time.monotonic(), flush=True)
    raise
"""
BULK = """
import asyncio, io, sys, time
from minio import AsyncMinio, Minio
kind, call, endpoint, access, secret, bucket = sys.argv[1:]
keys = {"secure": False, "region": "us-east-1", "proxy": ""}
names = [f"{number:03}" for number in range(200)]
def begin(client):
    match call:
        case "get":
            return client.get_objects(bucket, names, jobs=8)
        case "stat":
            return client.stat_objects(bucket, names, jobs=8)
        case "put":
            return client.put_objects(bucket, ((f"new/{name}", io.BytesIO(bytes(12 << 20))) for name in names), jobs=4)
        case "copy":
            return client.copy_objects(bucket, ((f"new/{name}", f"/{bucket}/{name}") for name in names), jobs=8)
        case "list":
            return client.list_objects_parallel(bucket, workers=4)
        case _:
            return client.remove_prefix(bucket, "", whole_bucket=True)
async def run():
    async with AsyncMinio(endpoint, access, secret, **keys) as client:
        found = begin(client)
        if call == "remove":
            return await found
        async for outcome in found:
            pass
try:
    if kind == "async":
        asyncio.run(run())
    else:
        with Minio(endpoint, access, secret, **keys) as client:
            for outcome in begin(client) if call != "remove" else (begin(client),):
                pass
except KeyboardInterrupt:
    print("stopped", time.monotonic(), flush=True)
    raise
"""


@contextmanager
def program(*words: str, text: str = PROGRAM) -> Iterator[subprocess.Popen[str]]:
    """Run a program above. It does not outlive the test."""
    command = [sys.executable, "-c", text, *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# --- SIGKILL


class Counting:
    """Counts transfers by key, and calls `act` after a number of them."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._lock = threading.Lock()
        self.seen: Counter[str] = Counter()
        self._left = -1
        self._act: Callable[[], None] | None = None

    def after(self, count: int, act: Callable[[], None]) -> None:
        with self._lock:
            self._left, self._act = count, act

    def __call__(self, request: Recorded) -> bytes | None:
        name = request.target.partition("?")[0]
        if request.method != self._method or name.rstrip("/").endswith("bucket"):
            return None
        with self._lock:
            self.seen[name.removeprefix("/bucket/")] += 1
            self._left -= 1
            act = self._act if self._left == 0 else None
        if act is not None:
            act()
        return None


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("kind", KINDS)
def test_run_that_is_killed_ten_times(tmp_path: Path, kind: str, way: str) -> None:
    directory = tmp_path / "directory"
    counting = Counting("PUT" if way == "up" else "GET")
    bucket = MemoryBucket({f"p/{name}": content for name, content in FILES.items()} if way == "down" else {})
    bucket.before = counting
    if way == "up":
        make_tree(directory, FILES)
        for name in FILES:
            age(directory / name)  # a file that is as young as the run may have changed since, and would be sent again
    reported: set[str] = set()
    with ScriptedServer(bucket.script) as server:
        words = [kind, way, str(server.origin), "key", "secret", "bucket", str(directory), str(tmp_path / "checkpoint")]
        for kill in range(KILLS + 1):
            with program(*words) as process:
                if kill < KILLS:
                    counting.after(20, process.kill)
                before = set(reported)
                seen = Counter(counting.seen)
                output, errors = process.communicate(timeout=120)
                assert process.returncode == (0 if kill == KILLS else -signal.SIGKILL), errors
            again = {name for name in before if counting.seen[name] > seen[name]}
            assert not again, "was sent although an earlier run had reported it"
            whole, _, _ = output.rpartition("\n")  # the kill may have cut the last line
            reported |= {name_of(line, way, directory) for line in whole.splitlines() if line.startswith("done ")}
    if way == "up":
        assert bucket.objects == {f"p/{name}": content for name, content in FILES.items()}
    assert tree_of(directory) == FILES
    assert everything_in(tmp_path) == sorted(["directory", *(f"directory/{name}" for name in everything_in(directory))])
    assert sum(counting.seen.values()) <= len(FILES) + KILLS * JOBS


def name_of(line: str, way: str, directory: Path) -> str:
    target = line.partition(" ")[2]
    return target if way == "up" else f"p/{Path(target).relative_to(directory).as_posix()}"


# --- Ctrl-C


LAYOUT = Layout(40 * MIB, FINE_CHUNK)
LARGE = {"large": noise(40 * MIB), "small/1": b"1", "small/2": b"2"}


@pytest.mark.parametrize("kind", KINDS)
def test_interrupted_upload_goes_on(server: LiveServer, bucket: str, tmp_path: Path, kind: str) -> None:
    source = make_tree(tmp_path / "source", LARGE)
    moments: list[float] = []
    with Cable(server.endpoint) as cable:
        words = [kind, "up", cable.endpoint, server.access_key, server.secret_key, bucket, str(source), ""]
        with program(*words) as process:
            cable.on(b"partNumber=8", lambda: interrupt(process, cable, moments))
            output, errors = process.communicate(timeout=120)
        assert cable.acted
        check_prompt(output, moments[0])
        assert process.returncode in (130, -signal.SIGINT), (output, errors)
        assert "KeyboardInterrupt" in errors
        assert "large" not in stored(server, bucket, "p/")
        cable.mend()
        sent = cable.bytes_up
        with program(*words) as process:
            output, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        assert stored(server, bucket, "p/") == LARGE
        assert uploads_of(server, bucket) == []
        assert cable.bytes_up - sent < 40 * MIB  # the parts that had arrived are used


@pytest.mark.parametrize("kind", KINDS)
def test_interrupted_download_goes_on(server: LiveServer, bucket: str, tmp_path: Path, kind: str) -> None:
    put(server, bucket, {f"p/{name}": content for name, content in LARGE.items()})  # in one part
    target = tmp_path / "target"
    moments: list[float] = []
    with Cable(server.endpoint) as cable:
        words = [kind, "down", cable.endpoint, server.access_key, server.secret_key, bucket, str(target), ""]
        with program(*words) as process:
            cable.on_total_down(24 * MIB, cable.stall)
            wait_until(lambda: cable.acted and any(marks_of(target)))
            interrupt(process, cable, moments)
            output, errors = process.communicate(timeout=120)
        assert cable.acted
        check_prompt(output, moments[0])
        assert process.returncode in (130, -signal.SIGINT), (output, errors)
        assert "large" not in tree_of(target)
        missing = first_gap(marks_of(target))
        cable.mend()
        cable.on(missing, lambda: None)
        with program(*words) as process:
            output, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        assert tree_of(target) == LARGE
        assert everything_in(target) == ["large", "small", "small/1", "small/2"]
        assert cable.acted, "the second run has not used what the first one had fetched"


@pytest.mark.parametrize("call", ["get", "stat", "put", "copy", "list", "remove"])
@pytest.mark.parametrize("kind", KINDS)
def test_interrupted_calls_on_many_objects_stop(server: LiveServer, bucket: str, kind: str, call: str) -> None:
    put(server, bucket, {f"{number:03}": b"x" for number in range(200)})
    before = stored(server, bucket)
    moments: list[float] = []
    with Cable(server.endpoint) as cable:
        words = [kind, call, cable.endpoint, server.access_key, server.secret_key, bucket]
        with program(*words, text=BULK) as process:
            cable.on(_TRIGGERS[call], lambda: interrupt(process, cable, moments))
            output, errors = process.communicate(timeout=120)
        assert cable.acted
        check_prompt(output, moments[0])
        assert process.returncode in (130, -signal.SIGINT), (output, errors)
        cable.mend()
    found = stored(server, bucket)
    if call == "remove":
        assert found.items() <= before.items()
    else:
        assert before.items() <= found.items()
    assert all(len(content) in (1, 12 * MIB) for content in found.values())


_TRIGGERS = {
    "get": b"/050",
    "stat": b"/050",
    "put": b"partNumber=2",
    "copy": b"/new/050",
    "list": b"list-type=2",
    "remove": b"?delete",
}
"""What a request contains at which the server says nothing more and the program is interrupted."""


def marks_of(target: Path) -> bytes:
    """One byte for each chunk of the large file: 1 if its mark says that it is stored."""
    for path in target.glob("large.*.part.minio"):
        return path.read_bytes()[LAYOUT.size + 32 :: 5]
    return b""


def first_gap(marks: bytes) -> bytes:
    """The range of the first chunks that are not stored, as a request names it."""
    first = marks.index(0)
    end = marks.find(1, first)
    return b"bytes=%d-%d" % (LAYOUT.start(first), LAYOUT.start(len(marks) if end < 0 else end) - 1)


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def interrupt(process: subprocess.Popen[str], cable: Cable, moments: list[float]) -> None:
    """Press Ctrl-C while the server says nothing more, as far as the program can tell."""
    cable.stall()
    moments.append(time.monotonic())
    os.kill(process.pid, signal.SIGINT)
