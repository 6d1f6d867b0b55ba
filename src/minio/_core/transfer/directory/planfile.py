"""The file of a saved plan: one JSON value a line, first what it is, then the actions, at last how many there are.

The laws:

* A file that has its name is complete: it is written under another name and renamed.
* A file without its last line is refused before the first of its actions is carried out.
* Whatever the file is, the errors name it and say what to do.
* Actions are read one by one, so that the size of the plan does not matter.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from typing import Any, get_args

from ....directories import Action, Kind
from ...exceptions import InvalidArgumentError, InvalidPathError, MissingFileError
from ..safe_open import open_new, other_name
from .options import SyncOptions

_FORMAT = "minio plan"
_VERSION = 1
_LONGEST_END = 200
"""The most bytes of the last line."""
_LONGEST_HEAD = 16 * 1024 * 1024
"""The most bytes of the first line, which has the patterns."""
_BLOCK = 1024 * 1024
_AGAIN = "save the plan again"
_TYPES: dict[str, tuple[type, ...]] = {
    "size": (int, type(None)),
    "mtime": (int, float, type(None)),
    "kind": (str,),
    "name": (str,),
    "reason": (str,),
}
"""The types of the values of an action. All others are texts or None."""
_TEXT: tuple[type, ...] = (str, type(None))


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
    """Return what a plan is for, after a look at the whole file.

    Raises:
        MissingFileError: The file does not exist.
        InvalidPathError: It is a directory, or cannot be read.
        InvalidArgumentError: It is not a complete plan.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InvalidPathError(f"path {path!r} is not a file: pass the path that the plan was saved to")
        with open(path, "rb") as file:
            head = _value(file.readline(_LONGEST_HEAD))
            _check_head(path, head)
            lines = 1 + sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
            file.seek(max(0, file.tell() - _LONGEST_END))
            end = file.read()
    except FileNotFoundError:
        raise MissingFileError(f"path {path!r} does not exist: pass the path that the plan was saved to") from None
    except InvalidPathError:
        raise
    except OSError as error:
        raise InvalidPathError(f"path {path!r} cannot be read: {error.strerror}") from error
    count = _value(end.splitlines()[-1]).get("actions") if end.endswith(b"\n") else None
    if type(count) is not int:
        raise InvalidArgumentError(f"path {path!r} is not a complete plan, its last line is missing: {_AGAIN}")
    if lines != count + 2:
        raise InvalidArgumentError(f"path {path!r} is damaged, it has {lines - 2} of {count} actions: {_AGAIN}")
    return head


def _check_head(path: str, head: dict[str, Any]) -> None:
    """Check the first line of a plan."""
    if head.get("format") != _FORMAT:
        raise InvalidArgumentError(f"path {path!r} is not a plan: pass the path that the plan was saved to")
    if head.get("version") != _VERSION:
        version = head.get("version")
        raise InvalidArgumentError(f"path {path!r} is a plan of another release (format {version!r}): {_AGAIN}")
    places, options = head.get("places"), head.get("options")
    if not isinstance(places, list) or len(places) != 2 or not all(map(_is_place, places)):
        raise InvalidArgumentError(f"path {path!r} is damaged, it names no source and target: {_AGAIN}")
    if not isinstance(options, dict):
        raise InvalidArgumentError(f"path {path!r} is damaged, it has no options: {_AGAIN}")


def _is_place(place: object) -> bool:
    """Return whether this is a path, or a bucket with a prefix and an endpoint."""
    if isinstance(place, list):
        return len(place) == 3 and all(isinstance(each, str) for each in place)
    return isinstance(place, str)


def read_options(path: str, options: dict[str, Any]) -> SyncOptions:
    """Return the options of a plan.

    Raises:
        InvalidArgumentError: They are not those of a plan.
    """
    try:
        return SyncOptions.from_json(options)
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidArgumentError(f"path {path!r} is damaged, its options are invalid ({error}): {_AGAIN}") from error


def read_actions(path: str) -> Iterator[Action]:
    """Return the actions of a plan.

    Raises:
        InvalidArgumentError: A line is not an action.
    """
    with open(path, "rb") as file:
        file.readline()
        for number, line in enumerate(file, 2):
            values = _value(line)
            if "actions" in values:
                return
            if not _is_action(values):
                raise InvalidArgumentError(f"path {path!r} is damaged, line {number} is not an action: {_AGAIN}")
            yield Action(**values)


def _is_action(values: dict[str, Any]) -> bool:
    if not {"kind", "name"} <= values.keys() <= _NAMES or values["kind"] not in _KINDS:
        return False
    return all(isinstance(value, _TYPES.get(name, _TEXT)) for name, value in values.items())


def _value(line: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    return {}


_NAMES = {each.name for each in fields(Action)}
_KINDS = get_args(Kind)
