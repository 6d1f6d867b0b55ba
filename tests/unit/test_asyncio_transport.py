"""The asyncio transport against a misbehaving server, over real sockets."""

from __future__ import annotations

import asyncio
import gc
import pickle
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from fakes.scripted_server import (
    Peer,
    Recorded,
    Script,
    ScriptedServer,
    answer,
    chunked,
    forever,
    head,
    serve,
    tunnel,
)
from minio._core.http.aio.connection import Connection
from minio._core.http.aio.dial import dial
from minio._core.http.aio.send import exchange
from minio._core.http.aio.transport import AsyncTransport
from minio._core.http.proxy import parse_proxy
from minio._core.http.settings import TransportSettings, proxy_for, ssl_context
from minio._core.wire.body import Body, body_length
from minio._core.wire.message import MAX_BODY, MAX_ERROR, Origin, Outgoing, Response
from minio.error import ClosedError, InvalidArgumentError, TransportError

SETTINGS = TransportSettings(connect_timeout=30, read_timeout=30, proxy="")
BIG = bytes(range(256)) * 4096 * 16  # 16 MiB: more than the socket buffers hold


@pytest.fixture
async def transport() -> Any:
    transport = AsyncTransport(SETTINGS)
    yield transport
    await transport.close()
    gc.collect()


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Ranges:
    """A body that is not in memory. It reuses its buffer, like file bodies."""

    def __init__(self, data: bytes, length: int | None = None) -> None:
        self.data = data
        self.length = len(data) if length is None else length
        self.rounds = 0
        self.threads: set[int] = set()

    def chunks(self) -> Iterator[memoryview]:
        self.rounds += 1
        buffer = bytearray(1 << 20)
        for start in range(0, len(self.data), len(buffer)):
            self.threads.add(threading.get_ident())
            piece = self.data[start : start + len(buffer)]
            buffer[: len(piece)] = piece
            yield memoryview(buffer)[: len(piece)]


def outgoing(origin: Origin, method: str = "GET", body: Body = b"", **options: Any) -> Outgoing:
    headers = {"Host": str(origin), "X-Signed": "yes"}
    if body_length(body) or method == "PUT":
        headers["Content-Length"] = str(body_length(body))
    return Outgoing(method, origin, "/bucket/key?a=b", headers, body, **options)


async def get(transport: AsyncTransport, server: ScriptedServer, **options: Any) -> Response:
    return await transport.send(outgoing(server.origin, **options))


# One request


async def test_request_and_response_are_unchanged(transport: AsyncTransport) -> None:
    reply = answer(b"hello", "200 Fine", {"ETag": '"x"', "X-Amz-Meta-A": "1"})
    with ScriptedServer(forever(reply)) as server:
        response = await get(transport, server, method="PUT", body=b"data")
    assert (response.status, response.reason, response.body) == (200, "Fine", b"hello")
    assert response.headers["etag"] == '"x"'
    request = server.requests[0]
    assert (request.method, request.target, request.body) == ("PUT", "/bucket/key?a=b", b"data")
    assert request.headers["x-signed"] == "yes"
    assert "expect" not in request.headers


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"abc" * 1000),
        head(headers={"Transfer-Encoding": "chunked"}) + chunked(b"abc" * 500, b"abc" * 500, trailer=b"x-a: b\r\n"),
        head() + b"abc" * 1000,
        head("103 Early Hints", {"Link": "x"}) + head("100 Continue") + answer(b"abc" * 1000),
    ],
    ids=["length", "chunked", "until close", "after 1xx"],
)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("piece", [1, 7, 100, 100_000])
async def test_framing_at_any_split(transport: AsyncTransport, reply: bytes, stream: bool, piece: int) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(*(reply[i : i + piece] for i in range(0, len(reply), piece)))

    with ScriptedServer(script) as server:
        response = await get(transport, server, stream=stream)
        body = await response.stream.read() if stream else response.body
    assert body == b"abc" * 1000


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "200 OK"])
async def test_responses_without_a_body_keep_the_connection(transport: AsyncTransport, status: str) -> None:
    reply = head(status, {"Content-Length": "99"})
    with ScriptedServer(forever(reply)) as server:
        for _ in range(3):
            response = await get(transport, server, method="HEAD")
            assert (response.status, response.body) == (int(status[:3]), b"")
        assert server.connections == 1


