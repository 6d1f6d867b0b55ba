"""How many jobs of a run may be under way at a time. No I/O.

The laws:

* The limit never leaves the bounds.
* "Slow down" halves the limit. Several jobs that hear it at the same moment halve it once: only a job that began after
  the latest halving can cause the next one.
* A round of successes, as many as the limit, adds one. A server that is overloaded is thus approached slowly, and a
  server that is not is used fully after a moment.
"""

from __future__ import annotations

DEFAULT_START = 32
DEFAULT_MOST = 64


class Throttle:
    """The limit of a run.

    Args:
        start: The limit at the beginning.
        most: The largest limit.
        least: The smallest limit.
    """

    def __init__(self, start: int, most: int, least: int = 1) -> None:
        self._most = max(most, least)
        self._least = least
        self.limit = min(max(start, least), self._most)
        self._successes = 0
        self._begun = 0
        self._halved_at = 0

    @classmethod
    def of_jobs(cls, jobs: int | None) -> Throttle:
        """Return the throttle for the argument `jobs`: None grows from 32 to 64."""
        return cls(DEFAULT_START, DEFAULT_MOST) if jobs is None else cls(jobs, jobs)

    @property
    def most(self) -> int:
        """The largest limit."""
        return self._most

    def begin(self) -> int:
        """Count a job that begins. The result identifies it."""
        self._begun += 1
        return self._begun

    def slow_down(self, job: int | None = None) -> None:
        """Halve the limit, because the server asks for fewer requests.

        Args:
            job: The job that was told so; None if that is unknown, which counts as the latest job.
        """
        if (self._begun if job is None else job) <= self._halved_at:
            return
        self._halved_at = self._begun
        self._successes = 0
        self.limit = max(self._least, self.limit // 2)

    def succeed(self) -> None:
        """Count a job that has succeeded."""
        self._successes += 1
        if self._successes >= self.limit:
            self._successes = 0
            self.limit = min(self._most, self.limit + 1)
