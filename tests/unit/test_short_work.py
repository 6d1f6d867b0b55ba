"""Short blocking work runs on the event loop. After slow work, a thread does the rest for a while."""

from __future__ import annotations

import threading
import time

import pytest

from minio.aio._backend import ShortWork


class Clock:
    """A clock that stands still, except during the work."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "perf_counter", made)
    return made


async def on_loop(work: ShortWork, clock: Clock, seconds: float = 0.0001) -> bool:
    def function() -> int:
        clock.now += seconds
        return threading.get_ident()

    return await work.run(function) == threading.get_ident()


async def test_short_work_stays_on_the_event_loop(clock: Clock) -> None:
    work = ShortWork()
    assert [await on_loop(work, clock) for _ in range(3)] == [True] * 3


async def test_after_slow_work_a_thread_does_the_rest_for_a_while(clock: Clock) -> None:
    work = ShortWork()
    assert await on_loop(work, clock, 0.02)
    assert not await on_loop(work, clock)
    assert not await on_loop(work, clock, 0.5)  # this time is not the event loop's
    clock.now += 0.4
    assert not await on_loop(work, clock)
    clock.now += 0.2
    assert await on_loop(work, clock)


async def test_a_disk_that_is_always_a_little_slow_gets_threads(clock: Clock) -> None:
    """Otherwise its files would be written one after the other, and the event loop would do nothing else."""
    work = ShortWork()
    found = [await on_loop(work, clock, 0.002) for _ in range(10)]
    assert found == [True] * 6 + [False] * 4
    clock.now += 1.0
    assert await on_loop(work, clock, 0.002)


async def test_a_piece_of_work_that_was_held_up_by_other_programs_changes_nothing(clock: Clock) -> None:
    work = ShortWork()
    assert [await on_loop(work, clock, 0.005 if number % 50 == 0 else 0.0001) for number in range(200)] == [True] * 200


async def test_slow_work_takes_a_small_share_of_the_event_loop(clock: Clock) -> None:
    work, begin, taken = ShortWork(), clock.now, 0.0
    for number in range(2000):
        seconds = 0.002 * (1 + number % 7)
        if await on_loop(work, clock, seconds):
            taken += seconds
    assert 0 < taken < (clock.now - begin) / 50 + 0.05


async def test_errors_are_raised_and_count_as_slow_work(clock: Clock) -> None:
    def fail() -> None:
        clock.now += 0.02
        raise OSError("no space")

    work = ShortWork()
    with pytest.raises(OSError, match="no space"):
        await work.run(fail)
    assert not await on_loop(work, clock)
    with pytest.raises(OSError, match="no space"):
        await work.run(fail)