async def test_connection_is_kept(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(b"x"))) as server:
        for i in range(10):
            response = await get(transport, server, stream=bool(i % 2))
            assert (await response.stream.read() if i % 2 else response.body) == b"x"
        assert server.connections == 1


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"x", headers={"Connection": "close"}),
        answer(b"x") + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        head(headers={"Transfer-Encoding": "chunked"}) + chunked(b"x") + b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
    ],
    ids=["told to close", "more than its length", "more than its chunks", "1.0"],
)
async def test_connection_is_not_kept(transport: AsyncTransport, reply: bytes) -> None:
    with ScriptedServer(forever(reply)) as server:
        for _ in range(2):
            assert (await get(transport, server)).body == b"x"
        assert server.connections == 2


async def test_unsolicited_bytes_invalidate_an_idle_connection(transport: AsyncTransport) -> None:
    sent = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"one"))
        peer.stall(0.1)
        peer.send(answer(b"poison"))
        sent.set()
        peer.wait_gone()

    with ScriptedServer(script, forever(answer(b"two"))) as server:
        assert (await get(transport, server)).body == b"one"
        assert await asyncio.to_thread(sent.wait, 60)
        await asyncio.sleep(0.05)
        assert (await get(transport, server)).body == b"two"


async def test_header_with_a_line_break_is_not_sent(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer())) as server:
        request = outgoing(server.origin)
        request.headers["x-a"] = "1\r\nx-b: 2"
        with pytest.raises(ValueError, match="line break"):
            await transport.send(request)
    assert server.requests == []


# Invalid responses


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not an HTTP response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "not an HTTP response"),
        (head(headers={"Transfer-Encoding": "chunked"}) + b"zz\r\n", "malformed chunked"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000, "head exceeds"),
        (head("101 Switching Protocols"), "switched protocols|not an HTTP response"),
        (head(headers={"Content-Length": str(MAX_BODY + 1)}), "more than the"),
        (b"HTTP/1.1 200 OK\r\nContent-", "within the head"),
        (b"", "before a response came"),
        (answer(b"x" * 100)[:-30], "30 bytes of the body"),
        (head(headers={"Transfer-Encoding": "chunked"}) + b"5\r\nabcde\r\n", "before the end of the body"),
    ],
)
async def test_invalid_responses(transport: AsyncTransport, reply: bytes, message: str) -> None:
    with ScriptedServer(serve(reply)) as server:
        with pytest.raises(TransportError, match=message) as caught:
            await get(transport, server)
        assert caught.value.host == str(server.origin)
        assert not caught.value.unsent
        assert server.connections == 1


async def test_endless_success_is_refused(transport: AsyncTransport) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head())
        while True:
            peer.send(bytes(1 << 20))

    with ScriptedServer(script) as server, pytest.raises(TransportError, match="more than the"):
        await get(transport, server)


async def test_long_error_is_truncated(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(b"e" * (MAX_ERROR * 3), "500 Oops"))) as server:
        for _ in range(2):
            response = await get(transport, server, stream=True)
            assert (response.status, len(response.body), response.stream) == (500, MAX_ERROR, None)
        assert server.connections == 2


# Streams


async def test_stream_is_returned_after_the_head(transport: AsyncTransport) -> None:
    go = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "10"}) + b"abc")
        go.wait(60)
        peer.send(b"defghij")
        peer.wait_gone()

    with ScriptedServer(script) as server:
        body = (await get(transport, server, stream=True)).stream
        assert body.remaining == 10
        assert await body.read_some(2) == b"ab"
        assert await body.read_some() == b"c"
        assert body.remaining == 7
        go.set()
        assert await body.read(5) == b"defgh"
        assert await body.read(0) == b""
        assert await body.read(5) == b"ij"
        assert await body.read() == b""
        assert body.remaining == 0
        body.close()


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_stream_cut_short_is_an_error(transport: AsyncTransport, how: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "1000"}) + b"x" * 400)
        peer.stall(0.1)
        if how == "reset":
            peer.reset()

    with ScriptedServer(script) as server:
        body = (await get(transport, server, stream=True)).stream
        with pytest.raises(TransportError, match="600 bytes of the body"):
            await body.read()
        with pytest.raises(TransportError, match="600 bytes of the body"):
            await body.read_some()


async def test_half_read_stream_closes_its_connection(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(BIG))) as server:
        async with (await get(transport, server, stream=True)).stream as body:
            assert await body.read(10) == BIG[:10]
        body.close()
        with pytest.raises(TransportError, match="closed before its end"):
            await body.read()
        assert (await get(transport, server)).body == BIG
        assert server.connections == 2


async def test_stream_closed_at_its_end_keeps_the_connection(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(b"abc"))) as server:
        for _ in range(3):
            async with (await get(transport, server, stream=True)).stream:
                pass
        assert server.connections == 1


