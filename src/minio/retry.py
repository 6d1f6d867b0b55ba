"""When requests are retried, and the pauses between the tries."""

from __future__ import annotations

from dataclasses import dataclass

from ._core.arguments import check_number
from ._core.exceptions import InvalidArgumentError

STATUSES = frozenset({408, 429, 500, 502, 503, 504})
CODES = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "TooManyRequests"}) | {
    # The body was corrupted in transit: the client computed its digests.
    "BadDigest",
    "XAmzContentSHA256Mismatch",
}


@dataclass(frozen=True, slots=True)
class Retry:
    """Retry after temporary errors: connection errors, statuses 408, 429, 500, 502, 503 and 504, and some S3 codes.

    Only requests that are safe to repeat are retried. The pause before try n + 1 is random between 0 and ``base * 2 **
    (n - 1)`` seconds, at most `cap`. The Retry-After of a response is honoured up to `longest` seconds.

    Args:
        tries: The maximum number of tries of a request, including the first.
        base: The upper limit of the first pause, in seconds.
        cap: The upper limit of any pause, in seconds.
        longest: The upper limit of a Retry-After, in seconds.

    Raises:
        InvalidArgumentError: A number is out of range.

    Example:
        >>> Retry(tries=3).pause(1, 0.5)
        0.1
    """

    tries: int = 5
    base: float = 0.2
    cap: float = 10.0
    longest: float = 60.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "tries", check_number("tries", self.tries, 1))
        for name in ("base", "cap", "longest"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise InvalidArgumentError(f"{name} must be a number of seconds of at least 0, not {value!r}")

    def pause(self, failed: int, chance: float, after: float | None = None) -> float:
        """Return the pause before the next try, in seconds.

        Args:
            failed: The number of failed tries.
            chance: A random number from 0 to 1.
            after: The Retry-After of the server, in seconds.
        """
        own = min(self.cap, self.base * 2.0 ** (failed - 1)) * chance
        return own if after is None else min(max(after, own), self.longest)


def to_retry(retries: Retry | int | None) -> Retry:
    """Convert the `retries` argument: a Retry, a maximum number of retries (0: none), or None for the default."""
    if retries is None:
        return Retry()
    if isinstance(retries, Retry):
        return retries
    return Retry(tries=check_number("retries", retries) + 1)
