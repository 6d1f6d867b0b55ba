"""The connections of a client: how many there are, which calls wait for one, and how long an idle one is reused."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from fakes.scripted_server import Peer, Recorded, ScriptedServer, answer, forever, head
from minio import AsyncMinio, Minio
from minio._core.http.aio import pool as asyncio_pool
from minio._core.http.aio.transport import AsyncTransport
from minio._core.http.settings import TransportSettings
from minio._core.http.sync.transport import BlockingTransport
from minio._core.wire.message import Origin, Outgoing
from minio.error import (
    ClosedError,
    DeadlineExceeded,
    InvalidArgumentError,
    InvalidArgumentTypeError,
    NoSuchKey,
    TransportError,
)

OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", "retries": 0}
HELD = "all %d connections are held by responses that were not read to the end or closed"
OBJECT = {"Content-Length": "5000000", "ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}


def outgoing(origin: Origin, target: str = "/b/k", **options: Any) -> Outgoing:
    return Outgoing("GET", origin, target, {"Host": str(origin)}, b"", **options)


def transport_of(most: int, **options: Any) -> AsyncTransport:
    return AsyncTransport(TransportSettings(**{"proxy": "", "read_timeout": 100.0, "max_connections": most, **options}))


class Gate:
    """A server that responds when the test allows it. `seen` holds the request targets in order of arrival."""

    def __init__(self) -> None:
        self.open = threading.Semaphore(0)
        self.seen: list[str] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def script(self, peer: Peer) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            while True:
                self.seen.append(peer.read_request().target)
                while not self.open.acquire(timeout=0.01):
                    if peer.server.over.is_set():
                        return
                peer.send(answer(b"ok"))
        finally:
            with self._lock:
                self._now -= 1

    def let(self, number: int) -> None:
        for _ in range(number):
            self.open.release()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is awaited happens in another thread
            await asyncio.sleep(0.002)


async def test_no_more_connections_than_allowed_and_first_come_first_served() -> None:
    gate = Gate()
    transport = transport_of(3)
    with ScriptedServer(gate.script) as server:
        gate.let(100)
        calls = [transport.send(outgoing(server.origin, f"/{number:03}")) for number in range(60)]
        answers = await asyncio.gather(*calls)
        assert [one.body for one in answers] == [b"ok"] * 60
        assert (server.connections, gate.most) == (3, 3)
        await transport.close()


async def test_waiting_calls_are_served_in_order() -> None:
    gate = Gate()
    transport = transport_of(1)
    with ScriptedServer(gate.script) as server:
        calls = [asyncio.create_task(transport.send(outgoing(server.origin, f"/{n}"))) for n in range(20)]
        await until(lambda: len(gate.seen) == 1)
        gate.let(5)
        await until(lambda: len(gate.seen) == 6)
        late = asyncio.create_task(transport.send(outgoing(server.origin, "/late")))
        gate.let(100)
        await asyncio.gather(*calls, late)
        assert gate.seen == [*(f"/{n}" for n in range(20)), "/late"]
        assert server.connections == 1
        await transport.close()


async def test_waiting_call_can_be_cancelled() -> None:
    gate = Gate()
    transport = transport_of(1)
    with ScriptedServer(gate.script) as server:
        calls = [asyncio.create_task(transport.send(outgoing(server.origin, f"/{n}"))) for n in range(6)]
        await until(lambda: len(gate.seen) == 1)
        for number in (1, 3, 5):
            calls[number].cancel()
        gate.let(100)
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in results] == [False, True] * 3
        assert gate.seen == ["/0", "/2", "/4"]
        await transport.close()


@pytest.mark.parametrize("how", ["slot", "connection"])
async def test_connection_given_to_a_cancelled_call_is_passed_on(how: str) -> None:
    pool = asyncio_pool.ConnectionPool(TransportSettings(max_connections=1), asyncio.get_running_loop())
    origin = Origin("http", "127.0.0.1", 1)
    assert await pool.acquire(origin) is None
    first, second = (asyncio.create_task(pool.acquire(origin, kept=how == "connection")) for _ in range(2))
    await asyncio.sleep(0)
    pool.release_slot()  # the first one owns it now, but does not know yet
    first.cancel()
    async with asyncio.timeout(60):
        assert await second is None
    with pytest.raises(asyncio.CancelledError):
        await first
    pool.release_slot()
    assert await pool.acquire(origin) is None
    pool.close()


async def test_cancelled_exchange_releases_its_slot() -> None:
    gate = Gate()
    transport = transport_of(1)
    with ScriptedServer(gate.script) as server:
        for _ in range(3):
            one = asyncio.create_task(transport.send(outgoing(server.origin)))
            seen = len(gate.seen)
            await until(lambda seen=seen: len(gate.seen) > seen)  # type: ignore[misc]
            one.cancel()
            await asyncio.wait([one])
        gate.let(4)  # the server does not know that the first three have been cancelled
        assert (await transport.send(outgoing(server.origin))).body == b"ok"
        await transport.close()


async def test_failed_connections_release_their_slot() -> None:
    transport = transport_of(2, connect_timeout=1.0)
    nowhere = Origin("http", "127.0.0.1", 1)
    results = await asyncio.gather(*(transport.send(outgoing(nowhere)) for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, TransportError) and "cannot connect" in str(one) for one in results)
    with ScriptedServer(forever(answer(b"ok"))) as server:
        assert (await transport.send(outgoing(server.origin))).body == b"ok"
    await transport.close()


async def test_idle_connections_to_other_servers_are_closed() -> None:
    transport = transport_of(2)
    with (
        ScriptedServer(forever(answer(b"1"))) as one,
        ScriptedServer(forever(answer(b"2"))) as two,
        ScriptedServer(forever(answer(b"3"))) as three,
    ):
        async with asyncio.timeout(60):
            for _ in range(3):
                for number, server in enumerate((one, two, three), 1):
                    assert (await transport.send(outgoing(server.origin))).body == b"%d" % number
            calls = [transport.send(outgoing(server.origin)) for server in (one, two, three) for _ in range(10)]
            assert [found.body for found in await asyncio.gather(*calls)] == [b"1"] * 10 + [b"2"] * 10 + [b"3"] * 10
        await transport.close()


async def test_non_repeatable_request_gets_a_new_connection_at_the_limit() -> None:
    transport = transport_of(1)
    with ScriptedServer(forever(answer(b"ok"))) as server:
        async with asyncio.timeout(60):
            for _ in range(3):
                await transport.send(outgoing(server.origin))
                await transport.send(outgoing(server.origin, repeatable=False))
            calls = [transport.send(outgoing(server.origin, repeatable=n % 2 == 0)) for n in range(20)]
            assert [found.body for found in await asyncio.gather(*calls)] == [b"ok"] * 20
        await transport.close()


async def test_servers_that_close_every_connection() -> None:
    closing = answer(b"ok", headers={"Connection": "close"})
    transport = transport_of(2)
    with ScriptedServer(forever(closing)) as server:
        async with asyncio.timeout(60):
            found = await asyncio.gather(*(transport.send(outgoing(server.origin)) for _ in range(50)))
        assert [one.body for one in found] == [b"ok"] * 50
        await transport.close()


async def test_deadline_ends_the_wait() -> None:
    gate = Gate()
    with ScriptedServer(gate.script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **OPTIONS, max_connections=1) as client:
            holder = asyncio.create_task(client.list_buckets())
            await until(lambda: len(gate.seen) == 1)
            with pytest.raises(DeadlineExceeded):
                await client.with_options(deadline=0.2).list_buckets()
            assert len(gate.seen) == 1
            holder.cancel()
            await asyncio.wait([holder])


async def test_closing_the_client_refuses_waiting_calls() -> None:
    gate = Gate()
    transport = transport_of(1)
    with ScriptedServer(gate.script) as server:
        calls = [asyncio.create_task(transport.send(outgoing(server.origin))) for _ in range(3)]
        await until(lambda: len(gate.seen) == 1)
        await transport.close()
        gate.let(10)
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(one) is ClosedError for one in results] == [False, True, True]


def slow_object(request: Recorded) -> bytes:
    if request.method == "GET":
        return head(headers=OBJECT) + bytes(5_000_000)
    return head("404 Not Found", {"Content-Length": "0"})


async def test_unread_responses_are_reported() -> None:
    options = {**OPTIONS, "read_timeout": 0.4, "max_connections": 3, "retries": 5}
    with ScriptedServer(forever(slow_object)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            held = [await client.get_object("bucket", "key") for _ in range(3)]
            calls = [client.get_object("bucket", "key") for _ in range(4)]
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(one, TransportError) and HELD % 3 in str(one) for one in results)
            assert len({id(one) for one in results}) == 4
            for response in held[:2]:
                await response.close()
            assert len(await held[2].read()) == 5_000_000  # it was only late
            with pytest.raises(NoSuchKey):
                await client.stat_object("bucket", "key")


async def test_calls_without_streams_bypass_unread_responses() -> None:
    """They never wait for these responses: they use an extra slot, here one at a time, and keep nothing in it."""
    gate = Gate()
    gate.let(100)
    transport = transport_of(3, read_timeout=0.4)
    with ScriptedServer(forever(slow_object)) as objects, ScriptedServer(gate.script) as server:
        held = [await transport.send(outgoing(objects.origin, stream=True)) for _ in range(3)]
        async with asyncio.timeout(60):
            calls = [transport.send(outgoing(server.origin, f"/{number:02}")) for number in range(30)]
            assert [one.body for one in await asyncio.gather(*calls)] == [b"ok"] * 30
        assert gate.most == 1
        assert gate.seen == [f"/{number:02}" for number in range(30)]
        await until(lambda: gate._now == 0)
        for response in held:
            response.stream.close()
        await transport.close()


async def test_bypassing_calls_do_not_hide_a_deadlock() -> None:
    options = {**OPTIONS, "read_timeout": 0.3, "max_connections": 2}

    async def ask_again_and_again() -> None:
        while True:
            with suppress(NoSuchKey):
                await client.stat_object("bucket", "key")

    with ScriptedServer(forever(slow_object)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            held = [await client.get_object("bucket", "key") for _ in range(2)]
            asking = [asyncio.create_task(ask_again_and_again()) for _ in range(3)]
            async with asyncio.timeout(60):
                with pytest.raises(TransportError, match=HELD % 2):
                    await client.get_object("bucket", "key")
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)
            for response in held:
                await response.close()


@pytest.mark.parametrize(("most", "pipes"), [(1, 5), (4, 4), (4, 30)])
async def test_responses_can_be_uploaded_at_the_limit(most: int, pipes: int) -> None:
    """Each pipe holds one connection for its response and needs another one for its upload."""

    def script(request: Recorded) -> bytes:
        return slow_object(request) if request.method == "GET" else answer(headers={"ETag": '"e"'})

    async def pipe(number: int) -> None:
        async with await client.get_object("bucket", "key") as response:
            ready.append(number)
            await until(lambda: len(ready) >= min(most, pipes))
            await client.put_object("bucket", f"copy-{number}", response, 5_000_000)

    ready: list[int] = []
    options = {**OPTIONS, "read_timeout": 100.0, "max_connections": most}
    with ScriptedServer(forever(script)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            async with asyncio.timeout(60):
                await asyncio.gather(*(pipe(number) for number in range(pipes)))
            assert len(server.requests) == 2 * pipes


async def test_refused_call_makes_room_for_others() -> None:
    """Each holds a response and requests another one. Only the one that has waited longest gets the error."""
    options = {**OPTIONS, "read_timeout": 0.4, "max_connections": 4}

    async def compare(number: int) -> str:
        async with await client.get_object("bucket", "key"):
            ready.append(number)
            await until(lambda: len(ready) == 4)
            await asyncio.sleep(number / 100)
            async with await client.get_object("bucket", "key"):
                return "compared"

    ready: list[int] = []
    with ScriptedServer(forever(slow_object)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            async with asyncio.timeout(60):
                results = await asyncio.gather(*map(compare, range(4)), return_exceptions=True)
    assert isinstance(results[0], TransportError)
    assert HELD % 4 in str(results[0])
    assert results[1:] == ["compared"] * 3


async def test_active_listener_holds_a_connection() -> None:
    def script(peer: Peer) -> None:
        if "events=" not in peer.read_request().target:
            peer.send(slow_object(Recorded("HEAD", "", {}, b"")))
            return
        peer.send(head(headers={"Transfer-Encoding": "chunked"}))
        while not peer.server.over.wait(0.02):
            peer.send(b"1\r\n \r\n")

    options = {**OPTIONS, "read_timeout": 0.8, "max_connections": 1}
    with ScriptedServer(script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            events = client.listen_bucket_notification("bucket")
            listening = asyncio.create_task(anext(aiter(events)))
            await until(lambda: len(server.requests) == 1)
            async with asyncio.timeout(60):
                with pytest.raises(NoSuchKey):
                    await client.stat_object("bucket", "key")
                with pytest.raises(TransportError, match=r"1 of them by listen_bucket_notification"):
                    await client.get_object("bucket", "key")
            assert not listening.done()
            await events.close()
            with pytest.raises(StopAsyncIteration):
                await listening


async def test_unread_slow_drip_holds_a_connection() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers=OBJECT))
        while not peer.server.over.wait(0.02):
            peer.send(b".")

    options = {**OPTIONS, "read_timeout": 0.8, "max_connections": 1}
    with ScriptedServer(script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client, asyncio.timeout(60):
            held = await client.get_object("bucket", "key")
            with pytest.raises(TransportError, match=HELD % 1):
                await client.get_object("bucket", "key")
            await held.close()


async def test_received_body_holds_no_connection() -> None:
    """Whether the response is unread, half read, or read to its end without being closed."""
    body = bytes(range(256)) * 400

    def script(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(head(headers={**OBJECT, "Content-Length": str(len(body))}) + body[:1])
            peer.server.over.wait(0.05)
            peer.send(body[1:])

    options = {**OPTIONS, "read_timeout": 100.0, "max_connections": 1}
    with ScriptedServer(script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client, asyncio.timeout(60):
            responses = []
            for number in range(6):
                responses.append(await client.get_object("bucket", "key"))
                if number % 3 == 1:
                    assert await responses[-1].read(1) == body[:1]
            for number, response in enumerate(responses):
                assert await response.read() == body[number % 3 == 1 :]
                assert await response.read() == b""
            for response in responses[::2]:
                await response.close()
            del response, responses  # a forgotten response does not close a connection that others now use
            async with await client.get_object("bucket", "key") as last:
                await asyncio.sleep(0)
                assert await last.read() == body
            assert server.connections == 1


async def test_slowly_read_response_causes_no_error() -> None:
    """The only connection is in use for longer than the read timeout, but data keeps arriving."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={**OBJECT, "Content-Length": "30"}))
        peer.drip(bytes(30), 0.05)
        forever(slow_object)(peer)

    options = {**OPTIONS, "read_timeout": 0.8, "max_connections": 1}
    with ScriptedServer(script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            response = await client.get_object("bucket", "key")
            reading = asyncio.create_task(response.read())
            await (await client.get_object("bucket", "key")).close()
            assert await reading == bytes(30)
            assert server.connections == 1


async def test_response_read_at_long_intervals_causes_no_error() -> None:
    """All data that is read arrived long before."""

    async def read() -> None:
        for _ in range(12):
            await asyncio.sleep(0.1)
            assert await response.read(100) == bytes(100)
        await response.close()

    options = {**OPTIONS, "read_timeout": 0.8, "max_connections": 1}
    with ScriptedServer(forever(slow_object)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            response = await client.get_object("bucket", "key")
            reading = asyncio.create_task(read())
            await (await client.get_object("bucket", "key")).close()
            await reading


async def test_forgotten_response_releases_its_slot() -> None:
    options = {**OPTIONS, "max_connections": 1}
    with ScriptedServer(forever(slow_object)) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            response = await client.get_object("bucket", "key")
            del response
            async with asyncio.timeout(60):
                with pytest.raises(NoSuchKey):
                    await client.stat_object("bucket", "key")


# How long an idle connection is reused


@pytest.mark.parametrize(("seconds", "connections"), [(60.0, 1), (0.0, 3)])
async def test_old_idle_connections_are_not_used_on_an_event_loop(seconds: float, connections: int) -> None:
    transport = AsyncTransport(TransportSettings(proxy="", max_idle_seconds=seconds))
    with ScriptedServer(forever(answer(b"ok"))) as server:
        for _ in range(3):
            await transport.send(outgoing(server.origin))
        assert server.connections == connections
        await transport.close()


@pytest.mark.parametrize(("seconds", "connections"), [(60.0, 1), (0.0, 3)])
def test_old_idle_connections_are_not_used_by_threads(seconds: float, connections: int) -> None:
    transport = BlockingTransport(TransportSettings(proxy="", max_idle_seconds=seconds))
    with ScriptedServer(forever(answer(b"ok"))) as server:
        for _ in range(3):
            transport.send(outgoing(server.origin))
        assert server.connections == connections
        transport.close()


def test_threads_keep_no_more_than_allowed() -> None:
    transport = BlockingTransport(TransportSettings(proxy="", max_connections=2))
    gate = Gate()
    with ScriptedServer(gate.script) as server:
        threads = [threading.Thread(target=transport.send, args=(outgoing(server.origin),)) for _ in range(5)]
        for thread in threads:
            thread.start()
        limit = time.monotonic() + 60
        while len(gate.seen) < 5 and time.monotonic() < limit:
            time.sleep(0.002)
        gate.let(5)
        for thread in threads:
            thread.join(60)
        assert server.connections == 5  # each thread has had its own
        assert transport._pool.idle_count(server.origin) == 2
        transport.close()


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, InvalidArgumentError), (-1, InvalidArgumentError), (1.5, InvalidArgumentTypeError), (True, TypeError)],
)
def test_invalid_limits(client: Any, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_connections"):
        client("localhost", max_connections=value)
