"""The file of a saved plan: one JSON value a line, first what it is, then the actions, at last how many there are.

The laws:

* A file that has its name is complete: it is written under another name and renamed.
* A file without its last line is refused before the first of its actions is carried out.
* Actions are read one by one, so that the size of the plan does not matter.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ....directories import Action
from ...exceptions import InvalidArgumentError, MissingFileError
from ..safe_open import open_new, other_name

_FORMAT = "minio plan"
_VERSION = 1
_LONGEST_END = 200
"""The most bytes of the last line."""


class PlanFile:
    """A plan that is being written.

    Args:
        path: The file.
        head: What the plan is for, as JSON values.
    """

    def __init__(self, path: str, head: dict[str, Any]) -> None:
        self._path, self._temporary = path, other_name(path, ".tmp")
        self._file = open(open_new(self._temporary), "w", encoding="utf-8")  # noqa: SIM115 - close() closes it
        self._count = 0
        self._write({"format": _FORMAT, "version": _VERSION, **head})

    def add(self, actions: Iterable[Action]) -> None:
        """Write actions."""
        for action in actions:
            values = asdict(action)
            replaces = values.pop("replaces")
            kept = {name: value for name, value in values.items() if value is not None and value != ""}
            self._write({**kept, "replaces": replaces})
            self._count += 1

    def finish(self) -> None:
        """Write the last line, and give the file its name."""
        self._write({"actions": self._count})
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)

    def close(self) -> None:
        """Remove the file if it is not finished."""
        self._file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._temporary)

    def _write(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value) + "\n")


def read_head(path: str) -> dict[str, Any]:
    """Return what a plan is for.

    Raises:
        MissingFileError: The file does not exist.
        InvalidArgumentError: It is not a complete plan.
    """
    try:
        with open(path, "rb") as file:
            head = _value(file.readline())
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LONGEST_END))
            end = file.read()
    except FileNotFoundError:
        raise MissingFileError(f"the plan {path!r} does not exist") from None
    if head.get("format") != _FORMAT or head.get("version") != _VERSION:
        raise InvalidArgumentError(f"{path!r} is not a plan that this version can read")
    if not end.endswith(b"\n") or "actions" not in _value(end.splitlines()[-1]):
        raise InvalidArgumentError(f"{path!r} is not complete: its last line is missing")
    return head


def read_actions(path: str) -> Iterator[Action]:
    """Return the actions of a plan.

    Raises:
        InvalidArgumentError: A line is not an action.
    """
    with open(path, "rb") as file:
        file.readline()
        for line in file:
            values = _value(line)
            if "actions" in values:
                return
            try:
                yield Action(**values)
            except TypeError as error:
                raise InvalidArgumentError(f"{path!r}: {error}") from None


def _value(line: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    return {}
