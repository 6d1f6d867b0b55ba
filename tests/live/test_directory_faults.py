"""Directories and servers that fail, list in another order or ask for fewer requests. Nothing is deleted by mistake."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from fakes.cable import Cable
from fakes.clients import KINDS, done, each, play
from fakes.memory_bucket import MemoryBucket, refusal
from fakes.scripted_server import Recorded, ScriptedServer
from live.directories import by_status, everything_in, make_tree, steps, tree_of
from minio._core.transfer.directory.root import Root
from minio.directories import Outcome, Prefix
from minio.error import AccessDenied, MinioException, PartialFailure
from servers.live import LiveServer

pytestmark = pytest.mark.parametrize("kind", KINDS)

DENIED = refusal("403 Forbidden", "AccessDenied")


async def sync(client: Any, source: Any, target: Any, **options: Any) -> list[Outcome]:
    """Plan and run."""
    outcomes: list[Outcome] = await each(client.transfer(client.plan_sync(source, target, **options)))
    return outcomes


def on(bucket: MemoryBucket, kind: str, story: Any, **options: Any) -> Any:
    """Run a story against a bucket in memory."""
    with ScriptedServer(bucket.script) as server:
        return play(kind, server, story, **options)


def tree(*names: str) -> dict[str, bytes]:
    """Files or objects that have their names as contents."""
    return {name: name.encode() for name in names}


# --- listings and transfers that fail


def test_server_that_goes_away_in_a_listing(kind: str, server: LiveServer, crowded: str, tmp_path: Path) -> None:
    target = make_tree(tmp_path / "target", {"many/0001": b"x", "only-here": b"x", "zzz": b"x"})

    async def story(client: Any) -> None:
        with pytest.raises(MinioException):
            await sync(client, Prefix(crowded), target, delete=True, compare="exists")

    with Cable(server.endpoint) as cable:
        cable.on(b"continuation-token", cable.cut)
        play(kind, cable.endpoint, story, keys=(server.access_key, server.secret_key))
        assert cable.acted
    assert {"only-here", "zzz"} <= tree_of(target).keys()


@pytest.mark.parametrize("side", ["source", "target"])
def test_listing_that_is_refused_half_way(kind: str, tmp_path: Path, side: str) -> None:
    def refuse(request: Recorded) -> bytes | None:
        return DENIED if "continuation-token" in request.target else None

    names = [f"{number:02}" for number in range(20)]
    bucket = MemoryBucket(tree(*names), page=15, before=refuse)
    directory = make_tree(tmp_path / "directory", tree(*names, "only-here"))

    async def story(client: Any) -> None:
        pair = (Prefix("bucket"), directory) if side == "source" else (directory, Prefix("bucket"))
        with pytest.raises(AccessDenied):
            await sync(client, *pair, delete=True, max_delete=1000)

    bucket.objects["gone"] = b"x"
    on(bucket, kind, story)
    assert tree_of(directory) == tree(*names, "only-here")
    assert bucket.objects.keys() >= {*names, "gone"}


def test_directory_that_cannot_be_read(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    source = make_tree(tmp_path / "source", tree("a", "locked/b", "z"))
    scan = os.scandir

    def refuse(path: Any = ".") -> Any:
        if "locked" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    bucket = MemoryBucket(tree("a", "locked/b", "gone"))

    async def story(client: Any) -> Any:
        with pytest.raises((PartialFailure, OSError)):
            await done(client.upload_directory("bucket", "", source, delete=True))

    on(bucket, kind, story)
    assert {"locked/b", "gone"} <= bucket.objects.keys()


def test_refused_upload_stops_the_deletes(kind: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", tree("a", "b", "c"))
    bucket = MemoryBucket(tree("gone"), before=lambda request: DENIED if request.target.endswith("/b") else None)

    async def story(client: Any) -> None:
        with pytest.raises(PartialFailure) as caught:
            await done(client.upload_directory("bucket", "", source, delete=True))
        summary = caught.value.summary
        assert (summary.done, summary.failed, summary.deleted) == (2, 1, 0)
        assert summary.cancelled >= 1
        (failure,) = summary.failures
        assert isinstance(failure.error, AccessDenied)
        assert "b" in str(caught.value)

    on(bucket, kind, story)
    assert bucket.objects == tree("a", "c", "gone")


# --- listings in another order


def segments(key: str) -> list[bytes]:
    """The order of a file system's directories, as SeaweedFS lists: `a/b` before `a!x`."""
    return key.encode().split(b"/")


