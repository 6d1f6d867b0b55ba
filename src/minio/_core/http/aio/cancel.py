"""Deadlines of calls on an event loop, and cleanup that a cancellation does not interrupt."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401 - it registers fork handlers, which must not happen during a fork
from asyncio.tasks import _unregister_task
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextvars import Context, ContextVar, copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from ...exceptions import DeadlineExceeded
from ...threads import Work
from ..shared import shared

T = TypeVar("T")
P = ParamSpec("P")

_current: ContextVar[Deadline | None] = ContextVar("minio_deadline", default=None)


class Deadline:
    """The deadline of a call, including all its requests and its streaming response.

    Args:
        seconds: The time from now on.
    """

    __slots__ = ("_seconds", "_when")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._when = asyncio.get_running_loop().time() + seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await something until the deadline.

        Raises:
            DeadlineExceeded: The deadline passed, and the awaitable was cancelled.
        """
        scope = asyncio.timeout_at(self._when)
        try:
            async with scope:
                return await awaitable
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise DeadlineExceeded(f"the call did not end within its deadline of {self._seconds:g} s") from error


def current_deadline() -> Deadline | None:
    """Return the deadline of the current call."""
    return _current.get()


def without_deadline(context: Context | None = None) -> Context:
    """Return a context of tasks that outlive the call that begins them, without its deadline."""
    context = copy_context() if context is None else context
    context.run(_current.set, None)
    return context


async def fail_after(seconds: float, awaitable: Awaitable[T]) -> T:
    """Limit a call to `seconds`. This includes reading the streaming response that it returns."""
    deadline = Deadline(seconds)
    token = _current.set(deadline)
    try:
        return await deadline.wait(awaitable)
    finally:
        _current.reset(token)


async def fetch(function: Callable[[], T], spare: T | None = None) -> T:
    """Run a function that waits for another server, on a daemon thread that a cancellation abandons.

    Args:
        function: The function.
        spare: A result to return immediately. The thread is then started in the background.
    """
    run = shared(function)
    return cast(T, await run.wait_asynchronously()) if spare is None else spare


async def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may wait for a disk.

    A cancellation waits until the function has finished, because it may be using an open file. If it has not started
    yet, it never starts, however long the queue for a thread is.
    """
    # Not a task: all tasks are cancelled when the program ends, but the thread would continue.
    work = Work(partial(function, *args, **kwargs))
    running = work.submit()
    if running is None:
        return function(*args, **kwargs)
    try:
        await asyncio.wait([running])
    except asyncio.CancelledError:
        if work.revoke():
            running.cancel()  # remove it from the queue
        else:
            await settle([running])
        raise
    return cast(T, running.result())


_detached: set[asyncio.Task[Any]] = set()
"""Tasks in progress. The event loop keeps only weak references to them."""


def keep(task: asyncio.Task[T]) -> asyncio.Task[T]:
    """Keep a reference to a task until it is done."""
    _detached.add(task)
    task.add_done_callback(_detached.discard)
    return task


def detach(coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run a coroutine on a task that only the caller can cancel, because `asyncio.all_tasks()` does not return it.

    `asyncio.run` cancels all tasks when the program ends and after Ctrl-C. Cleanup has its own time limit.
    """
    task = keep(asyncio.get_running_loop().create_task(coroutine))
    _unregister_task(task)
    return task


async def settle(tasks: Collection[asyncio.Future[Any]], seconds: float | None = None) -> None:
    """Wait until tasks are done, at most `seconds`. A cancellation does not end the wait; it is raised afterwards.

    The errors of the tasks are marked as retrieved.
    """
    loop = asyncio.get_running_loop()
    until = None if seconds is None else loop.time() + seconds
    cancellation: asyncio.CancelledError | None = None
    for task in tasks:
        task.add_done_callback(_retrieve)
    while pending := [task for task in tasks if not task.done()]:
        left = None if until is None else until - loop.time()
        if left is not None and left <= 0:
            break
        try:
            await asyncio.wait(pending, timeout=left)
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        raise cancellation


def _retrieve(task: asyncio.Future[Any]) -> None:
    if not task.cancelled():
        task.exception()


async def finish(coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
    """Await cleanup for at most `seconds`, even if this task is cancelled. Then raise the cancellation."""
    task = detach(fail_after(seconds, coroutine))
    await settle([task])
    return task.result()
