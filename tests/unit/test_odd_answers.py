"""Responses that are rare but valid HTTP, and ports of another protocol: with both clients and a urllib3 pool."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from urllib3 import PoolManager, ProxyManager

from fakes.scripted_server import Peer, ScriptedServer, answer, forever, head, serve
from minio import AsyncMinio, Minio
from minio.error import TransportError
from minio.local import LocalServer

OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "retries": 0, "read_timeout": 5.0}
KINDS = ["sync", "async", "http_client"]
OWN = ["sync", "async"]
SWITCH = [
    head("101 Switching Protocols", {"Upgrade": "h2c", "Connection": "Upgrade"}),
    head("101 Switching Protocols", {"Upgrade": "h2c", "Connection": "Upgrade"}) + b"\0\0\x12\4\0\0\0\0\0",
    head("101 Switching Protocols", {"Connection": "upgrade"}),
    head("101 Switching Protocols"),
    head("100 Continue") + head("101 Switching Protocols", {"Upgrade": "h2c", "Connection": "Upgrade"}),
]


def read(kind: str, endpoint: str, **options: Any) -> bytes:
    """Read an object with a client of this kind."""
    given = {**OPTIONS, **({} if kind == "http_client" else {"proxy": ""}), **options}
    if kind == "http_client":
        given.setdefault("http_client", PoolManager(retries=False))
    if kind != "async":
        with Minio(endpoint, "key", "secret", **given) as client, client.get_object("bucket", "key") as response:
            return response.read()

    async def story() -> bytes:
        async with (
            AsyncMinio(endpoint, "key", "secret", **given) as client,
            await client.get_object("bucket", "key") as response,
        ):
            return await response.read()

    return asyncio.run(story())


@pytest.fixture
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that nothing is logged, in particular not by asyncio."""
    with caplog.at_level(logging.WARNING):
        yield
    assert caplog.records == []


@pytest.mark.parametrize("reply", SWITCH, ids=["usual", "with frames", "no upgrade", "bare", "after 100"])
@pytest.mark.parametrize("kind", OWN)
def test_other_protocol_is_a_transport_error(kind: str, reply: bytes, silence: None) -> None:
    with ScriptedServer(serve(reply)) as server:
        with pytest.raises(TransportError, match="switched protocols") as caught:
            read(kind, str(server.origin))
        assert not caught.value.unsent


@pytest.mark.parametrize("kind", OWN)
def test_other_protocol_is_retried(kind: str, silence: None) -> None:
    with ScriptedServer(serve(SWITCH[0]), forever(answer(b"hello", headers={"ETag": '"e"'}))) as server:
        assert read(kind, str(server.origin), retries=2) == b"hello"


ODD = {
    "two lengths": b'ETag: "e"\r\nContent-Length: 5\r\nContent-Length: 5\r\n',
    "list of lengths": b'ETag: "e"\r\nContent-Length: 5, 5\r\n',
    "folded": b'ETag: "e"\r\nX-Amz-Meta-A: one\r\n two\r\nContent-Length: 5\r\n',
    "offer to upgrade": b'ETag: "e"\r\nUpgrade: h2\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 5\r\n',
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", KINDS)
def test_unusual_heads_are_read(kind: str, odd: str, silence: None) -> None:
    with ScriptedServer(forever(b"HTTP/1.1 200 OK\r\n" + ODD[odd] + b"\r\nhello")) as server:
        assert read(kind, str(server.origin)) == b"hello"


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_folded_and_repeated_headers(kind: str) -> None:
    reply = b"HTTP/1.1 200 OK\r\n" + ODD["folded"] + b"Content-Length: 5\r\n\r\n"

    def stat(client: Any) -> Any:
        return client.stat_object("bucket", "key")

    async def story(endpoint: str) -> Any:
        async with AsyncMinio(endpoint, "key", "secret", **OPTIONS, proxy="") as client:
            return await stat(client)

    with ScriptedServer(forever(reply)) as server:
        if kind == "async":
            found = asyncio.run(story(str(server.origin)))
        else:
            pool = PoolManager() if kind == "http_client" else None
            with Minio(str(server.origin), "key", "secret", **OPTIONS, http_client=pool) as client:
                found = stat(client)
    assert (found.size, found.metadata["x-amz-meta-a"]) == (5, "one two")


@pytest.mark.parametrize("kind", OWN)
def test_different_lengths_are_an_error(kind: str) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"
    with ScriptedServer(forever(reply)) as server, pytest.raises(TransportError):
        read(kind, str(server.origin))


# Ports of another protocol

PLAIN = {
    "Go": b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
    "nginx": answer(
        b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
        "400 Bad Request",
        {"Content-Type": "text/html"},
    ),
    "Apache": answer(b"<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p>", "400 Bad Request"),
    "Tomcat": answer(b"Bad Request\r\nThis combination of host and port requires TLS.\r\n", "400 Bad Request"),
}


@pytest.mark.parametrize("server_of", PLAIN)
@pytest.mark.parametrize("kind", KINDS)
def test_http_to_an_https_port(kind: str, server_of: str) -> None:
    with ScriptedServer(serve(PLAIN[server_of])) as server:
        with pytest.raises(TransportError, match="secure=True") as caught:
            read(kind, str(server.origin), retries=3)
        assert caught.value.final
        assert len(server.requests) == 1


@pytest.mark.parametrize("kind", OWN)
def test_http_to_a_port_that_sends_a_tls_alert(kind: str) -> None:
    alert = b"\x15\x03\x01\x00\x02\x02\x46"
    with ScriptedServer(serve(alert)) as server, pytest.raises(TransportError, match="secure=True"):
        read(kind, str(server.origin))


@pytest.fixture(scope="module")
def tls_server() -> Iterator[LocalServer]:
    with LocalServer(tls=True) as server:
        yield server


@pytest.mark.parametrize("kind", KINDS)
def test_http_to_a_real_https_server(kind: str, tls_server: LocalServer) -> None:
    with pytest.raises(TransportError, match="secure=True"):
        read(kind, tls_server.endpoint)


@pytest.mark.parametrize(
    "script",
    [
        serve(answer(status="400 Bad Request")),
        lambda peer: peer.send(head("400 Bad Request", {"Connection": "close"})),
        lambda peer: peer.sock.recv(1),
    ],
    ids=["waits for a request", "answers at once", "closes"],
)
@pytest.mark.parametrize("kind", OWN)
def test_https_to_an_http_port(kind: str, script: Any) -> None:
    def play(peer: Peer) -> None:
        peer.sock.settimeout(0.3)
        script(peer)

    with ScriptedServer(play) as server, pytest.raises(TransportError) as caught:
        read(kind, str(server.origin), secure=True, cert_check=False, connect_timeout=3.0)
    assert caught.value.unsent
    assert "secure=False" in str(caught.value)


# Proxies

NAMELESS = answer(b"who are you?", "407 Proxy Authentication Required", {"Proxy-Authenticate": "Basic"})


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_error_names_a_proxy_that_requires_a_password(kind: str, secure: bool) -> None:
    with ScriptedServer(forever(NAMELESS)) as proxy:
        options: dict[str, Any] = {"proxy": f"http://{proxy.origin}"}
        if kind == "http_client":
            options = {"http_client": ProxyManager(f"http://{proxy.origin}", retries=False)}
        with pytest.raises(TransportError, match="407") as caught:
            read(kind, "s3.example:9000", secure=secure, **options)
        text = str(caught.value)
        assert str(proxy.origin) in text or (kind == "http_client" and secure)
        assert secure or "before the host in its URL" in text
        assert len(proxy.requests) == 1