def no_case(key: str) -> tuple[str, str]:
    return key.lower(), key


def backwards(key: str) -> bytes:
    return key.encode()[::-1]


@pytest.mark.parametrize("order", [segments, no_case, backwards], ids=["paths", "case", "none"])
def test_disordered_listings(kind: str, tmp_path: Path, order: Any) -> None:
    names = ["a!x", "a-b", "a.b/c", "a/b", "a/b!", "a/c-/d", "a0", "B", "b", "c/d", "c-d", "é", "z"]
    source = make_tree(tmp_path / "source", tree(*names))
    bucket = MemoryBucket(tree("old!", "old/x", "old-"), page=3, order=order)

    async def story(client: Any) -> None:
        sides: list[tuple[Any, Any]] = [
            (source, Prefix("bucket", "p")),
            (Prefix("bucket", "p"), Prefix("bucket", "q")),
            (Prefix("bucket", "q"), tmp_path / "out"),
        ]
        for one, other in sides:
            assert by_status(await sync(client, one, other, delete=True)) == {"done": len(names)}
            assert by_status(await sync(client, one, other, delete=True)) == {"skipped": len(names)}
        (source / "a!x").unlink()
        (source / "a" / "b").unlink()
        outcomes = await sync(client, source, Prefix("bucket", "p"), delete=True)
        assert sorted(str(o.target) for o in outcomes if o.action == "delete") == ["p/a!x", "p/a/b"]
        plan = client.plan_sync(Prefix("bucket", "p"), tmp_path / "out", delete=True)
        assert sorted(steps(await each(plan))) == [("delete", "a!x"), ("delete", "a/b")]
        assert (await done(client.remove_prefix("bucket", "p"))).deleted == len(names) - 2

    on(bucket, kind, story)
    assert tree_of(tmp_path / "out") == tree(*names)
    assert bucket.objects.keys() == {"old!", "old/x", "old-", *(f"q/{name}" for name in names)}


