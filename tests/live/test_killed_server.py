"""A server that is killed, cut off or silent during each kind of call: a timely error, and nothing left behind.

Calls are played side by side, since most of their time is waiting for a time-out or for a server that restarts. Each
has its own client and its own cable. They share the server, which is killed when all have come to their moment.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.cable import Cable
from fakes.leaks import left_over, open_descriptors
from minio import AsyncMinio, Minio, Policy, ResponseError, TransportError
from minio.local import LocalServer

MIB = 1024 * 1024
BUCKET = "lasting-bucket"
CONTENT = bytes(range(256)) * (16 * MIB // 256)
HALF = 3 * MIB
QUICK = {"secure": False, "connect_timeout": 2.0, "retries": 1}
READ_TIMEOUT = {"cut": 60.0, "stall": 2.0, "kill": 60.0}
"""Seconds. Only silence is noticed by a time-out. A killed server is noticed by the ends of its connections."""
LIMIT = 45.0
"""Seconds from the fault on. Less than a time-out that should not be needed; a call makes two tries, and cleans up."""
NOTIFICATION = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]}


class World:
    """A separate server that can be killed and restarted with its data."""

    def __init__(self, directory: Path, engine: str = "seaweedfs") -> None:
        self.server = LocalServer(directory, engine=engine).start()
        self.fill(self.server.client())

    def fill(self, client: Minio) -> None:
        with client, ThreadPoolExecutor(8) as workers:
            client.make_bucket(BUCKET)
            client.put_object(BUCKET, "large", CONTENT, len(CONTENT))
            client.put_object(BUCKET, "one-part", CONTENT, len(CONTENT), part_size=len(CONTENT))
            list(workers.map(lambda number: client.put_object(BUCKET, f"many/{number:04}", b"x", 1), range(1100)))

    def kill(self) -> None:
        """Kill the server as the kernel does when memory runs out."""
        running = self.server._running
        assert running is not None
        os.killpg(running.process._guard.pid, signal.SIGKILL)
        running.process.wait(10)

    def ensure(self) -> None:
        """Restart it if a test has failed before it did."""
        if self.server.wait(0) is not None:
            self.revive()

    def revive(self) -> None:
        """Restart it at the same address."""
        address = self.server.endpoint
        self.server.stop()
        self.server.start()
        assert self.server.endpoint == address


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.server.stop()


# --- the calls, each written once for both clients


async def done(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def each(result: Any) -> list[Any]:
    result = await done(result)
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


def fresh_name() -> str:
    """A name without an incomplete upload from an earlier test, which would be resumed."""
    return f"new-{next(_numbers)}"


_numbers = itertools.count()


class Stream:
    """Bytes that can be read only once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


async def read_all(client: Any, folder: Path) -> None:
    response = await done(client.get_object(BUCKET, "large"))
    try:
        await done(response.read())
    finally:
        await done(response.close())


async def read_stream(client: Any, folder: Path) -> None:
    response = await done(client.get_object(BUCKET, "large"))
    try:
        await each(response.stream(MIB))
    finally:
        await done(response.close())


async def put_file(client: Any, folder: Path) -> None:
    (folder / "source").write_bytes(CONTENT)
    await done(client.fput_object(BUCKET, fresh_name(), folder / "source"))


async def put_open_file(client: Any, folder: Path) -> None:
    (folder / "source").write_bytes(CONTENT)
    with (folder / "source").open("rb") as file:
        await done(client.put_object(BUCKET, fresh_name(), file, len(CONTENT)))


Call = Callable[[Any, Path], Any]
Trigger = Callable[[Cable, Callable[[], object]], None]


def words(text: bytes) -> Trigger:
    return lambda cable, action: cable.on(text, action)


def down(count: int) -> Trigger:
    return lambda cable, action: cable.on_bytes_down(count, action)


def up(count: int) -> Trigger:
    return lambda cable, action: cable.on_bytes_up(count, action)


@dataclass
class Scene:
    """A call, and the moment of the fault."""

    name: str
    trigger: Trigger
    call: Call
    left: tuple[str, ...] = ()


def simple(name: str, trigger: Trigger, method: str, *args: Any, **options: Any) -> Scene:
    return Scene(name, trigger, lambda client, folder: done(getattr(client, method)(*args, **options)))


