"""The load: workers that make calls, check the results and update the ledger. Each call supports both clients."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from minio.error import MinioException, NoSuchKey, TransportError

from .ledger import KIB, MIB, Content, Entry, Ledger, Violation

T = TypeVar("T")
BUCKET = "soak"
LIMIT = 90.0
"""Seconds after which a call counts as hanging."""
_SMALL, _LARGE = "small/", "large/"


class Budget:
    """The number of bytes that may be uploaded so far, because the server's disk is limited."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._spent = 0.0
        self._begin = time.monotonic()

    def spend(self, size: int) -> bool:
        if self._spent > (time.monotonic() - self._begin) * self._rate:
            return False
        self._spent += size
        return True


class Tally:
    """Counts of what has happened since the last query."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self.tell = tell
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self.longest: dict[str, float] = {}
        self.now: dict[int, tuple[str, float]] = {}
        """The current call of each worker, and its start time."""
        self.judged = 0

    def call(self, name: str, seconds: float) -> None:
        with self._lock:
            self._calls[name] += 1
            self.longest[name] = max(seconds, self.longest.get(name, 0.0))

    def error(self, name: str, error: BaseException) -> None:
        with self._lock:
            self._calls["error"] += 1
        text = f"{type(error).__name__}: {error}"[:300]
        self.tell({"error": name, "type": type(error).__name__, "text": text, "time": time.time()})

    def violation(self, text: str) -> None:
        self.tell({"violation": text[:600], "time": time.time()})

    def take(self) -> Counter[str]:
        with self._lock:
            calls, self._calls = self._calls, Counter()
            return calls


async def done(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def each(result: Any) -> list[Any]:
    result = await done(result)
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, as with a blocking client."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise RuntimeError("a coroutine with a blocking client suspended")


class Stream:
    """Bytes that can be read only once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


class Interrupted(Exception):
    """Raised by a progress callback to interrupt a transfer."""


