"""One client shared by threads, processes and event loops, and clients that are never closed.

The threads run for eight seconds, or for as many as MINIO_TEST_SECONDS in the environment says.
"""

from __future__ import annotations

import asyncio
import gc
import io
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, noise
from minio import AsyncMinio, Minio
from minio.error import ClosedError, NoSuchKey
from servers.cleanup import remove_bucket
from servers.live import LiveServer, Servers

SECONDS = float(os.environ.get("MINIO_TEST_SECONDS", "8"))
LARGE = noise(6 * MIB)
SMALL = LARGE[100_000:103_000]
BUCKET = "test-concurrency"
QUICK: dict[str, Any] = {"connect_timeout": 5.0, "read_timeout": 20.0}
forking = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(scope="module")
def live(servers: Servers) -> Iterator[LiveServer]:
    """A server with a bucket that holds two objects."""
    # The first use in a process opens something and keeps it.
    fast(asyncio.sleep(0))
    resource_tracker.ensure_running()
    found = servers.get("seaweedfs")
    with found.make_client() as client:
        client.make_bucket(BUCKET)
        client.put_object(BUCKET, "large", LARGE, len(LARGE))
        client.put_object(BUCKET, "small", SMALL, len(SMALL))
    yield found
    remove_bucket(found.raw, BUCKET)


