"""Ctrl-C that comes while it would be lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Let Ctrl-C wait until the block is left.

    Modules that Cython made catch whatever is raised while they are loaded, and drop it.
    """
    handler = signal.getsignal(signal.SIGINT)
    # Only the main thread is interrupted, and only it may set handlers.
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
