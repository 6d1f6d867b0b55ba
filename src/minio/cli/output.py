"""Everything that a command writes: results on standard output, all else on standard error.

The laws:

* Standard output has results only; with `--json` it has JSON objects only, one a line, the last one a summary.
* Names and messages are escaped before they are shown; JSON and `-0` have them as they are.
* If the reader of standard output has gone, the command ends silently (`OutputClosed`).
* A line on standard error and the bar of a transfer never mix: `over` clears the bar first.

`schema.json` describes the records. Fields are only added.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from . import formats
from .addresses import Remote
from .errors import (
    DENIED,
    DONE,
    SOME_FAILED,
    UNREACHABLE,
    Explained,
    OutputClosed,
    OutputFailed,
    advice,
    explain,
    in_flags,
)
from .table import Column, for_program, for_terminal, raw_name

if TYPE_CHECKING:
    from minio.directories import Outcome

SCHEMA_VERSION = 1
_STYLES = {"error": "31", "warning": "33", "directory": "34", "dim": "2", "good": "32", "bold": "1"}
_ALIKE = 10
_KINDS = 1000
_STATUSES = {"done": "done", "skipped": "skipped", "warning": "skipped", "failed": "failed", "cancelled": "failed"}


@dataclass(slots=True)
class Counts:
    """What a command did, for the summary."""

    done: int = 0
    skipped: int = 0
    deleted: int = 0
    warnings: int = 0
    failed: int = 0
    bytes: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long the command has run."""
        return time.monotonic() - self.began


