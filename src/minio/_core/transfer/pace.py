"""How many requests of an upload are under way, and how many of them send their bodies. No clock, no threads.

A request whose body was sent still waits for its response: a round trip, and the time that the server needs to store
the part. Meanwhile another request sends its body, so two more requests are under way than bodies.

The laws:

* At most `bodies` requests send their bodies, and at most `requests` are under way. One body at a time means one
  request at a time. A body that has to be sent again is not counted.
* A request that waits for its response, or for its body's turn, takes no place of a body.
* `bodies` starts with the caller's number, never falls below it, and never exceeds `most`.
* `bodies` grows by half. It stays larger only if the rate of the whole upload then is larger by a sixth or more.
  The first time that it is not, `bodies` returns to the number before, and never changes again.
* A rate is measured from one stored part to another, over whole rounds of `bodies` parts: at least `_ROUNDS` and
  `_SECONDS`. The parts that were under way when `bodies` changed do not count.
"""

from __future__ import annotations

_WAITING = 2
"""The number of requests that may wait for their responses while all bodies are being sent."""
_SECONDS = 0.3
"""The shortest time over which a rate is measured."""
_ROUNDS = 2
"""The smallest number of rounds over which a rate is measured."""
_GAIN = 7 / 6
"""The rate that a larger number of bodies must reach, as a multiple of the rate before."""


class Pace:
    """The limits of one upload.

    Args:
        bodies: The number of bodies to send at a time, at least 1.
        most: The number that `bodies` may grow to. The default is no growth.
        held: The number of requests that memory has room for, if parts are held in memory. Never less than `bodies`
            are allowed.
    """

    def __init__(self, bodies: int, most: int = 0, held: int | None = None) -> None:
        self.bodies = bodies
        self._most = max(bodies, most)
        self._held = None if held is None else max(bodies, held)
        self._under_way = 0
        self._sending: set[int] = set()
        self._before = bodies
        self._best = 0.0
        self._steady = self._room(self._most) == self._room(bodies)
        self._skip, self._parts, self._bytes, self._since = self.requests, 0, 0, 0.0

    def _room(self, bodies: int) -> int:
        requests = bodies + _WAITING if bodies > 1 else 1
        return requests if self._held is None else min(requests, self._held)

    @property
    def requests(self) -> int:
        """The number of requests that may be under way now."""
        return self._room(self.bodies)

    @property
    def most_requests(self) -> int:
        """The number of requests that may ever be under way."""
        return self._room(self._most)

    def may_begin(self) -> bool:
        """Return whether another request may begin. Reading its part is its first step."""
        return self._under_way < self.requests

    def begin(self) -> None:
        """Record that a request begins."""
        self._under_way += 1

    def may_send(self) -> bool:
        """Return whether another body may be sent."""
        return len(self._sending) < self.bodies

    def send(self, number: int) -> None:
        """Record that the body of a part is being sent."""
        self._sending.add(number)

    def sent(self, number: int) -> None:
        """Record that the body of a part was sent. Can be called more than once."""
        self._sending.discard(number)

    def end(self, number: int = 0) -> None:
        """Record that a request has ended, with a response, an error, or without a part to send."""
        self._sending.discard(number)
        self._under_way -= 1

    def stored(self, size: int, now: float) -> None:
        """Record that the server has stored a part.

        Args:
            size: The size of the part in bytes.
            now: The time in seconds of a clock that never goes back.
        """
        if self._steady:
            return
        if self._skip:
            self._skip -= 1
            self._since = now
            return
        self._parts += 1
        self._bytes += size
        rounds, rest = divmod(self._parts, self.bodies)  # bodies that began together end together
        if rounds >= _ROUNDS and not rest and now - self._since >= _SECONDS:
            self._judge(self._bytes / (now - self._since))

    def _judge(self, rate: float) -> None:
        """Compare the rate with the one before the last change, and change `bodies`."""
        if rate < self._best * _GAIN:
            self.bodies, self._steady = self._before, True
            return
        self._before, self._best = self.bodies, rate
        self.bodies = min(self._most, self.bodies + max(1, self.bodies // 2))
        self._steady = self.bodies == self._before
        self._skip, self._parts, self._bytes = self.requests, 0, 0
