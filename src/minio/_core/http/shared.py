"""Run blocking functions that cannot be interrupted on daemon threads, which a caller can abandon.

A deadline cannot interrupt a thread that waits in `getaddrinfo` or in a credential provider. Such a function therefore
runs on its own thread, and the caller waits for it only until its deadline. Concurrent calls of the same function share
one run, so that threads do not accumulate during an outage.

If no thread can be started, because the system's limit is reached or the interpreter is running its `atexit` handlers,
the function runs on the caller's thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, cast

from ..wire.interrupts import interrupts_later

if TYPE_CHECKING:
    import asyncio

_LOOK = 0.1
"""The interval in seconds at which a waiting thread checks its time limit."""


class Run:
    """A function call on its own thread."""

    def __init__(self, key: Hashable, function: Callable[[], Any]) -> None:
        self._key = key
        self._function = function
        self._done = threading.Event()
        self._listeners: list[Callable[[], None]] = []
        self._result: Any = None
        self._error: BaseException | None = None

    def start(self) -> None:
        """Start the thread. If that is impossible, run the function here. The registry's lock must not be held."""
        context = copy_context()
        thread = threading.Thread(target=context.run, args=(self._run,), name="minio-helper", daemon=True)
        begun = False
        try:
            with interrupts_later():
                thread.start()
                begun = True
        except RuntimeError:
            pass  # run it on this thread below
        finally:
            if not begun:
                context.run(self._run)  # after any exception: other threads may already wait for this run

    def _run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - raised by wait()
            self._error = error
        with _registry.lock:
            _registry.drop(self._key, self)
            self._done.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def wait(self, remaining: Callable[[float], float]) -> Any:
        """Block until the function has finished, and return its result.

        Args:
            remaining: Returns the seconds that the caller can still wait, at most its argument. Raises an error if the
                time is over.
        """
        while not self._done.wait(remaining(_LOOK)):
            pass
        return self._outcome()

    async def wait_asynchronously(self) -> Any:
        """Await the result. A cancellation abandons the thread."""
        import asyncio

        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._listen(lambda: _tell(loop, future))
        await future
        return self._outcome()

    def _listen(self, listener: Callable[[], None]) -> None:
        with _registry.lock:
            if not self._done.is_set():
                self._listeners.append(listener)
                return
        listener()

    def _outcome(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._result


def _tell(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    with suppress(RuntimeError):  # the loop was closed in the meantime
        loop.call_soon_threadsafe(lambda: None if future.done() else future.set_result(None))


class _Registry:
    """The runs in progress."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start without runs. In a forked child, the threads of the parent's runs do not exist."""
        self.lock = threading.Lock()
        self._runs: dict[Hashable, Run] = {}

    def drop(self, key: Hashable, run: Run) -> None:
        """Remove a run that has finished."""
        if self._runs.get(key) is run:
            del self._runs[key]

    def join(self, key: Hashable, function: Callable[[], Any]) -> Run:
        """Return the run in progress with this key, or start a new one."""
        with self.lock:
            run = self._runs.get(key)
            if run is not None:
                return run
            run = self._runs[key] = Run(key, function)
        run.start()
        return run


_registry = _Registry()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_registry.forget)


def shared(function: Callable[[], Any], key: Hashable = None) -> Run:
    """Run a function on its own thread, or join a run in progress.

    Args:
        function: The function.
        key: Identifies equal runs. Defaults to the function. Bound methods of the same object are equal.
    """
    return _registry.join(cast(Hashable, function) if key is None else key, function)
