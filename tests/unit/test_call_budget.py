"""The cost of a call, counted in function calls: unlike time, it is the same on every machine.

A test fails if its call needs a fifth more. If you make a call cheaper, record the new figure; if it must cost more,
say why. The server is scripted, and its cost does not count.
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
from minio.error import NoSuchKey

GROWTH = 1.2
WARM = 25
"""Calls before the one that counts: a connection remembers its server only after some."""
KEYS = 1000
# Functions called for one call, of Python and of C, on Python 3.11; later ones need fewer.
BUDGET = {
    "get": 107, "put": 119, "stat": 104, "stat, missing": 379, "get, missing": 425, "remove": 144, "list": 3276,
    "get, asyncio": 189, "put, asyncio": 200,
}  # fmt: skip

HEADERS = {"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT", "Server": "s", "Connection": "keep-alive"}
ENTRY = (
    "<Contents><Key>key-{:04}</Key><LastModified>2026-11-23T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
    "<Size>4096</Size><StorageClass>STANDARD</StorageClass></Contents>"
)
PAGE = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(map(ENTRY.format, range(KEYS)))}</ListBucketResult>"


NO_KEY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>missing</Key></Error>"


def reply(request: Recorded) -> bytes:
    if "missing" in request.target:
        return answer(b"" if request.method == "HEAD" else NO_KEY, "404 Not Found", {"Connection": "keep-alive"})
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


@pytest.fixture(autouse=True)
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all calls be of one second: the first call of a second dates what is laid out in advance."""
    monkeypatch.setattr("time.time", lambda: 1_796_000_000.0)


OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": ""}


def get(client: Minio) -> None:
    with client.get_object("bucket", "key") as response:
        assert len(response.read()) == 4096


def list_all(client: Minio) -> None:
    assert sum(found.size or 0 for found in client.list_objects("bucket", recursive=True)) == 4096 * KEYS


def miss(call: Callable[..., object]) -> None:
    try:
        call("bucket", "missing")
    except NoSuchKey:
        return
    raise AssertionError("there is no such key")


CALLS: dict[str, Callable[[Minio], object]] = {
    "get": get,
    "put": lambda client: client.put_object("bucket", "key", io.BytesIO(b"x" * 4096), 4096),
    "stat": lambda client: client.stat_object("bucket", "key"),
    "stat, missing": lambda client: miss(client.stat_object),
    "get, missing": lambda client: miss(client.get_object),
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
        gc.collect()  # garbage of earlier tests must not be collected during this call
        gc.disable()
        sys.setprofile(self)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        gc.enable()


@pytest.mark.parametrize("name", CALLS)
def test_calls(server: ScriptedServer, name: str) -> None:
    with Minio(str(server.origin), "minioadmin", "minioadmin-secret", **OPTIONS) as client:
        for _ in range(WARM):
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
            for _ in range(WARM):
                await call(client)
            with counter:
                await call(client)

    counter = Counter()
    asyncio.run(run(counter))
    assert counter.count <= BUDGET[name] * GROWTH, f"{name} calls {counter.count} functions"
