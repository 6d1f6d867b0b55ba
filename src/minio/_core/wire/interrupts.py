"""Handling of Ctrl-C where it would be lost or leave an inconsistent state."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
_NAP = 0.5


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Defer Ctrl-C until the end of the block.

    For operations that must not be interrupted: starting a thread, asking it to stop, and cleanup that takes a bounded
    time. Modules compiled by Cython also need it: they catch and discard all exceptions while they are imported.
    """
    handler = signal.getsignal(signal.SIGINT)
    # Only the main thread receives KeyboardInterrupt, and only it may set signal handlers.
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    caught: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: caught.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if caught:
            handler(*caught[0])


def take(items: queue.SimpleQueue[T], seconds: float | None = None) -> T:
    """Remove and return an item of a queue. Wait until there is one, for at most `seconds`.

    A signal that arrives in the moment before a wait begins does not end it (CPython checks for signals, releases the
    GIL and only then waits). The wait is therefore divided into short ones.

    Raises:
        queue.Empty: There is no item.
    """
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = _NAP if end is None else end - time.monotonic()
        try:
            return items.get(timeout=max(0.0, min(left, _NAP)))
        except queue.Empty:
            if left <= 0:
                raise


class _Reading(threading.local):
    """A flag of each thread."""

    on = False


READING = _Reading()
"""`on` is True while this thread reads the caller's data within a call. Ctrl-C is raised in the middle of that."""


class Latch:
    """An event that is set once. Unlike `threading.Event`, it is safe if Ctrl-C interrupts a waiting thread.

    An interrupt inside `Event.wait` may leave the event's lock held, so that `Event.set` blocks forever in another
    thread. This class uses only calls that are implemented in C, which an interrupt cannot leave half-done.
    """

    def __init__(self) -> None:
        self._set = False
        self._tokens: queue.SimpleQueue[None] = queue.SimpleQueue()

    def is_set(self) -> bool:
        """Return whether the event is set."""
        return self._set

    def set(self) -> None:
        """Set the event and wake all waiting threads."""
        self._set = True
        self._tokens.put(None)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the event is set, for at most `seconds`. Return whether it is set."""
        if not self._set:
            try:
                take(self._tokens, seconds)
            except queue.Empty:
                return self._set
            self._tokens.put(None)
        return True
