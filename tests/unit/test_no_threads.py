"""Calls work without threads where none can be started: at the system limit, and in `atexit` handlers."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import AsyncMinio
from minio._core.http.aio.cancel import fetch, run_blocking
from minio._core.http.shared import _registry, shared
from minio.error import TransportError

BUCKETS = answer(b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")


def patient(most: float) -> float:
    return most


def refuse_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> int:
        raise RuntimeError("can't start new thread")

    name = "_start_joinable_thread" if sys.version_info >= (3, 13) else "_start_new_thread"
    monkeypatch.setattr(threading, name, refuse)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_threads(monkeypatch)
    monkeypatch.setattr(_registry, "_runs", {})  # those of other tests may still be there


@pytest.mark.usefixtures("no_threads")
def test_shared_run_runs_in_the_calling_thread() -> None:
    assert shared(threading.get_ident).wait(patient) == threading.get_ident()
    assert not _registry._runs


@pytest.mark.usefixtures("no_threads")
async def test_shared_run_runs_in_the_calling_thread_asynchronously() -> None:
    assert await fetch(threading.get_ident) == threading.get_ident()
    assert not _registry._runs


@pytest.mark.usefixtures("no_threads")
def test_error_of_a_shared_run_is_raised() -> None:
    def fail() -> None:
        raise RuntimeError("its own")

    with pytest.raises(RuntimeError, match="its own"):
        shared(fail).wait(patient)
    assert not _registry._runs


@pytest.mark.usefixtures("no_threads")
def test_nested_run() -> None:
    """As a credentials provider does that looks up a name."""
    assert shared(lambda: shared(lambda: 5, "inner").wait(patient) + 1, "outer").wait(patient) == 6


def test_others_join_a_run_in_the_calling_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    count: list[int] = []

    def work() -> str:
        count.append(1)
        begun.set()
        assert go.wait(60)
        return "done"

    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "minio-helper":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(lambda: shared(work).wait(patient)) for _ in range(4)]
        assert begun.wait(60)
        time.sleep(0.05)
        go.set()
        assert [call.result(5) for call in calls] == ["done"] * 4
    assert count == [1]


async def test_file_operations_run_once_in_the_calling_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    with monkeypatch.context() as patch:
        refuse_threads(patch)
        assert await run_blocking(done.append, 1) is None
    await asyncio.to_thread(done.append, 2)  # asyncio has queued the first one for a thread that is started later
    assert done == [1, 2]


class Stream:
    def read(self, size: int) -> bytes:
        data, self.data = self.data[:size], self.data[size:]
        return data

    data = bytes(60_000)


@pytest.mark.parametrize("size", [100, 12 * 1024 * 1024])
async def test_uploads_of_files_and_streams(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("asyncio_"):
            raise RuntimeError("can't start new thread")
        start(thread)

    def reply(request: Recorded) -> bytes:
        if request.method == "POST" and "uploadId" not in request.target:
            return answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        if request.method == "POST":
            return answer(b"<CompleteMultipartUploadResult><ETag>e-3</ETag></CompleteMultipartUploadResult>")
        return answer(headers={"ETag": '"e"'})

    monkeypatch.setattr(threading.Thread, "start", refuse)
    (tmp_path / "file").write_bytes(bytes(size))
    options = {"access_key": "key", "secret_key": "secret", "secure": False, "region": "us-east-1", "proxy": ""}
    with ScriptedServer(forever(reply)) as server:
        async with AsyncMinio(str(server.origin), **options) as client:  # type: ignore[arg-type]
            with contextlib.suppress(TransportError):  # the ETag of this server is not that of the parts
                await client.fput_object("bucket", "key", tmp_path / "file", resume=False)
            assert (await client.put_object("bucket", "key", Stream(), 60_000)).etag == "e"
        assert sum(len(request.body) for request in server.requests if request.method == "PUT") >= size + 60_000


LATE = """
    import asyncio, atexit, sys, threading
    from minio import AsyncMinio, Minio
    from minio.credentials import Credentials, Provider

    class Slow(Provider):
        def retrieve(self):
            return Credentials("key", "secret")

    options = dict(secure=False, region="us-east-1", proxy="", retries=0, credentials=Slow())
    endpoint, kind = sys.argv[1:]

    def blocking(deadline):
        with Minio(endpoint, **options, deadline=deadline) as client:
            print(client.list_buckets(), client.stat_object("bucket", "key").size)

    async def asynchronous(deadline):
        async with AsyncMinio(endpoint, **options, deadline=deadline) as client:
            print(await client.list_buckets(), (await client.stat_object("bucket", "key")).size)

    def last():
        def refuse(*args, **kwargs):
            raise RuntimeError("can't create new thread at interpreter shutdown")

        threading._start_new_thread = threading._start_joinable_thread = refuse
        for deadline in (None, 20.0):
            blocking(deadline) if kind == "blocking" else asyncio.run(asynchronous(deadline))

    atexit.register(last)
"""


@pytest.mark.parametrize("kind", ["blocking", "asynchronous"])
def test_client_works_during_interpreter_shutdown(kind: str) -> None:
    """With a name that must be looked up, and a provider that may have to fetch."""

    def script(request: Recorded) -> bytes:
        found = answer(headers={"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"})
        return BUCKETS if request.method == "GET" else found

    with ScriptedServer(forever(script)) as server:
        command = [sys.executable, "-W", "error", "-c", textwrap.dedent(LATE), f"localhost:{server.origin.port}", kind]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert (done.stdout, done.stderr) == ("[] 0\n" * 2, "")