class Worker:
    """Makes one call after another."""

    def __init__(self, number: int, client: Any, endpoint: str, ledger: Ledger, tally: Tally, budget: Budget,
                 folder: Path) -> None:  # fmt: skip
        self.number = number
        self.client = client
        self.endpoint = endpoint
        self.ledger = ledger
        self.tally = tally
        self.budget = budget
        self.folder = folder / str(number)
        self.folder.mkdir()
        self.blocking = not inspect.iscoroutinefunction(client.stat_object)
        self._works: dict[str, Callable[[], Awaitable[None]]] = {
            name: getattr(self, name) for name in _WEIGHTS if self.blocking or name not in _BLOCKING_ONLY
        }

    async def run(self, until: float, pace: float) -> None:
        names = list(self._works)
        weights = [_WEIGHTS[name] for name in names]
        while time.monotonic() < until:
            (name,) = random.choices(names, weights)
            await self.one(name)
            await self.pause(random.uniform(0, 2 * pace))

    async def one(self, name: str) -> None:
        begin = time.monotonic()
        self.tally.now[self.number] = name, begin
        try:
            await self._works[name]()
        except Violation as broken:
            self.tally.violation(f"{name}: {broken}")
        except MinioException as error:
            self.tally.error(name, error)
            await self.pause(0.2)
        except Exception as error:  # noqa: BLE001 - any other exception is undocumented
            self.tally.violation(f"{name}: not a documented error: {type(error).__name__}: {error}")
        finally:
            del self.tally.now[self.number]
            self.tally.call(name, time.monotonic() - begin)

    async def pause(self, seconds: float) -> None:
        if self.blocking:
            time.sleep(seconds)  # noqa: ASYNC251 - it runs on its own thread
        else:
            await asyncio.sleep(seconds)

    # --- the calls

    async def put_small(self) -> None:
        content = self.ledger.noise.make(random.choice((0, 1, random.randrange(4 * KIB), random.randrange(256 * KIB))))
        data = bytes(self.ledger.noise.of(content))
        make = random.choice((lambda: data, lambda: io.BytesIO(data), lambda: Stream(data)))
        with self._key(_SMALL) as entry:
            await self._write(entry, content, "put_object", BUCKET, entry.name, make(), content.size)

    async def put_large(self) -> None:
        content = self._large()
        if content is None:
            await self.put_small()
            return
        data = bytes(self.ledger.noise.of(content))
        make, size = random.choice(
            ((lambda: data, content.size), (lambda: io.BytesIO(data), content.size), (lambda: Stream(data), -1))
        )
        with self._key(_LARGE) as entry:
            await self._write(entry, content, "put_object", BUCKET, entry.name, make(), size)

    async def get(self) -> None:
        with self._key(random.choice((_SMALL,) * 24 + (_LARGE,))) as entry, self._may_be_missing(entry):
            response = await done(self.client.get_object(BUCKET, entry.name))
            try:
                if random.random() < 0.5:
                    found = await done(response.read())
                else:
                    found = b"".join(await each(response.stream(random.choice((10_000, 64 * KIB, MIB)))))
            finally:
                await done(response.close())
            self.ledger.saw_bytes(entry, found)

    async def get_a_little(self) -> None:
        """Read the beginning of an object, and leave the rest unread on the connection."""
        with self._key(_LARGE) as entry, self._may_be_missing(entry):
            response = await done(self.client.get_object(BUCKET, entry.name))
            try:
                found = await done(response.read(100_000))
            finally:
                await done(response.close())
            self.ledger.saw_bytes(entry, found, 0, 100_000)

    async def get_partial(self) -> None:
        with self._key(random.choice((_SMALL, _LARGE)), present=True) as entry:
            content = entry.certain
            if content is None or not content.size:
                return
            begin = random.randrange(content.size)
            length = random.randrange(1, min(content.size, MIB) + 1)
            response = await done(self.client.get_partial_object(BUCKET, entry.name, begin, length))
            try:
                found = await done(response.read())
            finally:
                await done(response.close())
            self.ledger.saw_bytes(entry, found, begin, begin + length)

    async def stat(self) -> None:
        with self._key(random.choice((_SMALL, _SMALL, _LARGE))) as entry, self._may_be_missing(entry):
            client = self.client.with_options(deadline=60) if random.random() < 0.5 else self.client
            found = await done(client.stat_object(BUCKET, entry.name))
            self.ledger.saw_look(entry, found.size, found.etag)

    async def list(self) -> None:
        await self._list(random.choice((_SMALL, "")))

    async def copy(self) -> None:
        with self._key(_SMALL, present=True) as source, self._key(_SMALL) as entry:
            content = source.certain
            if content is not None:
                await self._write(entry, content, "copy_object", BUCKET, entry.name, f"{BUCKET}/{source.name}")

    async def remove(self) -> None:
        with self._key(random.choice((_SMALL,) * 20 + (_LARGE,))) as entry:
            self.ledger.begin(entry, None)
            await done(self.client.remove_object(BUCKET, entry.name))
            self.ledger.done(entry, None)

    async def remove_many(self) -> None:
        with self._key(_SMALL) as one, self._key(_SMALL) as two, self._key(_SMALL) as three:
            entries = (one, two, three)
            for entry in entries:
                self.ledger.begin(entry, None)
            failed = await each(self.client.remove_objects(BUCKET, [entry.name for entry in entries]))
            for entry in entries:
                if entry.name not in {error.object_name for error in failed}:
                    self.ledger.done(entry, None)

    async def fput(self) -> None:
        """Upload a file. Sometimes interrupt the upload, so that a second call resumes it."""
        content = self._large()
        if content is None:
            await self.put_small()
            return
        path = self.folder / "source"
        path.write_bytes(self.ledger.noise.of(content))
        with self._key(_LARGE) as entry:
            if random.random() < 0.5:
                self.ledger.begin(entry, content)
                with contextlib.suppress(Interrupted):
                    await done(self.client.fput_object(BUCKET, entry.name, path, progress=_breaking_off(content)))
            await self._until_it_works(lambda: self._write(entry, content, "fput_object", BUCKET, entry.name, path))

    async def fget(self) -> None:
        target = self.folder / "target"
        with self._key(_LARGE) as entry, self._may_be_missing(entry):
            await self._until_it_works(lambda: done(self.client.fget_object(BUCKET, entry.name, target)))
            self._compare(entry, target)

    async def killed_fput(self) -> None:
        """Upload a file in a process that is killed, then resume the upload in this process."""
        content = self._large()
        if content is None:
            await self.put_small()
            return
        path = self.folder / "source"
        path.write_bytes(self.ledger.noise.of(content))
        with self._key(_LARGE) as entry:
            self.ledger.begin(entry, content)
            self._start_and_kill("up", entry.name, path)
            await self._until_it_works(lambda: self._write(entry, content, "fput_object", BUCKET, entry.name, path))

    async def killed_fget(self) -> None:
        """Download a file in a process that is killed, then resume the download in this process."""
        target = self.folder / "target"
        with self._key(_LARGE, present=True) as entry:
            if entry.certain is None:
                return
            self._start_and_kill("down", entry.name, target)
            target.unlink(missing_ok=True)  # the download may have finished first
            await self._until_it_works(lambda: done(self.client.fget_object(BUCKET, entry.name, target)))
            self._compare(entry, target)

    # --- helpers

    def _key(self, kind: str, present: bool = False) -> _Key:
        return _Key(self.ledger, kind, present)

    def _may_be_missing(self, entry: Entry) -> _MayBeMissing:
        return _MayBeMissing(self.ledger, entry)

    def _large(self) -> Content | None:
        size = random.randrange(5 * MIB, 16 * MIB)
        return self.ledger.noise.make(size) if self.budget.spend(size) else None

    async def _write(self, entry: Entry, content: Content, method: str, *args: Any) -> None:
        self.ledger.begin(entry, content)
        result = await done(getattr(self.client, method)(*args))
        self.ledger.done(entry, content, result.etag)

    async def _list(self, prefix: str) -> None:
        before = {name: uses for name, uses in self.ledger.unused().items() if name.startswith(prefix)}
        found = await each(self.client.list_objects(BUCKET, prefix=prefix, recursive=True))
        self.tally.judged += self.ledger.saw_listing(
            before, {item.object_name: (item.size, item.etag) for item in found}
        )

    async def _until_it_works(self, call: Callable[[], Awaitable[object]]) -> None:
        """Repeat the call until it succeeds, even across an outage. Each call resumes the previous one."""
        deadline = time.monotonic() + LIMIT / 2
        while True:
            try:
                await call()
                return
            except TransportError as error:
                if time.monotonic() > deadline:
                    raise
                self.tally.error("again", error)
                await self.pause(0.2)

    def _compare(self, entry: Entry, target: Path) -> None:
        data = target.read_bytes()
        target.unlink()
        self.ledger.saw_bytes(entry, data)
        if left := [path.name for path in self.folder.iterdir() if path.name not in ("source", "target")]:
            raise Violation(f"{left} is left of a download that succeeded")

    def _start_and_kill(self, way: str, key: str, path: Path) -> None:
        script = str(Path(__file__).parent.parent / "soak.py")
        process = subprocess.Popen(
            [sys.executable, script, "--transfer", way, self.endpoint, key, str(path)], stderr=subprocess.DEVNULL
        )
        try:
            process.wait(random.uniform(0.3, 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Key:
    """A key that is reserved until the block ends."""

    def __init__(self, ledger: Ledger, kind: str, present: bool) -> None:
        self._ledger, self._kind, self._present = ledger, kind, present

    def __enter__(self) -> Entry:
        found = self._ledger.take(self._kind, self._present) or self._ledger.take(self._kind)
        if found is None:
            raise RuntimeError("there are too few keys for so many workers")
        self._entry = found
        return found

    def __exit__(self, *error: object) -> None:
        self._ledger.give(self._entry)


class _MayBeMissing:
    """Let the ledger decide whether a missing object is valid."""

    def __init__(self, ledger: Ledger, entry: Entry) -> None:
        self._ledger, self._entry = ledger, entry

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if not isinstance(error, NoSuchKey):
            return False
        self._ledger.saw_nothing(self._entry)
        return True


def _breaking_off(content: Content) -> Callable[[int, int], None]:
    limit = random.randrange(content.size)

    def progress(sent: int, total: int) -> None:
        if sent > limit:
            raise Interrupted

    return progress


_WEIGHTS: dict[str, float] = {
    "put_small": 25, "get": 30, "get_a_little": 2, "get_partial": 12, "stat": 12, "list": 1, "copy": 6, "remove": 5,
    "remove_many": 1, "put_large": 2, "fput": 2, "fget": 2, "killed_fput": 0.15, "killed_fget": 0.15,
}  # fmt: skip
_BLOCKING_ONLY = {"killed_fput", "killed_fget"}


def names(workers: int) -> Iterator[str]:
    """Yield enough keys that workers never wait for each other."""
    yield from (f"{_SMALL}{number:04}" for number in range(max(300, 8 * workers)))
    yield from (f"{_LARGE}{number:03}" for number in range(max(24, 2 * workers)))