async def test_forgotten_stream_closes_its_connection(transport: AsyncTransport) -> None:
    gone = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "1000"}) + b"x")
        peer.wait_gone()
        gone.set()

    with ScriptedServer(script) as server:
        response = await get(transport, server, stream=True)
        del response
        gc.collect()
        assert await asyncio.to_thread(gone.wait, 60)


async def test_slow_reader_applies_backpressure(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(BIG))) as server:
        body = (await get(transport, server, stream=True)).stream
        await asyncio.sleep(0.3)
        assert body._parser.size < 2 << 20
        parts = []
        while part := await body.read_some(300_000):
            assert len(part) <= 300_000
            parts.append(part)
        assert b"".join(parts) == BIG
        assert (await get(transport, server)).body == BIG
        assert server.connections == 1


async def test_second_reader_is_refused(transport: AsyncTransport) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "4"}))
        peer.stall(5)
        peer.send(b"data")
        peer.wait_gone()

    with ScriptedServer(script) as server:
        body = (await get(transport, server, stream=True)).stream
        first = asyncio.create_task(body.read())
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError, match="already waiting"):
            await body.read()
        with pytest.raises(TransportError):
            await first


# Request bodies


@pytest.mark.parametrize("make", [bytes, memoryview, Ranges], ids=["bytes", "memoryview", "content"])
@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, len(BIG)])
async def test_bodies_arrive(transport: AsyncTransport, make: Any, size: int) -> None:
    with ScriptedServer(forever(answer(b"ok"))) as server:
        for _ in range(2):
            response = await get(transport, server, method="PUT", body=make(BIG[:size]))
            assert response.body == b"ok"
        assert server.connections == 1
    assert [request.body == BIG[:size] for request in server.requests] == [True, True]


async def test_content_is_read_in_another_thread(transport: AsyncTransport) -> None:
    body = Ranges(BIG)
    with ScriptedServer(forever(answer())) as server:
        await get(transport, server, method="PUT", body=body)
    assert threading.get_ident() not in body.threads


@pytest.mark.parametrize(("length", "message"), [(len(BIG) + 1, "ended after"), (len(BIG) - 1, "holds more than")])
async def test_content_of_the_wrong_length_is_an_error(transport: AsyncTransport, length: int, message: str) -> None:
    with ScriptedServer(forever(answer())) as server, pytest.raises(TransportError, match=message):
        await get(transport, server, method="PUT", body=Ranges(BIG, length))


