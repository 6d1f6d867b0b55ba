"""The blocking transport against a misbehaving server, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import io
import os
import pickle
import select
import signal
import socket
import ssl
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3

from fakes.scripted_server import (
    Peer,
    Recorded,
    Script,
    ScriptedServer,
    answer,
    chunked,
    forever,
    head,
    partial,
    serve,
    tunnel,
)
from minio import AsyncMinio, Minio, Retry
from minio._core.http.settings import TransportSettings
from minio._core.http.sync.cancel import Cancelled, CancelScope
from minio._core.http.sync.transport import BlockingTransport
from minio._core.http.sync.urllib3_transport import ContentFile, Urllib3Transport
from minio._core.transfer.file_source import FileRange, FileSource
from minio._core.wire.body import Body, body_length
from minio._core.wire.message import Origin, Outgoing, Response
from minio.error import (
    ClosedError,
    InvalidArgumentTypeError,
    InvalidPathError,
    InvalidSizeError,
    MinioException,
    NoSuchKey,
    S3Error,
    TransportError,
)
from minio.local import LocalServer

BIG = bytes(range(256)) * 4096 * 16  # 16 MiB: more than the socket buffers hold
REFUSED = answer(b"no", "403 Forbidden")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """A socket lost in a reference cycle emits a ResourceWarning, which fails the test."""
    yield
    gc.collect()


def make(**options: Any) -> BlockingTransport:
    return BlockingTransport(TransportSettings(**{"connect_timeout": 30, "read_timeout": 30, "proxy": "", **options}))


@pytest.fixture
def transport() -> Iterator[BlockingTransport]:
    transport = make()
    yield transport
    transport.close()


class Ranges:
    """A body that is not in memory. It reuses its buffer, like file bodies."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.length = len(data)
        self.rounds = 0

    def chunks(self) -> Iterator[memoryview]:
        self.rounds += 1
        buffer = bytearray(1 << 20)
        for start in range(0, len(self.data), len(buffer)):
            piece = self.data[start : start + len(buffer)]
            buffer[: len(piece)] = piece
            yield memoryview(buffer)[: len(piece)]


def in_file(data: bytes) -> FileRange:
    """A range in the middle of a file: the kernel sends it."""
    with tempfile.TemporaryFile() as file:
        file.write(b"before" + data + b"after")
        file.flush()
        descriptor = os.dup(file.fileno())
    source = FileSource(descriptor, "name", len(b"before"), len(data), lambda: None)
    weakref.finalize(source, os.close, descriptor)
    return FileRange(source, source.base, len(data))


def outgoing(origin: Origin, method: str = "GET", body: Body = b"", **options: Any) -> Outgoing:
    headers = {"Host": str(origin), "X-Signed": "yes"}
    if body_length(body) or method == "PUT":
        headers["Content-Length"] = str(body_length(body))
    return Outgoing(method, origin, "/bucket/key?a=b", headers, body, **options)


def get(transport: BlockingTransport | Urllib3Transport, server: ScriptedServer, **options: Any) -> Response:
    return transport.send(outgoing(server.origin, **options))


# One request


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
def test_framing_at_any_split(transport: BlockingTransport, reply: bytes, stream: bool, piece: int) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(*(reply[i : i + piece] for i in range(0, len(reply), piece)))

    with ScriptedServer(script) as server:
        response = get(transport, server, stream=stream)
        body = response.stream.read() if stream else response.body
    assert body == b"abc" * 1000


def test_request_is_unchanged(transport: BlockingTransport) -> None:
    with ScriptedServer(forever(answer(b"hello", "200 Fine", {"ETag": '"x"'}))) as server:
        response = get(transport, server, method="PUT", body=b"data")
    assert (response.status, response.reason, response.body) == (200, "Fine", b"hello")
    assert response.headers["etag"] == '"x"'
    request = server.requests[0]
    assert (request.method, request.target, request.body) == ("PUT", "/bucket/key?a=b", b"data")
    assert request.headers == {"host": str(server.origin), "x-signed": "yes", "content-length": "4"}


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "200 OK"])
def test_responses_without_a_body_keep_the_connection(transport: BlockingTransport, status: str) -> None:
    with ScriptedServer(forever(head(status, {"Content-Length": "99"}))) as server:
        for _ in range(3):
            assert get(transport, server, method="HEAD").body == b""
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
def test_connection_is_not_kept(transport: BlockingTransport, reply: bytes) -> None:
    with ScriptedServer(forever(reply)) as server:
        for _ in range(2):
            assert get(transport, server).body == b"x"
        assert server.connections == 2


