"""Progress reports: one interface for transfers, two for callers.

`progress` may be a callable(bytes_done, bytes_total) or an object with `set_meta(object_name, total_length)` and
`update(length)`.

The laws:

* It is called at most 20 times a second, and never from two threads at once.
* The last call reports exactly the total.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ..exceptions import InvalidArgumentTypeError

_INTERVAL = 0.05


@runtime_checkable
class ProgressType(Protocol):
    """The interface of `progress` objects in the 7.2 API."""

    def set_meta(self, object_name: str, total_length: int) -> None:
        """Receive the object's name and its size in bytes; -1 if the size is unknown."""

    def update(self, length: int) -> None:
        """Receive the number of bytes transferred since the last call."""


ProgressArgument: TypeAlias = "ProgressType | Callable[[int, int], object] | None"


class Progress:
    """Counts bytes and reports them to the caller."""

    def __init__(self, progress: ProgressArgument, object_name: str, total: int) -> None:
        self._progress, self._object_name = progress, object_name
        self._tell = None if progress is None else _teller(progress, object_name, total)
        self._total = total
        self._lock = threading.Lock()
        self._done = 0
        self._told = 0
        self._last = 0.0

    def add(self, count: int) -> None:
        """Count more bytes."""
        if self._tell is None or not count:
            return
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._last >= _INTERVAL and self._done != self._total:
                self._last = now
                self._report()

    def reset(self, total: int | None = None) -> None:
        """Start counting again: the transfer restarts, perhaps with another total."""
        with self._lock:
            self._done = 0
            if total is not None and total != self._total:
                self._total, self._told = total, 0
                if self._progress is not None:
                    self._tell = _teller(self._progress, self._object_name, total)

    def finish(self) -> None:
        """Report the total, unless it was already reported."""
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


def _teller(
    progress: ProgressType | Callable[[int, int], object], object_name: str, total: int
) -> Callable[[int, int, int], Any]:
    if isinstance(progress, ProgressType):
        progress.set_meta(object_name=object_name, total_length=total)
        update = progress.update
        return lambda done, more, total: update(more)
    call = progress
    return lambda done, more, total: call(done, total)


def check_progress(progress: Any) -> None:
    """Check the argument `progress`.

    Raises:
        InvalidArgumentTypeError: It is neither callable nor has the methods set_meta and update.
    """
    if progress is not None and not isinstance(progress, ProgressType) and not callable(progress):
        raise InvalidArgumentTypeError(
            f"progress must be callable(bytes_done, bytes_total) or have the methods set_meta and update, "
            f"not {type(progress).__name__}"
        )
