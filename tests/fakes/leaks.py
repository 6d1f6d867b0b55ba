"""What a test leaves behind: descriptors and threads."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_PATIENCE = 30.0


def open_descriptors() -> set[tuple[str, str]]:
    """Return every descriptor with what it refers to: a socket, a pipe or a file.

    A set, not a number: descriptors of earlier tests may be closed meanwhile, and must not hide a new one.
    """
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the descriptor of this listing, or one that was closed meanwhile
            found.add((number, os.readlink(f"/proc/self/fd/{number}")))
    return found


def left_over(look: Callable[[], set[T]], before: set[T]) -> set[T]:
    """Return what is there now and was not before. Wait half a minute for it to go: threads take a moment to end."""
    deadline = time.monotonic() + _PATIENCE
    while (found := look() - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found
