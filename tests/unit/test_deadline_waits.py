"""The deadline of a call ends all of its waits: for credentials, name lookup, connecting, TLS and proxies."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from urllib3 import PoolManager, Retry as HTTPRetry

from fakes.scripted_server import Peer, ScriptedServer, answer, forever, head
from minio import AsyncMinio, Minio
from minio.credentials import (
    AssumeRoleProvider,
    ChainedProvider,
    Credentials,
    IamAwsProvider,
    LdapIdentityProvider,
    Provider,
    WebIdentityProvider,
)
from minio.credentials._base import CachingProvider
from minio.error import DeadlineExceeded, TransportError

DEADLINE = 0.4
MOST = 8.0
"""Seconds that such a call may take on a busy machine: far less than it would otherwise wait."""
KINDS = ["sync", "async"]
BUCKETS = answer(b"<ListAllMyBucketsResult/>")


def ask(kind: str, endpoint: str, **options: Any) -> Any:
    """List the buckets with a client of this kind."""
    given = {"secure": False, "region": "us-east-1", "proxy": "", "deadline": DEADLINE, **options}
    if "credentials" not in given:
        given |= {"access_key": "key", "secret_key": "secret"}
    if kind == "sync":
        with Minio(endpoint, **given) as client:
            return client.list_buckets()

    async def story() -> Any:
        async with AsyncMinio(endpoint, **given) as client:
            return await client.list_buckets()

    return asyncio.run(story())


@contextmanager
def in_time(error: type[Exception] = DeadlineExceeded) -> Iterator[None]:
    begin = time.monotonic()
    with pytest.raises(error):
        yield
    assert time.monotonic() - begin < MOST


def silent(peer: Peer) -> None:
    peer.stall()


def drip(peer: Peer) -> None:
    peer.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000, 0.05)


# Credentials


class Slow(Provider):
    """Waits until it is released, and counts the calls."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.count = 0

    def retrieve(self) -> Credentials:
        self.count += 1
        assert self.released.wait(60)
        return Credentials("key", "secret")


PROVIDERS: dict[str, Callable[[str], Provider]] = {
    "sts": lambda url: AssumeRoleProvider(sts_endpoint=url, access_key="key", secret_key="secret"),
    "ldap": lambda url: LdapIdentityProvider(url, "user", "password"),
    "web": lambda url: WebIdentityProvider(jwt_provider_func=lambda: {"id_token": "t"}, sts_endpoint=url),
    "ec2": lambda url: IamAwsProvider(custom_endpoint=url),
    "container": lambda url: IamAwsProvider(full_uri=f"{url}/creds", custom_endpoint=url),
}


