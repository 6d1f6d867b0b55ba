"""The bandwidth limit of a client. Time is simulated, or only a lower bound of it is checked."""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from hypothesis import given, strategies as st

from fakes.clients import content, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio import AsyncMinio, Minio
from minio._core.http.bandwidth import Bandwidth
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, TransportError

RATE = 1_000_000
SIZE = 300_000
BODY = bytes(range(250)) * (SIZE // 250)
LEAST = SIZE / RATE - 0.1
"""Seconds that a transfer of `SIZE` takes at least, less the first piece and what may be caught up."""
KINDS = pytest.mark.parametrize("kind", ["sync", "async"])


@given(st.lists(st.tuples(st.integers(1, 50_000), st.floats(0, 0.2)), min_size=1), st.integers(1, 10**7))
def test_the_rate_is_kept_over_any_time(steps: list[tuple[int, float]], rate: int) -> None:
    now = 0.0
    bandwidth = Bandwidth(rate, lambda: now)
    total = 0
    for size, busy in steps:
        now += bandwidth.reserve(size)
        # All earlier pieces fit into the time so far, and what is behind by at most a moment.
        assert total <= rate * (now + 0.05) * 1.000001 + 1e-6
        total += size
        now += busy


def test_reservations_wait_in_their_order() -> None:
    bandwidth = Bandwidth(1000, lambda: 5.0)
    waits = [bandwidth.reserve(50) for _ in range(4)]
    assert waits == sorted(waits)
    assert waits[0] == 0
    assert waits[3] == pytest.approx(0.15)
    bandwidth.give_back(50)
    assert bandwidth.reserve(50) == pytest.approx(waits[3])


@pytest.mark.parametrize("rate", [1, 19, 20, 10**12])
def test_a_piece_is_never_empty(rate: int) -> None:
    assert 1 <= Bandwidth(rate).piece <= 256 * 1024


@pytest.mark.parametrize("limit", [0, -1, "9", 1.5, True])
@pytest.mark.parametrize("cls", [Minio, AsyncMinio])
def test_a_wrong_limit_is_refused(cls: Any, limit: Any) -> None:
    with pytest.raises((InvalidArgumentError, InvalidArgumentTypeError), match="bandwidth_limit"):
        cls("host", bandwidth_limit=limit)


def test_a_pool_of_urllib3_has_no_limit() -> None:
    with urllib3.PoolManager() as pool, pytest.raises(InvalidArgumentError, match="bandwidth_limit"):
        Minio("host", bandwidth_limit=9, http_client=pool)


def reply(request: Any) -> bytes:
    return answer(BODY if request.method == "GET" else b"", headers={"ETag": '"1"', "Connection": "keep-alive"})


TRANSFERS: dict[str, Callable[[Any], Any]] = {
    "download": lambda client: content(client.get_object("bucket", "key")),
    "upload": lambda client: client.put_object("bucket", "key", BODY, SIZE),
}


@KINDS
@pytest.mark.parametrize("transfer", TRANSFERS)
@pytest.mark.parametrize("deadline", [None, 60])
def test_a_transfer_takes_its_time(kind: str, transfer: str, deadline: float | None) -> None:
    async def story(client: Any) -> Any:
        client = pickle.loads(pickle.dumps(client)).with_options(checksum=None, deadline=deadline)
        begin = time.monotonic()
        result = await done(TRANSFERS[transfer](client))
        return result, time.monotonic() - begin

    with ScriptedServer(forever(reply)) as server:
        result, seconds = play(kind, server, story, bandwidth_limit=RATE)
    assert seconds >= LEAST
    assert server.requests[-1].body == BODY if transfer == "upload" else result == BODY


def test_threads_share_the_limit() -> None:
    with (
        ScriptedServer(forever(reply)) as server,
        Minio(f"http://{server.origin}", "key", "secret", region="r", proxy="", bandwidth_limit=2 * RATE) as client,
        ThreadPoolExecutor(4) as threads,
    ):
        begin = time.monotonic()
        for _ in threads.map(lambda _: client.get_object("bucket", "key").read(), range(4)):
            pass
        assert time.monotonic() - begin >= 4 * SIZE / (2 * RATE) - 0.2


async def test_tasks_share_the_limit() -> None:
    with ScriptedServer(forever(reply)) as server:
        address = f"http://{server.origin}"
        async with AsyncMinio(address, "key", "secret", region="r", proxy="", bandwidth_limit=2 * RATE) as client:
            begin = time.monotonic()
            await asyncio.gather(*(client.put_object("bucket", "key", BODY, SIZE) for _ in range(4)))
            assert time.monotonic() - begin >= 4 * SIZE / (2 * RATE) - 0.2


@KINDS
@pytest.mark.parametrize("transfer", TRANSFERS)
def test_a_deadline_ends_a_limited_transfer(kind: str, transfer: str) -> None:
    """Without the deadline it would take ten minutes."""

    async def story(client: Any) -> None:
        await done(TRANSFERS[transfer](client))

    begin = time.monotonic()
    with ScriptedServer(forever(reply)) as server, pytest.raises(TransportError, match="deadline"):
        play(kind, server, story, bandwidth_limit=500, deadline=0.3, checksum=None)
    assert time.monotonic() - begin < 300


async def test_a_cancelled_read_loses_no_bytes() -> None:
    with ScriptedServer(forever(reply)) as server:
        address = f"http://{server.origin}"
        async with AsyncMinio(address, "key", "secret", region="r", proxy="", bandwidth_limit=RATE) as client:
            response = await client.get_object("bucket", "key")
            parts = [await response.read(100_000)]
            reading = asyncio.ensure_future(response._stream.read_some(100_000))
            await asyncio.sleep(0)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            parts.append(await response.read())
            await response.close()
    assert b"".join(parts) == BODY
