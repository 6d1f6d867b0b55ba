"""The state machine of a download: it decides what to fetch next. No threads, no tasks, no sockets, no files, no clock.

The first span goes from the first missing chunk to the last one of its gap, which is the whole object if nothing is
there yet. Further spans are other gaps, or are cut from the end of the longest span under way, until the two meet.
A gap of a large object is several spans, because a server may prepare all of a response in memory while the worker
still reads its beginning.

A worker takes a span, and claims each chunk of it before it writes it. `Ramp` decides how many workers there are.

The laws:

* No chunk is claimed twice, and none that is stored.
* Every missing chunk is claimed exactly once.
* A worker claims the chunks of its span in ascending order, so it can read them from one response.
* The first chunk of a span is never cut off: its worker has requested it already.
* After a failure, nothing more is handed out.
* There are never more workers than the caller allows, and one while it is fast enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from .layout import Layout
from .sizes import MIB

_LONGEST = 4
"""The maximum number of chunks of a span that is cut off another."""
LARGE = 256 * MIB
"""The size above which an object is fetched in several responses."""
RESPONSE = 256 * MIB
"""How much of a large object is requested at a time."""
_FAST = 400e6
"""Bytes a second from which one connection is enough."""
_SLOW = 100e6
"""Bytes a second below which more connections are tried even if it is not the network that is waited for."""
_INTERVAL = 0.1
_SOON = 0.05
"""Seconds after which a connection that is slower by far gets others. No decision comes earlier."""
_GROWTH = 7 / 6
_JUMP = 4


class Span:
    """Adjacent chunks for one worker, which fetches the bytes from `start` up to `stop`.

    Others may take chunks from its end. The worker then stops there, before `stop`.
    """

    __slots__ = ("_first", "end", "next", "start", "stop")

    def __init__(self, first: int, end: int, layout: Layout) -> None:
        self._first = self.next = first
        """The next chunk to claim."""
        self.end = end
        """The chunk after the last one."""
        self.start, self.stop = layout.start(first), layout.start(end)

    @property
    def spare(self) -> int:
        """The number of chunks that may be cut off its end."""
        return self.end - max(self.next, self._first + 1)


class Download:
    """The state of one download.

    Args:
        layout: The chunks of the object.
        done: The chunks that are already on disk.
        workers: How many workers may be under way at a time. It decides the length of spans.
        longest: The maximum number of chunks of a span that is cut off another.
        ranges: Whether the server sends ranges. If not, each span is a whole gap.
    """

    def __init__(
        self,
        layout: Layout,
        done: Iterable[int] = (),
        workers: int = 1,
        longest: int = _LONGEST,
        ranges: bool = True,
    ) -> None:
        self.layout = layout
        self.done = set(done)
        self.failure: BaseException | None = None
        self._workers = workers
        self._longest = longest
        self._response = RESPONSE if ranges and layout.size > LARGE else None
        self._gaps = _gaps(layout.count, self.done)
        self._spans: list[Span] = []

    @property
    def fetched(self) -> int:
        """The number of bytes already stored."""
        return sum(map(self.layout.length, self.done))

    @property
    def complete(self) -> bool:
        """Whether all bytes are stored."""
        return len(self.done) == self.layout.count

    def take(self) -> Span | None:
        """Return the next span to fetch, or None if nothing is left or the download has failed."""
        if self.failure is not None:
            return None
        if self._gaps:
            first, end = self._gaps.pop(0)
            if (later := self._end_of_response(first)) < end:
                self._gaps.insert(0, (later, end))
                end = later
            span = Span(first, end, self.layout)
            self._spans.append(span)
            return span
        return self._cut()

    def _end_of_response(self, first: int) -> int:
        """Return the chunk after the last one that may come in the same response as another chunk."""
        if self._response is None:
            return self.layout.count
        return max(first + 1, self.layout.index(self.layout.start(first) + self._response))

    def _cut(self) -> Span | None:
        """Cut a span off the end of the longest one. It is short near the end, so that all workers end together."""
        longest = max(self._spans, key=lambda span: span.spare, default=None)
        if longest is None or longest.spare <= 0:
            return None
        count = max(1, min(self._longest, longest.spare // self._workers))
        longest.end -= count
        span = Span(longest.end, longest.end + count, self.layout)
        self._spans.append(span)
        return span

    def claim(self, span: Span) -> int | None:
        """Return the next chunk of a span, which its worker now fetches, or None at the end of the span."""
        if self.failure is not None or span.next >= span.end:
            return None
        span.next += 1
        return span.next - 1

    def finished(self, index: int) -> None:
        """Record that a chunk is on disk."""
        self.done.add(index)

    def failed(self, error: BaseException) -> None:
        """Record that a span could not be fetched, which fails the download. Only the first error is kept."""
        if self.failure is None:
            self.failure = error


class Ramp:
    """Decides how many connections a download uses: one if it is fast, else more while the total rate grows.

    Args:
        most: The maximum number of connections.
        fast: Bytes a second from which one connection is enough.
        slow: Bytes a second below which it is not. In between, it is not if the bytes have to be waited for.
        interval: Seconds between two decisions. After new connections, one interval is left out. The first decision
            comes earlier if the rate is far below `fast`.
        growth: The factor by which new connections must raise the rate, for more of them to follow.
    """

    def __init__(
        self,
        most: int,
        fast: float = _FAST,
        slow: float = _SLOW,
        interval: float = _INTERVAL,
        growth: float = _GROWTH,
        jump: int = _JUMP,
    ) -> None:
        self.wanted = 1
        """The number of connections."""
        self.most = most
        """The maximum number of connections."""
        self._fast = fast
        self._slow = slow
        self._interval = interval
        self._growth = growth
        self._jump = jump
        self._settled = most <= 1
        self._starting = False
        self._before: tuple[int, float] = (1, 0.0)
        self._last: tuple[float, int, int] | None = None

    def observe(self, now: float, count: int, ready: int = 0) -> int:
        """Return the number of connections to use.

        Args:
            now: The time in seconds.
            count: The number of bytes that were fetched by then.
            ready: How many of them had arrived when they were read: the worker is slower than the network.
        """
        if self._last is None:
            self._last = now, count, ready
        elapsed = now - self._last[0]
        if self._settled or elapsed < _SOON:
            return self.wanted
        more = count - self._last[1]
        rate, waits = more / elapsed, ready - self._last[2] < more / 2
        if elapsed < self._interval and not (self.wanted == 1 and waits and rate * 2 * self._jump <= self._fast):
            return self.wanted
        self._last = now, count, ready
        if self._starting:
            self._starting = False
        elif self.wanted > 1 and rate < self._before[1] * self._growth:
            self._settled = True
            if rate < self._before[1]:
                self.wanted = self._before[0]
        elif self.wanted > 1 or rate < (self._fast if waits else self._slow):
            self._grow(rate)
        return self.wanted

    def _grow(self, rate: float) -> None:
        self._before = self.wanted, rate
        more = self.wanted * 2
        if self.wanted == 1 and rate * self._jump <= self._fast:
            more = max(more, self._jump)
        self._settled = self.wanted >= self.most
        self._starting = True
        self.wanted = min(self.most, more)


def _gaps(count: int, done: set[int]) -> list[tuple[int, int]]:
    """Return the runs of chunks that are missing: the first of each, and the one after the last."""
    gaps: list[tuple[int, int]] = []
    for index in range(count):
        if index in done:
            continue
        if gaps and gaps[-1][1] == index:
            gaps[-1] = gaps[-1][0], index + 1
        else:
            gaps.append((index, index + 1))
    return gaps
