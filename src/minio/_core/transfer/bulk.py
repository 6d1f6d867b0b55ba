"""How a call on many objects runs. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, NamedTuple

from ..arguments import check_flag, check_number, check_workers
from ..exceptions import InvalidArgumentTypeError

JOBS = 32
BUFFERED = 256 * 1024 * 1024


class BulkOptions(NamedTuple):
    """The options that all calls on many objects have.

    Args:
        jobs: How many calls are under way at a time.
        ordered: Whether the outcomes are in the order of the items.
        max_buffered: How many bytes may be in memory.
    """

    jobs: int = JOBS
    ordered: bool = False
    max_buffered: int = BUFFERED


def bulk_options(jobs: int | None, ordered: bool, max_buffered: int = BUFFERED) -> BulkOptions:
    """Return the options of a call, checked."""
    return BulkOptions(
        JOBS if jobs is None else check_workers("jobs", jobs),
        check_flag("ordered", ordered),
        check_number("max_buffered", max_buffered, 1),
    )


def check_items(name: str, items: Any) -> Any:
    """Check that an argument is an iterable of items, and not a single name."""
    if isinstance(items, (str, bytes)) or not isinstance(items, (Iterable, AsyncIterable)):
        raise InvalidArgumentTypeError(f"{name} must be an iterable, not {type(items).__name__}")
    return items
