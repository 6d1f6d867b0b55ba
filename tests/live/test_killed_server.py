"""A server that is killed, cut off or silent in the middle of each kind of call: an error in time, nothing left."""

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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.cable import Cable
from minio import AsyncMinio, Minio, Policy, ResponseError, TransportError
from minio.local import LocalServer

MIB = 1024 * 1024
BUCKET = "lasting-bucket"
CONTENT = bytes(range(256)) * (16 * MIB // 256)
HALF = 3 * MIB
QUICK = {"secure": False, "connect_timeout": 1.0, "read_timeout": 1.0, "retries": 1}
LIMIT = 12.0
"""Seconds: every call makes two tries of two seconds at most, and cleaning up two more."""
NOTIFICATION = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]}


class World:
    """A server of its own, that can be killed and comes back with what it held."""

    def __init__(self, directory: Path, engine: str = "seaweedfs") -> None:
        self.server = LocalServer(directory, engine=engine).start()
        self.fill(self.server.client())

    def fill(self, client: Minio) -> None:
        with client, ThreadPoolExecutor(8) as workers:
            client.make_bucket(BUCKET)
            client.put_object(BUCKET, "large", CONTENT, len(CONTENT))
            list(workers.map(lambda number: client.put_object(BUCKET, f"many/{number:04}", b"x", 1), range(1100)))

    def kill(self) -> None:
        """End the server as the kernel would when it is out of memory."""
        running = self.server._running
        assert running is not None
        os.killpg(running.process._guard.pid, signal.SIGKILL)
        running.process.wait(10)

    def revive(self) -> None:
        """Start it again at the same address."""
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
    """A name that no unfinished upload of an earlier test has: it would be gone on with."""
    return f"new-{next(_numbers)}"


_numbers = itertools.count()


class Stream:
    """Bytes that can be read once."""

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


def fetched(name: str, trigger: Trigger) -> Scene:
    return Scene(
        name, trigger, lambda client, folder: done(client.fget_object(BUCKET, "large", folder / "below" / "target"))
    )


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
    fetched("fget-half", down(HALF)),
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


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def files_below(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.rglob("*") if path.is_file()))


def foreign_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name != "cable"}


def settles(value: Callable[[], Any], expected: Any, seconds: float = 5.0) -> None:
    """Wait for what other threads of the test still do."""
    deadline = time.monotonic() + seconds
    while (found := value()) != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found == expected


async def play(client: Any, scene: Scene, cable: Cable, fault: Callable[[], object], folder: Path) -> None:
    await done(client.list_buckets())  # the connection is there already
    scene.trigger(cable, fault)
    begin = time.monotonic()
    with pytest.raises(TransportError) as caught:
        await scene.call(client, folder)
    assert time.monotonic() - begin < LIMIT
    assert cable.acted
    assert cable.endpoint in str(caught.value)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert files_below(folder) == scene.left


async def still_works(client: Any) -> None:
    """The same client serves again as soon as the server does, which answers before it has found all its data."""
    deadline = time.monotonic() + 20
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


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
@pytest.mark.parametrize("fault", ["cut", "stall", "kill"])
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
def test_lost(kind: Any, fault: str, scene: Scene, world: World, tmp_path: Path) -> None:
    region = None if scene.name in UNKNOWN_REGION else "us-east-1"

    async def story(cable: Cable) -> None:
        client = kind(cable.endpoint, world.server.access_key, world.server.secret_key, region=region, **QUICK)
        try:
            await play(client, scene, cable, world.kill if fault == "kill" else getattr(cable, fault), tmp_path)
            cable.drop_all()
            cable.mend()
            if fault == "kill":
                await asyncio.to_thread(world.revive)
            await still_works(client)
        finally:
            await done(client.close())

    threads, files = foreign_threads(), open_files()
    with Cable(world.server.endpoint) as cable:
        asyncio.run(story(cable))
    settles(foreign_threads, threads)
    if fault != "kill":  # a revived server has other log files and pipes
        settles(open_files, files)
