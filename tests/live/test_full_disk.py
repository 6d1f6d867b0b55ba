"""A disk that fills up during a download, and Ctrl-C during any call: nothing partial is left behind."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from minio import Minio
from servers.live import LiveServer

MIB = 1024 * 1024
SIZE = 48 * MIB
KEY = "large"

CHILD = """
import asyncio, contextlib, inspect, resource, sys, time
from minio import AsyncMinio, Minio

kind, what, endpoint, access_key, secret_key, bucket, folder = sys.argv[1:]


async def done(result):
    return await result if inspect.isawaitable(result) else result


async def each(result):
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


def ready(*_):
    print("ready", flush=True)


async def call(client):
    if what == "fput":
        await done(client.fput_object(bucket, "new", f"{folder}/source", progress=ready, resume=False))
    elif what == "fget":
        await done(client.fget_object(bucket, "large", f"{folder}/target", progress=ready))
    elif what == "limited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
        await done(client.fget_object(bucket, "large", f"{folder}/target"))
    elif what == "list":
        ready()
        while True:
            await each(client.list_objects(bucket, recursive=True))
    elif what == "remove":
        ready()
        while True:
            await each(client.remove_objects(bucket, [f"none/{number}" for number in range(500)]))


async def main():
    client = {"Minio": Minio, "AsyncMinio": AsyncMinio}[kind](endpoint, access_key, secret_key, secure=False)
    try:
        await call(client)
    finally:
        await done(client.close())
    # Done before the interrupt came: wait for it, as each of the two waits.
    if kind == "AsyncMinio":
        await asyncio.sleep(30)
    time.sleep(30)


if kind == "Minio":
    with contextlib.suppress(StopIteration):
        main().send(None)  # nothing in it waits for a loop
else:
    asyncio.run(main())
"""


@pytest.fixture
def large(client: Minio, bucket: str) -> str:
    """A bucket with a large object."""
    client.put_object(bucket, KEY, bytes(SIZE), SIZE)
    return bucket


def start(server: LiveServer, kind: str, what: str, bucket: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, kind, what, server.endpoint, server.access_key, server.secret_key, bucket]
    return subprocess.Popen(
        [*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


# --- full disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MiB. Skips the test if this user cannot mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={16 * MIB}", "none", str(place)]
    if not may_mount() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


def may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


@pytest.mark.parametrize("there", [False, True])
def test_full_disk(client: Minio, large: str, small_disk: Path, there: bool) -> None:
    target = small_disk / "target"
    if there:
        target.write_bytes(b"before")
    with pytest.raises(OSError, match="No space left") as caught:
        client.fget_object(large, KEY, target)
    assert caught.value.errno == errno.ENOSPC
    assert contents(small_disk) == [b"before"] * there


@pytest.mark.parametrize("there", [False, True])
async def test_full_disk_with_the_asynchronous_client(
    server: LiveServer, large: str, small_disk: Path, there: bool
) -> None:
    target = small_disk / "target"
    if there:
        target.write_bytes(b"before")
    async with server.make_async_client() as client:
        with pytest.raises(OSError, match="No space left") as caught:
            await client.fget_object(large, KEY, target)
    assert caught.value.errno == errno.ENOSPC
    assert contents(small_disk) == [b"before"] * there


@pytest.mark.parametrize("kind", ["Minio", "AsyncMinio"])
def test_limited_file_size(server: LiveServer, large: str, tmp_path: Path, kind: str) -> None:
    (tmp_path / "target").write_bytes(b"before")
    child = start(server, kind, "limited", large, tmp_path)
    _, errors = child.communicate(timeout=120)
    assert "File too large" in errors
    assert child.returncode == 1
    assert contents(tmp_path) == [b"before"]


# --- Ctrl-C


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("what", ["fput", "fget", "list", "remove"])
@pytest.mark.parametrize("kind", ["Minio", "AsyncMinio"])
def test_interrupt(
    server: LiveServer, client: Minio, large: str, tmp_path: Path, kind: str, what: str, turn: int
) -> None:
    (tmp_path / "source").write_bytes(bytes(SIZE))
    child = start(server, kind, what, large, tmp_path)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, 0.15))
        child.send_signal(signal.SIGINT)
        begin = time.monotonic()
        _, errors = child.communicate(timeout=120)
    finally:
        child.kill()
    assert time.monotonic() - begin < 20  # the program would sleep for longer
    assert errors.rstrip().endswith("KeyboardInterrupt"), errors
    assert "never awaited" not in errors
    assert "Exception ignored" not in errors
    assert child.returncode == -signal.SIGINT
    assert list(client.list_incomplete_uploads(large, recursive=True)) == []
    for item in client.list_objects(large, "new"):
        assert item.size == SIZE  # the upload was complete before the interrupt arrived
    target = tmp_path / "target"
    assert not target.exists() or target.stat().st_size == SIZE
