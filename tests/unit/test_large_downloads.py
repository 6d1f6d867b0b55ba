"""Downloads in several responses: servers without ranges, busy servers, and pools with one connection.

The limits are made small, so that the objects are.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import google_crc32c
import pytest
import urllib3

from fakes.clients import KINDS, done, play
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head, partial
from minio import Minio
from minio._core.transfer import download, layout
from minio._core.transfer.aio import downloading
from minio._core.transfer.partfile import PartFile
from minio._core.transfer.plan import MIB
from minio.error import ServerError

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
DATA = random.Random(7).randbytes(7 * MIB + 1)
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
DATE = {"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}
PART = 3 * MIB


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "CHUNK", MIB)
    monkeypatch.setattr(download, "LARGE", 4 * MIB)
    monkeypatch.setattr(download, "RESPONSE", 2 * MIB)


def storage(ranges: bool = True, **facts: str) -> Callable[[Recorded], bytes]:
    """A server that has the object, with or without ranges."""
    headers = {"ETag": '"neither-md5-nor-parts"', **DATE, **facts}

    def reply(request: Recorded) -> bytes:
        if request.method == "HEAD":
            return head(headers={**headers, "Content-Length": str(len(DATA))})
        return partial(DATA, request, headers) if ranges else answer(DATA, headers=headers)

    return reply


def ranges_of(server: ScriptedServer) -> list[str | None]:
    return [request.headers.get("range") for request in server.requests if request.method == "GET"]


@EACH_CLIENT
@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("etag", [f'"{MD5}"', '"neither-md5-nor-parts"'])
def test_the_file_is_the_object(kind: str, ranges: bool, etag: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    async def story(client: Any) -> None:
        progress = lambda done, total: told.append((done, total))  # noqa: E731
        await done(client.fget_object("bucket", "key", tmp_path / "file", progress=progress, num_parallel_downloads=1))

    with ScriptedServer(forever(storage(ranges, ETag=etag))) as server:
        play(kind, server, story)
        wanted = [f"bytes={at}-{min(at + 2 * MIB, len(DATA)) - 1}" for at in range(0, len(DATA), 2 * MIB)]
        assert ranges_of(server) == [None, *(wanted if ranges else [wanted[0], None])]
    assert (tmp_path / "file").read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA))
    assert os.listdir(tmp_path) == ["file"]


@EACH_CLIENT
def test_wrong_data_of_an_earlier_download_on_a_server_without_ranges(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "file"
    part = PartFile(str(target), f"{MD5} None 2026-01-05 10:00:00+00:00", len(DATA), MIB)
    for index in range(part.count):
        part.write(bytes(part.layout.length(index)), part.layout.start(index))
        part.mark(index)
    part.close()

    async def story(client: Any) -> None:
        await done(client.fget_object("bucket", "key", target))

    with ScriptedServer(forever(storage(ranges=False, ETag=f'"{MD5}"'))) as server:
        play(kind, server, story)
    assert target.read_bytes() == DATA


def in_parts() -> dict[str, str]:
    """The headers of an object that was uploaded in parts, with a checksum that combines theirs."""
    crcs = [google_crc32c.value(DATA[at : at + PART]).to_bytes(4, "big") for at in range(0, len(DATA), PART)]
    whole = base64.b64encode(google_crc32c.value(b"".join(crcs)).to_bytes(4, "big")).decode()
    return {
        "ETag": f'"etag-{len(crcs)}"',
        "x-amz-checksum-crc32c": f"{whole}-{len(crcs)}",
        "x-amz-checksum-type": "COMPOSITE",
    }


@EACH_CLIENT
def test_server_that_is_too_busy_to_tell_the_size_of_parts(kind: str, tmp_path: Path) -> None:
    """Nothing is published without its proof."""
    busy = [False]
    whole = storage(**in_parts())

    def reply(request: Recorded) -> bytes:
        if "partNumber" not in request.target:
            return whole(request)
        if busy[0]:
            return head("503 Service Unavailable", {"Content-Length": "0"})
        return head("206 Partial Content", {**in_parts(), **DATE, "Content-Length": str(PART)})

    async def refused(client: Any) -> None:
        with pytest.raises(ServerError):
            await done(client.fget_object("bucket", "key", tmp_path / "file"))

    async def resumed(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file"))

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, resumed)
        (tmp_path / "file").unlink()
        busy[0] = True
        play(kind, server, refused, retries=0)
        assert not (tmp_path / "file").exists()
        busy[0] = False
        play(kind, server, resumed)
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("facts", [{}, in_parts()], ids=["one part", "parts"])
def test_pool_with_one_connection(facts: dict[str, str], tmp_path: Path) -> None:
    """A response that is dropped gives its place back, and nothing is asked while one is read."""

    def reply(request: Recorded) -> bytes:
        if "partNumber" in request.target:
            return head("206 Partial Content", {**facts, **DATE, "Content-Length": str(PART)})
        return storage(**facts)(request)

    pool = urllib3.PoolManager(maxsize=1, block=True, timeout=10)
    with ScriptedServer(forever(reply)) as server:
        client = Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", http_client=pool)
        client.get_object("bucket", "key").close()
        client.fget_object("bucket", "key", tmp_path / "file", num_parallel_downloads=1)
        client.stat_object("bucket", "key")
        pool.clear()
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("seconds", [0.0, 0.015])
async def test_slow_pieces_are_not_collected(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives slowly is written and counted soon. Otherwise a slow connection gets others only after a second."""
    now = [0.0]

    class Response:
        async def read1(self, size: int) -> bytes:
            now[0] += seconds
            return bytes(min(size, 64 * 1024))

    monkeypatch.setattr(downloading, "time", SimpleNamespace(monotonic=lambda: now[0]))
    blocks, count = await downloading._read_blocks(cast("Any", Response()), MIB)
    assert count == sum(map(len, blocks)) == (2 * 64 * 1024 if seconds else MIB)