class Output:
    """Writes results, warnings and failures.

    Args:
        command: The name of the command, for messages.
        json: Whether standard output gets JSON.
        null: Whether rows are raw names that end with NUL.
        quiet: Whether only errors go to standard error.
        verbose: Whether transfers write a line for each item.
        color: Whether to use colour: "auto", "always" or "never".
    """

    def __init__(
        self,
        command: str = "",
        *,
        json: bool = False,
        null: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        color: str = "auto",
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self._stdout = sys.stdout if stdout is None else stdout
        self._stderr = sys.stderr if stderr is None else stderr
        self.command, self.json, self.null, self.quiet, self.verbose = command, json, null, quiet, verbose
        self.terminal = _is_terminal(self._stdout)
        self.error_terminal = _is_terminal(self._stderr)
        self._colors = (_use_color(color, self.terminal), _use_color(color, self.error_terminal))
        self.units = False
        """Whether sizes have units although a program reads them."""
        self.counts = Counts()
        self._told: dict[str, int] = {}
        """How often each message of a failure was written."""
        self._causes: set[int] = set()
        """The exit statuses that the failures would have as single causes."""
        self.succeeded = False
        """Whether a place was dealt with whole, also if that is nothing to count."""
        self.shown = False
        """Whether a block of text was written, so that the next one is set off."""
        self.resume = ""
        """How to go on after Ctrl-C."""
        self.over: Callable[[], AbstractContextManager[None]] = nullcontext
        """Clears the bar of a transfer, and keeps it away within the context. `progress` sets it."""
        for stream in (self._stdout, self._stderr):
            _prepare(stream)

    # Results

    def line(self, text: str = "") -> None:
        """Write a line of text. With `--json` it is left out: use `record`."""
        if not self.json:
            self._write(f"{text}\n")

    def row(self, columns: tuple[Column, ...], cells: tuple[Any, ...], style: str = "") -> None:
        """Write a row of a list. With `--json` it is left out: use `record`."""
        if self.json:
            return
        if self.null:
            self._write(f"{raw_name(columns, cells)}\0")
        elif self.terminal:
            self._write(f"{self.style(for_terminal(columns, cells), style)}\n")
        else:
            self._write(f"{for_program(columns, cells, self.units)}\n")

    def record(self, type: str, **fields: Any) -> None:
        """Write a JSON record, if `--json` is given. Fields that are None are left out."""
        if self.json:
            import json

            given = {name: _plain(value) for name, value in fields.items() if value is not None}
            if "seconds" in given:
                given["seconds"] = round(given["seconds"], 3)
            self._write(json.dumps({"v": SCHEMA_VERSION, "type": type, **given}) + "\n")
            if self.terminal or type == "progress":
                self._stdout.flush()

    def content(self, data: bytes | memoryview) -> None:
        """Write content as it is."""
        with _writing():
            self._stdout.flush()
            self._stdout.buffer.write(data)

    def style(self, text: str, style: str, error: bool = False) -> str:
        """Return a text in a style: "error", "warning", "directory", "dim", "good" or "bold"."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text and style and self._colors[error] else text

    def flush(self) -> None:
        """Write what is buffered."""
        with _writing():
            self._stdout.flush()

    # Items of a transfer or a removal

    def item(
        self, type: str, status: str, source: object = None, target: object = None, *, reason: str = "", **more: Any
    ) -> None:
        """Report one item that is done, would be done, or is skipped, and count it.

        Args:
            type: "upload", "download", "copy", "remove", "bucket", ...
            status: "done", "would" or "skipped".
            source: The address of what is read or removed.
            target: The address of what is written.
            reason: Why.
            more: Further fields of the record: key, size, etag, version_id, seconds. `size` is also counted.
        """
        more.setdefault("key", _key(source, target))
        if status == "would":
            self.counts.extra["would"] = self.counts.extra.get("would", 0) + 1
        elif status == "skipped":
            self.counts.skipped += 1
        elif type == "remove":
            self.counts.deleted += 1
        else:
            self.counts.done += 1
            self.counts.bytes += (more.get("size") or 0) if type in ("upload", "download", "copy") else 0
        self.record(type, status=status, source=source, target=target, reason=reason or None, **more)
        if status == "would" or (self.verbose and not self.quiet):
            self._say_item(type, status, source, target, reason)

    def result(self, type: str, **fields: Any) -> None:
        """Report and count the result of a command that does not transfer or remove objects."""
        self.counts.done += 1
        self.record(type, status="done", **fields)

    def outcome(self, outcome: Outcome, type: str, source: object, target: object) -> None:
        """Report and count an `Outcome` of the library.

        Args:
            outcome: The outcome.
            type: The type of its record.
            source: The address of its source, or None.
            target: The address of its target, or None.
        """
        shown = {
            "key": _key(source, target),
            "size": outcome.size,
            "etag": outcome.etag,
            "version_id": outcome.version_id,
            "seconds": outcome.seconds,
        }
        match _STATUSES[outcome.status]:
            case "failed":
                cancelled = None if outcome.status == "failed" else outcome.reason or "cancelled"
                self.fail(
                    outcome.error or cancelled or outcome.reason,
                    type,
                    source,
                    target,
                    cancelled=bool(cancelled),
                    **shown,
                )
            case "skipped" if outcome.status == "warning":
                self.warn(outcome.reason or str(outcome.error), source or target)
            case status:
                self.item(type, status, source, target, reason=outcome.reason, **shown)

    def warn(self, message: str, place: object = None) -> None:
        """Report something that does not fail the command."""
        self.counts.warnings += 1
        self.record("warning", source=place, reason=message)
        if not self.quiet:
            self.error_line(f"{self._head('warning', place)}{message}")

    def fail(
        self,
        error: BaseException | str,
        type: str = "",
        source: object = None,
        target: object = None,
        *,
        cancelled: bool = False,
        server: object = None,
        **more: Any,
    ) -> None:
        """Report one item that failed, and count it. The command goes on, and ends with `status_of_items`.

        Args:
            error: The error.
            type: The type of the record.
            source: The address of what is read or removed.
            target: The address of what is written.
            cancelled: Whether it was not tried, because another one failed.
            server: An address on the server that was used, for the hint; that of the item if None.
            more: Further fields of the record.
        """
        self.counts.failed += 1
        more.setdefault("key", _key(source, target))
        told = Explained(1, "", in_flags(error)) if isinstance(error, str) else explain(error)
        if not cancelled:
            self._causes.add(told.exit_status)
        place = source if source is not None else target
        self.record(
            type or "object",
            status="failed",
            source=source,
            target=target,
            reason=told.message,
            error=told.record(),
            **more,
        )
        self._tell(told, place, server or (target if isinstance(target, Remote) else source))

    def _tell(self, told: Explained, place: object, server: object) -> None:
        """Write a failure, its hint only once. What fails alike is written `_ALIKE` times, and then counted."""
        # Messages may contain names, so that each is another one.
        kind = told.message if told.message in self._told or len(self._told) < _KINDS else told.code or "others"
        times = self._told[kind] = self._told.get(kind, 0) + 1
        if times == 1:
            self.error_line(self._problem(told, place, server))
        elif times <= _ALIKE:
            self.error_line(self._problem(replace(told, hint=""), place))

    def status_of_items(self, strict: bool) -> int:
        """Return the exit status of a command whose items were all tried.

        Args:
            strict: Whether warnings fail it.
        """
        counts = self.counts
        nothing = not (self.succeeded or counts.done or counts.deleted or counts.skipped)
        if counts.failed and len(self._causes) == 1 and nothing:
            (cause,) = self._causes
            return cause if cause in (DENIED, UNREACHABLE) else SOME_FAILED
        return SOME_FAILED if counts.failed or (strict and counts.warnings) else DONE

    def finish(self) -> None:
        """Write how many failures were only counted, once."""
        for message, times in self._told.items():
            if times > _ALIKE:
                self.error_line(f"{self._head('error', None)}and {times - _ALIKE:,} more: {message}")
        self._told.clear()

    # Standard error

    def note(self, text: str) -> None:
        """Write a line for people, unless `--quiet` is given."""
        if not self.quiet:
            self.error_line(text)

    def problem(self, error: BaseException, place: object = None, server: object = None) -> Explained:
        """Write the error that ends the command, and return it.

        Args:
            error: The error.
            place: The address that it is about, or None.
            server: An address on the server that was used, for the hint.
        """
        told = explain(error)
        self.error_line(self._problem(told, place, server))
        return told

    def error_line(self, text: str) -> None:
        """Write a line to standard error, above the bar if there is one."""
        # If nothing is left to write to, the exit status says the rest.
        with suppress(OSError, ValueError, OutputClosed), self.over():
            with suppress(OutputFailed):
                self.flush()
            self._stderr.write(f"{text}\n")
            self._stderr.flush()

    def summary(self, exit_status: int, error: Explained | None = None) -> None:
        """Write the last record of `--json`."""
        counts = self.counts
        self.record(
            "summary",
            status="failed" if exit_status else "done",
            command=self.command,
            exit=exit_status,
            done=counts.done,
            skipped=counts.skipped,
            deleted=counts.deleted,
            warnings=counts.warnings,
            failed=counts.failed,
            bytes=counts.bytes,
            seconds=counts.seconds,
            error=error.record() if error else None,
            reason=error.message if error else None,
            **counts.extra,
        )

    def _problem(self, told: Explained, place: object, server: object = None) -> str:
        named = place if place is not None and _shown(place) not in told.message else None
        return f"{self._head('error', named)}{told.text}{advice(self._hint(told, server or place))}"

    def _hint(self, told: Explained, server: object) -> str:
        """Return the hint of an error; that to try `mio ping` with the server, and not by `mio ping` itself."""
        if told.hint != "mio ping":
            return told.hint
        alias = getattr(server, "alias", None)
        return "" if self.command == "ping" else f"mio ping {alias}" if alias else told.hint

    def _head(self, style: str, place: object) -> str:
        name = self.style("mio:", style, error=True)
        words = [self.command, "" if place is None else _shown(place)]
        return f"{name} {' '.join(filter(None, words))}: "

    def _say_item(self, type: str, status: str, source: object, target: object, reason: str) -> None:
        if self.json:
            return
        words = f"would {type}" if status == "would" else type if status == "done" else f"{status} {type}"
        places = " -> ".join(_shown(place) for place in (source, target) if place is not None)
        why = f" ({reason})" if reason else ""
        with self.over():
            self._write(f"{words} {places}{self.style(why, 'dim')}\n")

    def _write(self, text: str) -> None:
        with _writing():
            self._stdout.write(text)


@contextmanager
def _writing() -> Iterator[None]:
    """Turn errors of standard output into the end of the command.

    Raises:
        OutputClosed: The reader has gone.
        OutputFailed: It cannot be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise OutputClosed from None
    except OSError as error:
        raise OutputFailed(f"standard output cannot be written: {error.strerror or error}") from None


def describe(summary: Mapping[str, int]) -> str:
    """Return numbers with their nouns, those that are 0 left out."""
    return ", ".join(formats.count(number, noun) for noun, number in summary.items() if number)


def _key(source: object, target: object) -> str | None:
    """Return the key of an item: that of its target, else that of its source."""
    return getattr(target, "key", None) or getattr(source, "key", None)


def _shown(place: object) -> str:
    from minio._core.printable import printable

    return printable(str(place))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return formats.iso(value)
    if value is None or isinstance(value, (str, int, float, bool, list, dict)):
        return value
    return str(value)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _use_color(wish: str, terminal: bool) -> bool:
    if wish != "auto":
        return wish == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _prepare(stream: Any) -> None:
    """Write any name: names of files may be no text. Lines end with LF when piped, also on Windows."""
    if hasattr(stream, "reconfigure"):
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
