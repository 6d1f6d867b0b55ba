"""What a call costs, counted in calls of functions: the same on every machine, unlike time.

A call that has grown by a fifth fails here. Who makes one cheaper writes the new figure down; who needs more says why.
The server is a scripted one: what it costs does not count.
"""

from __future__ import annotations

import asyncio
import gc
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import AsyncMinio, Minio

GROWTH = 1.2
KEYS = 1000
# Functions called for one call, of Python and of C, on Python 3.11; later ones need fewer.
BUDGET = {"get": 157, "put": 184, "stat": 148, "remove": 165, "list": 3276, "get, asyncio": 239, "put, asyncio": 263}

HEADERS = {"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT", "Server": "s", "Connection": "keep-alive"}
ENTRY = (
    "<Contents><Key>key-{:04}</Key><LastModified>2026-11-23T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
    "<Size>4096</Size><StorageClass>STANDARD</StorageClass></Contents>"
)
PAGE = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(map(ENTRY.format, range(KEYS)))}</ListBucketResult>"


def reply(request: Recorded) -> bytes:
    if request.method == "HEAD":
        return answer(headers=HEADERS).replace(b"Content-Length: 0", b"Content-Length: 4096")
    if request.method == "DELETE":
        return answer(status="204 No Content", headers=HEADERS)
    if "list-type" in request.target:
        return answer(PAGE.encode(), headers=HEADERS)
    return answer(b"x" * 4096 if request.method == "GET" else b"", headers=HEADERS)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(forever(reply)) as made:
        yield made


OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": ""}


def get(client: Minio) -> None:
    with client.get_object("bucket", "key") as response:
        assert len(response.read()) == 4096


def list_all(client: Minio) -> None:
    assert sum(found.size or 0 for found in client.list_objects("bucket", recursive=True)) == 4096 * KEYS


CALLS: dict[str, Callable[[Minio], object]] = {
    "get": get,
    "put": lambda client: client.put_object("bucket", "key", io.BytesIO(b"x" * 4096), 4096),
    "stat": lambda client: client.stat_object("bucket", "key"),
    "remove": lambda client: client.remove_object("bucket", "key"),
    "list": list_all,
}


class Counter:
    """Counts the functions that are called."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: object, event: str, argument: object) -> None:
        self.count += event in ("call", "c_call")

    def __enter__(self) -> Counter:
        gc.collect()  # what earlier tests have left is not cleared away at this call's expense
        gc.disable()
        sys.setprofile(self)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        gc.enable()


@pytest.mark.parametrize("name", CALLS)
def test_calls(server: ScriptedServer, name: str) -> None:
    with Minio(str(server.origin), "key", "secret", **OPTIONS) as client:
        for _ in range(5):
            CALLS[name](client)
        with Counter() as counter:
            CALLS[name](client)
    assert counter.count <= BUDGET[name] * GROWTH, f"{name} calls {counter.count} functions"


async def aget(client: AsyncMinio) -> None:
    async with await client.get_object("bucket", "key") as response:
        assert len(await response.read()) == 4096


async def aput(client: AsyncMinio) -> None:
    await client.put_object("bucket", "key", io.BytesIO(b"x" * 4096), 4096)


@pytest.mark.parametrize(("name", "call"), [("get, asyncio", aget), ("put, asyncio", aput)])
def test_asynchronous_calls(server: ScriptedServer, name: str, call: Callable[[AsyncMinio], Any]) -> None:
    async def run(counter: Counter) -> None:
        async with AsyncMinio(str(server.origin), "key", "secret", **OPTIONS) as client:
            for _ in range(5):
                await call(client)
            with counter:
                await call(client)

    counter = Counter()
    asyncio.run(run(counter))
    assert counter.count <= BUDGET[name] * GROWTH, f"{name} calls {counter.count} functions"
