"""A task cancelled at any of its awaits leaves nothing behind, and the client goes on working."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from .bench import QUICK, SCENES, Bench, open_files
from .calls import Place, Scene, done
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
"""Points at which a call is cancelled at most: most rounds of a loop only wait for the server."""


async def interrupt(call: Any, after: int) -> bool:
    """Cancel a call after so many rounds of the loop, or once it is done; tell whether it was."""
    task = asyncio.ensure_future(call)
    for _ in range(after):
        if task.done():
            break
        await asyncio.sleep(0)
    task.cancel()
    try:
        await asyncio.wait_for(task, 10)
    except asyncio.CancelledError:
        return False
    return True


async def rounds(call: Any) -> int:
    """How many rounds of the loop a call takes."""
    task, count = asyncio.ensure_future(call), 0
    while not task.done():
        await asyncio.sleep(0)
        count += 1
    await task
    return count


def play(bench: Bench, scene: Scene, after: int | None) -> tuple[int, bool]:
    """Make a call, cancelled after some rounds or not at all: how many it took, and whether it was done."""
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
            finished = await interrupt(scene.run(client, place), after)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if left:  # a read on a thread cannot be cancelled: it ends by itself
                left = (await asyncio.wait(left, timeout=2))[1]
            assert not left, f"tasks are left: {left}"
            bench.proxy.stand_in = None
            await bench._still_works(client)
            return after, finished
        finally:
            await client.close()

    result = asyncio.run(story())
    for kept in place.folder.rglob("*.part.minio"):
        kept.unlink()  # all of it was there: the next download goes on with it
    bench._check_state(scene, place, certain=result[1])
    bench._settle("a connection is left open", lambda: bench.proxy.open, 0)
    bench._settle("a descriptor is left open", open_files, files)
    bench._settle("a thread is left", threading.active_count, threads)
    bench.world.leave(place)
    return result


@pytest.mark.parametrize("name", CALLS)
def test_cancelled(name: str, bench: Bench, record_property: Callable[[str, Any], None]) -> None:
    scene = SCENES[name]
    count, _ = play(bench, scene, None)
    # The first ones and the last ones are where the steps are.
    points = range(count + 2) if count <= MOST else sorted({*range(MOST // 2), *spread(MOST // 2, count, MOST // 2)})
    wrong, counts = [], Counter[str]()
    for after in points:
        try:
            _, finished = play(bench, scene, after)
            counts["done before its cancellation" if finished else "cancelled"] += 1
        except AssertionError as error:
            wrong.append(f"{name} cancelled after {after} of {count} rounds: {error}")
    record_property("faults", dict(counts))
    assert not wrong, "\n".join(["", *wrong])
    assert counts["cancelled"]


def spread(first: int, last: int, count: int) -> list[int]:
    """So many numbers between two, evenly."""
    return [first + (last - first) * step // count for step in range(1, count + 1)]