@pytest.fixture
def shared(live: LiveServer) -> Iterator[Minio]:
    with live.make_client(**QUICK) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Check that threads and descriptors are as before."""
    gc.collect()
    threads, files = set(threading.enumerate()), open_files()
    yield
    gc.collect()
    deadline = time.monotonic() + 30
    while (set(threading.enumerate()) - threads or open_files() > files) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert set(threading.enumerate()) - threads == set()
    assert open_files() <= files


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


# --- many threads


class Caller:
    """The mixed calls of one thread on a shared client. It uses its own keys, so it knows what each of them holds."""

    def __init__(self, client: Minio, name: str, folder: Path) -> None:
        self.client = client
        self.name = name
        self.path = folder / name
        self.there: dict[str, bytes] = {}
        self.counts: Counter[str] = Counter()

    def run(self, until: float) -> Counter[str]:
        calls = [
            self.put,
            self.put,
            self.get,
            self.get,
            self.get_some,
            self.stat,
            self.copy,
            self.remove,
            self.list_own,
        ]
        rare = [self.put_parts, self.fput, self.fget]
        while time.monotonic() < until:
            call = random.choice(rare if random.random() < 0.03 else calls)
            call()
            self.counts[call.__name__] += 1
        return self.counts

    def key(self) -> str:
        return f"{self.name}.{random.randrange(8)}"

    def store(self, key: str, data: bytes, source: Any) -> None:
        assert self.client.put_object(BUCKET, key, source, len(data)).etag
        self.there[key] = data

    def put(self) -> None:
        begin = random.randrange(MIB)
        data = LARGE[begin : begin + random.randrange(20_000)]
        self.store(self.key(), data, random.choice((data, io.BytesIO(data))))

    def put_parts(self) -> None:
        data = LARGE[random.randrange(500_000) :]
        self.store(self.key(), data, io.BytesIO(data))

    def get(self) -> None:
        key = self.key()
        try:
            with self.client.get_object(BUCKET, key) as response:
                assert response.read() == self.there[key]
        except NoSuchKey:
            assert key not in self.there

    def get_some(self) -> None:
        begin = random.randrange(len(LARGE) - 1)
        with self.client.get_partial_object(BUCKET, "large", begin, 30_000) as response:
            assert response.read() == LARGE[begin : begin + 30_000]

    def stat(self) -> None:
        key = self.key()
        try:
            assert self.client.stat_object(BUCKET, key).size == len(self.there[key])
        except NoSuchKey:
            assert key not in self.there

    def copy(self) -> None:
        key = self.key()
        self.client.copy_object(BUCKET, key, f"{BUCKET}/small")
        self.there[key] = SMALL

    def remove(self) -> None:
        key = self.key()
        self.client.remove_object(BUCKET, key)
        self.there.pop(key, None)

    def list_own(self) -> None:
        found = {item.object_name: item.size for item in self.client.list_objects(BUCKET, f"{self.name}.")}
        assert found == {key: len(data) for key, data in self.there.items()}

    def fput(self) -> None:
        self.path.write_bytes(LARGE)
        key = self.key()
        self.client.fput_object(BUCKET, key, self.path)
        self.there[key] = LARGE

    def fget(self) -> None:
        self.client.fget_object(BUCKET, "large", self.path)
        assert self.path.read_bytes() == LARGE


@pytest.mark.timeout(max(300, 3 * SECONDS))
def test_64_threads_on_one_client(shared: Minio, tmp_path: Path) -> None:
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(64) as pool:
        callers = [pool.submit(Caller(shared, f"caller-{number}", tmp_path).run, until) for number in range(64)]
        counts = sum((caller.result() for caller in callers), Counter())
    assert counts.total() > 64
    assert len(counts) == 10
    pool_of_one = shared._transport._pool  # type: ignore[union-attr]
    (idle,) = pool_of_one._idle.values()
    assert len(idle) <= pool_of_one._max_idle


# --- processes


def use(client: Minio, name: str) -> str:
    """The work of each process. Returns the name if everything was right."""
    client.put_object(BUCKET, name, name.encode(), len(name))
    with client.get_object(BUCKET, name) as response:
        assert response.read() == name.encode()
    with client.get_object(BUCKET, "large") as response:
        assert response.read() == LARGE
    client.put_object(BUCKET, name, io.BytesIO(LARGE), len(LARGE))  # multipart, in threads
    assert client.stat_object(BUCKET, name).size == len(LARGE)
    return name


async def use_async(client: AsyncMinio, name: str) -> str:
    await client.put_object(BUCKET, name, name.encode(), len(name))
    async with await client.get_object(BUCKET, name) as response:
        assert await response.read() == name.encode()
    await client.put_object(BUCKET, name, LARGE, len(LARGE))
    found = await asyncio.gather(*(client.stat_object(BUCKET, name) for _ in range(8)))
    assert {item.size for item in found} == {len(LARGE)}
    return name


def use_async_there(client: AsyncMinio, name: str) -> str:
    return asyncio.run(use_async(client, name))


def fork(action: Callable[[], object]) -> int:
    """Run an action in a forked process. An alarm ends it if it waits for a lock that is never released."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(120)
            action()
            code = 0
        except BaseException as error:
            os.write(2, f"in the child: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    return child


@can_fork
@forking
def test_forks_while_threads_make_calls(shared: Minio, tmp_path: Path) -> None:
    end = threading.Event()

    def call(name: str) -> int:
        caller, total = Caller(shared, name, tmp_path), 0
        while not end.is_set():
            total += caller.run(time.monotonic() + 0.1).total()
        return total

    with ThreadPoolExecutor(8) as pool:
        callers = [pool.submit(call, f"beside-{number}") for number in range(8)]
        children = []
        try:
            for number in range(12):
                time.sleep(0.05)
                children.append(fork(lambda name=f"forked-{number}": use(shared, name)))
            codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        finally:
            end.set()
        assert codes == [0] * 12
        assert all(caller.result() for caller in callers)


@can_fork
@forking
def test_fork_while_a_loop_makes_calls(live: LiveServer) -> None:
    client = live.make_async_client(**QUICK)
    end = threading.Event()

    async def calls() -> int:
        total = 0
        while not end.is_set():
            total += len(await asyncio.gather(*(use_async(client, f"beside-async-{number}") for number in range(3))))
        await client.close()
        return total

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(asyncio.run, calls())
        try:
            time.sleep(0.2)
            children = [fork(lambda name=f"forked-{n}": use_async_there(client, name)) for n in range(3)]
            codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        finally:
            end.set()
        assert codes == [0] * 3
        assert beside.result()


@forking
@pytest.mark.parametrize("method", ["spawn", pytest.param("fork", marks=can_fork)])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_pickled_clients_in_other_processes(live: LiveServer, method: str, kind: str) -> None:
    context = multiprocessing.get_context(method)
    tasks = [f"{method}-{kind}-{number}" for number in range(6)]
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        if kind == "sync":
            with live.make_client(**QUICK) as client:
                use(client, "here")
                found = list(pool.map(use, [client] * 6, tasks))
                use(client, "here")
        else:
            asynchronous = live.make_async_client(**QUICK)
            found = list(pool.map(use_async_there, [asynchronous] * 6, tasks))
    assert found == tasks


# --- event loops


def plain(work: Any) -> Any:
    return asyncio.run(work)


def fast(work: Any) -> Any:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


loops = pytest.mark.parametrize("run", [plain, fast])


@loops
def test_one_loop_after_the_other(live: LiveServer, run: Callable[[Any], Any]) -> None:
    client = live.make_async_client(**QUICK)
    for turn in range(3):
        assert run(use_async(client, f"turn-{turn}")) == f"turn-{turn}"
    run(client.close())


@loops
def test_two_loops_at_once(live: LiveServer, run: Callable[[Any], Any]) -> None:
    client = live.make_async_client(**QUICK)

    async def work(name: str) -> int:
        return len([await use_async(client, f"{name}-{number}") for number in range(8)])

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda name: run(work(name)), ["one", "two"])) == [8, 8]
    run(client.close())


