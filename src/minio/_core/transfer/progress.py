"""Telling the caller how far a transfer is: one way in, two ways out.

`progress` may be a callable(bytes_done, bytes_total) or an object with `set_meta(object_name, total_length)` and
`update(length)`. It hears at most 20 times a second, never from two threads at once, and at the end of exactly all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ...error import InvalidArgumentTypeError

_INTERVAL = 0.05


@runtime_checkable
class ProgressType(Protocol):
    """What code of the 7.2 API passes as `progress`."""

    def set_meta(self, object_name: str, total_length: int) -> None:
        """Hear of the object's name and its size in bytes; -1 when it is not known."""

    def update(self, length: int) -> None:
        """Hear of so many more bytes."""


ProgressArgument: TypeAlias = "ProgressType | Callable[[int, int], object] | None"


class Progress:
    """Counts bytes and tells the caller of them."""

    def __init__(self, progress: ProgressArgument, object_name: str, total: int) -> None:
        self._tell = _teller(progress, object_name, total)
        self._total = total
        self._lock = threading.Lock()
        self._done = 0
        self._told = 0
        self._last = 0.0

    def add(self, count: int) -> None:
        """So many more bytes are done."""
        if self._tell is None or not count:
            return
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._last >= _INTERVAL and self._done != self._total:
                self._last = now
                self._report()

    def reset(self) -> None:
        """Begin again: what was done is to be done once more."""
        with self._lock:
            self._done = 0

    def finish(self) -> None:
        """All is done: say so if it was not said yet."""
        if self._tell is not None:
            with self._lock:
                unknown = self._total < 0
                if unknown:
                    self._total = self._done
                if unknown or self._done != self._told or not self._total:
                    self._report()

    def _report(self) -> None:
        told, self._told = self._told, self._done
        assert self._tell is not None
        self._tell(self._done, self._done - told, self._total)


def _teller(progress: ProgressArgument, object_name: str, total: int) -> Callable[[int, int, int], Any] | None:
    if progress is None:
        return None
    if isinstance(progress, ProgressType):
        progress.set_meta(object_name=object_name, total_length=total)
        update = progress.update
        return lambda done, more, total: update(more)
    call = progress
    return lambda done, more, total: call(done, total)


def check_progress(progress: Any) -> None:
    """Check the argument `progress`.

    Raises:
        InvalidArgumentTypeError: It is neither callable nor has set_meta and update.
    """
    if progress is not None and not isinstance(progress, ProgressType) and not callable(progress):
        raise InvalidArgumentTypeError(
            f"progress must be callable(bytes_done, bytes_total) or have the methods set_meta and update, "
            f"not {type(progress).__name__}"
        )
