"""File systems in other threads and processes, and without a server."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from secrets import token_hex
from typing import Any

import pytest

from minio.error import ClosedError, TransportError
from minio.fs import MinioFileSystem
from minio.local.ports import claim_block
from servers import live


@pytest.fixture
def fs(servers: live.Servers) -> Iterator[MinioFileSystem]:
    server = servers.get("seaweedfs")
    made = MinioFileSystem(server.url, server.access_key, server.secret_key, skip_instance_cache=True)
    yield made
    made.close()


@pytest.fixture
def path(fs: MinioFileSystem, servers: live.Servers) -> Iterator[str]:
    """The path of an object in a new bucket."""
    bucket = f"test-{token_hex(6)}"
    servers.get("seaweedfs").expect_bucket(bucket)
    fs.mkdir(bucket)
    fs.pipe(f"{bucket}/key", b"content")
    yield f"{bucket}/key"
    fs.rm(bucket, recursive=True)


def _use(fs: MinioFileSystem, path: str, number: int) -> bytes:
    """Read and write, in a thread or a process."""
    fs.pipe(f"{path}-{number}", b"%d" % number)
    with fs.open(path) as file:
        return bytes(file.read() + fs.cat(f"{path}-{number}"))


def test_pickling(fs: MinioFileSystem, path: str) -> None:
    copy = pickle.loads(pickle.dumps(fs))
    assert copy.cat(path) == b"content"
    with fs.open(path) as file:
        file.seek(3)
        again = pickle.loads(pickle.dumps(file))
    assert again.read() == b"tent"
    with fs.open(f"{path}-2", "wb") as file, pytest.raises(RuntimeError):
        pickle.dumps(file)


def test_threads(fs: MinioFileSystem, path: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: _use(fs, path, number), range(24)))
    assert found == [b"content%d" % number for number in range(24)]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(fs: MinioFileSystem, path: str, method: str) -> None:
    assert fs.cat(path) == b"content"  # its connections are open
    context: Any = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = list(pool.map(_use, [fs] * 4, [path] * 4, range(4)))
    assert found == [b"content%d" % number for number in range(4)]
    assert fs.cat(f"{path}-3") == b"3"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_uses_what_it_inherits(fs: MinioFileSystem, path: str) -> None:
    file = fs.open(path)
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    child = context.Process(target=lambda: results.put((fs.cat(path), file.read(), fs.ls(path, detail=False))))
    child.start()
    assert results.get(timeout=60) == (b"content", b"content", [path])
    child.join(60)
    assert child.exitcode == 0
    assert file.read() == b"content"


def test_no_server() -> None:
    with claim_block() as block:
        url = f"http://127.0.0.1:{block.ports[0]}"
        fs = MinioFileSystem(url, anon=True, client_kwargs={"retries": 0}, skip_instance_cache=True)
        with pytest.raises(ConnectionError) as caught:
            fs.cat("bucket/key")
    assert isinstance(caught.value.__cause__, TransportError)
    fs.close()


def test_unused_file_systems_close_their_connections(fs: MinioFileSystem, path: str) -> None:
    copies = [MinioFileSystem(*fs.storage_args, **fs.storage_options, skip_instance_cache=True)]
    assert copies[0].cat(path) == b"content"
    client, loop = copies[0].client, copies[0].loop
    copies.clear()
    gc.collect()
    call = asyncio.run_coroutine_threadsafe(client.list_buckets(), loop)  # it runs after what closes the client
    with pytest.raises(ClosedError):
        call.result(60)
