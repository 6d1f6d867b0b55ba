"""What the tests of the two clients say differently. Written by hand twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Carry out calls at the same time."""
    with ThreadPoolExecutor(len(calls)) as workers:
        return [future.result() for future in [workers.submit(call) for call in calls]]


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Begin a call; the result waits for what it returns."""
    worker = ThreadPoolExecutor(1)
    future = worker.submit(call)
    worker.shutdown(wait=False)
    return lambda: future.result(20)


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def outside(function: Callable[..., Any], *args: Any) -> Any:
    """Run what may wait for another process."""
    return function(*args)
