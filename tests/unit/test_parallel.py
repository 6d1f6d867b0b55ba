"""`minio.parallel`, and the division of listings, without a server."""

from __future__ import annotations

import asyncio
import os
import pickle
import random
from bisect import bisect_right
from collections.abc import AsyncIterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import aclosing
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from minio._core.ops.listing import Listing, Page
from minio._core.transfer.running.listing import ParallelListing
from minio._core.transfer.running.ranges import find_points
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchKey, S3Error
from minio.parallel import KeyRange, map_ranges


class Item:
    """An object of a fake listing."""

    version_id = None

    def __init__(self, name: str) -> None:
        self.object_name = name


class FakeServer:
    """Lists names as a server does: in the order of bytes, or as paths, which SeaweedFS does."""

    def __init__(self, names: list[str], paths: bool, page: int) -> None:
        self._paths = paths
        self._names = sorted(set(names), key=self._key)
        self._keys = [self._key(name) for name in self._names]
        self._page = page
        self.requests = self.active = self.most = 0

    def listing(self, prefix: str = "") -> list[str]:
        return [name for name in self._names if name.startswith(prefix)]

    def _key(self, name: str) -> Any:
        return name.split("/") if self._paths else name

    async def _call(self, listing: Listing) -> Page:
        self.requests += 1
        self.active += 1
        self.most = max(self.most, self.active)
        await asyncio.sleep(0)
        self.active -= 1
        size = int(listing.extra.get("max-keys", self._page))
        start = listing.token[0] or listing.start_after
        first = bisect_right(self._keys, self._key(start)) if start else 0
        found: dict[str, str] = {}
        for name in self._names[first:]:
            hidden = self._paths and not listing.token[0] and start and name.startswith(f"{start}/")
            if hidden or not name.startswith(listing.prefix):
                continue
            end = name.find("/", len(listing.prefix)) if listing.delimiter else -1
            shown = name if end < 0 else name[: end + 1]
            if shown not in found and len(found) == size:
                return Page([Item(each) for each in found], (list(found.values())[-1], ""), "v2")  # type: ignore[misc]
            found[shown] = name
        return Page([Item(each) for each in found], None)  # type: ignore[misc]

    async def _page_lists(self, listing: Listing) -> AsyncIterator[list[Any]]:
        while True:
            page = await self._call(listing)
            yield page.objects
            if page.token is None:
                return
            listing = listing.next(page)


async def listed(server: FakeServer, prefix: str, workers: int, ordered: bool) -> list[str]:
    found: list[str] = []
    async with aclosing(ParallelListing(server, Listing("b", prefix), workers, ordered).pages()) as pages:
        async for objects in pages:
            found += [item.object_name for item in objects]
    return found


SHAPES = {
    "flat": [f"data/img-{i:06d}.jpg" for i in range(4000)],
    "skewed": [f"logs/{i % 7}/x{i}" for i in range(200)] + [f"big/2024/part-{i // 50:03d}/{i}" for i in range(3800)],
    "uuid": [f"{i * 0x9E3779B97F4A7C15 % 2**64:016x}-{i:04x}" for i in range(4000)],
}

NAMES = st.lists(st.text("ab0!-./é\U0010ffff", min_size=1, max_size=6), max_size=60)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("paths", [True, False])
def test_every_object_is_listed_once_by_several_workers(shape: str, ordered: bool, paths: bool) -> None:
    server = FakeServer(SHAPES[shape], paths, 20)
    found = asyncio.run(listed(server, "", 16, ordered))
    assert sorted(found) == sorted(SHAPES[shape])
    if ordered:
        assert found == server.listing()
    assert server.most > 4
    assert server.requests < 3 * len(found) // 20 + 100


@settings(max_examples=300, deadline=None)
@given(NAMES, st.booleans(), st.booleans(), st.integers(1, 3), st.integers(1, 6), st.sampled_from(["", "a", "a/"]))
def test_nothing_is_lost_or_repeated(
    names: list[str], paths: bool, ordered: bool, page: int, workers: int, prefix: str
) -> None:
    names = [name for name in names if "\U0010ffff" not in name and "" not in name.split("/")]
    server = FakeServer(names, paths, page)
    found = asyncio.run(listed(server, prefix, workers, ordered))
    expected = server.listing(prefix)
    assert (found if ordered else sorted(found)) == (expected if ordered else sorted(expected))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("paths", [True, False])
def test_ranges_cover_all_names_and_divide_the_work(shape: str, paths: bool) -> None:
    server = FakeServer(SHAPES[shape], paths, 1000)
    points = asyncio.run(find_points(server, Listing("b"), 16))
    ends = ["", *points, None]
    ranges = [KeyRange("b", "", str(one), two) for one, two in pairwise(ends)]
    counts = [sum(name in each for name in SHAPES[shape]) for each in ranges]
    assert sum(counts) == len(SHAPES[shape])
    assert len(ranges) >= 4
    assert max(counts) <= len(SHAPES[shape]) * 3 // 4


