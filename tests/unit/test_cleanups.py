"""A clean-up runs to its time limit, however often the code around it is cancelled or interrupted."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from minio._core.http.aio.cancel import detach, fail_after, finish, run_blocking, settle
from minio._core.http.sync.cancel import Cancelled, CancelScope, inside
from minio._core.transfer.aio.workers import run_workers
from minio._core.wire.interrupts import Latch
from minio.aio import _backend as aio
from minio.error import DeadlineExceeded
from minio.sync import _backend as sync


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def cancelled_repeatedly(task: asyncio.Task[Any], times: int = 20) -> None:
    for _ in range(times):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_clean_up_ends_before_the_cancellation_is_raised() -> None:
    done: list[str] = []

    async def clean() -> None:
        await rounds(50)
        done.append("clean")

    await cancelled_repeatedly(asyncio.create_task(finish(clean(), 60)))
    assert done == ["clean"]


async def test_clean_up_has_a_time_limit() -> None:
    task = asyncio.create_task(finish(asyncio.Event().wait(), 0.01))
    await cancelled_repeatedly(task)
    with pytest.raises(DeadlineExceeded):
        await finish(asyncio.Event().wait(), 0.01)


async def test_error_of_a_clean_up_is_raised() -> None:
    async def clean() -> None:
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        await finish(clean(), 60)


async def test_nested_time_outs_count_their_cancellations() -> None:
    done: list[str] = []

    async def clean() -> None:
        await asyncio.sleep(0.05)
        done.append("clean")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await finish(clean(), 60)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), asyncio.timeout(0.01):
            await work()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()
    assert done == ["clean"]


@pytest.mark.parametrize("interrupt", [False, True])
def test_loop_shutdown_waits_for_clean_ups(interrupt: bool, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def clean() -> None:
        await asyncio.sleep(0.05)
        done.append("clean")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await finish(clean(), 60)

    async def main() -> None:
        tasks = [asyncio.create_task(work()) for _ in range(3)]
        await rounds(3)
        if interrupt:
            signal.raise_signal(signal.SIGINT)
        for task in tasks[:2]:
            task.cancel()
        await rounds(3)
        if interrupt:
            signal.raise_signal(signal.SIGINT)  # the second one ends the main task immediately

    if interrupt:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(main())
    else:
        asyncio.run(main())
    assert done == ["clean"] * 3
    assert not caplog.records


async def test_cancelling_all_tasks_does_not_cancel_a_clean_up() -> None:
    done: list[str] = []

    async def clean() -> None:
        await rounds(20)
        done.append("clean")

    task = asyncio.create_task(finish(clean(), 60))
    for _ in range(5):
        await asyncio.sleep(0)
        for one in asyncio.all_tasks() - {asyncio.current_task()}:
            one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["clean"]


async def test_settle_times_out() -> None:
    task = detach(asyncio.Event().wait())
    await settle([task], 0.01)
    assert not task.done()
    task.cancel()
    await settle([task])
    assert task.cancelled()


def test_thread_ends_before_the_loop() -> None:
    """The thread may be using a file that is closed afterwards."""
    begun, go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go.wait(60)
        ended.set()

    async def main() -> None:
        task = asyncio.create_task(run_blocking(slow))
        await asyncio.to_thread(begun.wait, 5)
        task.add_done_callback(lambda _: seen.append(ended.is_set()))
        asyncio.get_running_loop().call_later(0.05, go.set)

    seen: list[bool] = []
    asyncio.run(main())
    assert seen == [True]


def test_cancelled_work_never_starts() -> None:
    """The only thread is busy. A cancellation does not wait for it, and cancelled work does not block the queue."""
    busy, go, ended = threading.Event(), threading.Event(), threading.Event()
    done: list[str] = []

    def slow() -> None:
        busy.set()
        go.wait(60)
        ended.set()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        first = asyncio.create_task(run_blocking(slow))
        queued = asyncio.create_task(run_blocking(done.append, "cancelled"))
        limited = asyncio.create_task(fail_after(0.02, run_blocking(done.append, "too late")))
        last = asyncio.create_task(run_blocking(done.append, "last"))
        while not busy.is_set():  # noqa: ASYNC110 - it happens in another thread
            await asyncio.sleep(0.001)
        queued.cancel()
        async with asyncio.timeout(30):
            with pytest.raises(asyncio.CancelledError):
                await queued
            with pytest.raises(DeadlineExceeded):
                await limited
        first.cancel()
        await rounds(20)
        assert not ended.is_set()
        assert not first.done()  # it has started, and is awaited
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert ended.is_set()
        await last

    asyncio.run(main())
    assert done == ["last"]


async def test_cancelled_work_is_done_before_or_never() -> None:
    for number in range(300):
        begun: list[int] = []
        task = asyncio.create_task(run_blocking(begun.append, number))
        await asyncio.sleep(number % 10 / 20_000)
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        known = begun.copy()
        assert known or isinstance(outcome, asyncio.CancelledError)
        await asyncio.to_thread(lambda: None)
        assert begun == known


async def test_crew_is_awaited_however_often_it_is_cancelled() -> None:
    working: set[object] = set()

    async def clean(mark: object) -> None:
        await rounds(30)
        working.discard(mark)

    async def work() -> None:
        mark = object()
        working.add(mark)
        try:
            await asyncio.Event().wait()
        finally:
            await finish(clean(mark), 5)

    task = asyncio.create_task(run_workers(work, 3))
    await rounds(3)
    await cancelled_repeatedly(task, 10)
    assert not working


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("after", range(8))
async def test_started_work_is_undone(after: int, times: int) -> None:
    undone: list[str] = []

    async def begin() -> str:
        await rounds(4)
        return "it"

    async def undo(what: str) -> None:
        await rounds(5)
        undone.append(what)

    task = asyncio.create_task(aio.begin_safely(begin, undo))
    await rounds(after)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    try:
        assert await task == "it"
        assert not undone
    except asyncio.CancelledError:
        assert undone == (["it"] if after else [])


def raising(error: BaseException) -> Callable[[], str]:
    def begin() -> str:
        raise error

    return begin


def test_failing_start_raises() -> None:
    with pytest.raises(OSError, match="no more"):
        sync.begin_safely(raising(OSError("no more")), lambda found: pytest.fail("nothing to undo"))


def test_what_was_begun_is_undone_when_the_scope_ends() -> None:
    """As a deadline does, or the thread that closes a file: the request is not ended, since its answer is needed."""
    scope, begun, undone = CancelScope(), threading.Event(), []

    def begin() -> str:
        begun.set()
        time.sleep(0.1)
        return "it"

    def end() -> None:
        begun.wait(60)
        scope.cancel()

    threading.Thread(target=end).start()
    with inside(scope), pytest.raises(Cancelled):
        sync.begin_safely(begin, undone.append)
    assert undone == ["it"]


def test_started_work_is_undone_after_ctrl_c() -> None:
    undone: list[str] = []

    def begin() -> str:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.1)
        return "it"

    def undo(what: str) -> None:
        signal.raise_signal(signal.SIGINT)  # the second one waits
        undone.append(what)

    with pytest.raises(KeyboardInterrupt):
        sync.begin_safely(begin, undo)
    assert undone == ["it"]


def test_sheltered_call_is_cancelled_by_ctrl_c() -> None:
    ended: list[str] = []

    def work() -> None:
        scope = sync.current_scope()
        assert scope is not None
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            scope.pause(10)
        except Cancelled:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(0.1)
            ended.append("clean")
            raise

    with pytest.raises(KeyboardInterrupt):
        sync.shelter(work)
    assert ended == ["clean"]
    assert sync.shelter(lambda: 5) == 5
    with pytest.raises(OSError, match="no more"):
        sync.shelter(raising(OSError("no more")))


def test_latch() -> None:
    latch = Latch()
    assert not latch.is_set()
    assert not latch.wait(0)
    assert not latch.wait(-1)
    threading.Timer(0.01, latch.set).start()
    assert latch.wait(60)
    assert latch.is_set()
    assert latch.wait()
    assert latch.wait(0)
