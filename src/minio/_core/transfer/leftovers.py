"""Which targets have temporary files that earlier downloads left beside them. Those are resumed, or removed.

A directory is scanned before a download, because a download without leftovers needs no question to the server first. A
scan costs more than a small download, so its result is used again for a while.

The laws:

* Scans take at most a fiftieth of the time.
* At most a thousand names are looked at. What lies beyond is found by its exact name, if it can be resumed.
* A part file that this client leaves is found by its next call.
"""

from __future__ import annotations

import os
import re
import time
from itertools import islice

from .partfile import ENDING

_SHARE = 50
_LOOKED_AT = 1000
_MOST = 64
"""The number of directories that are remembered."""
_TEMPORARY = re.compile(r"(.+?)\.[0-9a-f]{16}\.part\.minio(\.[0-9a-f]{12}\.part\.minio)?", re.DOTALL).fullmatch


class Leftovers:
    """What was found in the directories of recent downloads."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, frozenset[str]]] = {}

    def recall(self, target: str) -> bool | None:
        """Return whether a target had temporary files beside it in the latest scan, or None if that is too old."""
        folder, name = os.path.split(target)
        until, names = self._found.get(folder, (0.0, frozenset()))
        return name in names if time.perf_counter() < until else None

    def look(self, target: str) -> bool:
        """Scan the directory of a target. Return whether the target has temporary files beside it."""
        folder, name = os.path.split(target)
        return name in self._scan(folder)

    def forget(self) -> None:
        """Scan again before the next download."""
        self._found = {}

    def _scan(self, folder: str) -> frozenset[str]:
        begin = time.perf_counter()  # the monotonic clock of Windows has steps of 16 ms
        names = _targets(folder)
        end = time.perf_counter()
        if len(self._found) >= _MOST:
            self.forget()
        self._found[folder] = end + (end - begin) * _SHARE, names
        return names


def target_of(name: str) -> str | None:
    """Return the name of the target of a temporary file, or None if the name is that of another file."""
    match = _TEMPORARY(name) if name.endswith(ENDING) else None
    return None if match is None else match[1]


def _targets(folder: str) -> frozenset[str]:
    """Return the names of targets that have temporary files in a directory."""
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in islice(entries, _LOOKED_AT)]
    except OSError:
        return frozenset()
    targets = (target_of(name) for name in names)
    return frozenset(target for target in targets if target is not None)
