"""The progress of a run, for the same `progress` arguments as a single transfer, and for objects that want more.

The laws:

* It is called at most 20 times a second, and once more at the end.
* The totals only grow while the plan is read, except for what failed. They are final once the plan is known.
* An error that it raises is raised to the caller of the run, and it is not called again.
* The last call says that everything is done: what failed has left the totals.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ....directories import TransferProgress
from ...exceptions import InvalidArgumentTypeError
from ..progress import ProgressType

_INTERVAL = 0.05
LARGE_FILE = 64 * 1024 * 1024
"""The size in bytes from which on a file is reported by itself."""


def check_run_progress(progress: Any) -> None:
    """Check the argument `progress` of a run.

    Raises:
        InvalidArgumentTypeError: It is neither callable nor has the methods that a run calls.
    """
    if progress is None or callable(progress) or isinstance(progress, ProgressType) or _has_events(progress):
        return
    raise InvalidArgumentTypeError(
        "progress must be callable(bytes_done, bytes_total), or have the methods set_meta and update, or the method "
        f"on_progress, not {type(progress).__name__}"
    )


def _has_events(progress: Any) -> bool:
    return callable(getattr(progress, "on_progress", None))


class Report:
    """Counts what is planned and done, and reports it to the caller.

    Args:
        progress: The caller's argument.
        name: The name that `set_meta` gets.
        clock: The time in seconds.
    """

    def __init__(self, progress: Any, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress, self._name, self._clock = progress, name, clock
        self._told: tuple[int, int] = (0, -1)
        self._last = 0.0
        self.silent = progress is None
        self._bytes = self._bytes_total = self._objects = self._objects_total = 0
        self._final = False
        self.error: BaseException | None = None
        """What the caller's function has raised."""
        self._files: dict[str, tuple[int, int]] = {}

    def plan(self, size: int) -> None:
        """Count an action that will be carried out."""
        self._bytes_total += size
        self._objects_total += 1
        self._tell()

    def add(self, count: int) -> None:
        """Count bytes; a negative number for those that have to be sent again."""
        self._bytes += count
        self._tell()

    def file(self, name: str, done: int, size: int) -> None:
        """Set how much of a large file is transferred."""
        self._files[name] = done, size

    def file_ended(self, name: str) -> None:
        """A large file is not under way any more."""
        self._files.pop(name, None)

    def end(self, planned: int, done: int | None) -> None:
        """Count an action that has ended.

        Args:
            planned: The size with which it was planned.
            done: The size that was transferred; None if it failed.
        """
        if done is None:
            self._bytes_total -= planned
            self._objects_total -= 1
        else:
            self._bytes_total += done - planned
            self._objects += 1
        self._tell()

    def complete(self) -> None:
        """The totals are final."""
        self._final = True
        self._tell()

    def finish(self) -> None:
        """Tell the caller the end."""
        self._tell(force=True)

    def _tell(self, force: bool = False) -> None:
        if self.silent or self.error is not None:
            return
        now = self._clock()
        if not force and now - self._last < _INTERVAL:
            return
        self._last = now
        try:
            self._call()
        except BaseException as error:
            self.error = error
            raise

    def _call(self) -> None:
        done, total = self._bytes, self._bytes_total
        if _has_events(self._progress):
            files = tuple((name, *state) for name, state in self._files.items())
            numbers = done, total, self._objects, self._objects_total
            self._progress.on_progress(TransferProgress(*numbers, self._final, files))
        elif isinstance(self._progress, ProgressType):
            told, told_total = self._told
            if total != told_total:
                self._progress.set_meta(object_name=self._name, total_length=total)
            if done != told:
                self._progress.update(done - told)
        else:
            self._progress(done, total)
        self._told = done, total
