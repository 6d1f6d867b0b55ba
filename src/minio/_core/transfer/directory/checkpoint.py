"""The checkpoint of a run: a file from which another process resumes the same run.

The file has JSON lines, and is only appended to. The first names the run, by a hash of its source, target and options,
and says when it began. Each following line says what happened to a name:

    {"v": 1, "run": "9f86d0...", "began": 1764396833.1}
    {"upto": "a/b", "phase": 0}      everything up to this name is done, except names that failed
    {"done": "a/d", "phase": 0}      this name is done, although an earlier one is not
    {"failed": "a/c", "phase": 0}    this name failed

The laws:

* A line is written after its object or file is complete. A process may be killed at any moment: a line that is cut off
  is ignored and removed.
* A name is skipped only if it is done. A name that failed is tried again, and so is a file that changed after the run
  began.
* Names are compared within a phase. A plan begins a new phase where its names begin from the start again: the names
  that are sent last, and the deletes, which are never skipped.
* The file of another run is refused, and so is a file that a running process uses.
* Memory: the names under way, and those that failed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections import deque
from typing import Any

from ...exceptions import InvalidArgumentError
from ..portable import lock, read_at, write_all
from ..safe_open import open_own

_TICK = 0.02
"""The granularity of times of files in seconds: a file that is changed within it may look older than the run."""
_BLOCK = 1 << 20
Key = tuple[int, bytes]


def run_hash(*parts: object) -> str:
    """Return the hash that identifies a run."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode("utf-8", "surrogatepass")).hexdigest()


class Progress:
    """Which names of a run are done. No I/O.

    Names are begun in order, and end in any order. `ended` returns the lines to record.
    """

    def __init__(self) -> None:
        self.upto: Key = (-1, b"")
        self.done: set[Key] = set()
        self.failed: set[Key] = set()
        self._under_way: deque[tuple[Key, str]] = deque()
        self._ended: set[Key] = set()

    def is_done(self, key: Key) -> bool:
        """Return whether a name was done by an earlier process."""
        return key not in self.failed and (key <= self.upto or key in self.done)

    def begin(self, key: Key, name: str) -> None:
        """Record that a name is under way."""
        self._under_way.append((key, name))

    def ended(self, key: Key, name: str, ok: bool) -> list[dict[str, Any]]:
        """Record that a name has ended, and return the lines that say so."""
        lines: list[dict[str, Any]] = []
        if not ok:
            self.failed.add(key)
            lines.append({"failed": name, "phase": key[0]})
        elif key in self.failed:
            self.failed.discard(key)
            lines.append({"done": name, "phase": key[0]})
        self._ended.add(key)
        if self._under_way[0][0] != key:
            return lines or [{"done": name, "phase": key[0]}]
        last = self._under_way[0]
        while self._under_way and self._under_way[0][0] in self._ended:
            last = self._under_way.popleft()
            self._ended.discard(last[0])
        if last[0] > self.upto:
            lines.append({"upto": last[1], "phase": last[0][0]})
        return lines or [{"done": name, "phase": key[0]}]

    def replay(self, line: dict[str, Any]) -> None:
        """Learn from a line of an earlier process."""
        kind = next((kind for kind in ("upto", "done", "failed") if kind in line), None)
        if kind is None:
            return
        key = key_of(line["phase"], line[kind])
        if kind == "failed":
            self.failed.add(key)
            self.done.discard(key)
        elif kind == "done":
            self.failed.discard(key)
            self.done.add(key)
        else:
            self.upto = max(self.upto, key)
            if len(self.done) > 1000:
                self.done = {one for one in self.done if one > self.upto}


def key_of(phase: int, name: str) -> Key:
    """Return what a name is compared as."""
    return phase, name.encode("utf-8", "surrogatepass")


class Phases:
    """Counts the phases of a plan."""

    def __init__(self) -> None:
        self._phase = 0
        self._last = b""

    def key(self, name: str) -> Key:
        """Return the key of the next name."""
        encoded = name.encode("utf-8", "surrogatepass")
        if encoded < self._last:
            self._phase += 1
        self._last = encoded
        return self._phase, encoded


class Checkpoint:
    """The file of a run.

    Args:
        path: The file. It is created if it does not exist.
        run: The hash of the run.

    Raises:
        InvalidArgumentError: The file is that of another run, is not a checkpoint, or is in use.
        OSError: The file cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str], run: str) -> None:
        self._path = os.fspath(path)
        self._phases = Phases()
        self.resumed = False
        """Whether an earlier process has begun the run."""
        self.progress = Progress()
        self._descriptor = open_own(self._path)
        try:
            free = True
            with contextlib.suppress(OSError):  # the file system has no locks
                free = lock(self._descriptor)
            if not free:
                raise InvalidArgumentError(f"checkpoint {self._path!r} is in use by another run")
            self._began = self._load(run)
        except BaseException:
            self.close()
            raise

    def _load(self, run: str) -> float:
        lines = self._lines()
        if not lines:
            began = time.time()
            self._append([{"v": 1, "run": run, "began": began}])
            return began
        self.resumed = True
        try:
            head = json.loads(lines[0])
            given, began = head["run"], float(head["began"])
            for line in lines[1:]:
                self.progress.replay(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidArgumentError(f"checkpoint {self._path!r} is not a checkpoint of a run") from error
        if given != run:
            raise InvalidArgumentError(
                f"checkpoint {self._path!r} belongs to a run with another source, target or options: "
                "give another path, or remove the file"
            )
        return began

    def _lines(self) -> list[bytes]:
        """Return the complete lines, and remove one that was cut off."""
        blocks, at = [], 0
        while data := read_at(self._descriptor, _BLOCK, at):
            blocks.append(data)
            at += len(data)
        content = b"".join(blocks)
        whole = content.rpartition(b"\n")[0]
        end = len(whole) + 1 if whole else 0
        os.ftruncate(self._descriptor, end)
        os.lseek(self._descriptor, end, os.SEEK_SET)
        return whole.split(b"\n") if whole else []

    def begin(self, name: str, mtime: float | None) -> Key | None:
        """Record that a name is under way. Return None if it is done.

        Args:
            name: The name.
            mtime: The time of the source in seconds.
        """
        key = self._phases.key(name)
        if self.progress.is_done(key) and (mtime is None or mtime < self._began - _TICK):
            return None
        self.progress.begin(key, name)
        return key

    def ended(self, key: Key, name: str, ok: bool) -> None:
        """Record that a name has ended."""
        self._append(self.progress.ended(key, name, ok))

    def _append(self, lines: list[dict[str, Any]]) -> None:
        write_all(self._descriptor, b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    def remove(self) -> None:
        """Remove the file, because the run is complete: the next run begins from the start."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)

    def close(self) -> None:
        """Close the file. Can be called more than once."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
