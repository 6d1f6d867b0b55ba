"""Runs that end early, by a server that is gone or by the caller's own functions, and streams that threads share."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.clients import KINDS, done, each, play
from fakes.memory_bucket import MemoryBucket, refusal
from fakes.scripted_server import Recorded, ScriptedServer
from live.directories import everything_in, make_tree
from live.helpers import prompt_limit
from minio import AsyncMinio, Minio
from minio.directories import Outcome, Prefix
from minio.error import InvalidAccessKeyId, NoSuchBucket, PartialFailure, PreconditionFailed, TransportError
from servers.live import LiveServer

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
MANY = {f"{number:03}": b"x" * number for number in range(200)}


class Ended(Exception):
    """What a function of the caller raises."""


class Abrupt(BaseException):
    """What ends a program, and is no Exception."""


def on(bucket: MemoryBucket, kind: str, story: Any, **options: Any) -> Any:
    """Run a story against a bucket in memory."""
    with ScriptedServer(bucket.script) as server:
        return play(kind, server, story, **options)


# --- a server that cannot be reached


@EACH_CLIENT
def test_a_run_stops_when_nothing_listens(kind: str, tmp_path: Path) -> None:
    """The actions under way fail after their retries. The others are not tried, and the summary counts them."""
    source = make_tree(tmp_path / "source", MANY)
    with ScriptedServer(MemoryBucket().script) as server:
        gone = str(server.origin)
    requests: list[str] = []

    async def story(client: Any) -> None:
        client = client.with_options(on_request=lambda event: requests.append(event.object_name))
        with pytest.raises(PartialFailure, match=r"Connection refused|Connect call failed") as caught:
            await done(client.upload_directory("bucket", "", source, jobs=4))
        summary = caught.value.summary
        assert summary.failed + summary.cancelled == len(MANY)
        assert 1 <= summary.failed <= 8
        assert f"{summary.cancelled} were not tried" in str(caught.value)
        assert all(isinstance(failure.error, TransportError) for failure in summary.failures)

    play(kind, gone, story, retries=1)
    assert set(Counter(requests).values()) == {2}  # each of them had its own retry


@EACH_CLIENT
def test_outcomes_of_a_run_that_stops_say_why(kind: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", MANY)
    with ScriptedServer(MemoryBucket().script) as server:
        gone = str(server.origin)

    async def story(client: Any) -> list[Outcome]:
        plan = client.plan_sync(source, Prefix("bucket"), compare=None)
        found: list[Outcome] = await each(client.transfer(plan, jobs=2))
        return found

    outcomes = play(kind, gone, story)
    assert sorted(str(outcome.target) for outcome in outcomes) == sorted(MANY)
    idle = [outcome for outcome in outcomes if outcome.status == "cancelled"]
    assert len(idle) >= len(MANY) - 4
    assert all("cannot be reached" in outcome.reason and gone in outcome.reason for outcome in idle)


@EACH_CLIENT
@pytest.mark.parametrize(("code", "most"), [("InvalidAccessKeyId", 8), ("SignatureDoesNotMatch", 30)])
def test_a_run_stops_when_the_keys_are_wrong(kind: str, tmp_path: Path, code: str, most: int) -> None:
    """All other actions would fail as well. One refused signature alone says little: a name may be the reason."""
    source = make_tree(tmp_path / "source", MANY)
    refused = refusal("403 Forbidden", code)
    bucket = MemoryBucket(before=lambda request: refused if request.method == "PUT" else None)

    async def story(client: Any) -> None:
        summary = await done(client.upload_directory("bucket", "", source, jobs=4, raise_errors=False))
        assert summary.failed + summary.cancelled == len(MANY)
        assert 1 <= summary.failed <= most

    on(bucket, kind, story)


@EACH_CLIENT
def test_one_refused_signature_does_not_stop_a_run(kind: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", MANY)
    refused = refusal("403 Forbidden", "SignatureDoesNotMatch")
    bucket = MemoryBucket(before=lambda request: refused if request.target.endswith("/000") else None)

    async def story(client: Any) -> None:
        summary = await done(client.upload_directory("bucket", "", source, raise_errors=False))
        assert (summary.done, summary.failed, summary.cancelled) == (len(MANY) - 1, 1, 0)

    on(bucket, kind, story)


@EACH_CLIENT
def test_errors_of_a_server_that_answers_do_not_stop_a_run(kind: str, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", MANY)
    denied = refusal("403 Forbidden", "AccessDenied")
    bucket = MemoryBucket(before=lambda request: denied if request.method == "PUT" else None)

    async def story(client: Any) -> None:
        summary = await done(client.upload_directory("bucket", "", source, raise_errors=False))
        assert (summary.failed, summary.cancelled) == (len(MANY), 0)

    on(bucket, kind, story)


# --- the directory of a download


async def test_download_that_cannot_begin_makes_no_directory(
    async_client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    wrong = AsyncMinio(server.endpoint, "nobody", "wrong-secret", secure=server.secure)
    async with wrong:
        with pytest.raises(Exception) as caught:
            await wrong.download_directory(bucket, "", out)
    assert caught.value.status in (401, 403) or isinstance(caught.value, InvalidAccessKeyId)  # type: ignore[attr-defined]
    with pytest.raises(NoSuchBucket):
        await async_client.download_directory(f"{bucket}-missing", "", out)
    summary = await async_client.download_directory(bucket, "nothing", out)
    assert (summary.done, summary.failed) == (0, 0)
    assert everything_in(tmp_path) == []


@EACH_CLIENT
def test_directory_is_made_for_the_first_file(kind: str, tmp_path: Path) -> None:
    bucket = MemoryBucket({"..": b"bad", "a/b": b"x"})

    async def story(client: Any) -> None:
        summary = await done(
            client.download_directory("bucket", "", tmp_path / "bad", exclude=["a/"], bad_names="skip")
        )
        assert (summary.done, summary.skipped) == (0, 1)
        await done(client.download_directory("bucket", "", tmp_path / "out", bad_names="skip"))

    on(bucket, kind, story)
    assert everything_in(tmp_path) == ["out", "out/a", "out/a/b"]


# --- functions of the caller that raise


class Raises:
    """A progress object or a hook that raises at one of its calls, and at all after it unless `once`."""

    def __init__(self, error: type[BaseException], at: int = 3, once: bool = False) -> None:
        self._error, self._left, self._once = error, at, once
        self.raised = 0

    def __call__(self, *_: Any) -> None:
        self._left -= 1
        if self._left <= 0 and not (self._once and self.raised):
            self.raised += 1
            raise self._error("of the caller")

    on_progress = __call__


@EACH_CLIENT
@pytest.mark.parametrize("error", [Ended, ValueError, OSError, KeyboardInterrupt, SystemExit, Abrupt])
@pytest.mark.parametrize("call", ["upload", "download", "copy", "remove", "transfer"])
def test_what_progress_raises_ends_the_call(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: type[BaseException]
) -> None:
    monkeypatch.setattr("minio._core.transfer.directory.report._INTERVAL", 0.0)
    source = make_tree(tmp_path / "source", MANY)
    bucket = MemoryBucket({f"p/{name}": content for name, content in MANY.items()})
    progress = Raises(error)

    async def run(client: Any) -> None:
        match call:
            case "upload":
                await done(client.upload_directory("bucket", "q", source, progress=progress))
            case "download":
                await done(client.download_directory("bucket", "p", tmp_path / "out", progress=progress))
            case "copy":
                await done(client.copy_prefix("bucket", "q", Prefix("bucket", "p"), progress=progress))
            case "remove":
                await done(client.remove_prefix("bucket", "p", progress=progress))
            case _:
                plan = client.plan_sync(source, Prefix("bucket", "q"), compare=None)
                await each(client.transfer(plan, progress=progress))

    def play_it() -> None:
        on(bucket, kind, run)

    with pytest.raises(error, match="of the caller"):
        play_it()
    assert progress.raised == 1  # it is not called again


@EACH_CLIENT
@pytest.mark.parametrize("hook", ["on_request", "on_response"])
@pytest.mark.parametrize("error", [Ended, ValueError])
def test_error_of_a_hook_is_the_outcome_of_its_item(
    kind: str, tmp_path: Path, hook: str, error: type[Exception]
) -> None:
    """A hook may refuse some of the requests of a run, whatever it raises. The others are sent."""
    source = make_tree(tmp_path / "source", MANY)
    bucket = MemoryBucket({f"p/{name}": b"x" for name in MANY})

    def refuse(event: Any) -> None:
        name = getattr(event, "request", event).object_name
        if name is not None and name.endswith("7"):
            raise error("refused")

    async def story(client: Any) -> None:
        client = client.with_options(**{hook: refuse})
        refused = sum(name.endswith("7") for name in MANY)
        for call in (
            lambda: client.upload_directory("bucket", "q", source, raise_errors=False),
            lambda: client.download_directory("bucket", "p", tmp_path / "out", raise_errors=False),
            lambda: client.copy_prefix("bucket", "r", Prefix("bucket", "p"), raise_errors=False),
        ):
            summary = await done(call())
            assert (summary.failed, summary.done) == (refused, len(MANY) - refused)
            assert {type(failure.error) for failure in summary.failures} == {error}
        for stream in (
            client.get_objects("bucket", [f"p/{name}" for name in MANY]),
            client.stat_objects("bucket", [f"p/{name}" for name in MANY]),
            client.put_objects("bucket", [(f"s/{name}", b"x") for name in MANY]),
        ):
            errors = [type(outcome.error) for outcome in await each(stream) if not outcome.ok]
            assert errors == [error] * refused

    on(bucket, kind, story)


@EACH_CLIENT
@pytest.mark.parametrize("hook", ["on_request", "on_response"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, Abrupt])
@pytest.mark.parametrize("call", ["upload", "get", "put"])
def test_what_ends_a_program_ends_the_call(
    kind: str, tmp_path: Path, hook: str, error: type[BaseException], call: str
) -> None:
    """Nothing is left open: a loop or a socket that is not closed gives a warning, which is an error here."""
    source = make_tree(tmp_path / "source", MANY)
    bucket = MemoryBucket(MANY)

    async def story(client: Any) -> None:
        # The loop of an asynchronous program is not closed properly if its end is interrupted again and again.
        client = client.with_options(**{hook: Raises(error, once=kind == "async")})
        match call:
            case "upload":
                await done(client.upload_directory("bucket", "q", source))
            case "get":
                await each(client.get_objects("bucket", list(MANY)))
            case _:
                await each(client.put_objects("bucket", list(MANY.items())))

    with pytest.raises(error, match="of the caller"):
        on(bucket, kind, story)
    gc.collect()


@EACH_CLIENT
@pytest.mark.parametrize("error", [Ended, ValueError, KeyboardInterrupt, Abrupt])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_an_iterable_raises_ends_the_call(kind: str, error: type[BaseException], asynchronous: bool) -> None:
    bucket = MemoryBucket(MANY)

    def names() -> Iterator[str]:
        yield from list(MANY)[:20]
        raise error("of the caller")

    async def names_with_await() -> AsyncIterator[str]:
        for name in names():
            yield name

    async def story(client: Any) -> None:
        await each(client.get_objects("bucket", names_with_await() if asynchronous else names()))

    with pytest.raises(error, match="of the caller"):
        on(bucket, kind, story)
    gc.collect()


# --- cancellation


@pytest.mark.parametrize("call", ["upload", "download", "copy", "remove", "transfer", "get", "stat", "put", "copies"])
async def test_cancelled_calls_stop(tmp_path: Path, call: str) -> None:
    """Nothing waits for a server that says nothing more."""
    source = make_tree(tmp_path / "source", MANY)
    loop, arrived, over = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def stall(request: Recorded) -> bytes | None:
        if request.target.partition("?")[0].strip("/") != "bucket" or "delete" in request.target:
            loop.call_soon_threadsafe(arrived.set)
            over.wait(60)
        return None

    async def run(client: AsyncMinio) -> None:
        match call:
            case "upload":
                await client.upload_directory("bucket", "q", source)
            case "download":
                await client.download_directory("bucket", "p", tmp_path / "out")
            case "copy":
                await client.copy_prefix("bucket", "q", Prefix("bucket", "p"))
            case "remove":
                await client.remove_prefix("bucket", "p")
            case "transfer":
                await each(client.transfer(client.plan_sync(source, Prefix("bucket", "q"))))
            case "get":
                await each(client.get_objects("bucket", list(MANY)))
            case "stat":
                await each(client.stat_objects("bucket", list(MANY)))
            case "put":
                await each(client.put_objects("bucket", list(MANY.items())))
            case _:
                await each(client.copy_objects("bucket", [(f"q/{name}", f"/bucket/p/{name}") for name in MANY]))

    bucket = MemoryBucket({f"p/{name}": b"x" for name in MANY}, before=stall)
    options: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": ""}
    with ScriptedServer(bucket.script) as server:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            task = asyncio.create_task(run(client))
            await arrived.wait()
            begin = loop.time()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            took = loop.time() - begin
        over.set()
    assert took < prompt_limit()
    assert everything_in(tmp_path / "out") == []


# --- one stream, several threads or tasks


def test_threads_share_a_stream() -> None:
    names = [f"{number:05}" for number in range(3000)]
    bucket = MemoryBucket(dict.fromkeys(names, b"x"))
    found: list[list[Any]] = [[] for _ in range(6)]

    with (
        ScriptedServer(bucket.script) as server,
        Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="") as client,
    ):
        stream = client.get_objects("bucket", names)
        start = threading.Barrier(len(found))

        def take(mine: list[Any]) -> None:
            start.wait(60)
            mine.extend(stream)

        threads = [threading.Thread(target=take, args=(mine,)) for mine in found]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        stream.close()
    assert sorted(outcome.source for mine in found for outcome in mine) == names


async def test_tasks_share_a_stream() -> None:
    names = [f"{number:05}" for number in range(1000)]
    bucket = MemoryBucket(dict.fromkeys(names, b"x"))
    with ScriptedServer(bucket.script) as server:
        options: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": ""}
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            stream = client.get_objects("bucket", names)

            async def take() -> list[str]:
                return [str(outcome.source) async for outcome in stream]

            found = await asyncio.gather(*(take() for _ in range(5)))
            await stream.aclose()
    assert sorted(name for mine in found for name in mine) == names


# --- copies


@EACH_CLIENT
@pytest.mark.parametrize("honest", [True, False, None], ids=["honoured", "ignored", "refused"])
def test_copies_are_conditional(kind: str, tmp_path: Path, honest: bool | None) -> None:
    """Copies to new names ask for `If-None-Match`. Where that has no effect, the look before them is what is left."""
    bucket = MemoryBucket({"p/a": b"a", "p/b": b"b", "p/c": b"c"})
    seen: list[tuple[str, str, str | None]] = []

    def before(request: Recorded) -> bytes | None:
        key, condition = request.target.removeprefix("/bucket/"), request.headers.get("if-none-match")
        if not key.startswith("q/"):
            return None
        seen.append((request.method, key, condition))
        if request.method == "PUT" and condition and honest is None:
            return refusal("501 Not Implemented", "NotImplemented")
        if request.method == "PUT" and key == "q/c":
            bucket.objects.setdefault("q/c", b"theirs")  # in the moment between the look and the copy
        if not honest:
            request.headers.pop("if-none-match", None)
        return None

    async def story(client: Any) -> list[Outcome]:
        path = tmp_path / "plan"
        await done(client.plan_sync(Prefix("bucket", "p"), Prefix("bucket", "q")).save(path))
        bucket.objects["q/b"] = b"theirs"
        bucket.before = before
        return await each(client.transfer(await done(client.load_plan(path)), jobs=1))

    outcomes = {str(outcome.target): outcome for outcome in on(bucket, kind, story)}
    assert (outcomes["q/a"].status, outcomes["q/b"].status) == ("done", "failed")
    assert isinstance(outcomes["q/b"].error, PreconditionFailed)
    assert (outcomes["q/c"].status == "failed") == bool(honest)
    assert bucket.objects["q/b"] == b"theirs"
    assert ("PUT", "q/b", "*") not in seen
    assert ("PUT", "q/a", "*") in seen