def iterated(name: str, trigger: Trigger, method: str, *args: Any, **options: Any) -> Scene:
    return Scene(name, trigger, lambda client, folder: each(getattr(client, method)(*args, **options)))


def fetched(name: str, trigger: Trigger, key: str = "large") -> Scene:
    async def call(client: Any, folder: Path) -> None:
        await done(client.fget_object(BUCKET, key, folder / "below" / "target"))

    return Scene(name, trigger, call)


def stored(name: str, trigger: Trigger, make: Callable[[], Any], length: int, **options: Any) -> Scene:
    return Scene(
        name, trigger, lambda client, folder: done(client.put_object(BUCKET, fresh_name(), make(), length, **options))
    )


SIZE = len(CONTENT)
SCENES = [
    simple("list_buckets", words(b"GET / "), "list_buckets"),
    simple("make_bucket", words(b"PUT /new-bucket"), "make_bucket", "new-bucket"),
    simple("bucket_exists", words(b"HEAD /"), "bucket_exists", BUCKET),
    simple("remove_bucket", words(b"DELETE /"), "remove_bucket", BUCKET),
    iterated("list-at-once", words(b"list-type=2"), "list_objects", BUCKET, recursive=True),
    iterated("list-in-a-page", down(20_000), "list_objects", BUCKET, recursive=True),
    iterated("list-between-pages", words(b"continuation-token="), "list_objects", BUCKET, recursive=True),
    iterated("list-v1-between-pages", words(b"marker="), "list_objects", BUCKET, recursive=True, use_api_v1=True),
    iterated("list_incomplete_uploads", words(b"uploads="), "list_incomplete_uploads", BUCKET),
    simple("get_object", words(b"GET /lasting-bucket/"), "get_object", BUCKET, "large"),
    Scene("get-half", down(HALF), read_all),
    Scene("get-half-streamed", down(HALF), read_stream),
    fetched("fget-head", words(b"HEAD /")),
    fetched("fget-get", words(b"GET /lasting-bucket/large")),
    # The bytes that a killed server has sent still arrive. A complete part would rightly be kept.
    fetched("fget-half", down(HALF), "one-part"),
    stored("put-small", words(b"PUT /lasting-bucket/new"), lambda: b"small", 5),
    stored("put-small-stream", words(b"PUT /lasting-bucket/new"), lambda: Stream(b"small"), 5),
    stored("put-one-half", up(HALF), lambda: CONTENT, SIZE, part_size=32 * MIB),
    stored("parts-begin", words(b"uploads="), lambda: CONTENT, SIZE),
    stored("parts-memory", words(b"partNumber=2"), lambda: CONTENT, SIZE),
    stored("parts-stream", words(b"partNumber=2"), lambda: Stream(CONTENT), SIZE),
    stored("parts-unknown", words(b"partNumber=3"), lambda: Stream(CONTENT), -1),
    stored("parts-half", up(HALF), lambda: CONTENT, SIZE),
    stored("parts-alone", words(b"partNumber=2"), lambda: CONTENT, SIZE, num_parallel_uploads=1),
    stored("parts-end", words(b"<CompleteMultipartUpload"), lambda: CONTENT, SIZE),
    Scene("parts-open-file", words(b"partNumber=2"), put_open_file, ("source",)),
    Scene("fput", words(b"partNumber=2"), put_file, ("source",)),
    Scene("fput-half", up(HALF), put_file, ("source",)),
    simple("copy", words(b"PUT /lasting-bucket/new"), "copy_object", BUCKET, "new", f"/{BUCKET}/many/0001"),
    simple("stat", words(b"HEAD /"), "stat_object", BUCKET, "large"),
    simple("remove", words(b"DELETE /"), "remove_object", BUCKET, "none"),
    iterated("remove_objects", words(b"delete="), "remove_objects", BUCKET, ["none-1", "none-2"]),
    simple("remove_incomplete_upload", words(b"uploads="), "remove_incomplete_upload", BUCKET, "none"),
    simple("presign", words(b"location="), "presigned_get_object", BUCKET, "large"),
    simple("get-policy", words(b"policy="), "get_bucket_policy", BUCKET, ""),
    simple("set-policy", words(b"policy="), "set_bucket_policy", BUCKET, "", Policy.READ_ONLY),
    simple("get-notification", words(b"notification="), "get_bucket_notification", BUCKET),
    simple("set-notification", words(b"notification="), "set_bucket_notification", BUCKET, NOTIFICATION),
]
UNKNOWN_REGION = {"presign"}