def test_two_kinds_of_loops_at_once(live: LiveServer) -> None:
    client = live.make_async_client(**QUICK)
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(run, use_async(client, run.__name__)) for run in (plain, fast)]
        assert [future.result() for future in futures] == ["plain", "fast"]
    plain(client.close())


@loops
def test_closed_on_one_loop_while_another_waits(live: LiveServer, run: Callable[[Any], Any]) -> None:
    client = live.make_async_client(**QUICK)
    ready, closed = threading.Event(), threading.Event()

    async def other() -> None:
        await client.stat_object(BUCKET, "small")
        ready.set()
        await asyncio.to_thread(closed.wait)
        with pytest.raises(ClosedError):
            await client.stat_object(BUCKET, "small")

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(run, other())
        assert ready.wait(60)
        run(client.close())
        closed.set()
        beside.result(60)


# --- closed while others use it


def test_closed_while_threads_make_calls(live: LiveServer, tmp_path: Path) -> None:
    client = live.make_client(**QUICK)

    def call(number: int) -> str:
        caller = Caller(client, f"closing-{number}", tmp_path)
        try:
            caller.run(time.monotonic() + 120)
        except ClosedError:
            return "closed"
        return "not closed"

    with ThreadPoolExecutor(16) as pool:
        callers = [pool.submit(call, number) for number in range(16)]
        time.sleep(0.5)
        client.close()
        assert [caller.result(90) for caller in callers] == ["closed"] * 16
    with pytest.raises(ClosedError):
        client.stat_object(BUCKET, "small")


@loops
def test_closed_while_tasks_make_calls(live: LiveServer, run: Callable[[Any], Any]) -> None:
    client = live.make_async_client(**QUICK)

    async def call(number: int) -> str:
        try:
            while True:
                await use_async(client, f"closing-{number}")
        except ClosedError:
            return "closed"

    async def work() -> list[str]:
        tasks = [asyncio.create_task(call(number)) for number in range(8)]
        await asyncio.sleep(0.3)
        await client.close()
        async with asyncio.timeout(90):
            return await asyncio.gather(*tasks)

    assert run(work()) == ["closed"] * 8


def test_open_response_can_be_read_after_close(live: LiveServer) -> None:
    client = live.make_client(**QUICK)
    with client.get_object(BUCKET, "large") as response:
        assert response.read(10) == LARGE[:10]
        client.close()
        assert response.read() == LARGE[10:]


# --- never closed

