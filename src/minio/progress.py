"""Progress bars for the `progress` argument of `put_object`, `fput_object` and `fget_object`.

    with RichProgress() as progress:
        client.fput_object("my-bucket", "my-object", "film.mkv", progress=progress)

The argument can also be any callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ._core.display import shows
from ._core.printable import printable
from ._core.transfer.progress import ProgressType

if TYPE_CHECKING:
    from rich.progress import Progress as RichBars

__all__ = ["ProgressType", "RichProgress", "TqdmProgress"]


@shows(live=True)
class RichProgress:
    """A progress bar with rich (``pip install rich``). It can be reused for several transfers, one after another.

    Args:
        bars: The `rich.progress.Progress` to use. By default, a new one is created.
    """

    def __init__(self, bars: RichBars | None = None) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn as Speed,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), Speed(), TimeRemainingColumn())
        self._own = bars is None
        self._bars = Progress(*columns) if bars is None else bars
        self._task: Any = None

    def set_meta(self, object_name: str, total_length: int) -> None:
        """Start a bar."""
        from rich.markup import escape

        self._bars.start()
        total = total_length if total_length >= 0 else None
        self._task = self._bars.add_task(escape(printable(object_name)), total=total)

    def update(self, length: int) -> None:
        """Advance the bar."""
        self._bars.update(self._task, advance=length)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._own:
            self._bars.stop()


@shows(live=True)
class TqdmProgress:
    """A progress bar with tqdm (``pip install tqdm``). It can be reused for several transfers, one after another.

    Args:
        options: Arguments for `tqdm`, such as `file` and `disable`.
    """

    def __init__(self, **options: Any) -> None:
        from tqdm import tqdm

        self._make = tqdm
        self._options = options
        self._bar: Any = None

    def set_meta(self, object_name: str, total_length: int) -> None:
        """Start a bar."""
        self._close()
        total = total_length if total_length >= 0 else None
        shape = {"unit": "B", "unit_scale": True, "unit_divisor": 1024, "desc": printable(object_name), "total": total}
        self._bar = self._make(**{**shape, **self._options})

    def update(self, length: int) -> None:
        """Advance the bar."""
        self._bar.update(length)

    def _close(self) -> None:
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