@pytest.mark.parametrize("make", [bytes, Ranges], ids=["bytes", "content"])
@pytest.mark.parametrize("after", ["stall", "close", "reset"])
async def test_early_response_ends_the_upload(transport: AsyncTransport, make: Any, after: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_body(peer.read_head(), 1000)
        peer.send(answer(b"no", "403 Forbidden"))
        if after == "stall":
            peer.stall()
        elif after == "reset":
            peer.stall(0.2)
            peer.reset()

    with ScriptedServer(script, forever(answer(b"fine"))) as server:
        response = await get(transport, server, method="PUT", body=make(BIG))
        assert (response.status, response.body) == (403, b"no")
        assert (await get(transport, server)).body == b"fine"
        assert server.connections == 2


async def test_connection_lost_while_sending(transport: AsyncTransport) -> None:
    def script(peer: Peer) -> None:
        peer.read_body(peer.read_head(), 1000)
        peer.reset()

    with ScriptedServer(script) as server:
        with pytest.raises(TransportError, match=r"broke|closed") as caught:
            await get(transport, server, method="PUT", body=BIG)
        assert not caught.value.unsent


# 100-continue


@pytest.mark.parametrize("verdict", ["given", "ignored"])
async def test_expect_then_body(transport: AsyncTransport, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if verdict == "given":
        monkeypatch.setattr("minio._core.http.aio.send.CONTINUE_SECONDS", 60)

    def script(peer: Peer) -> None:
        request = peer.read_head()
        if verdict == "given":
            peer.send(head("100 Continue"))
        peer.read_body(request)
        peer.send(answer(b"ok"))
        peer.wait_gone()

    with ScriptedServer(script) as server:
        start = time.monotonic()
        response = await get(transport, server, method="PUT", body=BIG, expect=True)
        waited = time.monotonic() - start
    assert response.body == b"ok"
    assert server.requests[0].headers["expect"] == "100-continue"
    assert server.requests[0].body == BIG
    assert waited < 10 if verdict == "given" else waited > 0.9


async def test_expect_refused_sends_no_body(transport: AsyncTransport) -> None:
    rest = []

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(answer(b"no", "403 Forbidden"))
        peer.wait_gone()
        rest.append(peer._held)

    body = Ranges(BIG)
    with ScriptedServer(script) as server:
        response = await get(transport, server, method="PUT", body=body, expect=True)
    assert (response.status, response.body, body.rounds) == (403, b"no", 0)
    assert rest == [b""]


async def test_417_is_retried_without_expect(transport: AsyncTransport) -> None:
    def reply(request: Recorded) -> bytes:
        return answer(b"fine")

    with ScriptedServer(_refuse_expect, forever(reply)) as server:
        response = await get(transport, server, method="PUT", body=BIG, expect=True)
    assert response.body == b"fine"
    assert ["expect" in request.headers for request in server.requests] == [True, False]
    assert server.requests[1].body == BIG


def _refuse_expect(peer: Peer) -> None:
    peer.read_head()
    peer.send(answer(b"", "417 Expectation Failed"))
    peer.wait_gone()


# Kept connections that fail


def _die_silently(peer: Peer) -> None:
    """Send one response, then close when the second request arrives."""
    peer.read_request()
    peer.send(answer(b"one"))
    peer.read_head()


def _die_by_reset(peer: Peer) -> None:
    _die_silently(peer)
    peer.reset()


@pytest.mark.parametrize("script", [_die_silently, _die_by_reset, serve(answer(b"one"))])
@pytest.mark.parametrize("body", [b"", b"small", BIG, Ranges(BIG)], ids=["none", "small", "big", "content"])
async def test_dead_kept_connection_is_replaced(transport: AsyncTransport, script: Script, body: Body) -> None:
    with ScriptedServer(script, forever(answer(b"two"))) as server:
        assert (await get(transport, server)).body == b"one"
        assert (await get(transport, server, method="PUT", body=body)).body == b"two"
        assert server.connections == 2
    expected = body.data if isinstance(body, Ranges) else body
    assert server.requests[-1].body == expected


async def test_stale_connection_is_followed_by_a_new_one(transport: AsyncTransport) -> None:
    with ScriptedServer(*[_wait_then_die] * 3, forever(answer(b"two"))) as server:
        first = await asyncio.gather(*(get(transport, server) for _ in range(3)))
        assert [response.body for response in first] == [b"one"] * 3
        assert (await get(transport, server)).body == b"two"
        assert server.connections == 4


def _wait_then_die(peer: Peer) -> None:
    peer.read_request()
    peer.stall(0.2)
    peer.send(answer(b"one"))
    peer.read_head()


async def test_kept_connection_with_a_partial_response_is_not_replaced(transport: AsyncTransport) -> None:
    def script(peer: Peer) -> None:
        _die_silently(peer)
        peer.send(b"HTTP/1.1 2")

    with ScriptedServer(script, forever(answer(b"two"))) as server:
        await get(transport, server)
        with pytest.raises(TransportError, match="within the head"):
            await get(transport, server)
        assert server.connections == 1


async def test_kept_connection_that_times_out_is_not_replaced() -> None:
    def script(peer: Peer) -> None:
        _die_silently(peer)
        peer.stall()

    transport = AsyncTransport(TransportSettings(read_timeout=0.3, proxy=""))
    with ScriptedServer(script, forever(answer(b"two"))) as server:
        await get(transport, server)
        with pytest.raises(TransportError, match=r"reading timed out.*0\.3 s"):
            await get(transport, server)
        assert server.connections == 1
    await transport.close()


async def test_fresh_connection_that_dies_is_not_replaced(transport: AsyncTransport) -> None:
    with ScriptedServer(serve(b""), forever(answer(b"two"))) as server:
        with pytest.raises(TransportError, match="before a response came") as caught:
            await get(transport, server)
        assert not caught.value.unsent
        assert server.connections == 1


async def test_connection_closed_before_it_is_used() -> None:
    with ScriptedServer(lambda peer: None) as server:
        connection = await dial(SETTINGS, server.origin)
        async with asyncio.timeout(60):
            while connection.open:  # noqa: ASYNC110 - it is the loop that sees it
                await asyncio.sleep(0.002)
        with pytest.raises(TransportError, match="closed the connection at once") as caught:
            await exchange(connection, outgoing(server.origin), False)
        assert caught.value.unsent


async def test_servers_that_close_every_connection(transport: AsyncTransport) -> None:
    with ScriptedServer(Peer.reset) as server:
        for _ in range(50):
            with pytest.raises(TransportError):
                await get(transport, server, method="PUT", body=Ranges(BIG[:100_000]))


# Timeouts


@pytest.mark.parametrize("stage", ["head", "partial head", "body", "stream"])
async def test_read_timeout(stage: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        if stage == "partial head":
            peer.send(b"HTTP/1.1 200")
        elif stage != "head":
            peer.send(answer(b"x" * 100)[:-50])
        peer.stall()

    transport = AsyncTransport(TransportSettings(read_timeout=0.3, proxy=""))
    start = time.monotonic()
    with ScriptedServer(script) as server:
        with pytest.raises(TransportError, match=r"reading timed out: nothing moved for 0\.3 s") as caught:
            response = await get(transport, server, stream=stage == "stream")
            await response.stream.read()
        assert isinstance(caught.value.cause, TimeoutError)
        assert caught.value.__cause__ is caught.value.cause
        assert 0.25 < time.monotonic() - start < 20  # the server goes on for a minute
    await transport.close()


async def test_slow_drip_is_progress() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.drip(answer(b"slow"), 0.04)
        peer.wait_gone()

    transport = AsyncTransport(TransportSettings(read_timeout=1.0, proxy=""))
    with ScriptedServer(script) as server:
        start = time.monotonic()
        assert (await get(transport, server)).body == b"slow"
        assert time.monotonic() - start > 1.2
    await transport.close()


async def test_write_timeout() -> None:
    def script(peer: Peer) -> None:
        peer.read_head()
        peer.stall()

    transport = AsyncTransport(TransportSettings(read_timeout=0.3, proxy=""))
    with ScriptedServer(script) as server, pytest.raises(TransportError, match="writing timed out"):
        await get(transport, server, method="PUT", body=BIG)
    await transport.close()


@pytest.mark.parametrize("size", [3_000_000, 15_000_000], ids=["in the system's buffers", "in ours"])
async def test_slow_writing_is_progress(size: int) -> None:
    def script(peer: Peer) -> None:
        request = peer.read_head()
        for _ in range(15):
            peer.stall(0.1)
            peer.read_body(request, size // 15)
        peer.send(answer(b"ok"))
        peer.wait_gone()

    # In all it takes longer than the limit; a busy machine may add to each pause.
    transport = AsyncTransport(TransportSettings(read_timeout=1.2, proxy=""))
    with ScriptedServer(script, window=200_000) as server:
        assert (await get(transport, server, method="PUT", body=BIG[:size])).body == b"ok"
    await transport.close()


async def test_slow_reader_does_not_time_out() -> None:
    transport = AsyncTransport(TransportSettings(read_timeout=0.3, proxy=""))
    with ScriptedServer(forever(answer(BIG))) as server:
        body = (await get(transport, server, stream=True)).stream
        await body.read(10)
        await asyncio.sleep(0.8)
        assert len(await body.read()) == len(BIG) - 10
    await transport.close()


async def test_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        origin = Origin("https", "127.0.0.1", listener.getsockname()[1])
        transport = AsyncTransport(TransportSettings(connect_timeout=0.3, proxy=""))
        with pytest.raises(TransportError, match=r"connecting timed out after 0\.3 s") as caught:
            await transport.send(outgoing(origin))
        assert caught.value.unsent
        await transport.close()


# Unreachable hosts


async def test_requests_to_unreachable_hosts_are_not_sent(transport: AsyncTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for host in ("127.0.0.1", "no-such-host.invalid", "a" * 70 + ".example"):
        with pytest.raises(TransportError, match="cannot connect") as caught:
            await transport.send(outgoing(Origin("http", host, port)))
        assert caught.value.unsent
        assert caught.value.host == f"{host}:{port}"
        assert caught.value.__cause__ is caught.value.cause is not None


async def test_ipv6(transport: AsyncTransport) -> None:
    try:
        server = ScriptedServer(forever(answer(b"six")), host="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        assert (await get(transport, server)).body == b"six"
    assert server.requests[0].headers["host"].startswith("[::1]:")


async def test_nodelay(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(b"x"))) as server:
        response = await get(transport, server)
        assert response.status == 200
        state = transport._state
        assert state is not None
        connection = state.pool.acquire_nowait(server.origin)
        assert connection is not None
        sock = connection.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.abort()


# TLS and proxies


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return authority, str(path)


@pytest.fixture(scope="module")
def tls(authority: tuple[trustme.CA, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


async def test_tls(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    transport = AsyncTransport(TransportSettings(ca_certs=authority[1], proxy=""))
    with ScriptedServer(forever(lambda request: answer(request.body or BIG)), tls=tls) as server:
        assert (await get(transport, server)).body == BIG
        assert (await get(transport, server, method="PUT", body=b"small")).body == b"small"
        assert (await get(transport, server, method="PUT", body=Ranges(BIG))).body == BIG
        body = (await get(transport, server, stream=True)).stream
        await asyncio.sleep(0.2)
        assert await body.read() == BIG
        assert server.connections == 1
    await transport.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
async def test_tls_refused(tls: ssl.SSLContext, authority: tuple[trustme.CA, str], host: str) -> None:
    # The right name with an unknown authority, and the wrong name with a known one.
    settings = TransportSettings(ca_certs=authority[1] if host == "127.0.0.2" else None, proxy="")
    transport = AsyncTransport(settings)
    with ScriptedServer(forever(answer()), tls=tls, host="0.0.0.0") as server:
        with pytest.raises(TransportError, match="certificate verify failed") as caught:
            await transport.send(outgoing(server.origin._replace(host=host)))
        assert caught.value.unsent
        assert server.requests == []
    await transport.close()


async def test_tls_without_verification(tls: ssl.SSLContext) -> None:
    transport = AsyncTransport(TransportSettings(cert_check=False, proxy=""))
    with ScriptedServer(forever(answer(b"x")), tls=tls) as server:
        assert (await get(transport, server)).body == b"x"
    await transport.close()


async def test_tls_to_a_server_without_tls(transport: AsyncTransport) -> None:
    with ScriptedServer(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        with pytest.raises(TransportError, match="TLS failed: the server does not speak it") as caught:
            await transport.send(outgoing(server.origin._replace(scheme="https")))
        assert caught.value.unsent


async def test_missing_certificates(tmp_path: Path) -> None:
    transport = AsyncTransport(TransportSettings(ca_certs=str(tmp_path / "none.pem"), proxy=""))
    with pytest.raises(TransportError, match="No such file"):
        await transport.send(outgoing(Origin("https", "127.0.0.1", 1)))
    await transport.close()


@pytest.mark.parametrize("proxy_tls", [False, True], ids=["http proxy", "https proxy"])
async def test_tunnel(tls: ssl.SSLContext, authority: tuple[trustme.CA, str], proxy_tls: bool) -> None:
    with (
        ScriptedServer(forever(answer(b"far" * 100_000)), tls=tls) as server,
        ScriptedServer(tunnel, tls=tls if proxy_tls else None) as proxy,
    ):
        url = f"{proxy.origin.scheme}://us%40er:pass@{proxy.origin}"
        transport = AsyncTransport(TransportSettings(ca_certs=authority[1], proxy=url))
        for _ in range(2):
            assert (await get(transport, server)).body == b"far" * 100_000
        assert (server.connections, proxy.connections) == (1, 1)
        await transport.close()
    assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", str(server.origin))
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXNAZXI6cGFzcw=="
    assert "proxy-authorization" not in server.requests[0].headers


async def test_tunnel_refused(tls: ssl.SSLContext) -> None:
    with ScriptedServer(serve(answer(b"who?", "407 Proxy Authentication Required"))) as proxy:
        transport = AsyncTransport(TransportSettings(proxy=f"http://u:secret@{proxy.origin}"))
        with pytest.raises(TransportError, match="refused the tunnel: 407") as caught:
            await transport.send(outgoing(Origin("https", "s3.example", 443)))
        assert caught.value.unsent
        assert "secret" not in str(caught.value)
        await transport.close()


async def test_plain_request_through_a_proxy() -> None:
    with ScriptedServer(forever(answer(b"near"))) as proxy:
        transport = AsyncTransport(TransportSettings(proxy=f"http://u:p@{proxy.origin}"))
        request = outgoing(Origin("http", "s3.example", 80))
        request.headers["Host"] = "s3.example"
        for _ in range(2):
            assert (await transport.send(request)).body == b"near"
        assert proxy.connections == 1
        await transport.close()
    assert proxy.requests[0].target == "http://s3.example/bucket/key?a=b"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dTpw"


def test_unknown_proxy_scheme() -> None:
    with pytest.raises(InvalidArgumentError, match="socks5") as caught:
        TransportSettings(proxy="socks5://u:secret@127.0.0.1:1")
    assert "secret" not in str(caught.value)


# Loops, tasks, cancellation


@pytest.mark.parametrize("stage", ["connect", "head", "body", "upload", "content"])
async def test_cancelled_request_closes_its_connection(transport: AsyncTransport, stage: str) -> None:
    gone = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_head()
        if stage == "body":
            peer.send(answer(b"x" * 100)[:-50])
        elif stage in ("upload", "content"):
            peer.stall(0.5)
        peer.wait_gone()
        gone.set()

    body: Body = BIG if stage == "upload" else Ranges(BIG) if stage == "content" else b""
    with ScriptedServer(script, forever(answer(b"next"))) as server:
        task = asyncio.create_task(get(transport, server, method="PUT" if body else "GET", body=body))
        await asyncio.sleep(0 if stage == "connect" else 0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if stage != "connect":
            assert await asyncio.to_thread(gone.wait, 60)
            assert (await get(transport, server)).body == b"next"


async def test_cancelled_reader_closes_its_connection(transport: AsyncTransport) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"x" * 100)[:-50])
        peer.stall(5)
        peer.send(b"x" * 50)
        peer.wait_gone()

    with ScriptedServer(script, forever(answer(b"next"))) as server:
        body = (await get(transport, server, stream=True)).stream
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await body.read()
        with pytest.raises(TransportError):
            await body.read()
        assert (await get(transport, server)).body == b"next"


async def test_random_cancellation_never_mixes_responses(transport: AsyncTransport) -> None:
    def reply(request: Recorded) -> bytes:
        return answer(request.body * 50)

    async def one(number: int) -> None:
        body = b"%08d" % number
        try:
            async with asyncio.timeout(0.0001 * (number % 40)):
                response = await get(transport, server, method="PUT", body=body, stream=bool(number % 2))
                got = await response.stream.read() if number % 2 else response.body
        except TimeoutError:
            return
        assert got == body * 50

    with ScriptedServer(forever(reply)) as server:
        for start in range(0, 600, 20):
            await asyncio.gather(*(one(start + i) for i in range(20)))


async def test_many_at_once(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(lambda request: answer(request.body))) as server:
        bodies = [b"%d" % i for i in range(200)]
        for _ in range(3):
            got = await asyncio.gather(*(get(transport, server, method="PUT", body=body) for body in bodies))
            assert [response.body for response in got] == bodies
        state = transport._state
        assert state is not None
        assert sum(map(len, state.pool._stacks.values())) == SETTINGS.max_idle


def _loops() -> list[Any]:
    loops: list[Any] = [asyncio.new_event_loop]
    if sys.platform != "win32":
        uvloop = pytest.importorskip("uvloop")
        loops.append(uvloop.new_event_loop)
    return loops


@pytest.mark.parametrize("new_loop", _loops())
@pytest.mark.filterwarnings("error")
def test_one_loop_after_the_other(new_loop: Any, tls: ssl.SSLContext) -> None:
    transport = AsyncTransport(TransportSettings(cert_check=False, proxy=""))

    async def work() -> None:
        for server in servers:
            for _ in range(3):
                assert (await get(transport, server)).body == BIG[:100_000]
            body = (await get(transport, server, stream=True)).stream
            assert await body.read() == BIG[:100_000]
            assert (await get(transport, server, method="PUT", body=Ranges(BIG))).status == 200

    with ScriptedServer(forever(answer(BIG[:100_000]))) as a, ScriptedServer(*a.scripts, tls=tls) as b:
        servers = (a, b)
        for _ in range(3):
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(work())
            gc.collect()
        assert (a.connections, b.connections) == (3, 3)


@pytest.mark.parametrize("new_loop", _loops())
def test_errors_on_each_loop(new_loop: Any) -> None:
    async def work() -> None:
        transport = AsyncTransport(TransportSettings(read_timeout=0.3, proxy=""))
        with ScriptedServer(_die_by_reset, lambda peer: peer.stall(), forever(answer(b"fine"))) as server:
            assert (await get(transport, server)).body == b"one"
            with pytest.raises(TransportError, match="timed out"):
                await get(transport, server)
            assert (await get(transport, server)).body == b"fine"
        with ScriptedServer(_refuse_early) as server:
            assert (await get(transport, server, method="PUT", body=Ranges(BIG))).status == 403
        await transport.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(work())
    gc.collect()


def _refuse_early(peer: Peer) -> None:
    peer.read_body(peer.read_head(), 100_000)
    peer.send(answer(b"no", "403 Forbidden"))


async def test_two_loops_at_once(transport: AsyncTransport) -> None:
    with ScriptedServer(forever(answer(b"x"))) as server:

        async def work() -> None:
            for _ in range(50):
                assert (await get(transport, server)).body == b"x"

        await asyncio.gather(work(), asyncio.to_thread(asyncio.run, work()))
        assert server.connections == 2


async def test_closed_transport_keeps_and_sends_nothing(transport: AsyncTransport) -> None:
    gone = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"x"))
        peer.wait_gone()
        gone.set()

    with ScriptedServer(script) as server:
        await get(transport, server)
        await transport.close()
        assert await asyncio.to_thread(gone.wait, 60)
        with pytest.raises(ClosedError):
            await get(transport, server)
        await transport.close()


async def test_dropped_transport_closes_its_connections() -> None:
    gone = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"x"))
        peer.wait_gone()
        gone.set()

    transport = AsyncTransport(SETTINGS)
    with ScriptedServer(script) as server:
        await get(transport, server)
        del transport
        gc.collect()
        assert await asyncio.to_thread(gone.wait, 60)


async def test_oldest_idle_connection_is_closed_first() -> None:
    transport = AsyncTransport(TransportSettings(max_idle=2, proxy=""))
    with (
        ScriptedServer(forever(answer(b"a"))) as a,
        ScriptedServer(forever(answer(b"b"))) as b,
        ScriptedServer(forever(answer(b"c"))) as c,
    ):
        for server in (a, b, c, b, c):
            await get(transport, server)
        assert (a.connections, b.connections, c.connections) == (1, 1, 1)
        await get(transport, a)
        assert a.connections == 2
    await transport.close()


async def test_no_idle_connections_if_none_are_allowed() -> None:
    transport = AsyncTransport(TransportSettings(max_idle=0, proxy=""))
    with ScriptedServer(forever(answer(b"a"))) as server:
        for _ in range(2):
            await get(transport, server)
        assert server.connections == 2
    await transport.close()


# Settings


def test_settings_and_transport_pickle() -> None:
    settings = TransportSettings(proxy="http://u:secret@p:1", client_cert=("a", "b"))
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert "secret" not in repr(settings)
    copy = pickle.loads(pickle.dumps(AsyncTransport(settings)))
    assert copy._settings == settings


def test_tls_context_is_created_once(authority: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl_context(TransportSettings())
    assert ssl_context(TransportSettings(read_timeout=1)) is context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert ssl_context(TransportSettings(cert_check=False)).verify_mode == ssl.CERT_NONE
    monkeypatch.setenv("SSL_CERT_FILE", authority[1])
    own = ssl_context(TransportSettings())
    assert own is not context
    assert own is ssl_context(TransportSettings(ca_certs=authority[1]))
    assert len(own.get_ca_certs()) == 1


def test_client_certificate(authority: tuple[trustme.CA, str], tmp_path: Path) -> None:
    certificate = authority[0].issue_cert("me@example.org")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "me.pem"))
    ssl_context(TransportSettings(client_cert=str(tmp_path / "me.pem")))
    with pytest.raises(OSError):
        ssl_context(TransportSettings(client_cert=(str(tmp_path / "none"), "none")))


def test_proxy_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, secure = Origin("http", "s3.example", 80), Origin("https", "s3.example", 443)
    settings = TransportSettings()
    assert proxy_for(settings, plain) is None
    monkeypatch.setenv("all_proxy", "any:1")
    monkeypatch.setenv("https_proxy", "http://secure:2")
    assert proxy_for(settings, plain) == "http://any:1"
    assert proxy_for(settings, secure) == "http://secure:2"
    monkeypatch.setenv("no_proxy", "example")
    assert proxy_for(settings, secure) is None
    assert proxy_for(TransportSettings(proxy="http://mine:3"), secure) == "http://mine:3"
    monkeypatch.setenv("no_proxy", "")
    assert proxy_for(TransportSettings(proxy=""), secure) is None


def test_no_proxy_with_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://p:1")
    monkeypatch.setenv("no_proxy", "::1,10.0.0.1,host:9000")
    settings = TransportSettings()
    assert proxy_for(settings, Origin("http", "10.0.0.1", 9000)) is None
    assert proxy_for(settings, Origin("http", "::1", 9000)) is None
    assert proxy_for(settings, Origin("http", "host", 9000)) is None
    assert proxy_for(settings, Origin("http", "host", 9001)) == "http://p:1"


def test_proxy_urls() -> None:
    assert parse_proxy("http://p").origin == Origin("http", "p", 80)
    assert parse_proxy("https://[::1]:8443").origin == Origin("https", "::1", 8443)
    assert "secret" not in repr(parse_proxy("http://u:secret@p"))
    with pytest.raises(ValueError, match="names no host"):
        parse_proxy("http://")


def test_connection_has_no_dict() -> None:
    loop = asyncio.new_event_loop()
    assert not hasattr(Connection(loop, Origin("http", "h", 80), 1), "__dict__")
    loop.close()
