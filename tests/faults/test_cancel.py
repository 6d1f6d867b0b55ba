"""A task cancelled at any await leaves nothing behind, and the client keeps working.

It is cancelled once; or three times, so that the clean-up is cancelled too; or by two nested timeouts.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from .bench import QUICK, SCENES, Bench, open_files
from .calls import LARGE, PART, Place, Scene, Stream, done
from .conftest import COMPLETE

CALLS = [
    "get_object",
    "get_object-large",
    "put_object",
    "put_object-stream",
    "put_object-medium",
    "put_object-parts",
    "put_object-unknown-length",
    "fput_object",
    "fput_object-resumed",
    "fget_object",
    "fget_object-large",
    "list_objects",
    "remove_objects",
    "copy_object",
    "copy_object-parts",
    "open_object-write",
    "open_object-read",
    "listen_bucket_notification",
]
MOST = 200 if COMPLETE else 16
"""The most points at which a call is cancelled. In most loop iterations a call only waits for the server."""


WAYS = ["once", "again", "nested"]


async def _large_stream(client: Any, place: Place) -> Any:
    await client.put_object(place.writing, place.key, Stream(LARGE), len(LARGE), part_size=PART)


async def _large_file(client: Any, place: Place) -> Any:
    async with await client.open_object(place.writing, place.key, "w", encoding="latin-1") as file:
        await file.write(LARGE.decode("latin-1"))


async def _not_resumed(client: Any, place: Place) -> Any:
    await client.put_object(place.writing, place.key, LARGE, len(LARGE), part_size=PART, resume=False)


LEAVES_NOTHING = {
    scene.name: scene
    for scene in (
        SCENES["copy_object-parts"],
        Scene("put_object-large-stream", _large_stream, content=LARGE),
        Scene("put_object-not-resumed", _not_resumed, content=LARGE),
        Scene("open_object-large-text", _large_file, content=LARGE),
    )
}
"""Calls whose parts no later call can use. Their uploads must be removed."""


async def interrupt(call: Any, after: int, way: str) -> bool:
    """Cancel a call after some loop iterations, or when it is done. Returns whether it had finished."""
    task = asyncio.ensure_future(nested(call) if way == "nested" else call)
    for _ in range(after):
        if task.done():
            break
        await asyncio.sleep(0)
    if way == "nested":
        return await _ends_in_time(task)
    task.cancel()
    for pause in (after % 3, after % 7) if way == "again" else ():
        for _ in range(pause):
            await asyncio.sleep(0)
        task.cancel()
    try:
        await asyncio.wait_for(task, 60)
    except asyncio.CancelledError:
        return False
    return True


_scopes: list[asyncio.Timeout] = []


async def nested(call: Any) -> None:
    """Make a call within two timeouts, which are triggered later."""
    task = asyncio.current_task()
    assert task is not None
    async with asyncio.timeout(None) as outer:
        async with asyncio.timeout(None) as inner:
            _scopes[:] = [inner, outer]
            try:
                await call
            except TimeoutError:
                raise AssertionError("the cancellation of a time-out was swallowed") from None
    assert not task.cancelling()


async def _ends_in_time(task: asyncio.Task[None]) -> bool:
    """Trigger both timeouts, the outer one during the clean-up."""
    loop = asyncio.get_running_loop()
    for scope in [] if task.done() else _scopes:
        try:
            scope.reschedule(loop.time())
        except RuntimeError:
            break  # already exited
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    try:
        await asyncio.wait_for(task, 60)
    except TimeoutError:
        assert not task.cancelling(), "a cancellation was counted that was not requested"
        return False
    return True


async def rounds(call: Any) -> int:
    """The number of loop iterations that a call takes."""
    task, count = asyncio.ensure_future(call), 0
    while not task.done():
        await asyncio.sleep(0)
        count += 1
    await task
    return count


def play(bench: Bench, scene: Scene, after: int | None, way: str = "once") -> tuple[int, bool]:
    """Make a call, cancelled after some loop iterations or not at all. Returns their number and whether it finished."""
    place: Place = bench.world.place(scene)
    files, threads = open_files(), threading.active_count()

    async def story() -> tuple[int, bool]:
        bench.proxy.heal()
        client = bench.client("async", scene, QUICK)
        try:
            await done(client.list_buckets())
            bench.proxy.stand_in = scene.stand_in
            if after is None:
                return await rounds(scene.run(client, place)), True
            finished = await interrupt(scene.run(client, place), after, way)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if left:  # a read in a thread cannot be cancelled: it ends by itself
                left = (await asyncio.wait(left, timeout=30))[1]
            assert not left, f"tasks are left: {left}"
            bench.proxy.stand_in = None
            await bench._still_works(client)
            return after, finished
        finally:
            await client.close()

    result = asyncio.run(story())
    for kept in place.folder.rglob("*.part.minio"):
        kept.unlink()  # the download was complete: the next one resumes it
    bench._check_state(scene, place, certain=result[1])
    bench._settle("a connection is left open", lambda: bench.proxy.open, 0)
    bench._settle("a descriptor is left open", open_files, files)
    bench._settle("a thread is left", threading.active_count, threads)
    bench.world.leave(place)
    return result


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [*CALLS, *(name for name in LEAVES_NOTHING if name not in CALLS)])
def test_cancelled(
    name: str, way: str, bench: Bench, record_property: Callable[[str, Any], None], caplog: pytest.LogCaptureFixture
) -> None:
    scene = LEAVES_NOTHING.get(name) or SCENES[name]
    count, _ = play(bench, scene, None)
    wrong, counts = [], Counter[str]()
    for after in points(count):
        try:
            _, finished = play(bench, scene, after, way)
            counts["done before its cancellation" if finished else f"cancelled {way}"] += 1
        except AssertionError as error:
            wrong.append(f"{name} cancelled after {after} of {count} rounds: {error}")
    record_property("faults", dict(counts))
    assert not wrong, "\n".join(["", *wrong])
    assert counts[f"cancelled {way}"]
    if name in LEAVES_NOTHING:
        assert not uploads(bench, f"{name}-")
    gc.collect()
    assert not [record for record in caplog.records if record.name == "asyncio"], "a task has logged an error"


def points(count: int) -> Iterable[int]:
    """The loop iterations after which to cancel. Most of a call's steps are at the beginning and at the end."""
    return range(count + 2) if count <= MOST else sorted({*range(MOST // 2), *spread(MOST // 2, count, MOST // 2)})


def uploads(bench: Bench, prefix: str) -> list[str]:
    """The incomplete uploads of a call."""
    answer = bench.world.server.raw.request("GET", f"/{bench.world.writing}", {"uploads": "", "prefix": prefix})
    return [record["Key"] for record in answer.records("Upload") if record["Key"].startswith(prefix)]


def spread(first: int, last: int, count: int) -> list[int]:
    """`count` numbers, evenly spread between two."""
    return [first + (last - first) * step // count for step in range(1, count + 1)]
