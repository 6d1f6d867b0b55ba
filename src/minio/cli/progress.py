"""The progress of a transfer: a bar on a terminal, a line every ten seconds in a log, or nothing.

The laws:

* A bar appears after half a second, so that short transfers show none. It is drawn by rich if that is installed.
* It is drawn also while nothing arrives.
* What is not a terminal gets full lines: no carriage return, no escape.
* Nothing of it goes to standard output, except records of `--json --progress`.

The objects are `progress` arguments of the library: of single transfers (`set_meta` and `update`) and of transfers of
directories (`on_progress`).
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from . import formats

if TYPE_CHECKING:
    from minio.directories import TransferProgress

    from .output import Output

DELAY = 0.5
LINES_EVERY = 10.0
_REDRAW = 0.1
_SAMPLED = 0.25
_FREE = 3
"""The columns at the end of the line that stay free: a terminal shows ^C there, and must not begin a new line."""


class Progress:
    """Counts; shows nothing. The base class of those that do.

    Args:
        output: Where failures and warnings go, which clear the bar first.
    """

    shows = False
    """Whether it shows anything."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lock = threading.RLock()
        self._began = time.monotonic()
        self._done = self._total = self._objects = self._objects_total = 0
        self._final = False
        self._samples: deque[tuple[float, int]] = deque(maxlen=20)
        self._files: tuple[tuple[str, int, int], ...] = ()

    def set_meta(self, object_name: str, total_length: int) -> None:
        """Begin a single transfer."""
        with self._lock:
            self._final = total_length >= 0
            self._done, self._total, self._objects_total = 0, max(total_length, 0), 1
            self._tell()

    def update(self, length: int) -> None:
        """Count bytes of a single transfer."""
        with self._lock:
            self._done += length
            self._sample()
            self._tell()

    def on_progress(self, now: TransferProgress) -> None:
        """Take over how far the transfer of a directory is."""
        with self._lock:
            self._done, self._total = now.bytes_done, now.bytes_total
            self._objects, self._objects_total, self._final = now.objects_done, now.objects_total, now.final
            self._files = now.files
            self._sample()
            self._tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    @property
    def done(self) -> int:
        """The number of bytes that were transferred."""
        return self._done

    @property
    def rate(self) -> float:
        """Bytes a second, in the last seconds. What was there already, because the transfer goes on, is not counted."""
        now = time.monotonic()
        began, done = self._samples[0] if self._samples else (self._began, 0)
        if now - began < _SAMPLED:
            began, done = self._began, 0
        return (self._done - done) / max(now - began, 0.001)

    def _sample(self) -> None:
        now = time.monotonic()
        if not self._samples or now - self._samples[-1][0] >= _SAMPLED:
            self._samples.append((now, self._done))

    def left(self) -> str:
        """How long it still takes, or "" if that is not known."""
        rate = self.rate
        if not self._final or not 0 < self._done < self._total or rate <= 0:
            return ""
        return f"{formats.elapsed((self._total - self._done) / rate)} left"

    def text(self) -> str:
        """How far the transfer is, on one line."""
        parts = []
        if self._objects_total > 1:
            more = "" if self._final else "+"
            parts.append(f"{self._objects:,}/{self._objects_total:,}{more} items")
        total = f" of {formats.size(self._total)}" if self._final else ""
        parts.append(f"{formats.size(self._done)}{total}")
        parts.append(f"{formats.size(self.rate)}/s")
        if left := self.left():
            parts.append(left)
        return ", ".join(parts)

    def _tell(self) -> None:
        pass


class Lines(Progress):
    """Writes a line every ten seconds, or a record with `--json`."""

    shows = True

    def __init__(self, output: Output, every: float = LINES_EVERY) -> None:
        super().__init__(output)
        self._every, self._last = every, self._began

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._last >= self._every:
            self._last = now
            self._write()

    def __exit__(self, *error: object) -> None:
        if self._done or self._total or self._objects_total:
            self._write()

    def _write(self) -> None:
        output = self._output
        if output.json:
            output.record("progress", bytes=self._done, bytes_total=self._total, done=self._objects, final=self._final)
        else:
            output.error_line(f"mio: {self.text()}")


