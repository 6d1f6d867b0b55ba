"""Deadlines of whole calls, with a scripted server: real ones are never this slow."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fakes.scripted_server import Peer, Recorded, Script, ScriptedServer, answer, forever, head, serve
from minio import AsyncMinio, Minio, Retry
from minio._core.http.sync import cancel as scope
from minio.error import (
    DeadlineExceeded,
    InvalidArgumentError,
    InvalidArgumentTypeError,
    NoSuchKey,
    SlowDown,
    TransportError,
)
from minio.sync._backend import run_blocking

DEADLINE = 0.4
MOST = 8.0
"""Seconds that a call with such a deadline may take on a busy machine: less than it would otherwise wait."""
OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": ""}


def client_of(server: ScriptedServer, **options: Any) -> Minio:
    return Minio(str(server.origin), "key", "secret", **{**OPTIONS, "deadline": DEADLINE, **options})


def async_client_of(server: ScriptedServer, **options: Any) -> AsyncMinio:
    return AsyncMinio(str(server.origin), "key", "secret", **{**OPTIONS, "deadline": DEADLINE, **options})


@contextmanager
def in_time(most: float = MOST) -> Iterator[None]:
    begin = time.monotonic()
    with pytest.raises(DeadlineExceeded) as caught:
        yield
    took = time.monotonic() - begin
    assert DEADLINE * 0.9 <= took < most
    assert isinstance(caught.value, TransportError)
    assert isinstance(caught.value, TimeoutError)
    assert "deadline of 0.4 s" in str(caught.value)


def silent(peer: Peer) -> None:
    peer.read_request()
    peer.stall()


def drip(peer: Peer) -> None:
    """Send one byte at a time, so that no read ever times out."""
    peer.read_request()
    peer.send(
        head(headers={"Content-Length": "1000000", "ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"})
    )
    peer.drip(bytes(1_000_000), 0.05)


def drip_head(peer: Peer) -> None:
    peer.read_request()
    peer.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000, 0.05)


def always_busy(request: Recorded) -> bytes:
    return answer(b"<Error><Code>SlowDown</Code></Error>", "503 Slow Down", {"Retry-After": "60"})


SLOW: dict[str, Script] = {"silent": silent, "drip": drip_head, "busy": forever(always_busy)}
CALLS: dict[str, Callable[[Any, Path], Any]] = {
    "stat": lambda client, path: client.stat_object("bucket", "key"),
    "put": lambda client, path: client.put_object("bucket", "key", io.BytesIO(b"abc"), 3),
    "put in parts": lambda client, path: client.put_object("bucket", "key", bytes(12 << 20), 12 << 20),
    "fput": lambda client, path: client.fput_object("bucket", "key", path / "source"),
    "fget": lambda client, path: client.fget_object("bucket", "key", path / "target"),
    "remove": lambda client, path: client.remove_object("bucket", "key"),
    "buckets": lambda client, path: client.list_buckets(),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "source").write_bytes(bytes(7 << 20))
    return tmp_path


@pytest.mark.parametrize("how", SLOW)
@pytest.mark.parametrize("call", CALLS)
def test_calls(folder: Path, how: str, call: str) -> None:
    with ScriptedServer(SLOW[how]) as server, client_of(server) as client, in_time():
        CALLS[call](client, folder)
    assert os.listdir(folder) == ["source"]


@pytest.mark.parametrize("how", SLOW)
@pytest.mark.parametrize("call", CALLS)
async def test_calls_asynchronously(folder: Path, how: str, call: str) -> None:
    with ScriptedServer(SLOW[how]) as server:
        async with async_client_of(server) as client:
            with in_time():
                await CALLS[call](client, folder)
    assert os.listdir(folder) == ["source"]


def test_deadline_covers_reading_an_object() -> None:
    with ScriptedServer(drip) as server, client_of(server, retries=Retry(base=0.01)) as client, in_time():
        client.get_object("bucket", "key").read()


async def test_deadline_covers_reading_an_object_asynchronously() -> None:
    with ScriptedServer(drip) as server:
        async with async_client_of(server, retries=Retry(base=0.01)) as client:
            with in_time():
                async with await client.get_object("bucket", "key") as response:
                    await response.read()


PAGE = b"""<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>
<Contents><Key>k%d</Key><Size>1</Size></Contents></ListBucketResult>"""


OF_A_PAGE = 1.2
"""Longer than the other deadlines, and more pages for it: each has time enough on a busy machine, and all have not."""
PAGES = 6


def pages(peer: Peer) -> None:
    for number in range(PAGES):
        peer.read_request()
        time.sleep(OF_A_PAGE / 5)
        peer.send(answer(PAGE % (number, number)))
    peer.read_request()
    peer.stall()


def test_each_page_has_its_own_deadline() -> None:
    with ScriptedServer(pages) as server, client_of(server, deadline=OF_A_PAGE) as client:
        found = client.list_objects("bucket", recursive=True)
        for number in range(PAGES):
            assert next(found).object_name == f"k{number}"
            if number == 0:
                time.sleep(OF_A_PAGE)  # the time the caller spends does not count
        with pytest.raises(DeadlineExceeded):
            next(found)


async def test_each_page_has_its_own_deadline_asynchronously() -> None:
    with ScriptedServer(pages) as server:
        async with async_client_of(server, deadline=OF_A_PAGE) as client:
            found = client.list_objects("bucket", recursive=True)
            for number in range(PAGES):
                assert (await anext(found)).object_name == f"k{number}"
                if number == 0:
                    await asyncio.sleep(OF_A_PAGE)
            with pytest.raises(DeadlineExceeded):
                await anext(found)


def test_many_threads_are_freed() -> None:
    """One slow host blocks no thread for longer than the deadline."""
    before = {thread.name for thread in threading.enumerate()}
    with ScriptedServer(silent) as server, client_of(server) as client, ThreadPoolExecutor(32) as threads:
        begin = time.monotonic()
        outcomes = [threads.submit(client.stat_object, "bucket", "key") for _ in range(64)]
        for outcome in outcomes:
            with pytest.raises(DeadlineExceeded):
                outcome.result()
        assert time.monotonic() - begin < 2 * MOST
    left = {thread.name for thread in threading.enumerate()} - before
    assert not left


def test_client_still_works() -> None:
    with ScriptedServer(silent, serve(answer(b"<ListAllMyBucketsResult/>"))) as server, client_of(server) as client:
        with in_time():
            client.list_buckets()
        assert client.list_buckets() == []


def missing(request: Recorded) -> bytes:
    return answer(status="404 Not Found")


def test_options_for_one_call() -> None:
    with ScriptedServer(forever(missing)) as server, client_of(server, deadline=None) as client:
        assert type(client) is Minio
        hurried = client.with_options(deadline=5, retries=2, checksum="SHA256")
        assert isinstance(hurried, Minio)
        assert (type(hurried).__name__, repr(hurried)) == ("Minio", repr(client))
        for one in (client, hurried):
            with pytest.raises(NoSuchKey):
                one.stat_object("bucket", "key")
        assert server.connections == 1  # the clients share it
        hurried.close()
        with pytest.raises(NoSuchKey):
            client.stat_object("bucket", "key")
        unhurried = hurried.with_options(deadline=None)
        assert type(unhurried) is Minio
        assert (unhurried._session.retry.tries, unhurried._session.checksum) == (3, "SHA256")
        assert (client._session.retry.tries, client._session.checksum) == (5, "CRC32C")


def test_retries_of_one_call() -> None:
    with ScriptedServer(forever(always_busy)) as server, client_of(server, deadline=None) as client:
        with pytest.raises(SlowDown):
            client.with_options(retries=0).list_buckets()
        assert len(server.requests) == 1


def test_client_with_a_deadline_pickles() -> None:
    with ScriptedServer(silent) as server, client_of(server) as client:
        copy = pickle.loads(pickle.dumps(client))
        with copy, in_time():
            copy.list_buckets()


class Own(Minio):
    def stat_object(self, *args: Any, **kwargs: Any) -> Any:
        self.asked = True
        return super().stat_object(*args, **kwargs)


def test_subclass() -> None:
    with ScriptedServer(silent) as server, Own(str(server.origin), "key", "secret", **OPTIONS, deadline=0.4) as client:
        with in_time():
            client.stat_object("bucket", "key")
        assert client.asked


class WithHelpers(Minio):
    @staticmethod
    def double(number: int) -> int:
        return 2 * number

    @classmethod
    def name(cls) -> str:
        return cls.__name__


def test_static_methods_of_a_subclass() -> None:
    with WithHelpers("localhost", "key", "secret", deadline=5) as client:
        assert (client.double(2), client.name()) == (4, "WithHelpers")


def test_body_without_a_length_is_not_truncated() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"Connection": "close", "ETag": '"e"'}) + b"some")
        peer.stall()

    with ScriptedServer(script) as server, client_of(server) as client, in_time(), client.get_object("b-1", "k") as got:
        got.read()


def test_deadline_covers_connecting() -> None:
    # The listener's backlog is full and nobody accepts.
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for sock in (first, second):
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        host, port = listener.getsockname()
        retries = Retry(tries=1)
        with (
            Minio(f"{host}:{port}", "key", "secret", **OPTIONS, deadline=DEADLINE, retries=retries) as client,
            in_time(),
        ):
            client.bucket_exists("bucket")


def test_deadline_covers_file_operations() -> None:
    steps = []
    with scope.fail_after(0.2), pytest.raises(DeadlineExceeded):
        for _ in range(100):  # as when a resumed download looks at what is there
            run_blocking(lambda: steps.append(time.sleep(0.05)))
    assert len(steps) < 10


def test_forgotten_bodies_under_the_locks() -> None:
    # The garbage collector may close a body at any time, whichever lock this thread holds.
    with ScriptedServer(forever(head(headers={"Content-Length": "9", "ETag": '"e"'}) + b"some")) as server:
        client = client_of(server, deadline=60)
        response = client.get_object("bucket", "key")
        with response._stream._connection.scope._lock:
            del response
        client.close()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"deadline": 0}, InvalidArgumentError, "deadline"),
        ({"deadline": -1}, InvalidArgumentError, "deadline"),
        ({"deadline": "5"}, InvalidArgumentTypeError, "deadline"),
        ({"deadline": float("nan")}, InvalidArgumentError, "deadline"),
        ({"retries": -1}, InvalidArgumentError, "retries"),
        ({"checksum": "CRC8"}, InvalidArgumentError, "checksum"),
    ],
)
def test_wrong_options(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with Minio("localhost", "key", "secret") as client, pytest.raises(error, match=words):
        client.with_options(**options)


def test_error_pickles() -> None:
    error = pickle.loads(pickle.dumps(DeadlineExceeded("late", "host", OSError("x"))))
    assert (type(error), str(error), error.final) == (DeadlineExceeded, "late (host host, 1 try)", True)
