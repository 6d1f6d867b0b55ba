"""When a call is tried again, and how long it waits before."""

from __future__ import annotations

from dataclasses import dataclass

from .error import InvalidArgumentError

STATUSES = frozenset({408, 429, 500, 502, 503, 504})
CODES = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "TooManyRequests"}) | {
    # The body was damaged on the way: its digests are our own.
    "BadDigest",
    "XAmzContentSHA256Mismatch",
}


@dataclass(frozen=True, slots=True)
class Retry:
    """Try calls again that failed for a passing reason: connection faults, 408, 429, 5xx but 501, and a few codes.

    Only what is safe to send again is sent again. The pause before try n + 1 is random between 0 and
    ``base * 2 ** (n - 1)`` seconds, at most `cap`; an answer's Retry-After is honoured up to `longest` seconds.

    Args:
        tries: How often a request is sent at most, the first time included.
        base: Upper bound of the first pause, in seconds.
        cap: Upper bound of any pause, in seconds.
        longest: Upper bound of what Retry-After may ask for, in seconds.

    Raises:
        InvalidArgumentError: A number is out of bounds.

    Example:
        >>> Retry(tries=3).pause(1, 0.5)
        0.1
    """

    tries: int = 5
    base: float = 0.2
    cap: float = 10.0
    longest: float = 60.0

    def __post_init__(self) -> None:
        if not isinstance(self.tries, int) or isinstance(self.tries, bool) or self.tries < 1:
            raise InvalidArgumentError(f"tries must be a whole number of at least 1, not {self.tries!r}")
        for name in ("base", "cap", "longest"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise InvalidArgumentError(f"{name} must be a number of seconds of at least 0, not {value!r}")

    def pause(self, failed: int, chance: float, after: float | None = None) -> float:
        """How long to wait, in seconds.

        Args:
            failed: How many tries have failed.
            chance: A random number from 0 to 1.
            after: What the server asked for, in seconds.
        """
        own = min(self.cap, self.base * 2.0 ** (failed - 1)) * chance
        return own if after is None else min(max(after, own), self.longest)


def to_retry(retries: Retry | int | None) -> Retry:
    """Read the argument `retries`: a Retry, how often to try AGAIN (0: never), or None for the default."""
    if retries is None:
        return Retry()
    if isinstance(retries, Retry):
        return retries
    if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
        raise InvalidArgumentError(f"retries must be a Retry or a whole number of at least 0, not {retries!r}")
    return Retry(tries=retries + 1)
