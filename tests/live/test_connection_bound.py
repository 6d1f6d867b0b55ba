"""The connection limit of AsyncMinio on a real server: many calls at once, and whole transfers."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from live.helpers import MIB, noise
from minio import AsyncMinio
from minio.commonconfig import ComposeSource, CopySource
from minio.error import TransportError
from servers.cleanup import remove_bucket
from servers.live import LiveServer, Servers

BUCKET = "test-connection-bound"
LARGE = noise(12 * MIB)
MANY = """
    import asyncio, resource, sys
    from minio import AsyncMinio

    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    endpoint, access_key, secret_key, bucket = sys.argv[1:]

    async def main():
        async with AsyncMinio(endpoint, access_key, secret_key, secure=False, region="us-east-1", retries=0) as client:
            puts = (client.put_object(bucket, f"many-{number}", b"x", 1) for number in range(3000))
            print(len(await asyncio.gather(*puts)))
            names = [f"many-{number}" for number in range(3000)]
            assert [error async for error in client.remove_objects(bucket, names)] == []

    asyncio.run(main())
"""


@pytest.fixture(scope="module")
def live(servers: Servers) -> Iterator[LiveServer]:
    found = servers.get("seaweedfs")
    with found.make_client() as client:
        client.make_bucket(BUCKET)
        client.put_object(BUCKET, "large", LARGE, len(LARGE))
        client.put_object(BUCKET, "small", b"small", 5)
    yield found
    remove_bucket(found.raw, BUCKET)


@pytest.fixture
async def one(live: LiveServer) -> AsyncIterator[AsyncMinio]:
    """A client with a single connection."""
    async with live.make_async_client(max_connections=1, read_timeout=20.0) as client:
        yield client


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on open files here")
def test_three_thousand_puts_at_once(live: LiveServer) -> None:
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(MANY), live.endpoint, live.access_key]
    done = subprocess.run([*command, live.secret_key, BUCKET], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "3000\n", "")


async def test_transfers_with_one_connection(one: AsyncMinio, tmp_path: Path) -> None:
    """No call holds a connection while it waits for another one."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(LARGE)
    async with asyncio.timeout(200):
        await one.fput_object(BUCKET, "up", source, num_parallel_uploads=4)
        await one.fget_object(BUCKET, "up", target)
        await one.put_object(BUCKET, "stream", io.BytesIO(LARGE), -1, part_size=5 * MIB)
        await one.copy_object(BUCKET, "copy", CopySource(BUCKET, "up"))
        await one.compose_object(BUCKET, "composed", [ComposeSource(BUCKET, "up"), ComposeSource(BUCKET, "small")])
        async with await one.get_object(BUCKET, "composed") as response:
            composed = await response.read()
        names = [item.object_name async for item in one.list_objects(BUCKET, recursive=True)]
        errors = [error async for error in one.remove_objects(BUCKET, ["up", "stream", "copy", "composed"])]
    assert target.read_bytes() == LARGE
    assert composed == LARGE + b"small"
    assert {"up", "stream", "copy", "composed"} <= set(names)
    assert errors == []


async def test_many_transfers_with_one_connection(one: AsyncMinio, tmp_path: Path) -> None:
    async with asyncio.timeout(200):
        await asyncio.gather(*(one.fget_object(BUCKET, "large", tmp_path / str(number)) for number in range(4)))
    assert all((tmp_path / str(number)).read_bytes() == LARGE for number in range(4))


async def test_file_objects_with_one_connection(one: AsyncMinio) -> None:
    async with asyncio.timeout(200):
        async with await one.open_object(BUCKET, "written", "wb") as file:
            await file.write(LARGE)
        async with await one.open_object(BUCKET, "written") as file:
            assert await file.read() == LARGE
            await file.seek(7 * MIB)
            assert await file.read(10) == LARGE[7 * MIB :][:10]


async def test_unread_responses(live: LiveServer) -> None:
    async with live.make_async_client(max_connections=2, read_timeout=1.5) as client:
        held = [await client.get_object(BUCKET, "large") for _ in range(2)]
        with pytest.raises(TransportError, match="all 2 connections are held by responses") as caught:
            await client.get_object(BUCKET, "large")
        assert caught.value.tries == 1
        assert (await client.stat_object(BUCKET, "small")).size == 5
        await held[0].close()
        async with await client.get_object(BUCKET, "small") as response:
            assert await response.read() == b"small"
        await held[1].close()


async def test_256_objects_piped_at_once(live: LiveServer) -> None:
    """As many objects as connections: each response holds one, and the upload of what it reads uses another."""
    ready = asyncio.Barrier(256)
    async with live.make_async_client() as client, asyncio.timeout(200):

        async def pipe(number: int) -> int:
            async with await client.get_object(BUCKET, "piped") as response:
                await ready.wait()
                return (await client.put_object(BUCKET, f"pipe-{number}", response, 2 * MIB)).etag == etag

        etag = (await client.put_object(BUCKET, "piped", LARGE[: 2 * MIB], 2 * MIB)).etag
        assert all(await asyncio.gather(*map(pipe, range(256))))
