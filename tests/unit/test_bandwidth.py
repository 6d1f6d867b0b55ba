"""The bandwidth limit of a client. Time is simulated, or only a lower bound of it is checked."""

from __future__ import annotations

import asyncio
import heapq
import os
import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3
from hypothesis import given, strategies as st

from fakes.clients import content, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio import AsyncMinio, Minio
from minio._core.http.bandwidth import TLS_RECORD, Bandwidth, ReceiveSize
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, TransportError
from minio.local import LocalServer

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


class Crowd:
    """Simulated connections that receive objects at the same time. No thread, and a clock of their own.

    Args:
        rate: The limit in bytes a second.
        connections: How many there are.
        size: The bytes of an object. Its head has `HEAD` bytes, and comes with the first receive.
        latency: The seconds between a request and the head.
        record: The most bytes that one receive returns. None: as many as it is ready to receive.
    """

    HEAD = 300

    def __init__(self, rate: int, connections: int, size: int, latency: float, record: int | None) -> None:
        self.now = 0.0
        self.total = 0
        self.excess = 0.0
        """The most bytes that were received beyond the limit at any time."""
        self._rate, self._size, self._latency, self._record = rate, size, latency, record
        self._bandwidth = Bandwidth(rate, lambda: self.now)
        self._sizes = [ReceiveSize(self._bandwidth, record) for _ in range(connections)]
        self._rest = [0] * connections
        self._turns: list[tuple[float, int, int, int]] = []
        self._number = 0

    def run(self, seconds: float) -> float:
        """Return the mean number of bytes a second until the bytes of so many seconds have come."""
        for connection in range(len(self._rest)):
            self._ask(connection)
        while self.total < self._rate * seconds:
            self.now, _, connection, reserved = heapq.heappop(self._turns)
            count = self._receive(connection, reserved)
            self._bandwidth.give_back(reserved - count)
            self._sizes[connection].received(reserved, count)
            self._rest[connection] -= count
            if self._rest[connection]:
                self._wait(connection, 0)
            else:
                self._ask(connection)
        return self.total / self.now

    def _ask(self, connection: int) -> None:
        self._rest[connection] = self.HEAD + self._size
        self._wait(connection, self._latency)

    def _wait(self, connection: int, latency: float) -> None:
        reserved = self._sizes[connection].next(1 << 30)
        turn = self.now + max(latency, self._bandwidth.reserve(reserved))
        self._number += 1
        heapq.heappush(self._turns, (turn, self._number, connection, reserved))

    def _receive(self, connection: int, reserved: int) -> int:
        first = self._rest[connection] == self.HEAD + self._size
        count = min(self.HEAD if first else self._rest[connection], reserved, self._record or reserved)
        self.total += count
        self.excess = max(self.excess, self.total - self._rate * self.now)
        return count


@pytest.mark.parametrize("record", [None, TLS_RECORD], ids=["plain", "tls"])
@pytest.mark.parametrize("latency", [0.0, 0.02])
@pytest.mark.parametrize("size", [65_536, 8 << 20])
@pytest.mark.parametrize("connections", [1, 4, 20])
@pytest.mark.parametrize("rate", [100_000, 1_000_000, 5_000_000])
def test_the_mean_rate_of_many_connections(
    rate: int, connections: int, size: int, latency: float, record: int | None
) -> None:
    """It is between 90 % and 103 % of the limit after two seconds, and between 97 % and 101 % after ten."""
    for seconds, least, most in ((2, 0.9, 1.03), (10, 0.97, 1.01)):
        crowd = Crowd(rate, connections, size, latency, record)
        mean = crowd.run(seconds) / rate
        possible = min(1.0, connections / (1 + latency * rate / size))  # while the heads are awaited, nothing comes
        assert least * possible <= mean <= most
        assert crowd.excess <= Bandwidth(rate).piece + 1


def test_no_more_is_reserved_than_comes() -> None:
    bandwidth = Bandwidth(100 << 20)
    size = ReceiveSize(bandwidth)
    assert [size.next(10), size.next(1 << 30)] == [10, TLS_RECORD]
    for expected in (2 * TLS_RECORD, 4 * TLS_RECORD, 8 * TLS_RECORD, bandwidth.piece, bandwidth.piece):
        reserved = size.next(1 << 30)
        size.received(reserved, reserved)
        assert size.next(1 << 30) == expected
    size.received(bandwidth.piece, 300)
    assert size.next(1 << 30) == TLS_RECORD
    assert ReceiveSize(Bandwidth(40), 100).next(1 << 30) == 2


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


@pytest.fixture(scope="module")
def tls_server() -> Iterator[LocalServer]:
    with LocalServer(tls=True) as server:
        with server.client() as client:
            client.make_bucket("bucket")
        yield server


@KINDS
def test_parts_share_the_limit_through_tls(tls_server: LocalServer, kind: str, tmp_path: Path) -> None:
    """Only the gross behaviour is checked here: how long a machine takes depends on what else it does."""
    rate, size = 16 << 20, 24 << 20
    (tmp_path / "file").write_bytes(os.urandom(1 << 20) * (size >> 20))
    seconds = []

    async def story(client: Any) -> None:
        for call in (
            lambda: client.fput_object(
                "bucket", kind, str(tmp_path / "file"), part_size=5 << 20, num_parallel_uploads=8
            ),
            lambda: client.fget_object("bucket", kind, str(tmp_path / "copy")),
        ):
            begin = time.monotonic()
            await done(call())
            seconds.append(time.monotonic() - begin)

    keys = tls_server.access_key, tls_server.secret_key
    options = {"secure": True, "ca_certs": tls_server.ca_file, "bandwidth_limit": rate}
    play(kind, tls_server.endpoint, story, keys, **options)
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "file").read_bytes()
    assert min(seconds) >= size / rate - 0.2
    assert max(seconds) < 20 * size / rate


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
