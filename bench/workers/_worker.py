"""What every worker shares: it obeys commands that come as lines of JSON, does the work, checks it, and answers.

A worker is started once and then lives through all rounds, so that neither its start nor its first connection counts.
It says `{"ready": ...}` first. A command is `{"work": NAME, "count": N, ...}`, the answer
`{"wall": seconds, "cpu": seconds, "amount": calls or bytes or keys}`, or `{"error": reason}`.

`wall` and `cpu` are those of the work alone. What came is compared with what was expected: small things at once,
large files when the clock has stopped. Work that is not proven right is an error and no figure.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

SMALL = 4096
LANES = 32
KEYS = 256
"""Small calls go round so many objects."""


SPREAD = KEYS // LANES


def small_body() -> bytes:
    """What every small object holds."""
    return hashlib.shake_256(b"small").digest(SMALL)


def small_etag() -> str:
    return hashlib.md5(small_body(), usedforsecurity=False).hexdigest()


Entry = tuple[str, int, str, datetime]
"""What a listing tells of a key: its name, size, ETag, and when it was last modified; all of it is read."""


class Wrong(Exception):
    """What was moved is not what should have been."""


def expect(true: bool, what: str) -> None:
    if not true:
        raise Wrong(what)


class Clock:
    """Wall time and this process's CPU time inside `with clock:` blocks, in seconds."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self._cpu, self._wall = cpu_seconds(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._wall
        self.cpu += cpu_seconds() - self._cpu


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Client:
    """One client under test. A subclass has the calls that it can do, in the way its documentation shows."""

    small = small_body()
    etag = small_etag()

    def __init__(self, options: dict[str, Any]) -> None:
        self.endpoint: str = options["endpoint"]
        self.access_key: str = options.get("access_key", "minioadmin")
        self.secret_key: str = options.get("secret_key", "minioadmin")
        self.options = options
        self.bucket: str = options.get("bucket", "bucket")
        self.connect()

    def connect(self) -> None:
        """Make the client. Called once, before anything is measured."""

    def enter_bucket(self, bucket: str) -> None:
        """Use this bucket from now on."""
        self.bucket = bucket

    # Blocking calls.
    def get(self, key: str) -> Any:
        raise Wrong("this client has no such call")

    put: Callable[[str, bytes], Any]
    head: Callable[[str], int]
    list: Callable[[], Iterator[Entry]]
    download: Callable[[str, str], Any]
    upload: Callable[[str, str], Any]

    def settle(self, path: str) -> None:
        """Wait until a file is on the disk."""
        with open(path, "rb") as file:
            os.fsync(file.fileno())

    # Asynchronous calls, on the loop that lives as long as the worker.
    aget: Callable[[str], Coroutine[Any, Any, Any]]
    aput: Callable[[str, bytes], Coroutine[Any, Any, Any]]

    async def start_async(self) -> None:
        """Make the asynchronous client, where it has to be made on its loop."""


