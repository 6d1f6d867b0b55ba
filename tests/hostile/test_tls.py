"""Which servers the clients trust: certificates, authorities, proxies."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fakes.scripted_server import Peer, ScriptedServer, answer, forever, head, tunnel
from minio import Minio
from minio.error import InvalidArgumentError, ResponseError, TransportError

Connect = Callable[..., Any]

BUCKETS = answer(b"<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


@pytest.fixture
def good(authority: trustme.CA) -> ssl.SSLContext:
    return context(authority.issue_cert("127.0.0.1", "localhost"))


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "self.pem").write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "self.pem")
    return made


def endpoint(server: ScriptedServer) -> str:
    return f"localhost:{server.origin.port}"


@contextmanager
def serving(tls: ssl.SSLContext) -> Iterator[ScriptedServer]:
    with ScriptedServer(forever(BUCKETS), tls=tls) as server:
        yield server


def bad_contexts(kind: str, authority: trustme.CA, folder: Path) -> tuple[ssl.SSLContext, str]:
    """The context of an untrusted server, and the expected error text."""
    if kind == "wrong host":
        return context(authority.issue_cert("other.example")), "Hostname mismatch|not valid for 'localhost'"
    if kind == "expired":
        past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        return context(authority.issue_cert("localhost", not_after=past)), "certificate has expired"
    if kind == "not yet valid":
        future = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        return context(authority.issue_cert("localhost", not_before=future)), "not yet valid"
    if kind == "unknown authority":
        return context(trustme.CA().issue_cert("localhost")), "unable to get local issuer.*authority goes into ca_certs"
    return self_signed(folder), "self.signed.*authority goes into ca_certs"


KINDS = ["wrong host", "expired", "not yet valid", "unknown authority", "self-signed"]


@pytest.mark.parametrize("kind", KINDS)
def test_refused(connect: Connect, authority: trustme.CA, ca_file: str, tmp_path: Path, kind: str) -> None:
    tls, says = bad_contexts(kind, authority, tmp_path)
    with serving(tls) as server:
        client = connect(endpoint(server), secure=True, ca_certs=ca_file)
        with pytest.raises(TransportError, match=f"TLS failed: certificate verify failed: .*({says})") as caught:
            client("list_buckets")
        assert caught.value.final
        assert caught.value.unsent
        assert ("ca_certs" in str(caught.value)) == (kind in ("unknown authority", "self-signed"))
        assert server.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_refused_at_once(connect: Connect, authority: trustme.CA, ca_file: str, tmp_path: Path, kind: str) -> None:
    tls, _ = bad_contexts(kind, authority, tmp_path)
    with serving(tls) as server:
        client = connect(endpoint(server), secure=True, ca_certs=ca_file, retries=None)
        begin = time.monotonic()
        with pytest.raises(TransportError) as caught:
            client("list_buckets")
        assert caught.value.tries == 1
        assert server.connections == 1
        assert time.monotonic() - begin < 8  # less than any time-out


def test_verification_is_on_by_default(connect: Connect, good: ssl.SSLContext) -> None:
    with serving(good) as server:
        with pytest.raises(TransportError, match="certificate verify failed"):
            connect(endpoint(server), secure=True)("list_buckets")
        assert server.requests == []


def test_custom_authority(
    connect: Connect, good: ssl.SSLContext, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(good) as server:
        assert connect(endpoint(server), secure=True, ca_certs=ca_file)("list_buckets")[0].name == "b"
        monkeypatch.setenv("SSL_CERT_FILE", ca_file)
        assert connect(endpoint(server), secure=True)("list_buckets")[0].name == "b"
        assert connect(endpoint(server), secure=True, ca_certs=ca_file)("bucket_exists", "bucket")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
        with pytest.raises(TransportError, match=r"certificate file /nowhere.pem cannot be read"):
            connect(endpoint(server), secure=True)("list_buckets")
        assert connect(endpoint(server), secure=True, ca_certs=ca_file)("list_buckets")[0].name == "b"


def test_custom_authority_replaces_the_default_ones(connect: Connect, ca_file: str, good: ssl.SSLContext) -> None:
    """A custom authority replaces the default ones."""
    client = connect("localhost:1", secure=True, ca_certs=ca_file).client
    from minio._core.http.settings import ssl_context

    assert len(ssl_context(client._settings).get_ca_certs()) == 1


def test_verification_can_be_disabled(connect: Connect, tmp_path: Path) -> None:
    with serving(self_signed(tmp_path)) as server:
        for false in (False, None, 0, ""):
            assert connect(endpoint(server), secure=True, cert_check=false)("list_buckets")[0].name == "b"
        for wrong in ("False", "no", "0"):
            with pytest.raises(InvalidArgumentError, match="cert_check"):
                connect(endpoint(server), secure=True, cert_check=wrong)


@pytest.fixture
def demanding(authority: trustme.CA, good: ssl.SSLContext) -> ssl.SSLContext:
    """A server that requires a client certificate."""
    authority.configure_trust(good)
    good.verify_mode = ssl.CERT_REQUIRED
    return good


@pytest.mark.parametrize("form", ["one file", "two files"])
def test_client_certificate(
    connect: Connect, authority: trustme.CA, demanding: ssl.SSLContext, ca_file: str, tmp_path: Path, form: str
) -> None:
    mine = authority.issue_cert("client@example.org")
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    given = (
        str(tmp_path / "both.pem") if form == "one file" else (str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))
    )
    with serving(demanding) as server:
        client = connect(endpoint(server), secure=True, ca_certs=ca_file, client_cert=given)
        assert client("list_buckets")[0].name == "b"


def test_without_the_client_certificate(connect: Connect, demanding: ssl.SSLContext, ca_file: str) -> None:
    with serving(demanding) as server:
        client = connect(endpoint(server), secure=True, ca_certs=ca_file)
        with pytest.raises(TransportError):
            client("list_buckets")
        assert server.requests == []


def test_client_certificate_with_http_client(
    authority: trustme.CA, demanding: ssl.SSLContext, ca_file: str, tmp_path: Path
) -> None:
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "me.pem"))
    pool = urllib3.PoolManager(ca_certs=ca_file, cert_file=str(tmp_path / "me.pem"), retries=False)
    with serving(demanding) as server, Minio(endpoint(server), "ACCESSKEY", "SECRETKEY", http_client=pool) as client:
        assert client.list_buckets()[0].name == "b"
    pool.clear()


def test_missing_files_fail_at_once(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    for name, value in (
        ("ca_certs", str(tmp_path / "none.pem")),
        ("client_cert", str(tmp_path / "none.pem")),
        ("client_cert", (str(tmp_path / "no.pem"), str(tmp_path / "none.pem"))),
        ("client_cert", str(tmp_path)),
        ("ca_certs", "a\0b"),
    ):
        with pytest.raises(InvalidArgumentError, match=rf"{name}: .*(none\.pem|directory|x00)"):
            connect("localhost:1", secure=True, **{name: value})
    for options in (
        {"ca_certs": str(tmp_path / "no.pem")},
        {"client_cert": str(tmp_path / "no.pem")},
    ):
        with pytest.raises(TransportError, match=r"certificate file .*/no") as caught:
            connect("localhost:1", secure=True, **options)("list_buckets")
        assert caught.value.final


def test_old_tls_is_refused(connect: Connect, good: ssl.SSLContext, ca_file: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns about setting this version at all
        good.minimum_version = ssl.TLSVersion.TLSv1
        good.maximum_version = ssl.TLSVersion.TLSv1_1
    good.set_ciphers("ALL:@SECLEVEL=0")
    with serving(good) as server:
        with pytest.raises(TransportError, match="TLS failed"):
            connect(endpoint(server), secure=True, ca_certs=ca_file)("list_buckets")
        assert server.requests == []


def test_proxy_from_the_environment(
    connect: Connect, good: ssl.SSLContext, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(good) as server, ScriptedServer(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:p%40ss@{proxy.origin}")
        client = connect(endpoint(server), secure=True, ca_certs=ca_file)
        assert client("list_buckets")[0].name == "b"
        (asked,) = proxy.requests
        assert (asked.method, asked.target) == ("CONNECT", endpoint(server))
        assert asked.headers["proxy-authorization"] == "Basic dXNlcjpwQHNz"
        # The proxy gets no other request, and the server gets none from the proxy.
        assert "authorization" not in asked.headers
        assert "proxy-authorization" not in server.requests[0].headers


@pytest.mark.parametrize("spared", ["localhost", "*", ".local,localhost", "127.0.0.1,localhost"])
def test_no_proxy(
    connect: Connect, good: ssl.SSLContext, ca_file: str, monkeypatch: pytest.MonkeyPatch, spared: str
) -> None:
    with serving(good) as server, ScriptedServer(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.origin}")
        monkeypatch.setenv("NO_PROXY", spared)
        assert connect(endpoint(server), secure=True, ca_certs=ca_file)("list_buckets")[0].name == "b"
        assert proxy.requests == []


def test_proxy_cannot_intercept(
    connect: Connect, authority: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that impersonates the server has no certificate for it."""
    tls = context(trustme.CA().issue_cert("localhost"))

    def evil(peer: Peer) -> None:
        peer.read_head()
        peer.send(head("200 Connection established"))
        with tls.wrap_socket(peer.sock, server_side=True) as taken:
            peer.sock = taken
            peer.read_request()

    with ScriptedServer(evil) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.origin}")
        client = connect("localhost:9", secure=True, ca_certs=ca_file)
        with pytest.raises(TransportError, match="certificate verify failed") as caught:
            client("list_buckets")
        assert caught.value.final
        assert [request.method for request in proxy.requests] == ["CONNECT"]