@pytest.mark.parametrize("shape", ["random", "repeated", "dates"])
def test_ranges_have_about_as_many_names_each(shape: str) -> None:
    numbers, count = random.Random(14), 20_000
    shapes = {
        "random": [f"data/{numbers.getrandbits(128):032x}" for _ in range(count)],
        "repeated": [f"data/{number // 100:05}/{number:08}.jpg" for number in range(count)],
        "dates": [f"d/{number // 4000:04}-{number // 160 % 25:02}/{number:06}" for number in range(count)],
    }
    names = sorted(shapes[shape])
    server = FakeServer(names, False, 1000)
    points = asyncio.run(find_points(server, Listing("b"), 16))
    ends = [0, *(bisect_right(names, point) for point in points), count]
    assert len(ends) == 17
    assert max(two - one for one, two in pairwise(ends)) <= 2 * count / 16
    assert server.requests < 200


def test_a_short_listing_takes_one_request() -> None:
    server = FakeServer([f"k{i}" for i in range(20)], False, 1000)
    assert len(asyncio.run(listed(server, "", 16, True))) == 20
    assert server.requests == 1


def test_memory_is_bounded_while_nothing_is_taken() -> None:
    server = FakeServer([f"{i:06d}" for i in range(50_000)], False, 10)

    async def wait() -> int:
        async with aclosing(ParallelListing(server, Listing("b"), 16, True).pages()) as pages:
            await anext(pages)
            for _ in range(5000):
                await asyncio.sleep(0)
            return server.requests

    assert asyncio.run(wait()) < 200


def test_the_first_error_ends_the_listing() -> None:
    class Failing(FakeServer):
        async def _call(self, listing: Listing) -> Page:
            if self.requests > 30:
                raise S3Error(None, "AccessDenied", "no", None, None, None)
            return await super()._call(listing)

    server = Failing([f"{i:06d}" for i in range(5000)], False, 10)
    with pytest.raises(S3Error, match="no"):
        asyncio.run(listed(server, "", 8, True))


def test_a_range_is_a_value() -> None:
    found = KeyRange("b", "p/", "p/a", "p/c")
    assert pickle.loads(pickle.dumps(found)) == found
    assert [name in found for name in ("p/a", "p/b", "p/c", "p/d", "q")] == [False, True, True, False, False]


def square(number: int) -> int:
    if number == 7:
        raise NoSuchKey(None, "NoSuchKey", "seven", None, None, None)
    return number * number


def test_errors_are_results() -> None:
    with ThreadPoolExecutor(3) as executor:
        results = {each.range: each for each in map_ranges(executor, square, range(100), pending=4)}
    assert len(results) == 100
    assert isinstance(results[7].error, NoSuchKey)
    assert all(results[i].value == i * i for i in range(100) if i != 7)


def die_once(item: tuple[int, str]) -> int:
    number, path = item
    if number == 5 and not Path(path).exists():
        Path(path).touch()
        os._exit(1)
    if number == 9:
        os._exit(1)
    return number


def test_a_range_whose_worker_dies_is_repeated_once(tmp_path: Path) -> None:
    items = [(i, str(tmp_path / "died")) for i in range(20)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        results = list(map_ranges(executor, die_once, items, pending=6))
    assert sorted(each.range[0] for each in results) == list(range(20))
    assert [each.range[0] for each in results if not each.ok] == [9]


def test_items_are_read_as_they_are_needed() -> None:
    taken: list[int] = []

    def items() -> Any:
        for i in range(100):
            taken.append(i)
            yield i

    with ThreadPoolExecutor(2) as executor:
        results = map_ranges(executor, abs, items(), pending=3)
        assert not taken
        next(results)
        assert len(taken) <= 4
        results.close()  # type: ignore[attr-defined]


class Refusing(Executor):
    """An executor whose futures fail."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("lost"))
        return future


def test_what_no_worker_can_run_is_a_result() -> None:
    results = list(map_ranges(Refusing(), abs, [1, 2]))
    assert [str(each.error) for each in results] == ["lost", "lost"]


def test_wrong_arguments() -> None:
    with pytest.raises(InvalidArgumentTypeError, match="executor"):
        map_ranges(None, abs, [])  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="pending"):
        map_ranges(Refusing(), abs, [], pending=0)
    with pytest.raises(InvalidArgumentTypeError, match="function must be callable"):
        map_ranges(Refusing(), "abs", [])  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentTypeError, match="ranges must be an iterable"):
        map_ranges(Refusing(), abs, None)  # type: ignore[arg-type]