def test_plan_is_the_difference_of_two_sets(kind: str, tmp_path: Path) -> None:
    """Whatever the orders of the listings, and wherever they break, no name is lost and none is deleted by mistake."""
    numbers = random.Random(14)
    pool = [f"{a}{b}{c}" for a in ("a", "a!", "a-", "a0", "b") for b in ("", "/x", "/x/y", "/x!", ".z") for c in "pqr"]
    pool += [f"0{number}" for number in range(10, 40)]  # at first, all orders agree
    orders = [str.encode, segments, no_case, backwards]

    async def story(client: Any) -> None:
        both = set(numbers.sample(pool, numbers.randrange(len(pool) // 2)))
        one, other = (set(numbers.sample(pool, numbers.randrange(1, len(pool)))) | both for _ in range(2))
        directory = make_tree(tmp_path / str(numbers.random()), tree(*other))
        bucket.objects = tree(*(f"one/{name}" for name in one), *(f"other/{name}" for name in other))
        bucket.order, bucket.page = numbers.choice(orders), numbers.randrange(2, 9)
        for target in (Prefix("bucket", "other"), directory):
            plan = client.plan_sync(Prefix("bucket", "one"), target, delete=True, compare="exists", max_delete=1000)
            found = [(action.kind == "delete", action.name) for action in await each(plan) if action.kind != "skip"]
            files = sorted(pair for pair in found if not pair[1].endswith("/"))  # not the directories that get empty
            assert files == [
                *((False, name) for name in sorted(one - other)),
                *((True, name) for name in sorted(other - one)),
            ]

    for _ in range(12):
        bucket = MemoryBucket()
        on(bucket, kind, story)


@pytest.mark.parametrize("local", ["name", "folder/NAME", "FOLDER/name"])
def test_delete_of_a_twin_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: str) -> None:
    """On a file system without case, the file to delete is the one that was just written under another spelling."""
    monkeypatch.setattr(Root, "ignores_case", lambda root: True)
    target = make_tree(tmp_path / "target", {local: b"x", "gone": b"x"})
    bucket = MemoryBucket(tree("Name", "folder/name"))

    async def story(client: Any) -> None:
        summary = await done(client.download_directory("bucket", "", target, delete=True, raise_errors=False))
        assert (summary.done, summary.deleted) == (2, 1)
        failures = {str(failure.target): failure for failure in summary.failures}
        failure = failures.pop(str(target / local))
        assert failure.action == "delete"
        assert "the file system takes it for" in failure.reason
        assert failures.keys() <= {str(target / "FOLDER") + "/"}

    on(bucket, kind, story)
    assert tree_of(target) == {**tree("Name", "folder/name"), local: b"x"}


# --- names that no real server here stores


def test_hostile_keys(kind: str, tmp_path: Path) -> None:
    hostile = ["nul\0byte", "/", "//", "/etc/x", "..", "../x", "a/../../x", "a//", "x" * 300, "./"]
    bucket = MemoryBucket(tree(*hostile, "good", "also/good"))

    async def story(client: Any) -> None:
        summary = await done(client.download_directory("bucket", "", tmp_path / "out", raise_errors=False))
        assert (summary.done, summary.failed) == (2, len(hostile))
        assert {failure.source for failure in summary.failures} == set(hostile)
        summary = await done(client.download_directory("bucket", "", tmp_path / "skip", bad_names="skip"))
        assert (summary.done, summary.failed) == (2, 0)

    on(bucket, kind, story)
    assert tree_of(tmp_path / "out") == tree_of(tmp_path / "skip") == tree("good", "also/good")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "skip"]


# --- servers that ask for fewer requests


class Busy:
    """Refuses what is more than a few requests at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._pause = threading.Event()
        self._now = 0
        self.refused = 0

    def __call__(self, request: Recorded) -> bytes | None:
        if request.method != "PUT":
            return None
        with self._lock:
            if self._now == self._most:
                self.refused += 1
                return refusal("503 Slow Down", "SlowDown")
            self._now += 1
        self._pause.wait(0.01)  # no event ends it: the others come meanwhile
        with self._lock:
            self._now -= 1
        return None


def test_busy_server_gets_fewer_requests(kind: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", tree(*(f"{number:03}" for number in range(300))))
    busy = Busy(4)
    bucket = MemoryBucket(before=busy)

    async def story(client: Any) -> None:
        summary = await done(client.upload_directory("bucket", "", source, jobs=32))
        assert (summary.done, summary.failed) == (300, 0)

    on(bucket, kind, story, retries=None)
    assert bucket.objects == tree_of(source)
    # 28 of the first 32 are refused; after that, the number of jobs stays close to what the server takes.
    assert 0 < busy.refused < 150


@pytest.mark.parametrize(("refusals", "failures"), [(2, 0), (100, 1)], ids=["passes", "stays"])
def test_refused_file_is_tried_again_after_the_others(kind: str, tmp_path: Path, refusals: int, failures: int) -> None:
    """A busy server may refuse all tries of one file while others get through. It has one outcome nevertheless."""
    source = make_tree(tmp_path / "source", tree(*(f"{number:02}" for number in range(40))))
    refused: list[str] = []

    def busy(request: Recorded) -> bytes | None:
        if request.method != "PUT" or not request.target.endswith("/05") or len(refused) == refusals:
            return None
        refused.append(request.target)
        return refusal("503 Slow Down", "SlowDown")

    bucket = MemoryBucket(before=busy)

    async def story(client: Any) -> None:
        summary = await done(client.upload_directory("bucket", "", source, jobs=4, raise_errors=False))
        assert (summary.done, summary.failed) == (40 - failures, failures)

    on(bucket, kind, story, retries=0)
    assert len(bucket.objects) == 40 - failures
    assert len(refused) == (3 if failures else refusals)


# --- what is left by an error


def test_broken_download_leaves_no_file(kind: str, tmp_path: Path) -> None:
    def half(request: Recorded) -> bytes | None:
        if request.method != "GET" or not request.target.endswith("/b"):
            return None
        return b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: "00000000000000000000000000000000"\r\n\r\nb'

    bucket = MemoryBucket(tree("a", "b", "c"), before=half)

    async def story(client: Any) -> None:
        summary = await done(client.download_directory("bucket", "", tmp_path / "out", raise_errors=False))
        assert (summary.done, summary.failed) == (2, 1)

    on(bucket, kind, story)
    assert everything_in(tmp_path / "out") == ["a", "c"]
