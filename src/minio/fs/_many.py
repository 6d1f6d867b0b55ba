"""Many calls at a time, with a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

JOBS = 64
"""How many calls are under way at a time, unless `batch_size` says otherwise."""


async def run_many(
    function: Callable[..., Awaitable[T]],
    arguments: Iterable[tuple[Any, ...]],
    jobs: int | None = None,
    return_exceptions: bool = False,
) -> list[Any]:
    """Call a coroutine function with each tuple of arguments, and return the results in order.

    After an error the other calls are cancelled, and the error is raised. With `return_exceptions` it is a result.

    Args:
        function: The coroutine function.
        arguments: The arguments of each call.
        jobs: The number of calls under way. -1 starts all at once.
        return_exceptions: Return exceptions in place of results.
    """
    todo = list(arguments)
    results: list[Any] = [None] * len(todo)
    left = iter(enumerate(todo))

    async def work() -> None:
        for index, given in left:
            try:
                results[index] = await function(*given)
            except Exception as error:
                if not return_exceptions:
                    raise
                results[index] = error

    jobs = len(todo) if jobs == -1 else jobs or JOBS
    if len(todo) <= 1 or jobs == 1:
        await work()
        return results
    tasks = [asyncio.create_task(work()) for _ in range(min(jobs, len(todo)))]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return results
