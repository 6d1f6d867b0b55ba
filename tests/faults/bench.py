"""Apply one fault to one call, and check everything that must hold."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import pickle
import shutil
import threading
import time
import zlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from minio import AsyncMinio, Minio, ResponseError, TransportError
from minio.error import InvalidArgumentError
from minio.retry import Retry
from servers.cleanup import remove_bucket
from servers.live import LiveServer

from . import (
    coding as coding,  # importing these registers their faults and scenes
    directories as directories,
    echo as echo,
    framing as framing,
    heads as heads,
    local_files as local_files,
    responses as responses,
)
from .calls import LARGE, SCENES, SMALL, Place, Scene, done
from .faults import FAULTS, Fault, Outcome
from .more_calls import CORS, LIFECYCLE, tags
from .proxy import FaultProxy, Request

CLIENTS: dict[str, Any] = {"sync": Minio, "async": AsyncMinio}
QUICK: dict[str, Any] = {
    "secure": False,
    "connect_timeout": 20.0,
    "read_timeout": 60.0,
    "region": "us-east-1",
    "retries": Retry(tries=3, base=0.002, cap=0.01, longest=0.02),
}
PATIENT = {**QUICK, "read_timeout": 2.0, "retries": Retry(tries=2, base=0.002, cap=0.01, longest=0.02)}
LIMIT = 45.0
"""Seconds. Less than the read timeout of the quick clients, so that a timeout never ends a fault of a quick case."""
_numbers = itertools.count()


@dataclass
class World:
    """A server with everything that the calls need."""

    server: LiveServer
    folder: Path
    reading: str = field(default_factory=lambda: f"faults-r-{token_hex(4)}")
    writing: str = field(default_factory=lambda: f"faults-w-{token_hex(4)}")
    locked: str = field(default_factory=lambda: f"faults-l-{token_hex(4)}")

    def fill(self) -> None:
        (self.folder / "source").write_bytes(LARGE)
        with self.server.make_client() as client:
            client.make_bucket(self.reading)
            client.make_bucket(self.writing)
            client.make_bucket(self.locked, object_lock=True)
            client.put_object(self.locked, "object", b"content", 7)
            client.put_object(self.reading, "small", SMALL, len(SMALL))
            client.put_object(self.reading, "large", LARGE, len(LARGE))
            for number in range(12):
                client.put_object(self.reading, f"many/{number:02}", b"x", 1)
            client.set_bucket_lifecycle(self.reading, LIFECYCLE)
            client.set_bucket_cors(self.reading, CORS)
            client.set_bucket_tags(self.reading, tags())
            client.set_object_tags(self.reading, "small", tags(True))
        self.server.raw.request("POST", f"/{self.reading}/unfinished", {"uploads": ""})

    def empty(self) -> None:
        with self.server.make_client() as client:
            for name in (self.reading, self.writing):
                listed = [found.object_name for found in client.list_objects(name, recursive=True)]
                assert list(client.remove_objects(name, listed)) == []
        for name in (self.reading, self.writing, self.locked):
            remove_bucket(self.server.raw, name)

    def place(self, scene: Scene) -> Place:
        """Prepare a place for one case."""
        key = f"{scene.name}-{next(_numbers)}-{os.getpid()}"
        folder = self.folder / key
        folder.mkdir()
        place = Place(self.reading, self.writing, self.locked, key, folder)
        if scene.old is not None:
            self.server.raw.request("PUT", f"/{self.writing}/{key}", body=scene.old)
        if scene.before is not None:
            drive(scene.before(self.server.raw, place))
        return place

    def leave(self, place: Place) -> None:
        shutil.rmtree(place.folder)
        if "_bucket-" in place.key:
            self.server.raw.request("DELETE", f"/{place.fresh_bucket()}")

    def written(self, place: Place) -> bytes | None:
        """The content stored under the case's key."""
        answer = self.server.raw.request("GET", f"/{self.writing}/{place.key}")
        return answer.body if answer.status == 200 else None


