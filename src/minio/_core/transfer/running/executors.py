"""Runs a function on the workers of an executor.

The laws:

* Each item has exactly one result: a value, or an error.
* At most `pending` items are submitted at a time, and items are read as they are submitted.
* The function's own errors travel as values. So an error of a future means that its worker died, or that the item or
  the value cannot be pickled: the item is repeated once, alone if the executor is broken.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress
from typing import Any

from ...exceptions import MinioException

Result = tuple[Any, Any, BaseException | None]


class Guarded:
    """A function that returns its value or its error. Both can be pickled.

    Args:
        function: The function.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, item: Any) -> tuple[Any, BaseException | None]:
        try:
            return self.function(item), None
        except Exception as error:  # noqa: BLE001 - a result
            return None, portable_error(error)


class Workers:
    """An executor, which is replaced when it breaks.

    Args:
        executor: The executor.
        function: The function that its workers call.
    """

    def __init__(self, executor: Executor, function: Callable[[Any], Any]) -> None:
        self._executor = executor
        self._own: Executor | None = None
        self._function = Guarded(function)

    def submit(self, item: Any) -> Future[tuple[Any, BaseException | None]]:
        """Submit an item. The future's value is the function's value and its error.

        Raises:
            BrokenExecutor: The executor is broken, and it is not known how to make another one.
        """
        try:
            return self._executor.submit(self._function, item)
        except BrokenExecutor:
            self._replace()
            return self._executor.submit(self._function, item)

    def close(self) -> None:
        """Shut down an executor that replaced a broken one."""
        if self._own is not None:
            self._own.shutdown(wait=True, cancel_futures=True)

    def _replace(self) -> None:
        """Replace a broken executor by one like it.

        Raises:
            BrokenExecutor: It is not known how to make one.
        """
        broken = self._executor
        if type(broken) is not ProcessPoolExecutor:
            raise BrokenExecutor(f"the {type(broken).__name__} is broken")
        given: dict[str, Any] = vars(broken)
        with suppress(Exception):
            broken.shutdown(wait=False)
        names = {"max_workers": "_max_workers", "mp_context": "_mp_context"}
        names |= {"initializer": "_initializer", "initargs": "_initargs"}
        self._own = self._executor = ProcessPoolExecutor(
            **{name: given[attribute] for name, attribute in names.items() if attribute in given}
        )


class Submissions:
    """The items under way on an executor.

    Args:
        executor: The executor.
        function: The function.
        items: The items.
        pending: How many are submitted at a time.
    """

    def __init__(self, executor: Executor, function: Callable[[Any], Any], items: Iterable[Any], pending: int) -> None:
        self._workers = Workers(executor, function)
        self._items = iter(items)
        self._pending = pending
        self._under_way: dict[Future[Any], tuple[Any, bool]] = {}
        self._suspects: deque[Any] = deque()
        """Items that were under way when the executor broke: each is repeated with nothing beside it."""
        self._early: list[Result] = []

    def results(self) -> Iterator[Result]:
        """Yield an item, its value and its error, for each item."""
        while True:
            self._submit()
            yield from self._early
            self._early.clear()
            if not self._under_way:
                if self._suspects:
                    continue
                return
            done = wait(self._under_way, return_when=FIRST_COMPLETED).done
            for future in done:
                yield from self._settle(future)

    def close(self) -> None:
        """Cancel what has not begun, and shut down an executor that replaced a broken one."""
        for future in self._under_way:
            future.cancel()
        self._workers.close()

    def _submit(self) -> None:
        if self._suspects:
            if not self._under_way:
                self._start(self._suspects.popleft(), True)
            return
        while len(self._under_way) < self._pending:
            try:
                item = next(self._items)
            except StopIteration:
                return
            self._start(item, False)
            if self._suspects:
                return

    def _start(self, item: Any, again: bool) -> None:
        try:
            future = self._workers.submit(item)
        except Exception as error:  # noqa: BLE001 - a result
            self._early.append((item, None, error))
            return
        self._under_way[future] = item, again

    def _settle(self, future: Future[Any]) -> Iterator[Result]:
        item, again = self._under_way.pop(future)
        try:
            value, error = future.result()
        except (Exception, CancelledError) as failure:  # noqa: BLE001 - a result
            if again:
                yield item, None, failure
            elif isinstance(failure, BrokenExecutor):
                self._suspects.append(item)
            else:
                self._start(item, True)
            return
        yield item, value, error


def portable_error(error: BaseException) -> BaseException:
    """Return an error, or one that says the same if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - whatever its class does
        return MinioException(f"{type(error).__name__}: {error}")
    return error
