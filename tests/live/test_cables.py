"""Transfers over bad networks: connections that break, and bits that flip in transit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fakes.cable import Cable
from live.helpers import MIB, content_of, is_there, noise, uploads_of
from minio import AsyncMinio, Minio, Retry
from minio.error import S3Error, TransportError
from servers.live import LiveServer

SIZE = 66 * MIB
CONTENT = noise(SIZE)
SHORT = {"down": 3 * MIB, "up": 8 * MIB}
"""The bytes that a connection carries before it breaks. Up: one part (at least 5 MiB in S3) and half of the next."""
PART = 5 * MIB
PATIENT = Retry(tries=8, base=0.01)


@pytest.fixture
def cable(server: LiveServer) -> Iterator[Cable]:
    with Cable(server.endpoint) as made:
        yield made


@pytest.fixture
def wired(server: LiveServer, cable: Cable) -> Iterator[Minio]:
    """A client that connects through the cable."""
    with Minio(cable.endpoint, server.access_key, server.secret_key, secure=False, retries=PATIENT) as made:
        yield made


@pytest.fixture
async def wired_async(server: LiveServer, cable: Cable) -> AsyncIterator[AsyncMinio]:
    keys = server.access_key, server.secret_key
    async with AsyncMinio(cable.endpoint, *keys, secure=False, retries=PATIENT) as made:
        yield made


@pytest.fixture
def stored(client: Minio, bucket: str) -> str:
    """A bucket with an object."""
    client.put_object(bucket, "object", CONTENT, SIZE)
    return bucket


def test_connections_that_break(server: LiveServer, cable: Cable, wired: Minio, bucket: str, tmp_path: Path) -> None:
    cable.live_only(**SHORT)
    (tmp_path / "source").write_bytes(CONTENT)
    wired.fput_object(bucket, "object", tmp_path / "source")
    lost = cable.lost
    assert lost >= SIZE // (3 * PART)
    wired.fget_object(bucket, "object", tmp_path / "target")
    with wired.get_object(bucket, "object") as response:
        assert response.read() == CONTENT
    assert cable.lost - lost >= 2 * (SIZE // SHORT["down"] - 1)
    assert (tmp_path / "target").read_bytes() == CONTENT
    assert content_of(server, bucket, "object") == CONTENT


async def test_connections_that_break_asynchronously(
    server: LiveServer, cable: Cable, wired_async: AsyncMinio, bucket: str, tmp_path: Path
) -> None:
    cable.live_only(**SHORT)
    await wired_async.put_object(bucket, "object", CONTENT, SIZE)
    lost = cable.lost
    assert lost >= SIZE // (3 * PART)
    await wired_async.fget_object(bucket, "object", tmp_path / "target")
    async with await wired_async.get_object(bucket, "object") as response:
        assert await response.read() == CONTENT
    assert cable.lost - lost >= 2 * (SIZE // SHORT["down"] - 1)
    assert (tmp_path / "target").read_bytes() == CONTENT
    assert content_of(server, bucket, "object") == CONTENT


@pytest.mark.requires("checksum_verified")
def test_corrupt_part_is_refused_and_sent_again(
    server: LiveServer, cable: Cable, wired: Minio, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "source").write_bytes(CONTENT)
    cable.flip(3, up=True)
    wired.fput_object(bucket, "object", tmp_path / "source", num_parallel_uploads=1)
    assert cable.flipped == 3
    assert cable.bytes_up > SIZE + PART
    assert content_of(server, bucket, "object") == CONTENT
    assert uploads_of(server, bucket) == []


@pytest.mark.requires("checksum_verified")
@pytest.mark.parametrize("size", [4 * MIB, SIZE])
async def test_corrupt_body_asynchronously(
    server: LiveServer, cable: Cable, wired_async: AsyncMinio, bucket: str, size: int
) -> None:
    cable.flip(1, up=True)
    await wired_async.put_object(bucket, "object", CONTENT[:size], size)
    assert cable.flipped == 1
    assert content_of(server, bucket, "object") == CONTENT[:size]


def test_persistent_corruption_is_never_stored(server: LiveServer, cable: Cable, wired: Minio, bucket: str) -> None:
    """Every server verifies at least one of the digests that are sent: SHA-256, MD5 or CRC-32C."""
    cable.flip(1_000_000, up=True)
    with pytest.raises(S3Error):
        wired.put_object(bucket, "object", CONTENT, SIZE, resume=False)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("part_size", [5 * MIB, 80 * MIB])
def test_corrupt_download_is_not_published(
    server: LiveServer, cable: Cable, wired: Minio, client: Minio, bucket: str, tmp_path: Path, part_size: int
) -> None:
    client.put_object(bucket, "object", CONTENT, SIZE, part_size=part_size)
    target = tmp_path / "target"
    target.write_bytes(b"what was there")
    cable.flip(1_000_000, up=False)
    if not _tells_a_digest(server, bucket):
        return
    with pytest.raises(TransportError):
        wired.fget_object(bucket, "object", target)
    assert target.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [target]
    cable.flip(0, up=False)
    wired.fget_object(bucket, "object", target)
    assert target.read_bytes() == CONTENT


def _tells_a_digest(server: LiveServer, bucket: str) -> bool:
    found = server.raw.request("HEAD", f"/{bucket}/object", headers={"x-amz-checksum-mode": "ENABLED"}).headers
    whole = [name for name, value in found.items() if name.startswith("x-amz-checksum-") and "-" not in value]
    return "-" not in found["etag"] or bool(whole)
