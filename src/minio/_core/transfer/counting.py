"""What a download has fetched so far, for progress reports and for the number of connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .download import Ramp

_INTERVAL = 0.02


class Counter:
    """Counts the bytes of all workers. Each worker passes on what it has counted at most 50 times a second.

    Args:
        ramp: Decides how many connections there are.
        on_bytes: Called with numbers of bytes, for progress.
        want: Called with the number of connections.
    """

    def __init__(self, ramp: Ramp, on_bytes: Callable[[int], None], want: Callable[[int], None]) -> None:
        self._ramp = ramp
        self._on_bytes = on_bytes
        self._want = want
        self._lock = threading.Lock()
        self._total = self._ready = 0

    def add(self, count: int, ready: int, now: float) -> None:
        """Add bytes that were fetched by the time `now`. `ready` of them did not have to be waited for."""
        with self._lock:
            self._total += count
            self._ready += ready
            wanted = self._ramp.observe(now, self._total, self._ready)
        self._want(wanted)
        self._on_bytes(count)


class Meter:
    """Counts the bytes of one worker."""

    __slots__ = ("_counter", "_due", "_ready", "_since")

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._since = self._ready = 0
        self._due = 0.0

    def add(self, count: int, ready: bool = False) -> None:
        """Count bytes. `ready` tells that they had arrived when they were read."""
        self._since += count
        if ready:
            self._ready += count
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _INTERVAL
            self._pass_on(now)

    def finish(self) -> None:
        """Pass on the rest."""
        if self._since:
            self._pass_on(time.monotonic())

    def _pass_on(self, now: float) -> None:
        count, ready, self._since, self._ready = self._since, self._ready, 0, 0
        self._counter.add(count, ready, now)