@pytest.mark.parametrize("says", ["407 Authentication Required", "302 Found", "200 \x9b31m"])
def test_proxy_that_refuses(connect: Connect, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    with ScriptedServer(lambda peer: (peer.read_head(), peer.send(head(says, {"Location": "http://x/"})))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hidden@{proxy.origin}")
        with pytest.raises(TransportError) as caught:
            connect("localhost:9", secure=True)("list_buckets")
        shown = f"{caught.value} {caught.value!r} {caught.value.cause!r}"
        assert "hidden" not in shown
        assert "\x9b" not in shown


def test_nothing_is_sent_unencrypted(connect: Connect) -> None:
    """A server without TLS receives a handshake and nothing more."""
    seen = bytearray()

    def script(peer: Peer) -> None:
        seen.extend(peer.sock.recv(65536))
        peer.send(head("301 Moved", {"Location": "http://localhost/", "Content-Length": "0"}))
        peer.sock.shutdown(socket.SHUT_WR)

    with ScriptedServer(script) as server, pytest.raises(TransportError, match="secure=False"):
        connect(endpoint(server), secure=True)("list_buckets")
    assert b"ACCESSKEY" not in seen
    assert b"GET" not in seen


def test_redirect_from_https_to_http(connect: Connect, good: ssl.SSLContext, ca_file: str) -> None:
    plain = ScriptedServer(forever(BUCKETS))
    to = {"Location": f"http://localhost:{plain.origin.port}/", "Content-Length": "0"}
    with plain, ScriptedServer(forever(head("307 Temporary Redirect", to)), tls=good) as server:
        with pytest.raises(ResponseError, match="Redirect"):
            connect(endpoint(server), secure=True, ca_certs=ca_file)("list_buckets")
        assert plain.connections == 0
