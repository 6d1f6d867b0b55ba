"""How long parallel listings take on a slow link, by a clock that is moved on and never waited for."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from minio._core.ops.listing import Listing, Page
from minio._core.transfer.running.listing import ParallelListing

PAGE, PAGES, WORKERS = 100, 200, 16
COUNT = PAGE * PAGES
DELAY = 0.020
"""What each request takes, beside the work of the client."""
WORK = 0.004
"""What the client needs for a page. It has one core."""


class MovedClock(asyncio.SelectorEventLoop):
    """An event loop that moves its clock to the next timer instead of waiting."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        loop: Any = self
        if not loop._ready and loop._scheduled:
            self.now = max(self.now, loop._scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


class Item:
    """An object of a listing."""

    version_id = None

    def __init__(self, name: str) -> None:
        self.object_name = name


class DistantServer:
    """Lists names in the order of bytes."""

    def __init__(self, names: list[str]) -> None:
        self.names = sorted(names)
        self._items: list[Any] = [Item(name) for name in self.names]
        self._client = asyncio.Lock()
        self.listed = self.probes = 0

    async def _call(self, listing: Listing) -> Page:
        size = int(listing.extra.get("max-keys", PAGE))
        await asyncio.sleep(DELAY)
        first = bisect_right(self.names, listing.token[0] or listing.start_after)
        first = max(first, bisect_left(self.names, listing.prefix))
        last = min(first + size, bisect_left(self.names, f"{listing.prefix}\U0010ffff"))
        self.probes += size == 1
        self.listed += (last - first) * (size > 1)
        async with self._client:
            await asyncio.sleep(WORK * (last - first) / PAGE)
        return Page(self._items[first:last], (self.names[last - 1], "") if last < len(self.names) else None, "v2")

    async def _page_lists(self, listing: Listing) -> AsyncIterator[list[Any]]:
        while True:
            page = await self._call(listing)
            yield page.objects
            if page.token is None:
                return
            listing = listing.next(page)


async def _list(server: DistantServer, workers: int, ordered: bool) -> list[str]:
    found: list[str] = []
    async with aclosing(ParallelListing(server, Listing("b"), workers, ordered).pages()) as pages:
        async for objects in pages:
            found += [item.object_name for item in objects]
    return found


def _seconds(server: DistantServer, workers: int, ordered: bool) -> float:
    loop = MovedClock()
    try:
        found = loop.run_until_complete(_list(server, workers, ordered))
    finally:
        loop.close()
    assert (found if ordered else sorted(found)) == server.names
    return loop.now


_RANDOM = random.Random(1)
SHAPES = {
    "flat": [f"data/img-{i:08d}.jpg" for i in range(COUNT)],
    "skewed": [f"logs/{i % 7}/x{i}" for i in range(1000)]
    + [f"big/2024/part-{i // 50:03d}/{i}" for i in range(COUNT - 1000)],
    "uuid": [f"{_RANDOM.getrandbits(64):016x}" for _ in range(COUNT)],
    "numbered in directories of one page": [f"{i // 100:04d}/file-{i:08d}" for i in range(COUNT)],
    "dates repeated": [
        f"{2000 + i // 2400}/{i // 200 % 12 + 1:02d}/log-{2000 + i // 2400}{i // 200 % 12 + 1:02d}-{i % 200:05d}"
        for i in range(COUNT)
    ],
    "deep": [f"{a}/{i // 500}/{i // 10 % 50}/{i % 10}.bin" for a in ("train", "test") for i in range(COUNT // 2)],
    "not padded": [f"k{i}" for i in range(COUNT)],
    "all in one of many directories": [f"{i:03d}/a" for i in range(500)]
    + [f"250/{i // 100:05d}/{i:08d}" for i in range(COUNT - 500)],
    "below a long name": [f"{'a' * 50}/x/{i:07d}" for i in range(COUNT - 3)] + ["b", "c", "d"],
}
FAST = {"flat", "skewed", "uuid"}
"""Shapes that are listed three times as fast, also in order."""


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_workers_are_faster_than_one_and_waste_little(shape: str, ordered: bool) -> None:
    server = DistantServer(SHAPES[shape])
    took = _seconds(server, WORKERS, ordered)
    one = _seconds(DistantServer(SHAPES[shape]), 1, ordered)
    assert took < one / (3 if shape in FAST else 1 if ordered else 2)
    assert server.listed < COUNT * 1.25 + WORKERS * PAGE
    assert server.probes < PAGES * 1.5


def test_one_worker_does_not_probe() -> None:
    server = DistantServer(SHAPES["flat"])
    assert _seconds(server, 1, True) == pytest.approx(PAGES * (DELAY + WORK))
    assert (server.listed, server.probes) == (COUNT, 0)