@pytest.mark.parametrize("script", [silent, drip], ids=["silent", "drip"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_fetching_credentials(kind: str, provider: str, script: Callable[[Peer], None]) -> None:
    with ScriptedServer(script) as server, in_time():
        ask(kind, "127.0.0.1:1", credentials=PROVIDERS[provider](f"http://{server.origin}"))


@pytest.mark.parametrize("kind", KINDS)
def test_calls_share_one_fetch(kind: str) -> None:
    """Calls without a deadline use the credentials that others could not wait for."""
    provider = Slow()
    with ScriptedServer(forever(BUCKETS)) as server, ThreadPoolExecutor(8) as pool:
        hurried = [pool.submit(ask, kind, str(server.origin), credentials=provider) for _ in range(4)]
        for one in hurried:
            with in_time():
                one.result()
        assert provider.count == 1
        helpers = [thread for thread in threading.enumerate() if thread.name == "minio-helper"]
        assert len(helpers) == 1
        assert helpers[0].daemon
        patient = [pool.submit(ask, kind, str(server.origin), credentials=provider, deadline=20.0) for _ in range(4)]
        time.sleep(0.2)
        provider.released.set()
        assert [one.result() for one in patient] == [[]] * 4
        helpers[0].join(60)
        assert not helpers[0].is_alive()


class SoonExpired(CachingProvider):
    """Its first credentials are to be renewed soon. The second ones are not returned before they are released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()
        self.count = 0

    def _fetch(self) -> Credentials:
        self.count += 1
        if self.count == 1:
            return Credentials("FIRST", "secret", None, datetime.now(UTC) + timedelta(hours=1))
        assert self.released.wait(60)
        return Credentials("SECOND", "secret")


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_valid_credentials_are_not_waited_for(kind: str, chained: bool) -> None:
    provider = SoonExpired()
    given = ChainedProvider([provider]) if chained else provider
    with ScriptedServer(forever(BUCKETS)) as server:
        given.retrieve()
        assert provider._held is not None
        provider._held = provider._held._replace(renew_at=datetime.now(UTC))
        for _ in range(3):
            assert ask(kind, str(server.origin), credentials=given, deadline=20.0) == []
        assert provider.count == 2  # one renewal is in progress
        provider.released.set()
        limit = time.monotonic() + 60
        while provider._ready() is None and time.monotonic() < limit:
            time.sleep(0.01)
        ask(kind, str(server.origin), credentials=given, deadline=20.0)
        keys = [request.headers["authorization"].partition("=")[2].partition("/")[0] for request in server.requests]
        assert keys == ["FIRST"] * 3 + ["SECOND"]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_of_a_provider_are_raised(kind: str) -> None:
    class Broken(Provider):
        def retrieve(self) -> Credentials:
            raise LookupError("no keys here")

    with pytest.raises(LookupError, match="no keys here"):
        ask(kind, "127.0.0.1:1", credentials=Broken(), deadline=20.0)


# Names and addresses


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[], list[Any]]) -> Iterator[list[int]]:
    """Replace name lookup. Yields the lookups per name."""
    true = socket.getaddrinfo
    count = [0]

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "slow.example":
            return true(host, port, *args, **kwargs)
        if len(args) > 3 and args[3] & socket.AI_NUMERICHOST:
            raise socket.gaierror("not a number")
        count[0] += 1
        return look_up()

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"deadline": None, "connect_timeout": DEADLINE, "retries": 0}])
def test_looking_up_a_name(kind: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the deadline, or by the connect timeout alone. Concurrent calls share one thread for the lookup."""
    over = threading.Event()

    def look_up() -> list[Any]:
        over.wait(60)
        return []

    with names(monkeypatch, look_up) as count, ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(ask, kind, "slow.example:9000", **options) for _ in range(4)]
        for one in calls:
            with in_time(TransportError):
                one.result()
        assert count == [1]
        (helper,) = [thread for thread in threading.enumerate() if thread.name == "minio-helper"]
        assert helper.daemon
        over.set()
        helper.join(60)
        assert not helper.is_alive()


@contextmanager
def black_hole() -> Iterator[tuple[str, int]]:
    """An address that never accepts a connection: the backlog of its listener is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for sock in (first, second):
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()


def found(*addresses: tuple[str, int]) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"deadline": None, "connect_timeout": DEADLINE, "retries": 0}])
def test_many_addresses(kind: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit covers all addresses together."""
    with black_hole() as hole, names(monkeypatch, lambda: found(*[hole] * 50)), in_time(TransportError):
        ask(kind, "slow.example:9000", **options)


@pytest.mark.parametrize("kind", KINDS)
def test_unresponsive_address_leaves_time_for_the_next(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(forever(BUCKETS)) as server, black_hole() as hole:
        here = (server.origin.host, server.origin.port)
        with names(monkeypatch, lambda: found(hole, here)):
            assert ask(kind, "slow.example:9000", deadline=None, connect_timeout=4.0, retries=0) == []


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_names(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up() -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with names(monkeypatch, look_up), pytest.raises(TransportError, match="not known") as caught:
        ask(kind, "slow.example:9000", deadline=20.0, retries=0)
    assert caught.value.unsent


# TLS and proxies


@pytest.mark.parametrize("kind", KINDS)
def test_tls_handshake(kind: str) -> None:
    with ScriptedServer(silent) as server, in_time():
        ask(kind, str(server.origin), secure=True, cert_check=False)


@pytest.mark.parametrize("script", [silent, drip], ids=["silent", "drip"])
@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_proxy(kind: str, secure: bool, script: Callable[[Peer], None]) -> None:
    with ScriptedServer(script) as server, in_time():
        ask(kind, "127.0.0.1:1", secure=secure, cert_check=False, proxy=f"http://{server.origin}")


@pytest.mark.parametrize("kind", KINDS)
def test_tls_handshake_through_a_proxy(kind: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.stall()

    with ScriptedServer(script) as server, in_time():
        ask(kind, "127.0.0.1:1", secure=True, cert_check=False, proxy=f"http://{server.origin}")


# A caller's own urllib3 pool


@pytest.mark.parametrize("script", [silent, drip], ids=["silent", "drip"])
def test_urllib3_pool(script: Callable[[Peer], None]) -> None:
    """The retries of the caller's pool do not restart the time."""
    with ScriptedServer(script) as server, PoolManager(retries=HTTPRetry(10, backoff_factor=0.2)) as pool, in_time():
        ask("sync", str(server.origin), http_client=pool)


def test_reading_with_a_urllib3_pool() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Content-Length": "1000000", "ETag": '"e"'}))
        peer.drip(bytes(1_000_000), 0.05)

    with (
        ScriptedServer(script) as server,
        PoolManager() as pool,
        Minio(
            str(server.origin), "k", "secret", secure=False, region="r", http_client=pool, deadline=DEADLINE
        ) as client,
        in_time(),
    ):
        client.get_object("bucket", "key").read()