class Bar(Progress):
    """A bar on one line of a terminal, without rich."""

    shows = True

    def __init__(self, output: Output, delay: float = DELAY) -> None:
        super().__init__(output)
        self._next = self._began + delay
        self._drawn = False
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, args=(delay,), daemon=True)

    def __enter__(self) -> Self:
        self._output.over = self.hidden
        self._ticker.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._output.over = nullcontext
        with self._lock:
            self._next = float("inf")  # what threads tell from now on is not drawn
            self.clear()

    def _tick(self, delay: float) -> None:
        """Draw the bar also while nothing arrives: that is when people look at it."""
        while not self._over.wait(delay):
            with self._lock:
                if self._total or self._objects_total:
                    self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REDRAW
            self.draw()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Remove the bar, and do not draw it within the context."""
        with self._lock:
            self.clear()
            yield

    def draw(self) -> None:
        """Draw the bar."""
        self._drawn = True
        width = _columns()
        text = self.text()
        room = min(30, width - len(text) - 9 - _FREE)
        part = min(self._done / self._total, 1.0) if self._total else 0.0
        if room >= 5 and self._final:
            filled = int(part * room)
            text = f"{part:4.0%} [{'=' * filled}{' ' * (room - filled)}] {text}"
        _write_error(f"\r{text[: width - _FREE]}\x1b[K")

    def clear(self) -> None:
        """Remove the bar. It is drawn again when there is more to show."""
        with self._lock:
            if self._drawn:
                self._drawn = False
                _write_error("\r\x1b[K")


class RichBar(Bar):
    """A bar drawn by rich."""

    _bars: Any = None
    _task: Any = None
    _of_files: dict[str, Any]

    def draw(self) -> None:
        if self._bars is None and not self._start():
            super().draw()
            return
        total = self._total if self._final else None
        items = "" if self._objects_total < 2 else f"{self._objects:,}/{self._objects_total:,}"
        self._bars.update(
            self._task,
            completed=self._done,
            total=total,
            amount=f"{formats.size(self._done)}/{formats.size(self._total)}{'' if self._final else '+'}",
            rate=f"{formats.size(self.rate)}/s",
            left=self.left(),
            items=items,
        )
        self._draw_files()
        self._drawn = True

    def _draw_files(self) -> None:
        """Draw a bar for each large file that is under way."""
        from minio._core.printable import printable

        for name in self._of_files.keys() - {name for name, _, _ in self._files}:
            self._bars.remove_task(self._of_files.pop(name))
        for name, done, total in self._files:
            if name not in self._of_files:
                shown = printable(name)
                label = shown if len(shown) <= 24 else f"...{shown[-21:]}"
                self._of_files[name] = self._bars.add_task("", total=total, items=label, amount="", rate="", left="")
            amount = f"{formats.size(done)}/{formats.size(total)}"
            self._bars.update(self._of_files[name], completed=done, amount=amount)

    def clear(self) -> None:
        with self._lock:
            if self._bars is not None:
                self._bars.stop()
                self._bars = None
                self._drawn = False
            else:
                super().clear()

    def _start(self) -> bool:
        try:
            from rich.console import Console
            from rich.progress import BarColumn, Progress as Bars, TextColumn
        except ImportError:
            return False
        names = ("items", "amount", "rate", "left")
        columns = [TextColumn("{task.percentage:>3.0f}%"), BarColumn(None)]
        texts = [TextColumn(f"{{task.fields[{name}]}}", markup=False) for name in names]
        # Colour follows the console: rich reads NO_COLOR and TERM itself.
        console = Console(stderr=True, width=_columns() - _FREE)
        # The cursor stays: a second Ctrl-C ends the process at once, and nothing would bring it back.
        console.show_cursor = lambda show=True: False  # type: ignore[method-assign]
        self._bars = Bars(*columns, *texts, console=console, transient=True, expand=True)
        self._task = self._bars.add_task("", total=None, **dict.fromkeys(names, ""))
        self._of_files = {}
        self._bars.start()
        return True


def make(output: Output, wish: bool | None) -> Progress:
    """Return what shows the progress.

    Args:
        output: The output of the command.
        wish: True for --progress, False for --no-progress, None to decide.
    """
    if wish is False or (wish is None and (output.quiet or output.json or not output.error_terminal)):
        return Progress(output)
    if output.json or not output.error_terminal:
        return Lines(output)
    return RichBar(output) if os.environ.get("TERM") != "dumb" else Bar(output)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _write_error(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        pass  # the bar is not worth an error
