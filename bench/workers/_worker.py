"""The base of every worker: it reads commands as lines of JSON, runs them, checks the results and replies.

A worker starts once and runs through all rounds, so neither its start nor its first connection counts. First it prints
`{"ready": ...}`. A command is `{"work": NAME, "count": N, ...}`. The reply is
`{"wall": seconds, "cpu": seconds, "amount": calls or bytes or keys}` or `{"error": reason}`.

`wall` and `cpu` cover only the work itself. The results are compared with the expected data: small objects immediately,
large files after the clock has stopped. If the comparison fails, the worker reports an error instead of a figure.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

SMALL = 4096
LANES = 32
KEYS = 256
"""Number of objects that small calls cycle through."""


SPREAD = KEYS // LANES


def small_body() -> bytes:
    """Return the content of every small object."""
    return hashlib.shake_256(b"small").digest(SMALL)


def small_etag() -> str:
    return hashlib.md5(small_body(), usedforsecurity=False).hexdigest()


class Wrong(Exception):
    """The transferred data is wrong."""


def expect(true: bool, what: str) -> None:
    if not true:
        raise Wrong(what)


Pairs = Iterator[tuple[str, str]]
"""Pairs of a key and a path, which many threads or tasks share."""


@dataclass(frozen=True)
class Tree:
    """A directory of small files that differ from each other.

    Args:
        files: How many files there are.
        folders: How many directories they are spread over. 0 puts them all into one.
        size: The bytes of each file.
    """

    files: int
    folders: int = 0
    size: int = SMALL

    def names(self) -> list[str]:
        if not self.folders:
            return [f"{index:04}.bin" for index in range(self.files)]
        return [f"{index % self.folders:03}/{index:06}.bin" for index in range(self.files)]

    def body(self, name: str) -> bytes:
        return hashlib.shake_256(name.encode()).digest(self.size)

    def pairs(self, prefix: str, folder: str) -> Pairs:
        return iter([(prefix + name, f"{folder}/{name}") for name in self.names()])

    def make(self, folder: str) -> None:
        for parent in sorted({os.path.dirname(f"{folder}/{name}") for name in self.names()}):
            os.makedirs(parent)
        for name in self.names():
            with open(f"{folder}/{name}", "wb") as file:
                file.write(self.body(name))

    def check(self, folder: str) -> int:
        """Check that a directory has all files, with their content, and nothing else. Return their number."""
        found = [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names]
        expected = {f"{folder}/{name}": name for name in self.names()}
        expect(sorted(found) == sorted(expected), "the folder has other files")
        for path, name in expected.items():
            with open(path, "rb") as file:
                expect(file.read() == self.body(name), "a file is not the object")
        return self.files


def tree_of(command: dict[str, Any]) -> Tree:
    return Tree(**command["tree"])


def fresh_folder(parent: str) -> str:
    """Create a folder. It is removed at the end: creating files is slow for a while after ext4 has removed many."""
    os.sync()  # do not wait for pending writes of other clients
    return tempfile.mkdtemp(dir=parent)


Entry = tuple[str, int, str, datetime]
"""An entry of a listing: name, size, ETag and modification time. The workers read all four."""


class Clock:
    """The wall time and the process CPU time spent in `with clock:` blocks, in seconds."""

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
    """A client under test. Subclasses implement the calls that it supports, as its documentation shows them."""

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
        """Create the client. Called once, before the measurements."""

    def enter_bucket(self, bucket: str) -> None:
        """Use this bucket from now on."""
        self.bucket = bucket

    # Blocking calls.
    def get(self, key: str) -> Any:
        raise Wrong("this client has no such call")

    get_many: Callable[[Iterator[str]], Iterator[Any]]
    put: Callable[[str, bytes], Any]
    head: Callable[[str], int]
    list: Callable[[], Iterator[Entry]]
    download: Callable[[str, str], Any]
    upload: Callable[[str, str], Any]

    def download_durably(self, key: str, path: str) -> None:
        """Download a file, and wait until it has been written to the disk."""
        self.download(key, path)
        self.settle(path)

    def settle(self, path: str) -> None:
        with open(path, "rb") as file:
            os.fsync(file.fileno())

    # Many small files: every object below a prefix to a directory, and every file of a directory to a prefix.
    download_files: Callable[[str, str], Any]
    upload_files: Callable[[str, str], Any]

    # Asynchronous calls, on a loop that runs as long as the worker.
    aget: Callable[[str], Coroutine[Any, Any, Any]]
    aput: Callable[[str, bytes], Coroutine[Any, Any, Any]]
    adownload: Callable[[str, str], Coroutine[Any, Any, Any]]
    aupload: Callable[[str, str], Coroutine[Any, Any, Any]]
    adownload_files: Callable[[str, str], Coroutine[Any, Any, Any]]
    aupload_files: Callable[[str, str], Coroutine[Any, Any, Any]]

    async def start_async(self) -> None:
        """Create the asynchronous client, if it has to be created on its loop."""


class Worker:
    """Runs commands with a client."""

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
                expect(head(key_of(index)) == SMALL, "HEAD returned a wrong size")
        return int(command["count"])

    # Many at once, on threads or as tasks.
    def do_get_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        return self._on_threads(clock, command, self._get_all)

    def do_get_many(self, clock: Clock, command: dict[str, Any]) -> int:
        """Read objects with one call of the client that reads many."""
        count, small = int(command["count"]), self.client.small
        seen = 0
        with clock:
            for data in self.client.get_many(key_of(index) for index in range(count)):
                expect(data == small, "GET returned wrong data")
                seen += 1
        expect(seen == count, "objects are missing")
        return count

    def do_put_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        self._on_threads(clock, command, self._put_all)
        return self._readback(command)

    def do_get_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        return self._as_tasks(clock, command, self._aget_all)

    def do_put_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        self._as_tasks(clock, command, self._aput_all)
        return self._readback(command)

    # Large objects and listings.
    def do_list(self, clock: Clock, command: dict[str, Any]) -> int:
        count, size, last, etags, years = 0, 0, "", 0, 0
        with clock:
            for name, bytes_, etag, modified in self.client.list():
                count += 1
                size += bytes_
                etags += len(etag.strip('"'))
                years += modified.year
                last = name
        expected = command["keys"], command["bytes"], command.get("last", last)
        expect((count, size, last) == expected, "the listing is incomplete")
        expect((etags, years) == (32 * count, 2026 * count), "the listing has wrong ETags or times")
        return count

    def do_download(self, clock: Clock, command: dict[str, Any]) -> int:
        if command.get("twice"):  # memory that the system took away is fetched back now, unmeasured
            self._to_file(Clock(), command, self.client.download)
        durable = command.get("durable")
        return self._to_file(clock, command, self.client.download_durably if durable else self.client.download)

    def do_upload(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        with clock:
            self.client.upload(command["key"], command["path"])
        return os.path.getsize(command["path"])

    # Many small files.
    def do_download_files(self, clock: Clock, command: dict[str, Any]) -> int:
        folder = fresh_folder(command["folder"])
        with clock:
            self.client.download_files(command["prefix"], folder)
        return tree_of(command).check(folder)

    def do_upload_files(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        with clock:
            self.client.upload_files(command["folder"], command["prefix"])
        return tree_of(command).files

    def do_download_files_async(self, clock: Clock, command: dict[str, Any]) -> int:
        folder = fresh_folder(command["folder"])
        self._gather(clock, [partial(self.client.adownload_files, command["prefix"], folder)])
        return tree_of(command).check(folder)

    def do_upload_files_async(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        self._gather(clock, [partial(self.client.aupload_files, command["folder"], command["prefix"])])
        return tree_of(command).files

    def do_download_files_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        folder, tree = fresh_folder(command["folder"]), tree_of(command)
        self._files_on_threads(clock, self.client.download, tree.pairs(command["prefix"], folder))
        return tree.check(folder)

    def do_upload_files_threads(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        tree = tree_of(command)
        self._files_on_threads(clock, self.client.upload, tree.pairs(command["prefix"], command["folder"]))
        return tree.files

    def do_download_files_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        folder, tree = fresh_folder(command["folder"]), tree_of(command)
        self._files_as_tasks(clock, self.client.adownload, tree.pairs(command["prefix"], folder))
        return tree.check(folder)

    def do_upload_files_tasks(self, clock: Clock, command: dict[str, Any]) -> int:
        os.sync()
        tree = tree_of(command)
        self._files_as_tasks(clock, self.client.aupload, tree.pairs(command["prefix"], command["folder"]))
        return tree.files

    def _files_on_threads(self, clock: Clock, move: Callable[[str, str], Any], todo: Pairs) -> None:
        def lane() -> None:
            for key, path in todo:
                move(key, path)

        with clock:
            for future in [self.lanes.submit(lane) for _ in range(LANES)]:
                future.result()

    def _files_as_tasks(self, clock: Clock, move: Callable[[str, str], Coroutine[Any, Any, Any]], todo: Pairs) -> None:
        async def lane() -> None:
            for key, path in todo:
                await move(key, path)

        self._gather(clock, [lane] * LANES)

    def _to_file(self, clock: Clock, command: dict[str, Any], download: Callable[[str, str], Any]) -> int:
        path = command["path"]
        os.sync()  # do not wait for pending writes of other clients
        try:
            with clock:
                download(command["key"], path)
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
            expect(get(key_of(index)) == small, "GET returned wrong data")

    def _put_all(self, count: int, start: int = 0) -> None:
        put, small, etag = self.client.put, self.client.small, self.client.etag
        for index in range(start, start + count):
            expect(put(key_of(index), small).strip('"') == etag, "PUT returned a wrong ETag")

    async def _aget_all(self, count: int, start: int) -> None:
        get, small = self.client.aget, self.client.small
        for index in range(start, start + count):
            expect(await get(key_of(index)) == small, "GET returned wrong data")

    async def _aput_all(self, count: int, start: int) -> None:
        put, small, etag = self.client.aput, self.client.small, self.client.etag
        for index in range(start, start + count):
            expect((await put(key_of(index), small)).strip('"') == etag, "PUT returned a wrong ETag")

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
        self._gather(clock, [partial(work, each, lane * SPREAD) for lane in range(LANES)])
        return each * LANES

    def _gather(self, clock: Clock, lanes: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
        async def all_lanes() -> None:
            with clock:
                await asyncio.gather(*(lane() for lane in lanes))

        if self.runner is None:
            self.runner = asyncio.Runner(loop_factory=self._loop_factory())
            self.runner.run(self.client.start_async())
        self.runner.run(all_lanes())

    def _loop_factory(self) -> Callable[[], asyncio.AbstractEventLoop] | None:
        if self.loop_name != "uvloop":
            return None
        import uvloop

        return uvloop.new_event_loop

    def _readback(self, command: dict[str, Any]) -> int:
        """Check some of the uploaded objects. The null server has them anyway; there, the ETags were checked."""
        count = int(command["count"])
        lanes = 1 if command["work"] == "put" else LANES
        for lane in range(lanes):
            data = self.client.get(key_of(lane * SPREAD))
            expect(bytes(data) == self.client.small, "an uploaded object is missing")
        return count // lanes * lanes


def key_of(index: int) -> str:
    return _NAMES[index % KEYS]


_NAMES = [f"small/{index:03}" for index in range(KEYS)]


def serve(make: Callable[[dict[str, Any]], Client], kind: type[Worker] = Worker) -> None:
    """Reply to commands until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # output of the client is not a reply
    try:
        worker = kind(make, json.loads(sys.argv[1]))
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
    os._exit(0)  # a clean shutdown is not needed, and takes some clients a long time


def reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}"[:160]
