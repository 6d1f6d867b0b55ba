"""An event loop that a blocking call runs in the caller's own thread, and only while the caller waits.

The laws:

* The loop runs in the thread of the caller. If a loop runs in that thread already (Jupyter, or a blocking call within
  asynchronous code), another thread runs it meanwhile.
* Ctrl-C cancels the coroutine, which cleans up, and is raised afterwards. A second Ctrl-C does not wait for it. While
  the coroutine reads an iterable of the caller, which may block, Ctrl-C is raised there.
* After an exception that was raised in the middle of the loop, `broken` is set: its state is not known then.
* `close` closes the loop and its connections in any case, also if functions of the caller raise again and again while
  it cleans up.
* In a forked child, `disarm` separates it from the loop of the parent, which has the same sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import select
import signal
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from types import FrameType
from typing import Any, TypeVar, cast

from ...wire.interrupts import READING, interrupts_later, take

T = TypeVar("T")
_INTERRUPTIONS = 1000
"""How often the end of a loop may be interrupted. There are fewer tasks."""


class PrivateLoop:
    """An event loop that one thread at a time runs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread: _Thread | None = None
        self._process = os.getpid()
        self.broken = False

    def run(self, begin: Callable[[], Coroutine[Any, Any, T]], context: Context) -> T:
        """Run a coroutine to its end, and return its result.

        Args:
            begin: Creates the coroutine.
            context: The context variables to run it with.
        """
        run = _Run(self, self._loop, begin, context)
        if asyncio._get_running_loop() is None:
            return cast(T, run.here())
        if self._thread is None:
            self._thread = _Thread()
        return cast(T, self._thread.run(run))

    def close(self) -> None:
        """Close the loop, with its connections. Can be called more than once."""
        if self._loop.is_closed() or self._loop.is_running() or os.getpid() != self._process:
            return  # it runs if this thread was interrupted within it
        raised: BaseException | None = None
        try:
            # A hook that interrupts the loop does so for one task. So this is repeated, about once for each of them.
            for _ in range(_INTERRUPTIONS):
                try:
                    self.run(self._end, copy_context())
                    break
                except BaseException as error:  # noqa: BLE001 - raised when the loop is closed
                    raised = raised or error
        finally:
            self._loop.close()
            if self._thread is not None:
                self._thread.stop()
                self._thread = None
        if raised is not None:
            raise raised

    async def _end(self) -> None:
        here = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not here]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
        await asyncio.sleep(0)  # the loop closes the sockets in its next iteration

    def disarm(self) -> None:
        """Never use this loop again, because this process is a forked child and the parent uses it."""
        selector: Any = getattr(self._loop, "_selector", None)
        if hasattr(select, "epoll") and isinstance(getattr(selector, "_selector", None), select.epoll):
            # The kernel's set of sockets is shared with the parent. The child must not remove any of them from it.
            with select.epoll() as fresh, contextlib.suppress(OSError):
                os.dup2(fresh.fileno(), selector.fileno(), inheritable=False)
        _inherited.append(self._loop)


class _Run:
    """One run of a coroutine on a loop."""

    def __init__(
        self,
        owner: PrivateLoop,
        loop: asyncio.AbstractEventLoop,
        begin: Callable[[], Coroutine[Any, Any, Any]],
        context: Context,
    ) -> None:
        self._owner, self._loop, self._begin, self._context = owner, loop, begin, context
        self._task: asyncio.Task[Any] | None = None
        self._interrupts = 0

    def here(self) -> Any:
        """Run it on this thread."""
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            return self.to_the_end()
        result = None
        signal.signal(signal.SIGINT, self._on_interrupt)
        try:
            result = self.to_the_end()
        except asyncio.CancelledError:
            if not self._interrupts:
                raise
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._interrupts:
            raise KeyboardInterrupt
        return result

    def to_the_end(self) -> Any:
        """Run the loop until the coroutine has ended."""
        self._task = task = self._loop.create_task(self._begin(), context=self._context)
        if self._interrupts:
            task.cancel()
        try:
            return self._run(task)
        finally:
            if not task.done():
                self._owner.broken = True
            elif not task.cancelled():
                task.exception()  # it was raised, or the loop has raised an interrupt instead

    def _run(self, task: asyncio.Task[Any]) -> Any:
        try:
            return self._loop.run_until_complete(task)
        except RuntimeError:
            if task.done():
                raise
            # An earlier run was interrupted when its coroutine had ended, but before that had stopped the loop: this
            # has happened now instead.
            return self._loop.run_until_complete(task)

    def cancel(self) -> None:
        """Cancel the coroutine, from any thread."""
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupts += 1
        if self._interrupts > 1 or READING.on:
            raise KeyboardInterrupt
        self.cancel()


_Queue = queue.SimpleQueue[tuple[_Run, queue.SimpleQueue[Any]] | None]


class _Thread:
    """A thread that runs a loop for a thread that runs another one."""

    def __init__(self) -> None:
        self._todo: _Queue = queue.SimpleQueue()
        thread = threading.Thread(target=_serve, args=(self._todo,), name="minio-loop", daemon=True)
        with interrupts_later():
            thread.start()

    def run(self, run: _Run) -> Any:
        """Let the thread run something, and wait for its result."""
        outcome: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        self._todo.put((run, outcome))
        try:
            failed, result = take(outcome)
        except BaseException:
            run.cancel()
            take(outcome)
            raise
        if failed:
            raise result
        return result

    def stop(self) -> None:
        """End the thread."""
        self._todo.put(None)


def _serve(todo: _Queue) -> None:
    while (item := take(todo)) is not None:
        run, outcome = item
        try:
            outcome.put((False, run.to_the_end()))
        except BaseException as error:  # noqa: BLE001 - raised by the thread that waits
            outcome.put((True, error))
        del run, outcome, item


_inherited: list[asyncio.AbstractEventLoop] = []
"""Loops of the parent of a forked process. They are kept, because their destructors would touch its sockets."""
