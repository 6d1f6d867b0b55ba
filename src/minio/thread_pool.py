"""`ThreadPool` of the earlier APIs: runs functions on a number of threads. The clients do not use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from queue import Empty, Queue
from threading import Thread
from typing import Any

from ._core.display import shows

__all__ = ["ThreadPool", "Worker"]

Task = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@shows(live=True)
class Worker(Thread):
    """A thread that runs the tasks of a queue until it finds None. After an exception it runs no more of them.

    Args:
        tasks_queue: The tasks: function, arguments, keyword arguments.
        results_queue: Takes the results.
        exceptions_queue: Takes the exceptions.
    """

    def __init__(
        self,
        tasks_queue: Queue[Task | None],
        results_queue: Queue[Any],
        exceptions_queue: Queue[BaseException],
    ) -> None:
        super().__init__(daemon=True)
        self._tasks_queue = tasks_queue
        self._results_queue = results_queue
        self._exceptions_queue = exceptions_queue
        self.start()

    def run(self) -> None:
        """Run tasks until None."""
        while (task := self._tasks_queue.get()) is not None:
            function, arguments, keywords = task
            try:
                if self._exceptions_queue.empty():
                    self._results_queue.put(function(*arguments, **keywords))
            except BaseException as error:  # noqa: BLE001 - raised by ThreadPool.result
                self._exceptions_queue.put(error)
            finally:
                self._tasks_queue.task_done()
        self._tasks_queue.task_done()


@shows("num_threads", live=True)
class ThreadPool:
    """Runs functions on a number of threads.

    Args:
        num_threads: The number of threads.

    Example:
        >>> from minio.helpers import ThreadPool
        >>> pool = ThreadPool(2)
        >>> for number in (1, 2, 3):
        ...     pool.add_task(pow, number, 2)
        >>> pool.start_parallel()
        >>> sorted(pool.result().queue)
        [1, 4, 9]
    """

    def __init__(self, num_threads: int) -> None:
        self.results_queue: Queue[Any] = Queue()
        self.exceptions_queue: Queue[BaseException] = Queue()
        self.tasks_queue: Queue[Task | None] = Queue()
        self.num_threads = num_threads
        self._workers: list[Worker] = []

    def add_task(self, func: Callable[..., Any], *args: Any, **kargs: Any) -> None:
        """Add a call of a function."""
        self.tasks_queue.put((func, args, kargs))

    def start_parallel(self) -> None:
        """Start the threads."""
        self._workers += [
            Worker(self.tasks_queue, self.results_queue, self.exceptions_queue) for _ in range(self.num_threads)
        ]

    def result(self) -> Queue[Any]:
        """Wait for all tasks, and return the queue of their results.

        Raises:
            BaseException: The first exception of a task.
        """
        for _ in self._workers:
            self.tasks_queue.put(None)
        for worker in self._workers:
            worker.join()
        self._workers.clear()
        try:
            error = self.exceptions_queue.get_nowait()
        except Empty:
            return self.results_queue
        raise error

    def parallel_run(self, func: Callable[..., Any], args_list: Iterable[Any]) -> None:
        """Call a function with each argument, and wait for the end. `result` then returns the queue of the results."""
        for argument in args_list:
            self.add_task(func, argument)
        self.start_parallel()
        self.result()
