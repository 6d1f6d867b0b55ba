"""Divide the objects of a bucket into ranges, and work on them in several processes or on several machines.

`key_ranges` divides the names below a prefix, and `map_ranges` calls a function with each range on the workers of an
executor: threads, processes, or a cluster (`client.get_executor()` of Dask). Ranges and clients can be pickled.

    def count(found: KeyRange) -> int:
        return sum(1 for _ in found.list_objects(client))

    with ProcessPoolExecutor() as executor:
        for result in map_ranges(executor, count, key_ranges(client, "my-bucket", parts=64)):
            print(result.range, result.value if result.ok else result.error)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._core.arguments import check_workers, optional_text
from .error import InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    from ._core.datatypes import Object
    from .sync import Minio

__all__ = ["KeyRange", "RangeResult", "key_ranges", "map_ranges"]

R = TypeVar("R")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The objects below a prefix whose names are greater than `after`, and not greater than `until`.

    Args:
        bucket_name: The bucket.
        prefix: The prefix.
        after: Where the range begins. Empty for the first name.
        until: Where the range ends. None for the last name.
    """

    bucket_name: str
    prefix: str = ""
    after: str = ""
    until: str | None = None

    def __contains__(self, object_name: object) -> bool:
        if not isinstance(object_name, str) or not object_name.startswith(self.prefix) or object_name <= self.after:
            return False
        return self.until is None or object_name <= self.until

    def list_objects(self, client: Minio) -> Iterator[Object]:
        """List the objects of the range. The iterator requests one page at a time.

        S3 operation: ListObjectsV2.

        Args:
            client: The client.

        Returns:
            An iterator of Object.

        Raises:
            ResponseError: The server returns an error.
        """
        for item in client.list_objects(self.bucket_name, self.prefix, recursive=True, start_after=self.after or None):
            if self.until is not None and item.object_name > self.until:
                return
            yield item


@dataclass(frozen=True, slots=True)
class RangeResult(Generic[R, V]):
    """What became of one range of `map_ranges`.

    Args:
        range: The range.
        value: What the function returned.
        error: What it raised, or why no worker could run it. None if it returned.
    """

    range: R
    value: V | None = None
    error: BaseException | None = None

    @property
    def ok(self) -> bool:
        """Whether the function returned."""
        return self.error is None


def key_ranges(client: Minio, bucket_name: str, prefix: str | None = None, parts: int = 16) -> list[KeyRange]:
    """Divide the names below a prefix into ranges with about as many objects each.

    The ranges cover all names, also those that are added later. How many objects they have is only estimated, from some
    names that are listed, so use several times as many ranges as there are workers. There are fewer ranges than `parts`
    if there are few objects. On servers that compare names as paths (SeaweedFS), names are divided only where this
    makes no difference.

    S3 operation: ListObjectsV2, a few times for each range, and for each of the first characters of a name.

    Args:
        client: The client.
        bucket_name: The bucket.
        prefix: The prefix.
        parts: The number of ranges, from 1 to 256.

    Returns:
        The ranges, in order.

    Raises:
        InvalidArgumentError: `parts` is not a number from 1 to 256, or the client is asynchronous.
        ResponseError: The server returns an error.
    """
    from ._core.ops.listing import Listing
    from .sync import Minio
    from .sync._loops import complete

    if not isinstance(client, Minio):
        raise InvalidArgumentTypeError(f"client must be a Minio, not {type(client).__name__}")
    client._check_bucket(bucket_name)
    prefix = optional_text("prefix", prefix)
    points = complete(client, "_find_points", Listing(bucket=bucket_name, prefix=prefix), check_workers("parts", parts))
    ends = ["", *points, None]
    return [KeyRange(bucket_name, prefix, ends[i] or "", ends[i + 1]) for i in range(len(ends) - 1)]


def map_ranges(
    executor: Executor, function: Callable[[R], V], ranges: Iterable[R], *, pending: int = 32
) -> Iterator[RangeResult[R, V]]:
    """Call a function with each range on the workers of an executor.

    Each range has exactly one result, as results come. An error of the function is a result. If a worker dies, or an
    executor fails otherwise, the range is repeated once; then its result is an error. A broken `ProcessPoolExecutor`
    is replaced for the rest of the ranges: ranges that were under way when it broke are repeated one by one, so that
    only those that break their worker again fail.

    Nothing runs until the result is iterated. If the iteration ends early, what has not begun is cancelled.

    Args:
        executor: Any `concurrent.futures.Executor`. It is not shut down.
        function: The function. Executors of processes need one that can be pickled.
        ranges: The ranges, or any other values. They are read as they are needed.
        pending: How many ranges are submitted at a time.

    Returns:
        An iterator of RangeResult.

    Raises:
        InvalidArgumentError: `pending` is less than 1.
        InvalidArgumentTypeError: `executor` has no method `submit`, `function` cannot be called, or `ranges` is no
            iterable.
    """
    from ._core.transfer.running.executors import Submissions

    if not hasattr(executor, "submit"):
        raise InvalidArgumentTypeError(f"executor must be a concurrent.futures.Executor, not {type(executor).__name__}")
    if not callable(function):
        raise InvalidArgumentTypeError(f"function must be callable, not {type(function).__name__}")
    if not isinstance(ranges, Iterable):
        raise InvalidArgumentTypeError(f"ranges must be an iterable, not {type(ranges).__name__}")
    if type(pending) is not int or pending < 1:
        raise InvalidArgumentError(f"pending must be at least 1, not {pending!r}")
    return _results(Submissions(executor, function, ranges, pending))


def _results(submissions: Any) -> Iterator[RangeResult[Any, Any]]:
    try:
        for item, value, error in submissions.results():
            yield RangeResult(item, value, error)
    finally:
        submissions.close()