# --- what must hold


def files_below(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.rglob("*") if path.is_file()))


def foreign_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name != "cable"}


async def play(client: Any, scene: Scene, cable: Cable, fault: Callable[[], object], folder: Path) -> None:
    struck: Future[float] = Future()

    def strike() -> None:
        fault()
        struck.set_result(time.monotonic())

    await done(client.list_buckets())  # opens the connection beforehand
    scene.trigger(cable, strike)
    with pytest.raises(TransportError) as caught:
        await scene.call(client, folder)
    failed = time.monotonic()
    # The call may notice a cut before `fault` has returned in the thread of the cable.
    assert failed - await asyncio.wait_for(asyncio.wrap_future(struck), 10) < LIMIT
    assert cable.endpoint in str(caught.value)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert files_below(folder) == scene.left


async def still_works(client: Any) -> None:
    """The same client works again as soon as the server does. The server responds before it has loaded all its data."""
    deadline = time.monotonic() + 60
    while True:
        try:
            found = await done(client.stat_object(BUCKET, "large"))
            assert found.size == SIZE
            written = await done(client.put_object(BUCKET, "after", b"after", 5))
            assert written.etag
            return
        except (TransportError, ResponseError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


class Group:
    """Calls that are played side by side with one fault."""

    def __init__(self, kind: Any, fault: str, scenes: list[Scene], world: World) -> None:
        self.kind, self.fault, self.scenes, self.world = kind, fault, scenes, world
        self._killed = threading.Barrier(len(scenes), world.kill, timeout=120)
        self._revived = threading.Barrier(len(scenes), world.revive, timeout=120)

    def play_all(self, folder: Path) -> list[str]:
        """Play all calls. Returns what went wrong."""
        with ThreadPoolExecutor(len(self.scenes)) as threads:
            return [
                wrong
                for wrong in threads.map(lambda scene: self._play(scene, folder / scene.name), self.scenes)
                if wrong
            ]

    def _play(self, scene: Scene, folder: Path) -> str:
        folder.mkdir()
        try:
            with Cable(self.world.server.endpoint) as cable:
                asyncio.run(self._story(scene, cable, folder))
        except (Exception, pytest.fail.Exception) as error:
            self._killed.abort()  # the others need not wait
            self._revived.abort()
            return f"{scene.name}: {type(error).__name__}: {error}"
        return ""

    async def _story(self, scene: Scene, cable: Cable, folder: Path) -> None:
        region = None if scene.name in UNKNOWN_REGION else "us-east-1"
        options = {**QUICK, "read_timeout": READ_TIMEOUT[self.fault], "region": region}
        server = self.world.server
        client = self.kind(cable.endpoint, server.access_key, server.secret_key, **options)
        try:
            await play(client, scene, cable, self._strike(cable), folder)
            cable.drop_all()
            cable.mend()
            if self.fault == "kill":
                await asyncio.to_thread(self._revived.wait)
            await still_works(client)
        finally:
            await done(client.close())

    def _strike(self, cable: Cable) -> Callable[[], object]:
        return self._killed.wait if self.fault == "kill" else getattr(cable, self.fault)


GROUPS = [SCENES[first::3] for first in range(3)]


@pytest.mark.parametrize("scenes", GROUPS, ids=lambda scenes: f"{scenes[0].name}, ...")
@pytest.mark.parametrize("fault", ["cut", "stall", "kill"])
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
def test_lost_server(kind: Any, fault: str, scenes: list[Scene], world: World, tmp_path: Path) -> None:
    threads, files = foreign_threads(), open_descriptors()
    try:
        wrong = Group(kind, fault, scenes, world).play_all(tmp_path)
    finally:
        world.ensure()
    assert not wrong, "\n".join(["", *wrong])
    # Threads of earlier tests may still end, and their files may still be collected.
    assert left_over(foreign_threads, threads) == set()
    if fault != "kill":  # a restarted server has other log files and pipes
        assert left_over(open_descriptors, files) == set()