def test_unsolicited_bytes_invalidate_an_idle_connection(transport: BlockingTransport) -> None:
    sent = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"one"))
        peer.stall(0.1)
        peer.send(answer(b"poison"))
        sent.set()
        peer.wait_gone()

    with ScriptedServer(script, forever(answer(b"two"))) as server:
        assert get(transport, server).body == b"one"
        assert sent.wait(60)
        time.sleep(0.05)
        assert get(transport, server).body == b"two"


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        head(headers={"Transfer-Encoding": "chunked"}) + b"zz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000,
        head(headers={"Content-Length": str(1 << 40)}),
        b"HTTP/1.1 200 OK\r\nContent-",
        b"",
        answer(b"x" * 100)[:-30],
        head(headers={"Transfer-Encoding": "chunked"}) + b"5\r\nabcde\r\n",
    ],
)
def test_invalid_responses(transport: BlockingTransport, reply: bytes) -> None:
    with ScriptedServer(serve(reply)) as server:
        with pytest.raises(TransportError) as caught:
            get(transport, server)
        assert caught.value.host == str(server.origin)
        assert caught.value.__cause__ is not None
        assert not caught.value.unsent
        assert server.connections == 1


def test_long_error_is_truncated(transport: BlockingTransport) -> None:
    with ScriptedServer(forever(answer(b"e" * (3 << 20), "500 Oops"))) as server:
        response = get(transport, server, stream=True)
        assert (response.status, len(response.body), response.stream) == (500, 1 << 20, None)


def test_header_with_a_line_break_is_not_sent(transport: BlockingTransport) -> None:
    with ScriptedServer(forever(answer())) as server:
        request = outgoing(server.origin)
        request.headers["x-a"] = "1\r\nx-b: 2"
        with pytest.raises((ValueError, TransportError), match="line break"):
            transport.send(request)
    assert server.requests == []


# Bodies


@pytest.mark.parametrize("form", [bytes, memoryview, Ranges, in_file], ids=["bytes", "memoryview", "content", "file"])
@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, len(BIG)])
def test_bodies_arrive(transport: BlockingTransport, form: Any, size: int) -> None:
    with ScriptedServer(forever(answer(b"ok"))) as server:
        for _ in range(2):
            assert get(transport, server, method="PUT", body=form(BIG[:size])).body == b"ok"
        assert server.connections == 1
    assert [request.body == BIG[:size] for request in server.requests] == [True, True]


