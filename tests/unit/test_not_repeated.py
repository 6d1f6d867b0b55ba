"""Requests that must not be repeated are not sent again once one of their bytes may have reached the server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from urllib3 import PoolManager, Retry as HTTPRetry

from fakes.scripted_server import Peer, ScriptedServer, answer, head
from minio import AsyncMinio, Minio, Retry
from minio._core.http.aio.transport import AsyncTransport
from minio._core.http.settings import TransportSettings
from minio._core.http.sync.transport import BlockingTransport
from minio._core.http.sync.urllib3_transport import Urllib3Transport
from minio._core.wire.message import Outgoing
from minio.error import InvalidArgumentError, TransportError

OPTIONS: dict[str, Any] = {
    "secure": False,
    "region": "us-east-1",
    "read_timeout": 5.0,
    "retries": Retry(tries=3, base=0.001),
}
LARGE = bytes(2 << 20)
OFFSET = {"X-Amz-Write-Offset-Bytes": "4"}
CALLS: dict[str, Callable[[Any], Any]] = {
    "append_object": lambda client: client.append_object("bucket", "key", b"more", 4),
    "append_object, large": lambda client: client.append_object("bucket", "key", LARGE, len(LARGE)),
    "put_object": lambda client: client.put_object("bucket", "key", b"more", 4, write_offset=4),
    "put_object, by header": lambda client: client.put_object(
        "bucket", "key", b"more", 4, metadata={"X-Amz-Write-Offset-Bytes": "4"}
    ),
    "put_object, large": lambda client: client.put_object("bucket", "key", LARGE, len(LARGE), write_offset=4),
    "append_object, own offset": lambda client: client.append_object("bucket", "key", b"more", 4, extra_headers=OFFSET),
    "put_object, header": lambda client: client.put_object("bucket", "key", b"more", 4, metadata=OFFSET),
    "put_object, large, header": lambda client: client.put_object("bucket", "key", LARGE, len(LARGE), metadata=OFFSET),
    "put_object, both": lambda client: client.put_object("bucket", "key", b"more", 4, metadata=OFFSET, write_offset=4),
}
KINDS = ["sync", "async", "http_client"]


def ask(kind: str, server: ScriptedServer, *calls: Callable[[Any], Any]) -> Any:
    """Make calls on one client, one after another. Returns the last result."""
    if kind != "async":
        eager = HTTPRetry(5, allowed_methods=None, backoff_factor=0.001)
        options = {**OPTIONS, "proxy": ""} if kind == "sync" else {**OPTIONS, "http_client": PoolManager(retries=eager)}
        with Minio(str(server.origin), "key", "secret", **options) as client:
            return [call(client) for call in calls][-1]

    async def story() -> Any:
        async with AsyncMinio(str(server.origin), "key", "secret", **OPTIONS, proxy="") as client:
            return [await call(client) for call in calls][-1]

    return asyncio.run(story())


def stat(client: Any) -> Any:
    return client.stat_object("bucket", "key")


def puts(server: ScriptedServer) -> list[int]:
    return [len(request.body) for request in server.requests if request.method == "PUT"]


def losing(peer: Peer, how: str) -> None:
    """Respond to HEAD. For a PUT, read part or all of the body, then disconnect."""
    while (request := peer.read_head()).method == "HEAD":
        peer.send(head(headers={"Content-Length": "4", "ETag": '"e"'}))
    if "expect" in request.headers:
        peer.send(head("100 Continue"))
    if how != "head":
        peer.read_body(request, 2 if how == "part" else None)
    if how == "reset":
        peer.reset()


@pytest.mark.parametrize("how", ["end", "reset", "part", "head"])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "new"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_lost_response_is_an_error(kind: str, call: str, kept: bool, how: str) -> None:
    with ScriptedServer(lambda peer: losing(peer, how)) as server:
        with pytest.raises(TransportError, match="may have applied") as caught:
            ask(kind, server, *([stat] if kept else []), CALLS[call])
        assert not caught.value.unsent
        assert caught.value.tries == 1
        assert len(puts(server)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x-amz-write-offset-bytes", "X-Amz-Write-Offset-Bytes", "X-AMZ-WRITE-OFFSET-BYTES"])
def test_an_offset_in_any_case(kind: str, name: str) -> None:
    """It is sent once, the argument before the header; and never with an upload in parts, which would replace."""

    def taking(peer: Peer) -> None:
        while True:
            request = peer.read_head()
            if "expect" in request.headers:
                peer.send(head("100 Continue"))
            peer.read_body(request)
            peer.send(answer(headers={"ETag": '"e"'}))

    large = bytes(6 << 20)
    with ScriptedServer(taking) as server:
        ask(
            kind,
            server,
            lambda client: client.put_object("bucket", "key", b"more", 4, metadata={name: "9"}, write_offset=4),
            lambda client: client.put_object("bucket", "key", large, len(large), metadata={name: "4"}),
        )
        assert [request.headers["x-amz-write-offset-bytes"] for request in server.requests] == ["4", "4"]
        assert puts(server) == [4, len(large)]
        with pytest.raises(InvalidArgumentError, match="length must be known"):
            ask(kind, server, lambda client: client.put_object("bucket", "key", iter([large]), -1, metadata=OFFSET))


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_repeated_is(kind: str) -> None:
    """The same server, and a call that does no harm when it comes twice: the test above can fail."""
    with ScriptedServer(lambda peer: losing(peer, "end")) as server:
        with pytest.raises(TransportError) as caught:
            ask(kind, server, lambda client: client.put_object("bucket", "key", b"more", 4))
        assert "may have applied" not in str(caught.value)
        assert len(puts(server)) > 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_idle_connection_closed_by_the_server(kind: str, call: str) -> None:
    """The server closes a kept connection just when the request arrives, so another connection is used."""

    ended = threading.Event()

    def closing(peer: Peer) -> None:
        peer.read_head()
        peer.send(head(headers={"Content-Length": "4", "ETag": '"e"'}))
        if kind == "http_client":
            peer.sock.shutdown(socket.SHUT_WR)
            ended.set()
            return
        peer.read_head()  # the next request finds a closed connection
        raise AssertionError("a kept connection was used")

    def taking(peer: Peer) -> None:
        while True:
            request = peer.read_head()
            if request.method == "HEAD":
                peer.send(head(headers={"Content-Length": "4", "ETag": '"e"'}))
                continue
            if "expect" in request.headers:
                peer.send(head("100 Continue"))
            peer.read_body(request)
            peer.send(answer(headers={"ETag": '"e"'}))

    scripts = [closing, taking] if "put" in call else [taking]
    with ScriptedServer(*scripts) as server:
        # urllib3 notices an end only once it has arrived.
        pause = [lambda client: ended.wait(60)] if kind == "http_client" and closing in scripts else []
        assert ask(kind, server, stat, *pause, CALLS[call]).etag == "e"
        assert len(puts(server)) == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_refused_expectation_is_a_response(kind: str) -> None:
    def refusing(peer: Peer) -> None:
        assert "expect" in peer.read_head().headers
        peer.send(answer(status="417 Expectation Failed", headers={"Connection": "close"}))

    def taking(peer: Peer) -> None:
        request = peer.read_request()
        assert "expect" not in request.headers
        peer.send(answer(headers={"ETag": '"e"'}))

    with ScriptedServer(refusing, taking) as server:
        assert ask(kind, server, CALLS["put_object, large"]).etag == "e"
        assert puts(server) == [0, len(LARGE)]


@pytest.mark.parametrize("kind", KINDS)
def test_busy_servers_are_not_retried(kind: str) -> None:
    """If a server fails, it is unknown whether it has appended."""

    def busy(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(answer(b"<Error><Code>InternalError</Code></Error>", "500 Oops"))

    with ScriptedServer(busy) as server:
        with pytest.raises(Exception, match=r"InternalError|500"):
            ask(kind, server, CALLS["put_object"])
        assert len(puts(server)) == 1


def test_transports_alone() -> None:
    """No transport repeats what is not repeatable, and each repeats other requests over a kept connection."""
    settings = TransportSettings(proxy="", read_timeout=5)

    def sending(origin: Any, method: str, **options: Any) -> Outgoing:
        return Outgoing(method, origin, "/b/k", {"Host": str(origin), "Content-Length": "0"}, b"", **options)

    async def asynchronously(origin: Any, repeatable: bool) -> None:
        transport = AsyncTransport(settings)
        try:
            await transport.send(sending(origin, "HEAD"))
            await transport.send(sending(origin, "PUT", repeatable=repeatable))
        finally:
            await transport.close()

    def blocking(make: Callable[[], Any], origin: Any, repeatable: bool) -> None:
        transport = make()
        try:
            transport.send(sending(origin, "HEAD"))
            transport.send(sending(origin, "PUT", repeatable=repeatable))
        finally:
            transport.close()

    ways: list[Callable[[Any, bool], None]] = [
        lambda origin, repeatable: blocking(lambda: BlockingTransport(settings), origin, repeatable),
        lambda origin, repeatable: blocking(
            lambda: Urllib3Transport(PoolManager(retries=HTTPRetry(3, allowed_methods=None))), origin, repeatable
        ),
        lambda origin, repeatable: asyncio.run(asynchronously(origin, repeatable)),
    ]
    for way in ways:
        for repeatable in (False, True):
            with ScriptedServer(lambda peer: losing(peer, "end")) as server:
                with pytest.raises(TransportError):
                    way(server.origin, repeatable)
                assert (len(puts(server)) > 1) is repeatable