PREFACE = """
    import asyncio, gc, io, logging, sys, threading
    from minio import AsyncMinio, Minio
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it tells of slow steps, which a busy machine has
    endpoint, access_key, secret_key, bucket = sys.argv[1:]

    def make():
        return Minio(endpoint, access_key, secret_key, secure=False)

    def make_async():
        return AsyncMinio(endpoint, access_key, secret_key, secure=False)
"""
UNCLOSED = {
    "collected": """
        for _ in range(3):
            client = make()
            client.stat_object(bucket, "small")
            del client
            gc.collect()
    """,
    "at-exit": """
        client = make()
        client.stat_object(bucket, "small")
        client.put_object(bucket, "exit", io.BytesIO(bytes(6 << 20)), 6 << 20)
    """,
    "in-a-cycle": """
        client = make()
        client.stat_object(bucket, "small")
        holder = [client]
        holder.append(holder)
        del client, holder
    """,
    "many-in-a-cycle": """
        client = make()
        assert [found.value for found in client.get_objects(bucket, ["small"])]
        holder = [client]
        holder.append(holder)
        del client, holder
        gc.collect()
    """,
    "many-left-in-a-cycle": """
        client = make()
        stream = client.get_objects(bucket, ["small"] * 1000)
        next(stream)
        holder = [client, stream]
        holder.append(holder)
        del client, stream, holder
        gc.collect()
    """,
    "many-left-at-exit": """
        client = make()
        stream = client.get_objects(bucket, ["small"] * 1000)
        next(stream)
    """,
    "answer-unread": """
        client = make()
        response = client.get_object(bucket, "large")
        response.read(10)
        del response, client
        gc.collect()
        other = make().get_object(bucket, "large")
    """,
    "listing-left": """
        client = make()
        items = client.list_objects(bucket)
        next(items)
    """,
    "file-left": """
        file = make().open_object(bucket, "large")
        file.read(10)
    """,
    "thread-still-calls": """
        client = make()
        done = threading.Event()
        def work():
            while True:
                client.stat_object(bucket, "small")
                done.set()
        threading.Thread(target=work, daemon=True).start()
        done.wait()
    """,
    "async-in-its-loop": """
        async def main():
            client = make_async()
            await client.stat_object(bucket, "small")
            del client
            gc.collect()
            await asyncio.sleep(0.05)
        asyncio.run(main())
    """,
    "async-after-its-loop": """
        client = make_async()
        asyncio.run(client.stat_object(bucket, "small"))
        del client
        gc.collect()
    """,
    "async-at-exit": """
        client = make_async()
        asyncio.run(client.stat_object(bucket, "small"))
    """,
    "async-loops-in-turn": """
        client = make_async()
        for _ in range(3):
            asyncio.run(client.stat_object(bucket, "small"))
    """,
    "async-answer-unread": """
        async def main():
            client = make_async()
            response = await client.get_object(bucket, "large")
            await response.read(10)
            del response
            gc.collect()
            await client.stat_object(bucket, "small")
            other = await client.get_object(bucket, "large")
            await other.read(10)
        asyncio.run(main())
    """,
    "async-listing-left": """
        async def main():
            async for item in make_async().list_objects(bucket):
                break
        asyncio.run(main())
    """,
    "async-cancelled": """
        async def main():
            client = make_async()
            tasks = [asyncio.create_task(client.put_object(bucket, "c", bytes(6 << 20), 6 << 20)) for _ in range(4)]
            await asyncio.sleep(0.02)
        asyncio.run(main())
    """,
    "async-loop-forgotten": """
        # The loop is closed by hand: nothing ends the generators that were started on it.
        loop = asyncio.new_event_loop()
        client = make_async()
        loop.run_until_complete(client.stat_object(bucket, "small"))
        del client
        gc.collect()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    """,
    "async-on-uvloop": """
        import uvloop
        client = make_async()
        uvloop.run(client.stat_object(bucket, "small"))
        async def main():
            other = make_async()
            await other.stat_object(bucket, "small")
            del other
            gc.collect()
        uvloop.run(main())
    """,
}


@pytest.mark.parametrize("story", UNCLOSED)
def test_unclosed_client_is_silent(live: LiveServer, story: str) -> None:
    script = textwrap.dedent(PREFACE) + textwrap.dedent(UNCLOSED[story])
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", script, live.endpoint, live.access_key]
    done = subprocess.run([*command, live.secret_key, BUCKET], capture_output=True, text=True, timeout=180, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
