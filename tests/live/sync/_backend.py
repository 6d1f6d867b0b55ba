"""The parts of the tests that differ between the two clients. Both versions are written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls concurrently."""
    with ThreadPoolExecutor(len(calls)) as workers:
        return [future.result() for future in [workers.submit(call) for call in calls]]


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Start a call. Calling the result waits for its return value."""
    worker = ThreadPoolExecutor(1)
    future = worker.submit(call)
    worker.shutdown(wait=False)
    return lambda: future.result(60)


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def outside(function: Callable[..., Any], *args: Any) -> Any:
    """Run something that may wait for another process."""
    return function(*args)
