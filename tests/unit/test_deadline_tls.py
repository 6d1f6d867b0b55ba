"""Deadlines of the blocking client where TLS stands between it and the socket: each step of TLS takes many reads."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from fakes.scripted_server import Peer, Script, ScriptedServer, head
from minio import Minio
from minio.error import DeadlineExceeded

DEADLINE = 0.4
MOST = 8.0
OK = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@contextmanager
def in_time() -> Iterator[None]:
    begin = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        yield
    assert DEADLINE * 0.9 <= time.monotonic() - begin < MOST


def client_of(endpoint: str, **options: Any) -> Minio:
    given = {"region": "r", "proxy": "", "cert_check": False, "deadline": DEADLINE, **options}
    return Minio(endpoint, "key", "secret", **given)


def drip_head(peer: Peer) -> None:
    peer.read_request()
    peer.drip(head(headers={"Content-Length": "9", "ETag": '"e"'}) + b"something", 0.2)


def drip_body(peer: Peer) -> None:
    peer.read_request()
    peer.send(head(headers={"Content-Length": "100000", "ETag": '"e"'}))
    peer.drip(bytes(100_000), 0.2)


def take_slowly(peer: Peer) -> None:
    while peer.sock.recv(8192):
        time.sleep(0.05)


@pytest.mark.parametrize("script", [drip_head, drip_body])
def test_a_dripping_server(script: Script, tls: ssl.SSLContext) -> None:
    with ScriptedServer(script, tls=tls) as server, client_of(str(server.origin)) as client, in_time():
        client.get_object("bucket", "key").read()


def test_a_server_that_takes_slowly(tls: ssl.SSLContext) -> None:
    with ScriptedServer(take_slowly, tls=tls) as server, client_of(str(server.origin)) as client, in_time():
        client.put_object("bucket", "key", io.BytesIO(bytes(30_000_000)), 30_000_000, part_size=50_000_000)


def relay(far: Script) -> Script:
    """A proxy that speaks TLS, and answers CONNECT; `far` is what comes through the tunnel, as raw bytes."""

    def play(peer: Peer) -> None:
        peer.read_head()
        peer.send(OK)
        far(peer)

    return play


def through(proxy: ScriptedServer) -> Any:
    return client_of("127.0.0.1:1", proxy=f"https://{proxy.origin}")


def drip_handshake(peer: Peer) -> None:
    peer.sock.recv(8192)
    peer.drip(b"\x16\x03\x03\x40\x00" + bytes(0x4000), 0.2)  # a record that never ends


def test_a_dripping_handshake_within_tls(tls: ssl.SSLContext) -> None:
    with ScriptedServer(relay(drip_handshake), tls=tls) as proxy, through(proxy) as client, in_time():
        client.list_buckets()


def test_a_dripping_proxy_that_speaks_tls(tls: ssl.SSLContext) -> None:
    def play(peer: Peer) -> None:
        peer.read_head()
        peer.drip(OK * 10, 0.2)

    with ScriptedServer(play, tls=tls) as proxy, through(proxy) as client, in_time():
        client.list_buckets()


def test_a_record_that_drips_within_tls(tls: ssl.SSLContext) -> None:
    """The response is one record of the inner TLS, whose bytes come one by one."""

    def far(peer: Peer) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        inner = tls.wrap_bio(incoming, outgoing, server_side=True)

        def step(function: Any, *args: Any) -> Any:
            while True:
                try:
                    return function(*args)
                except ssl.SSLWantReadError:
                    peer.sock.sendall(outgoing.read())
                    incoming.write(peer.sock.recv(65536))

        step(inner.do_handshake)
        peer.sock.sendall(outgoing.read())
        step(inner.read, 65536)
        inner.write(head(headers={"Content-Length": "9", "ETag": '"e"'}) + b"something")
        peer.drip(outgoing.read(), 0.2)

    with ScriptedServer(relay(far), tls=tls) as proxy, through(proxy) as client, in_time():
        client.stat_object("bucket", "key")


def test_the_time_out_is_the_usual_one_after_a_deadline(tls: ssl.SSLContext) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "0", "ETag": '"e"'}))
        peer.read_request()
        time.sleep(2 * DEADLINE)
        peer.send(head(headers={"Content-Length": "0", "ETag": '"e"'}))

    for context in (None, tls):
        with ScriptedServer(script, tls=context) as server:
            with client_of(str(server.origin), secure=context is not None) as client:
                client.stat_object("bucket", "key")
                assert client.with_options(deadline=None, retries=0).stat_object("bucket", "key").etag == "e"
            assert server.connections == 1