def drive(story: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never suspends."""
    try:
        story.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


@dataclass
class Clean:
    """A call without a fault: its result, and the kinds of requests it sent."""

    value: Any
    kinds: dict[str, Request]


@dataclass(frozen=True)
class Case:
    """A fault in one kind of request of one call, once or on every try."""

    kind: str
    scene: Scene
    request: str
    fault: Fault
    stays: bool

    def __str__(self) -> str:
        return f"{self.fault.name} {'always' if self.stays else 'once'} in {self.request!r}"


def cases(kind: str, scene: Scene, clean: Clean, complete: bool, slow: bool) -> Iterator[Case]:
    """The cases of a call. Main calls get all of them, other calls one of each family of faults."""
    fitting = [
        (request, fault)
        for request, seen in clean.kinds.items()
        for fault in FAULTS.values()
        if fault.slow is slow and seen.answer is not None and fault.applies(seen, seen.answer)
    ]
    if not (complete or (scene.main and not slow)):
        fitting = _one_of_each_family(scene.name, fitting)
    for request, fault in fitting:
        for stays in (False, True):
            if complete or stays is _chance(kind, scene.name, request, fault.name):
                yield Case(kind, scene, request, fault, stays)


def _one_of_each_family(salt: str, fitting: list[tuple[str, Fault]]) -> list[tuple[str, Fault]]:
    families: dict[str, list[tuple[str, Fault]]] = {}
    for request, fault in fitting:
        families.setdefault(fault.family, []).append((request, fault))
    return [members[zlib.crc32((salt + family).encode()) % len(members)] for family, members in families.items()]


def _chance(kind: str, *words: str) -> bool:
    """Choose one variant for one client and the opposite for the other."""
    return bool(zlib.crc32(" ".join(words).encode()) & 16) is (kind == "sync")


class Bench:
    """A proxy and its server."""

    def __init__(self, world: World, proxy: FaultProxy, watch: bool = True) -> None:
        self.world = world
        self.proxy = proxy
        self.watch = watch
        """Check threads and descriptors after each case. Only for processes in which nothing else runs."""

    def clean(self, kind: str, scene: Scene) -> Clean:
        """Make the call without a fault."""
        place = self.world.place(scene)
        self.proxy.heal()

        async def story() -> Any:
            client = self.client(kind, scene, QUICK)
            try:
                self.proxy.stand_in = scene.stand_in
                return await scene.run(client, place)
            finally:
                await done(client.close())

        value = run(kind, story())
        kinds = {request.kind: request for request in reversed(self.proxy.seen)}
        assert kinds, "the call sends no request"
        self._check_state(scene, place, certain=True)
        self.world.leave(place)
        return Clean(value, dict(reversed(kinds.items())))

    def client(self, kind: str, scene: Scene, options: dict[str, Any]) -> Any:
        server = self.world.server
        given = {**options, **scene.options}
        return CLIENTS[kind](self.proxy.endpoint, server.access_key, server.secret_key, **given)

    def play(self, case: Case, clean: Clean) -> str:
        """Play a case and return its outcome."""
        self._settle("connections of an earlier case are open", lambda: self.proxy.open, 0)
        place = self.world.place(case.scene)
        threads, files = threading.active_count(), open_files()
        outcome = run(case.kind, self._story(case, clean, place))
        if case.scene.resumes and outcome == "raised":
            self._forget_part(place)
        self._check_state(
            case.scene, place, certain=outcome in ("succeeded", "retried"), believed=outcome == "believed"
        )
        self._settle("a connection is left open", lambda: self.proxy.open, 0)
        if self.watch:
            self._settle("a thread is left", threading.active_count, threads)
            self._settle("a descriptor is left open", open_files, files)
        self.world.leave(place)
        return str(outcome)

    async def _story(self, case: Case, clean: Clean, place: Place) -> str:
        scene, proxy = case.scene, self.proxy
        proxy.heal()
        client = self.client(case.kind, scene, PATIENT if case.fault.slow else QUICK)
        try:
            if case.fault.family != "connect" and not scene.cold and _chance("sync", str(case), scene.name):
                await done(client.list_buckets())  # the call will use a kept connection
                proxy.heal()
            proxy.stand_in = scene.stand_in
            self._spoil(case)
            begin = time.monotonic()
            value, error = await _attempt(scene.run(client, place))
            took, hits, seen = time.monotonic() - begin, proxy.hits, list(proxy.seen)
            proxy.heal()
            if case.kind == "async" and case.fault.family != "unasked":
                # Otherwise the loop does not get to see what arrived: the next call must detect it by itself.
                await self._ended()
            self._settle("a fault goes on", lambda: proxy.playing, 0)
            if error is not None:
                echo.check_no_secret(error, seen, self.world.server.secret_key)
            outcome = judge(case, clean, value, error, hits, seen)
            assert took < LIMIT, f"it took {took:.1f} s"
            if case.kind == "async":
                left = asyncio.all_tasks() - {asyncio.current_task()}
                assert not left, f"tasks are left: {left}"
            await self._still_works(client)
            return outcome
        finally:
            await done(client.close())

    async def _ended(self) -> None:
        """Wait for exchanges in progress while the event loop runs."""
        deadline = time.monotonic() + 30
        while self.proxy.playing and time.monotonic() < deadline:  # noqa: ASYNC110 - the proxy is on another loop
            await asyncio.sleep(0.001)

    def _spoil(self, case: Case) -> None:
        times = None if case.stays else 1
        if case.fault.name == "refused":
            self.proxy.refuse()
        elif case.fault.name == "reset-at-once":
            self.proxy.reset_connections(times)
        else:
            self.proxy.spoil(case.fault.play, case.request, times)

    async def _still_works(self, client: Any) -> None:
        """Check that the next calls on the same client return correct results."""
        for _ in range(2):
            found = await done(client.stat_object(self.world.reading, "small"))
            assert found.size == len(SMALL), "the client that had a fault is out of step"
        response = await done(client.get_object(self.world.reading, "small"))
        assert await done(response.read()) == SMALL, "the client that had a fault is out of step"
        await done(response.close())

    def _forget_part(self, place: Place) -> None:
        """Remove the part file that is kept for the next try."""
        parts = list(place.folder.rglob("*.part.minio"))
        assert len(parts) <= 1
        assert not place.target.exists()
        for part in parts:
            part.unlink()

    def _check_state(self, scene: Scene, place: Place, certain: bool, believed: bool = False) -> None:
        if scene.content is not None:
            found = self.world.written(place)
            allowed = [scene.content] if certain else [scene.content, scene.old]
            assert found in allowed, f"half an object: {None if found is None else len(found)} bytes"
        files = [path for path in place.folder.rglob("*") if path.is_file()]
        assert files in ([], [place.target]), f"files are left: {files}"
        if files:
            size = place.target.stat().st_size
            whole = size in (len(SMALL), len(LARGE)) or (believed and not size)  # a response said it is empty
            assert whole, f"half a file: {size} bytes"
            assert not certain or place.target.read_bytes() in (SMALL, LARGE), "a damaged file"

    def _settle(self, what: str, value: Callable[[], int], most: int, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while (found := value()) > most:
            assert time.monotonic() < deadline, f"{what}: {found}, not {most}"
            time.sleep(0.001)


def run(kind: str, story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(story) if kind == "async" else drive(story)


async def _attempt(call: Any) -> tuple[Any, BaseException | None]:
    try:
        return await call, None
    except Exception as error:
        return None, error


def is_of_another_prefix(error: BaseException) -> bool:
    """Whether a listing had a name that does not begin with its prefix, as a corrupt name can look."""
    return isinstance(error, InvalidArgumentError) and "means another one to this server" in str(error)


def judge(
    case: Case, clean: Clean, value: Any, error: BaseException | None, hits: int, seen: Sequence[Request] = ()
) -> str:
    """Return how a case ended. It must be one of the outcomes that its fault allows."""
    assert hits, "the fault was never met"
    outcome = case.fault.outcome
    if error is not None:
        if not isinstance(error, (ResponseError, TransportError)) and not is_of_another_prefix(error):
            raise AssertionError(f"undocumented: {type(error).__name__}: {error}") from error
        assert str(error), "an error without a text"
        assert type(pickle.loads(pickle.dumps(error))) is type(error)
        if getattr(error, "code", "") == "InvalidRange" or "but the server sends fewer bytes" in str(error):
            return "raised"  # if the announced size is too large, the client requests the missing rest
        passes = outcome is Outcome.HARMLESS or (outcome is Outcome.PASSING and not case.stays)
        if not case.scene.repeatable and (outcome is Outcome.PASSING or case.fault.family == "unasked"):
            passes = False
        if passes:
            raise AssertionError(f"raised, and need not have: {type(error).__name__}: {error}") from error
        return "raised"
    if outcome is Outcome.LIE:
        return "believed"
    if case.scene.endless and value is None and (case.stays or case.fault.slow):
        return "raised"
    right = value == clean.value
    assert right, f"a wrong result: {str(value)[:200]}, not {str(clean.value)[:200]}"
    may = outcome is Outcome.HARMLESS or not case.stays or case.scene.enough or case.request in case.scene.optional
    assert may or (case.request in case.scene.looked_up and found_by_head(case.request, seen)), (
        "succeeded under a fault that stays"
    )
    return "retried" if hits and outcome is not Outcome.HARMLESS else "succeeded"


def found_by_head(kind: str, seen: Sequence[Request]) -> bool:
    """Whether HeadObject returned each object of these writes afterwards, or found none of those that are deleted."""
    targets = {request.target for request in seen if request.kind == kind}
    as_wanted = _is_gone if kind.startswith("DELETE") else _was_found
    return bool(targets) and all(as_wanted(target, kind, seen) for target in targets)


def _is_gone(target: str, kind: str, seen: Sequence[Request]) -> bool:
    deleted = False
    for request in seen:
        if request.target == target and request.kind == kind:
            deleted = True
        elif request.target == target and request.method == "HEAD" and request.answer and deleted:
            return request.answer.status == 404
    return False


def _was_found(target: str, kind: str, seen: Sequence[Request]) -> bool:
    content: bytes | None = None
    for request in seen:
        if request.target == target and request.kind == kind and request.body:
            content = request.body
        elif request.target == target and request.method == "HEAD" and request.answer and content is not None:
            etags = {value.strip('"') for name, value in request.answer.headers if name.lower() == "etag"}
            if request.answer.status == 200 and hashlib.md5(content).hexdigest() in etags:
                return True
    return False


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


__all__ = ["SCENES", "Bench", "Case", "Clean", "World", "cases"]
