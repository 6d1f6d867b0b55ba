"""The bandwidth limit of a client. No I/O.

The laws:

* The bytes of all connections together never exceed the limit, apart from one piece for each connection at a time.
* Bytes are reserved before they are sent or received, and go in the order of the reservations. No connection starves.
* Time in which nothing was transferred is not saved up, apart from a moment that makes up for late wake-ups.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

_PIECE = 256 * 1024
_PIECES = 20
"""The number of pieces in a second, unless they would exceed `_PIECE`."""
_LATE = 0.05
"""The seconds that a transfer may be behind and catch up."""
TLS_RECORD = 16 * 1024
"""The most bytes that one receive returns through TLS."""


class Bandwidth:
    """A number of bytes a second, shared by threads and event loops.

    Args:
        rate: Bytes a second.
        clock: Returns the current time in seconds.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.piece = max(1, min(_PIECE, rate // _PIECES))
        """The largest number of bytes to reserve at once."""
        self._rate = rate
        self._clock = clock
        self._free = clock()
        """The time at which everything that was reserved has been transferred."""
        self._process = os.getpid()
        self._lock = threading.Lock()

    def reserve(self, size: int) -> float:
        """Reserve a number of bytes. Return the seconds to wait before they may be transferred."""
        if self._process != os.getpid():  # another thread of the parent may have held the lock
            self._process, self._lock = os.getpid(), threading.Lock()
        with self._lock:
            now = self._clock()
            start = max(self._free, now - _LATE)
            self._free = start + size / self._rate
        return max(0.0, start - now)

    def give_back(self, size: int) -> None:
        """Give back bytes that were reserved and not transferred."""
        if size:
            with self._lock:
                self._free -= size / self._rate


class ReceiveSize:
    """How many bytes to reserve before a receive.

    Other connections wait for what is reserved, also if it does not come. So the size grows only while all of it comes.

    Args:
        bandwidth: The limit.
        most: The most bytes that one receive returns.
    """

    __slots__ = ("_most", "_size")

    def __init__(self, bandwidth: Bandwidth, most: int | None = None) -> None:
        self._most = bandwidth.piece if most is None else min(most, bandwidth.piece)
        self._size = min(TLS_RECORD, self._most)

    def next(self, limit: int) -> int:
        """Return the bytes to reserve and to receive, at most `limit`."""
        return min(limit, self._size)

    def received(self, reserved: int, count: int) -> None:
        """Adjust the size to what came."""
        wanted = 2 * self._size if count == reserved else max(count, TLS_RECORD)
        self._size = min(wanted, self._most)