@pytest.mark.parametrize("form", [bytes, Ranges, in_file], ids=["bytes", "content", "file"])
@pytest.mark.parametrize("after", ["stall", "close", "reset"])
def test_early_response_ends_the_upload(transport: BlockingTransport, form: Any, after: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_body(peer.read_head(), 1000)
        peer.send(REFUSED)
        if after == "stall":
            peer.stall()
        elif after == "reset":
            peer.stall(0.2)
            peer.reset()

    with ScriptedServer(script, forever(answer(b"fine"))) as server:
        response = get(transport, server, method="PUT", body=form(BIG))
        assert (response.status, response.body) == (403, b"no")
        assert get(transport, server).body == b"fine"
        assert server.connections == 2


def test_changing_file_is_not_a_connection_error(transport: BlockingTransport) -> None:
    class Changed(Ranges):
        def chunks(self) -> Iterator[memoryview]:
            yield memoryview(self.data[:100_000])
            raise InvalidSizeError("changed")

    with ScriptedServer(lambda peer: peer.wait_gone()) as server, pytest.raises(InvalidSizeError, match="changed"):
        get(transport, server, method="PUT", body=Changed(BIG))


@pytest.mark.parametrize("form", [bytes, Ranges, in_file], ids=["bytes", "content", "file"])
@pytest.mark.parametrize("interim", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_interim_responses_during_the_upload(form: Any, interim: str) -> None:
    """A busy server may send 100 Continue when nobody waits for it any more."""

    def script(peer: Peer) -> None:
        request = peer.read_head()
        peer.stall(1.2)
        early = head(interim)
        peer.send(early[:10])
        peer.stall(0.05)
        peer.send(early[10:] + early)
        peer.read_body(request)
        peer.send(answer(b"ok"))

    transport = make(read_timeout=3)
    with ScriptedServer(script, window=65536) as server:
        assert get(transport, server, method="PUT", body=form(BIG), expect=True).body == b"ok"
    transport.close()


def test_endless_interim_responses() -> None:
    def script(peer: Peer) -> None:
        peer.read_head()
        with contextlib.suppress(OSError):
            while True:
                peer.send(head("100 Continue") * 30 + b"HTTP/1.1 1")
                peer.stall(0.01)
                peer.send(head("100 Continue")[len(b"HTTP/1.1 1") :])

    transport = make(read_timeout=3)
    with ScriptedServer(script, window=65536) as server, pytest.raises(TransportError, match="interim"):
        get(transport, server, method="PUT", body=BIG)
    transport.close()


def test_file_that_makes_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object) -> int:
        raise BlockingIOError(errno.EAGAIN, "not yet")

    monkeypatch.setattr(os, "sendfile", wait)
    transport = make(read_timeout=0.3)
    with ScriptedServer(lambda peer: peer.wait_gone()) as server, pytest.raises(TransportError, match="no progress"):
        get(transport, server, method="PUT", body=in_file(BIG))
    transport.close()


@pytest.mark.parametrize("name", ["sendfile", "pread"])
def test_unreadable_file(transport: BlockingTransport, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "bad sector")

    if name == "pread":
        monkeypatch.setattr(os, "sendfile", lambda *_: 0)  # sends nothing: reading then shows the reason
    monkeypatch.setattr(os, name, fail)
    with ScriptedServer(lambda peer: peer.wait_gone()) as server, pytest.raises(InvalidPathError, match="bad sector"):
        get(transport, server, method="PUT", body=in_file(BIG))


def test_truncated_file_is_not_a_connection_error(transport: BlockingTransport) -> None:
    body = in_file(BIG)
    os.ftruncate(body.file.descriptor, 1_000_000)
    with ScriptedServer(lambda peer: peer.wait_gone()) as server, pytest.raises(InvalidSizeError, match="shorter"):
        get(transport, server, method="PUT", body=body)


def test_file_that_sendfile_does_not_support(transport: BlockingTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EINVAL, "not of this file system")

    monkeypatch.setattr(os, "sendfile", refuse)
    with ScriptedServer(forever(answer(b"ok"))) as server:
        assert get(transport, server, method="PUT", body=in_file(BIG)).body == b"ok"
    assert server.requests[0].body == BIG


@pytest.mark.parametrize("verdict", ["given", "ignored"])
def test_expect_then_body(transport: BlockingTransport, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if verdict == "given":
        monkeypatch.setattr("minio._core.http.sync.send.CONTINUE_SECONDS", 60)

    def script(peer: Peer) -> None:
        request = peer.read_head()
        if verdict == "given":
            peer.send(head("100 Continue"))
        peer.read_body(request)
        peer.send(answer(b"ok"))
        peer.wait_gone()

    with ScriptedServer(script) as server:
        start = time.monotonic()
        assert get(transport, server, method="PUT", body=BIG, expect=True).body == b"ok"
        waited = time.monotonic() - start
    assert server.requests[0].headers["expect"] == "100-continue"
    assert server.requests[0].body == BIG
    assert waited < 30 if verdict == "given" else waited > 0.9


def test_expect_refused_sends_no_body(transport: BlockingTransport) -> None:
    rest = []

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(REFUSED)
        peer.wait_gone()
        rest.append(peer._held)

    body = Ranges(BIG)
    with ScriptedServer(script) as server:
        response = get(transport, server, method="PUT", body=body, expect=True)
    assert (response.status, response.body, body.rounds, rest) == (403, b"no", 0, [b""])


def test_417_is_retried_without_expect(transport: BlockingTransport) -> None:
    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(answer(b"", "417 Expectation Failed"))
        peer.wait_gone()

    with ScriptedServer(refuse, forever(answer(b"fine"))) as server:
        assert get(transport, server, method="PUT", body=BIG, expect=True).body == b"fine"
    assert ["expect" in request.headers for request in server.requests] == [True, False]
    assert server.requests[1].body == BIG


# Kept connections that fail


def _die_silently(peer: Peer) -> None:
    peer.read_request()
    peer.send(answer(b"one"))
    peer.read_head()


def _die_by_reset(peer: Peer) -> None:
    _die_silently(peer)
    peer.reset()


@pytest.mark.parametrize("script", [_die_silently, _die_by_reset, serve(answer(b"one"))])
@pytest.mark.parametrize("form", [bytes, Ranges, in_file], ids=["bytes", "content", "file"])
@pytest.mark.parametrize("data", [b"", b"small", BIG], ids=["none", "small", "big"])
def test_dead_kept_connection_is_replaced(transport: BlockingTransport, script: Script, form: Any, data: bytes) -> None:
    with ScriptedServer(script, forever(answer(b"two"))) as server:
        assert get(transport, server).body == b"one"
        assert get(transport, server, method="PUT", body=form(data)).body == b"two"
        assert server.connections == 2
    assert server.requests[-1].body == data


@pytest.mark.parametrize("kept", [True, False])
def test_connection_with_a_partial_response_is_not_replaced(transport: BlockingTransport, kept: bool) -> None:
    def script(peer: Peer) -> None:
        if kept:
            _die_silently(peer)
        else:
            peer.read_request()
        peer.send(b"HTTP/1.1 2")

    with ScriptedServer(script, forever(answer(b"two"))) as server:
        if kept:
            get(transport, server)
        with pytest.raises(TransportError):
            get(transport, server)
        assert server.connections == 1


# Timeouts, and unreachable hosts


@pytest.mark.parametrize("stage", ["head", "partial head", "body", "stream", "write", "write file"])
def test_stall_times_out(stage: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_head()
        if stage == "partial head":
            peer.send(b"HTTP/1.1 200")
        elif stage in ("body", "stream"):
            peer.send(answer(b"x" * 100)[:-50])
        peer.stall()

    transport = make(read_timeout=0.3)
    start = time.monotonic()
    with ScriptedServer(script) as server:
        body: Body = in_file(BIG) if stage == "write file" else BIG if stage == "write" else b""
        with pytest.raises(TransportError, match=r"no progress for 0\.3 s") as caught:
            get(
                transport, server, method="PUT" if "write" in stage else "GET", body=body, stream=stage == "stream"
            ).stream.read()
        assert isinstance(caught.value.cause, TimeoutError)
        assert 0.25 < time.monotonic() - start < 20  # the server goes on for a minute
    transport.close()


def test_slow_drip_is_progress() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.drip(answer(b"slow"), 0.04)
        peer.wait_gone()

    transport = make(read_timeout=1.0)
    with ScriptedServer(script) as server:
        begin = time.monotonic()
        assert get(transport, server).body == b"slow"
        assert time.monotonic() - begin > 1.2
    transport.close()


def test_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        transport = make(connect_timeout=0.3)
        with pytest.raises(TransportError, match=r"TLS failed|no connection within 0\.3 s") as caught:
            transport.send(outgoing(Origin("https", "127.0.0.1", listener.getsockname()[1])))
        assert caught.value.unsent
        transport.close()


def test_requests_to_unreachable_hosts_are_not_sent(transport: BlockingTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for host in ("127.0.0.1", "no-such-host.invalid", "a" * 70 + ".example"):
        with pytest.raises(TransportError, match="cannot connect") as caught:
            transport.send(outgoing(Origin("http", host, port)))
        assert caught.value.unsent
        assert caught.value.host == f"{host}:{port}"


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


@pytest.mark.parametrize("options", [{}, {"cert_check": False}], ids=["known authority", "unchecked"])
def test_tls(tls: ssl.SSLContext, authority: tuple[trustme.CA, str], options: dict[str, Any]) -> None:
    transport = make(**(options or {"ca_certs": authority[1]}))
    with ScriptedServer(forever(lambda request: answer(request.body or BIG)), tls=tls) as server:
        assert get(transport, server).body == BIG
        assert get(transport, server, method="PUT", body=Ranges(BIG)).body == BIG
        assert get(transport, server, stream=True).stream.read() == BIG
        assert server.connections == 1
    transport.close()


def test_large_body_over_tls_may_be_slow(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    """The timeout applies to each piece, not to the whole body."""

    def script(peer: Peer) -> None:
        request = peer.read_head()
        for _ in range(16):
            peer.read_body(request, len(BIG) // 16)
            peer.stall(0.1)
        peer.send(answer(b"ok"))

    transport = make(read_timeout=1.0, ca_certs=authority[1])
    with ScriptedServer(script, tls=tls, window=65536) as server:
        begin = time.monotonic()
        assert get(transport, server, method="PUT", body=BIG).body == b"ok"
        assert time.monotonic() - begin > 1.2
    transport.close()


def test_unsolicited_response_over_tls(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    # The second response is in the TLS layer, after the body's last byte: the socket itself is quiet.
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "100000"}) + bytes(95_000))
        time.sleep(0.2)
        peer.send(bytes(5000) + answer(b"wrong"))
        peer.stall()

    transport = make(ca_certs=authority[1])
    with ScriptedServer(script, serve(answer(b"right")), tls=tls) as server:
        assert get(transport, server, stream=True).stream.read() == bytes(100_000)
        assert get(transport, server).body == b"right"
        transport.close()


def test_ciphertext_is_never_returned_as_content(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    # The stream is aborted while another thread reads it and the encrypted rest is still in the socket.
    transport, content = make(ca_certs=authority[1]), b"a" * 60_000
    with ScriptedServer(forever(answer(content)), tls=tls) as server:
        body = get(transport, server, stream=True).stream
        got = body.read_some() + body.read_some()
        time.sleep(0.2)
        body.abort()
        with contextlib.suppress(TransportError):
            while part := body.read_some():
                got += part
        assert content.startswith(got)
        transport.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_tls_refused(tls: ssl.SSLContext, authority: tuple[trustme.CA, str], host: str) -> None:
    # The right name with an unknown authority, and the wrong name with a known one.
    transport = make(ca_certs=authority[1] if host == "127.0.0.2" else None)
    with ScriptedServer(forever(answer()), tls=tls, host="0.0.0.0") as server:
        with pytest.raises(TransportError, match=r"TLS failed|certificate") as caught:
            transport.send(outgoing(server.origin._replace(host=host)))
        assert caught.value.unsent
        assert server.requests == []
    transport.close()


def test_missing_certificates(tmp_path: Path) -> None:
    transport = make(ca_certs=str(tmp_path / "none.pem"))
    with pytest.raises(TransportError, match="No such file"):
        transport.send(outgoing(Origin("https", "127.0.0.1", 1)))


def test_tunnel(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    with ScriptedServer(forever(answer(b"far")), tls=tls) as server, ScriptedServer(tunnel) as proxy:
        transport = make(ca_certs=authority[1], proxy=f"http://us%40er:pass@{proxy.origin}")
        for _ in range(2):
            assert get(transport, server).body == b"far"
        assert (server.connections, proxy.connections) == (1, 1)
        transport.close()
    assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", str(server.origin))
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXNAZXI6cGFzcw=="
    assert "proxy-authorization" not in server.requests[0].headers


def test_tls_within_tls(tls: ssl.SSLContext, authority: tuple[trustme.CA, str]) -> None:
    def proxy(peer: Peer) -> None:
        host, _, port = peer.read_head().target.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as far:
            peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
            sides = {peer.sock: far, far: peer.sock}
            while True:  # on one thread: OpenSSL connections must not be shared between two
                ready = [peer.sock] if peer.sock.pending() else select.select(list(sides), [], [], 10)[0]
                for side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    sides[side].sendall(data)

    body = bytes(300_000)
    with (
        ScriptedServer(forever(lambda request: answer(request.body or b"far")), tls=tls) as server,
        ScriptedServer(proxy, tls=tls) as way,
    ):
        transport = make(ca_certs=authority[1], proxy=f"https://{way.origin}")
        assert get(transport, server).body == b"far"
        assert get(transport, server, method="PUT", body=Ranges(body)).body == body
        assert way.connections == 1
        transport.close()


def test_tunnel_refused() -> None:
    with ScriptedServer(serve(answer(b"who?", "407 Proxy Authentication Required"))) as proxy:
        transport = make(proxy=f"http://u:secret@{proxy.origin}")
        with pytest.raises(TransportError, match="407") as caught:
            transport.send(outgoing(Origin("https", "s3.example", 443)))
        assert caught.value.unsent
        assert "secret" not in str(caught.value)
        transport.close()


def test_plain_request_through_a_proxy() -> None:
    with ScriptedServer(forever(answer(b"near"))) as proxy:
        transport = make(proxy=f"http://us%40er:p@{proxy.origin}")
        request = outgoing(Origin("http", "s3.example", 80))
        request.headers["Host"] = "s3.example"
        for _ in range(2):
            assert transport.send(request).body == b"near"
        assert proxy.connections == 1
        transport.close()
    assert proxy.requests[0].target == "http://s3.example/bucket/key?a=b"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXNAZXI6cA=="


# Pools, threads, processes


def test_idle_connections_are_capped() -> None:
    transport = make(max_idle=2)
    with ScriptedServer(forever(answer(b"x"))) as server:
        streams = [get(transport, server, stream=True).stream for _ in range(1)]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: get(transport, server), range(100)))
        assert len(streams) == 1
        assert transport._pool.idle_count(server.origin) <= 2
    transport.close()


def test_32_threads(transport: BlockingTransport) -> None:
    def reply(request: Recorded) -> bytes:
        return answer(request.body * 50)

    def one(number: int) -> bool:
        body = b"%08d" % number
        response = get(transport, server, method="PUT", body=body, stream=bool(number % 2))
        return (response.stream.read() if number % 2 else response.body) == body * 50

    with ScriptedServer(forever(reply)) as server:
        with ThreadPoolExecutor(32) as threads:
            assert all(threads.map(one, range(1500)))
        assert server.connections <= 33


def test_close(transport: BlockingTransport) -> None:
    gone = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(b"x"))
        peer.wait_gone()
        gone.set()

    with ScriptedServer(script, forever(answer(b"later" * 100_000))) as server:
        get(transport, server)
        with transport._pool.acquire_nowait(server.origin).sock:
            body = get(transport, server, stream=True).stream
        transport.close()
        transport.close()
        assert gone.wait(60)
        with pytest.raises(ClosedError):
            get(transport, server)
        assert body.read() == b"later" * 100_000  # a response that is open may still be read


def test_forgotten_transports_and_streams_close_their_sockets() -> None:
    gone = [threading.Event(), threading.Event()]

    def script(number: int) -> Script:
        def play(peer: Peer) -> None:
            peer.read_request()
            peer.send(answer(b"x" * 100)[: -50 if number else None])
            peer.wait_gone()
            gone[number].set()

        return play

    transport = make()
    for number in (0, 1):
        with ScriptedServer(script(number)) as server:
            get(transport, server, stream=bool(number))
            if not number:
                del transport
                transport = make()
            gc.collect()
            assert gone[number].wait(60)
    transport.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork(transport: BlockingTransport) -> None:
    with ScriptedServer(forever(answer(b"x"))) as server:
        get(transport, server)
        child = os.fork()
        if not child:
            os._exit(0 if get(transport, server).body == b"x" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert get(transport, server).body == b"x"
        assert server.connections == 2


def test_scope_ends_what_is_under_way(transport: BlockingTransport) -> None:
    scope = CancelScope()

    def script(peer: Peer) -> None:
        peer.read_request()
        scope.cancel()
        peer.wait_gone()

    with ScriptedServer(script) as server:
        start = time.monotonic()
        with pytest.raises(Cancelled):
            transport.send(outgoing(server.origin), scope)
        with pytest.raises(Cancelled):
            transport.send(outgoing(server.origin), scope)
        with pytest.raises(Cancelled):
            scope.pause(9)
        assert time.monotonic() - start < 8


# The client, and the responses of get_object


def client_of(server: ScriptedServer, **options: Any) -> Minio:
    return Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="", **options)


CONTENT = b"".join(b"line %d\n" % i for i in range(20_000)) + b"end"


def serve_object(request: Recorded) -> bytes:
    return partial(CONTENT, request, {"ETag": '"e"', "X-Amz-Meta-A": "1"})


@pytest.fixture
def client() -> Iterator[Minio]:
    with ScriptedServer(forever(serve_object)) as server, client_of(server) as client:
        yield client


def test_response_has_the_interface_of_urllib3(client: Minio) -> None:
    with client.get_object("bucket", "key") as response:
        assert isinstance(response, urllib3.response.HTTPResponse)
        assert isinstance(response, urllib3.BaseHTTPResponse)
        assert (response.status, response.reason, response.version) == (200, "OK", 11)
        assert response.headers["x-AMZ-meta-a"] == response.getheader("x-amz-meta-a") == "1"
        assert response.readable()
        assert not response.isclosed()
        assert response.read(4) == b"line"
        assert response.tell() == 4
        assert response.read(0) == b""
        assert response.read1(3)
        buffer = bytearray(10)
        at = response.tell()
        count = response.readinto(buffer)
        assert bytes(buffer[:count]) == CONTENT[at : at + count]
        assert response.length_remaining == len(CONTENT) - response.tell()
        assert response.data == response.data == CONTENT[at + count :]
        assert response.read() == b""
        assert response.isclosed()
    assert response.closed
    assert response.read() == b""
    response.close()
    response.release_conn()


def test_ways_to_read(client: Minio) -> None:
    def opened() -> Any:
        return client.get_object("bucket", "key")

    assert opened().read() == opened().data == CONTENT
    for size in (1000, 1 << 20):
        pieces = list(opened().stream(size))
        assert b"".join(pieces) == CONTENT
        assert {len(piece) for piece in pieces[:-1]} <= {size}
    assert b"".join(opened().read_chunked()) == CONTENT
    assert list(opened()) == CONTENT.splitlines(keepends=True)
    with io.TextIOWrapper(opened(), encoding="ascii") as text:
        assert text.readlines() == CONTENT.decode().splitlines(keepends=True)
    with io.BufferedReader(opened(), 777) as buffered:
        assert buffered.peek(1)
        assert buffered.read(50) == CONTENT[:50]
        assert buffered.readline()
        assert buffered.read().endswith(b"end")


def test_json_and_pickle() -> None:
    found = answer(b'{"a": [1]}', headers={"ETag": "e"})
    with ScriptedServer(forever(found)) as server, client_of(server) as client:
        assert client.get_object("bucket", "key").json() == {"a": [1]}
        with pickle.loads(pickle.dumps(client)) as twin:
            assert twin.get_object("bucket", "key").read() == b'{"a": [1]}'
        with client.get_object("bucket", "key") as response, pytest.raises(TypeError, match="ObjectResponse cannot be"):
            pickle.dumps(response)


@pytest.mark.parametrize("framing", [{"Content-Length": "10"}, {"Connection": "close"}], ids=str)
def test_shutdown_during_a_read(framing: dict[str, str]) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={**framing, "ETag": '"e"'}) + b"one")
        peer.stall()

    with ScriptedServer(script) as server, ThreadPoolExecutor(1) as pool:
        client = Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", read_timeout=60)
        response = client.get_object("bucket", "key")
        reader = pool.submit(response.read)
        time.sleep(0.2)
        begin = time.monotonic()
        response.shutdown()
        with pytest.raises(TransportError):
            reader.result(50)
        assert time.monotonic() - begin < 30
        assert server.connections == 1
        client.close()


def test_unread_response_drops_its_connection() -> None:
    with ScriptedServer(forever(answer(BIG, headers={"ETag": "e"}))) as server, client_of(server) as client:
        for how in ("close", "forget", "release_conn and forget", "close and release_conn", "drain_conn"):
            response = client.get_object("bucket", "key")
            response.read(5)
            if "forget" in how:
                if "release" in how:
                    response.release_conn()
                del response
            else:
                for each in how.split(" and "):
                    getattr(response, each)()
        client.get_object("bucket", "key").close()
        assert server.connections == 5  # only the drained one was reused


WAYS_TO_READ: dict[str, Callable[[Any], bytes]] = {
    "read": lambda response: response.read(),
    "read of a size": lambda response: b"".join(iter(lambda: response.read(7000), b"")),
    "data": lambda response: response.data,
    "stream": lambda response: b"".join(response.stream(5000)),
    "read1": lambda response: b"".join(iter(response.read1, b"")),
    "lines": lambda response: b"".join(response),
    "readinto": lambda response: _read_into(response),
    "a buffer": lambda response: io.BufferedReader(response).read(),
}


def _read_into(response: Any) -> bytes:
    parts, buffer = [], bytearray(3000)
    while count := response.readinto(buffer):
        parts.append(bytes(buffer[:count]))
    return b"".join(parts)


@pytest.mark.parametrize("before", [0, 5])
@pytest.mark.parametrize("way", WAYS_TO_READ)
@pytest.mark.parametrize("body", [BIG, b"a small one"], ids=["large", "small"])
def test_release_conn_keeps_unread_data(body: bytes, way: str, before: int) -> None:
    with ScriptedServer(forever(answer(body, headers={"ETag": "e"}))) as server, client_of(server) as client:
        for _ in range(2):
            response = client.get_object("bucket", "key")
            assert response.read(before) == body[:before]
            response.release_conn()
            assert WAYS_TO_READ[way](response) == body[before:]
            response.release_conn()
        assert server.connections == 1, "read to its end, the connection is used again"


def test_lost_connection_is_not_the_end_of_the_body() -> None:
    with (
        ScriptedServer(lose_after(50_000), forever(answer(status="404 Not Found"))) as server,
        client_of(server) as client,
        client.get_object("bucket", "key") as response,
    ):
        for _ in range(3):
            with pytest.raises(MinioException):
                response.read()
    with ScriptedServer(forever(answer(BIG, headers={"ETag": "e"}))) as server, client_of(server) as client:
        response = client.get_object("bucket", "key")
        response.shutdown()
        for read in (response.read, response.read1, lambda: response.readinto(bytearray(5)), lambda: response.data):
            with pytest.raises(TransportError, match="shut down"):
                read()


def lose_after(count: int, *, etag: str = '"e"') -> Script:
    def script(peer: Peer) -> None:
        request = peer.read_request()
        reply = serve_object(request).replace(b'"e"', etag.encode())
        peer.send(reply[: reply.index(b"\r\n\r\n") + 4 + count])

    return script


def pause_after(count: int, paused: threading.Event) -> Script:
    def script(peer: Peer) -> None:
        reply = serve_object(peer.read_request())
        peer.send(reply[: reply.index(b"\r\n\r\n") + 4 + count])
        paused.set()
        peer.wait_gone()

    return script


def test_read_interrupted_by_ctrl_c_loses_nothing() -> None:
    paused = threading.Event()
    with ScriptedServer(pause_after(50_000, paused), forever(serve_object)) as server, client_of(server) as client:
        response = client.get_object("bucket", "key")
        assert response.read(10) == CONTENT[:10]

        def strike() -> None:
            paused.wait(60)
            time.sleep(0.1)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            threading.Thread(target=strike).start()
            response.read()
        assert response.tell() == 10
        assert response.read() == CONTENT[10:]


async def test_cancelled_read_loses_nothing() -> None:
    scripts = [pause_after(50_000, threading.Event()), forever(serve_object)]
    with ScriptedServer(*scripts) as server:
        options: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", "retries": Retry(base=0.01)}
        async with (
            AsyncMinio(str(server.origin), "key", "secret", **options) as client,
            await client.get_object("bucket", "key") as response,
        ):
            assert await response.read(10) == CONTENT[:10]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await response.read()
            assert response.tell() == 10
            assert await response.read() == CONTENT[10:]


@pytest.mark.parametrize("how", ["read", "stream"])
async def test_lost_connection_is_replaced_mid_body_asynchronously(how: str) -> None:
    scripts = [lose_after(50_000), lose_after(70_000), forever(serve_object)]
    with ScriptedServer(*scripts) as server:
        options: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", "retries": Retry(base=0.01)}
        async with (
            AsyncMinio(str(server.origin), "key", "secret", **options) as client,
            await client.get_object("bucket", "key") as response,
        ):
            if how == "read":
                found = await response.read()
            else:
                found = b"".join([part async for part in response.stream(1000)])
            assert found == CONTENT
    assert [r.headers.get("range") for r in server.requests] == [None, "bytes=50000-", "bytes=120000-"]


@pytest.mark.parametrize("how", ["read", "stream", "readinto", "read1"])
def test_lost_connection_is_replaced_mid_body(how: str) -> None:
    scripts = [lose_after(50_000), lose_after(70_000), forever(serve_object)]
    with (
        ScriptedServer(*scripts) as server,
        client_of(server) as client,
        client.get_object("bucket", "key") as response,
    ):
        if how == "read":
            found = response.read()
        elif how == "stream":
            found = b"".join(response.stream(1000))
        else:
            buffer, found = bytearray(999), b""
            while part := bytes(buffer[: response.readinto(buffer)]) if how == "readinto" else response.read1():
                found += part
        assert found == CONTENT
    assert server.connections == 3
    first, *later = server.requests
    assert "range" not in first.headers
    assert [request.headers["range"] for request in later] == ["bytes=50000-", "bytes=120000-"]  # no bytes twice
    for request in later:
        assert request.headers["if-match"] == '"e"'
        assert "if-match" in request.headers["authorization"]


def test_range_of_an_object_resumes_within_the_range() -> None:
    with ScriptedServer(lose_after(10), forever(serve_object)) as server, client_of(server) as client:
        response = client.get_object("bucket", "key", 5, 100)
        assert b"".join(response.stream(10)) == CONTENT[5:105]
    assert server.requests[1].headers["range"] == "bytes=15-104"


def test_connection_is_not_replaced_without_retries() -> None:
    with ScriptedServer(lose_after(50)) as server, client_of(server, retries=0) as client:
        response = client.get_object("bucket", "key")
        with pytest.raises(TransportError, match="cut short"):
            response.read()
        assert server.connections == 1
        response.close()


def test_object_replaced_during_the_read_is_not_mixed() -> None:
    changed = answer(b"<Error><Code>PreconditionFailed</Code></Error>", "412 Precondition Failed")
    for second in (changed, answer(b"other content", headers={"ETag": '"f"'})):
        with ScriptedServer(lose_after(50), forever(second)) as server, client_of(server) as client:
            with client.get_object("bucket", "key") as response, pytest.raises((S3Error, TransportError)):
                response.read()
            assert server.connections == 2


# A urllib3 client of the caller


def test_urllib3_pool_manager_is_used_unchanged(transport: BlockingTransport) -> None:
    with (
        urllib3.PoolManager(headers={"X-Own": "1"}) as pool,
        ScriptedServer(forever(answer(b"ok", headers={"ETag": '"e"'}))) as server,
    ):
        before = dict(pool.headers), dict(pool.connection_pool_kw)
        borrowed = Urllib3Transport(pool)
        for body in (b"", b"small", memoryview(BIG), Ranges(BIG)):
            assert get(borrowed, server, method="PUT", body=body).body == b"ok"
        stream = get(borrowed, server, stream=True).stream
        assert (stream.read(1), stream.read_some(9), stream.read()) == (b"o", b"k", b"")
        assert server.connections == 1
        borrowed.close()
        with pytest.raises(ClosedError):
            get(borrowed, server)
        assert (dict(pool.headers), dict(pool.connection_pool_kw)) == before
        assert pool.request("GET", f"http://{server.origin}/").status == 200  # it still belongs to the caller
    assert [bytes(request.body) == BIG for request in server.requests[2:4]] == [True, True]


def test_urllib3_client_that_fails() -> None:
    with urllib3.PoolManager(retries=False, timeout=0.3) as pool:
        borrowed = Urllib3Transport(pool)
        for script in (serve(b""), serve(b"garbage\r\n\r\n"), lambda peer: peer.stall()):
            with ScriptedServer(script) as server, pytest.raises(TransportError, match="the HTTP client failed"):
                get(borrowed, server)
        with ScriptedServer(serve(answer(b"x" * 100)[:-9])) as server:
            body = get(borrowed, server, stream=True).stream
            with pytest.raises(TransportError):
                body.read()
            body.close()
    with pytest.raises(InvalidArgumentTypeError, match="http_client"):
        Urllib3Transport("pool")  # type: ignore[arg-type]


def test_content_as_a_file() -> None:
    file = ContentFile(Ranges(BIG[: 3 << 20]))
    assert file.read(10) == BIG[:10]
    assert file.seek(2_000_000) == file.tell() == 2_000_000
    assert file.read() == BIG[2_000_000 : 3 << 20]
    assert file.seek(0) == 0
    assert file.read() == BIG[: 3 << 20]


@pytest.mark.parametrize("proxied", [False, True])
def test_multipart_upload_with_a_urllib3_client(proxied: bool) -> None:
    data = BIG[: 11 << 20]
    with LocalServer() as server, ScriptedServer(_forward) as proxy:
        pool = urllib3.ProxyManager(f"http://{proxy.origin}") if proxied else urllib3.PoolManager()
        with (
            pool,
            Minio(
                server.endpoint,
                server.access_key,
                server.secret_key,
                secure=False,
                region="us-east-1",
                http_client=pool,
            ) as client,
        ):
            client.make_bucket("bucket")
            result = client.put_object("bucket", "key", io.BytesIO(data), len(data), part_size=5 << 20)
            assert result.etag
            with client.get_object("bucket", "key") as response:
                assert response.read() == data
            with pytest.raises(NoSuchKey):
                client.stat_object("bucket", "none")
        assert (len(proxy.requests) > 0) is proxied


def _forward(peer: Peer) -> None:
    """A proxy for plain requests, with one connection for each."""
    while True:
        request = peer.read_request()
        with urllib3.PoolManager(retries=False) as pool:
            got = pool.request(
                request.method, request.target, body=request.body or None, headers=request.headers, decode_content=False
            )
        body = b"" if request.method == "HEAD" else got.data
        kept = {
            name: value
            for name, value in got.headers.items()
            if name.lower() not in ("content-length", "transfer-encoding")
        }
        length = got.headers.get("content-length", "0") if request.method == "HEAD" else str(len(body))
        status = f"{got.status} {got.reason}"
        peer.send(head(status, kept if got.status == 204 else {**kept, "Content-Length": length}) + body)