class Worker:
    """Does what is commanded, with a client."""

    def __init__(self, make: Callable[[dict[str, Any]], Client], options: dict[str, Any]) -> None:
        self.client = make(options)
        self.lanes = ThreadPoolExecutor(LANES)
        self.runner: asyncio.Runner | None = None
        self.loop_name = options.get("loop", "asyncio")

    def obey(self, command: dict[str, Any]) -> dict[str, float]:
        self.client.enter_bucket(command.get("bucket", self.client.bucket))
        clock = Clock()
        amount = getattr(self, "do_" + command["work"])(clock, command)
        return {"wall": clock.wall, "cpu": clock.cpu, "amount": amount}

    # Small calls, one after another.
    def do_get(self, clock: Clock, command: dict[str, Any]) -> int:
        with clock:
            self._get_all(command["count"])
        return int(command["count"])

    def do_put(self, clock: Clock, command: dict[str, Any]) -> int:
        with clock:
            self._put_all(command["count"])
        return self._readback(command)

    def do_head(self, clock: Clock, command: dict[str, Any]) -> int:
        head = self.client.head
        with clock:
            for index in range(command["count"]):
                expect(head(key_of(index)) == SMALL, "HEAD told another size")
        return int(command["count"])

    # Many at once: on threads, or as tasks.
    def do_get_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        return self._on_threads(clock, command, self._get_all)

    def do_put_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        self._on_threads(clock, command, self._put_all)
        return self._readback(command)

    def do_get_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        return self._as_tasks(clock, command, self._aget_all)

    def do_put_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        self._as_tasks(clock, command, self._aput_all)
        return self._readback(command)

    # Large things.
    def do_list(self, clock: Clock, command: dict[str, Any]) -> int:
        count, size, last, etags, years = 0, 0, "", 0, 0
        with clock:
            for name, bytes_, etag, modified in self.client.list():
                count += 1
                size += bytes_
                etags += len(etag.strip('"'))
                years += modified.year
                last = name
        expect((count, size, last) == (command["keys"], command["bytes"], command["last"]), "the listing is not whole")
        expect((etags, years) == (32 * count, 2026 * count), "the listing has other ETags or times")
        return count

    def do_download(self, clock: Clock, command: dict[str, Any]) -> int:
        return self._to_file(clock, command, self.client.download)

    def do_upload(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        with clock:
            self.client.upload(command["key"], command["path"])
        return os.path.getsize(command["path"])

    def _to_file(self, clock: Clock, command: dict[str, Any], download: Callable[[str, str], Any]) -> int:
        path = command["path"]
        if command.get("twice"):  # whose memory the system took away fetches it back now, while nothing counts
            self._one_file(Clock(), command, download, path)
        return self._one_file(clock, command, download, path)

    def _one_file(self, clock: Clock, command: dict[str, Any], download: Callable[[str, str], Any], path: str) -> int:
        os.sync()  # what others have left to the disk is not ours to wait for
        try:
            with clock:
                download(command["key"], path)
                if command.get("settle"):
                    self.client.settle(path)
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            expect(digest == command["digest"], "the file is not the object")
            return os.path.getsize(path)
        finally:
            if os.path.exists(path):
                os.unlink(path)

    def _get_all(self, count: int, start: int = 0) -> None:
        get, small = self.client.get, self.client.small
        for index in range(start, start + count):
            expect(get(key_of(index)) == small, "GET brought something else")

    def _put_all(self, count: int, start: int = 0) -> None:
        put, small, etag = self.client.put, self.client.small, self.client.etag
        for index in range(start, start + count):
            expect(put(key_of(index), small).strip('"') == etag, "PUT told another ETag")

    async def _aget_all(self, count: int, start: int) -> None:
        get, small = self.client.aget, self.client.small
        for index in range(start, start + count):
            expect(await get(key_of(index)) == small, "GET brought something else")

    async def _aput_all(self, count: int, start: int) -> None:
        put, small, etag = self.client.aput, self.client.small, self.client.etag
        for index in range(start, start + count):
            expect((await put(key_of(index), small)).strip('"') == etag, "PUT told another ETag")

    def _on_threads(self, clock: Clock, command: dict[str, Any], work: Callable[[int, int], None]) -> int:
        each = max(1, command["count"] // LANES)
        with clock:
            for future in [self.lanes.submit(work, each, lane * SPREAD) for lane in range(LANES)]:
                future.result()
        return each * LANES

    def _as_tasks(
        self, clock: Clock, command: dict[str, Any], work: Callable[[int, int], Coroutine[Any, Any, None]]
    ) -> int:
        each = max(1, command["count"] // LANES)

        async def all_lanes() -> None:
            with clock:
                await asyncio.gather(*(work(each, lane * SPREAD) for lane in range(LANES)))

        if self.runner is None:
            self.runner = asyncio.Runner(loop_factory=self._loop_factory())
            self.runner.run(self.client.start_async())
        self.runner.run(all_lanes())
        return each * LANES

    def _loop_factory(self) -> Callable[[], asyncio.AbstractEventLoop] | None:
        if self.loop_name != "uvloop":
            return None
        import uvloop

        return uvloop.new_event_loop

    def _readback(self, command: dict[str, Any]) -> int:
        """See whether some of what was put is there; a null server has it anyway, but then each ETag told as much."""
        count = int(command["count"])
        lanes = 1 if command["work"] == "put" else LANES
        for lane in range(lanes):
            data = self.client.get(key_of(lane * SPREAD))
            expect(bytes(data) == self.client.small, "what was put is not there")
        return count // lanes * lanes


def key_of(index: int) -> str:
    return _NAMES[index % KEYS]


_NAMES = [f"small/{index:03}" for index in range(KEYS)]


def serve(make: Callable[[dict[str, Any]], Client]) -> None:
    """Answer commands until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the client prints is no answer
    try:
        worker = Worker(make, json.loads(sys.argv[1]))
    except Exception as error:  # noqa: BLE001 - the reason is for the table
        answers.write(json.dumps({"error": reason(error)}) + "\n")
        return
    answers.write(json.dumps({"ready": True}) + "\n")
    for line in sys.stdin:
        try:
            answer: dict[str, Any] = worker.obey(json.loads(line))
        except Exception as error:  # noqa: BLE001 - the reason is for the table
            answer = {"error": reason(error)}
        answers.write(json.dumps(answer) + "\n")
    os._exit(0)  # nothing of it is worth an orderly end, and some clients take long over it


def reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}"[:160]
