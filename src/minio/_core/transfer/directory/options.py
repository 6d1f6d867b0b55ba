"""The options of a plan, checked.

The laws:

* Options are checked completely before anything is sent or read.
* Options are a value: they compare equal, can be pickled, and become JSON and back without loss.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from ...arguments import check_choice, check_flag, check_workers, whole_number
from ...exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ..plan import check_part_size
from .ages import Age, Ages, age_from_json, age_to_json, checked_age
from .patterns import Rules

Compare = Literal["auto", "mtime", "checksum", "size", "exists"]
BadNames = Literal["error", "skip", "escape"]
CaseConflict = Literal["error", "skip", "rename"]

_PERCENT = re.compile(r"(\d{1,3})%").fullmatch


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The options of `plan_sync`.

    Args:
        include: Patterns of the names to transfer. With any, all other names are left alone.
        exclude: Patterns of the names to leave alone. They apply after those of `include`; the last match wins.
        last: Patterns of the names that are transferred after all others.
        older_than: Leave alone what was modified later than this moment, or less than this time span ago.
        newer_than: Leave alone what was modified earlier than this moment, or more than this time span ago.
        compare: How to see that a name needs no transfer. None transfers all.
        delete: Remove what is in the target only.
        delete_excluded: Also remove what is in the target and excluded.
        max_delete: The most names to remove: a number, or a part of the target's names such as "20%". None means
            half of a target of more than ten names.
        allow_empty_source: Remove from the target even if the source is empty.
        bad_names: What to do with keys that cannot be files, and files that cannot be keys.
        case_conflict: What to do with names that the file system does not tell apart.
        empty_dirs: Store empty directories as objects whose names end with a slash.
        preserve: Store times and modes of files, and restore them.
        follow_symlinks: Read the files and directories that links in a source directory point to.
        part_size: The size in bytes of the parts of large objects that are written. 0 chooses it.
        concurrency: How many parts of a large file are under way at a time. None chooses it.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    compare: Compare | None = "auto"
    delete: bool = False
    delete_excluded: bool = False
    max_delete: int | str | None = None
    allow_empty_source: bool = False
    bad_names: BadNames = "error"
    case_conflict: CaseConflict = "error"
    empty_dirs: bool = False
    preserve: bool = False
    follow_symlinks: bool = True
    older_than: Age | None = None
    newer_than: Age | None = None
    part_size: int = 0
    concurrency: int | None = None

    @classmethod
    def checked(cls, **given: Any) -> SyncOptions:
        """Check options and return them.

        Raises:
            InvalidArgumentError: An option is invalid; the message names it.
        """
        for name in ("include", "exclude", "last"):
            given[name] = _patterns(name, given.get(name, ()))
        for name in _AGES:
            given[name] = checked_age(name, given.get(name))
        given["part_size"] = check_part_size(given.get("part_size", 0))
        if given.get("concurrency") is not None:
            given["concurrency"] = check_workers("concurrency", given["concurrency"])
        options = cls(**given)
        if options.compare is not None:
            check_choice("compare", options.compare, get_args(Compare))
        check_choice("bad_names", options.bad_names, get_args(BadNames))
        check_choice("case_conflict", options.case_conflict, get_args(CaseConflict))
        for name in ("delete", "delete_excluded", "allow_empty_source", "empty_dirs", "preserve", "follow_symlinks"):
            check_flag(name, getattr(options, name))
        _check_max_delete(options.max_delete)
        if options.delete_excluded and not options.delete:
            raise InvalidArgumentError("delete_excluded=True needs delete=True: nothing is removed without it")
        return options

    @property
    def rules(self) -> Rules:
        """The rules that select names."""
        return Rules.of(self.include, self.exclude)

    @property
    def ages(self) -> Ages | None:
        """What the ages select in a run that begins now; None if that is everything."""
        return Ages.of(self.older_than, self.newer_than)

    def most_deletes(self, names: int) -> int:
        """Return how many of a target's names may be removed.

        Args:
            names: The number of names in the target.
        """
        if self.max_delete is None:
            return names if names <= _FEW else names // 2
        if isinstance(self.max_delete, str):
            return names * int(self.max_delete[:-1]) // 100
        return self.max_delete

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON values. What earlier releases did not have is left out if it is not given."""
        values = asdict(self)
        ages = {name: values.pop(name) for name in _AGES}
        parts = {name: values.pop(name) for name in _PARTS}
        return {
            **values,
            **{name: age_to_json(value) for name, value in ages.items() if value is not None},
            **{name: value for name, value in parts.items() if value},
        }

    def without_parts(self) -> SyncOptions:
        """Return the options that decide what is done, without those about how large files are divided."""
        return replace(self, part_size=0, concurrency=None)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> SyncOptions:
        """Return the options that `to_json` wrote."""
        ages = {name: age_from_json(values[name]) for name in _AGES if name in values}
        return cls.checked(**{**values, **ages})


_AGES = ("older_than", "newer_than")
_PARTS = ("part_size", "concurrency")
_FEW = 10
"""The number of names up to which all of a target may be removed by default."""


def _patterns(name: str, values: Any) -> tuple[str, ...]:
    if isinstance(values, (str, bytes)):
        raise InvalidArgumentTypeError(
            f"{name} must be a list of patterns, not one {type(values).__name__}: [{values!r}]"
        )
    if not isinstance(values, Iterable):
        raise InvalidArgumentTypeError(f"{name} must be a list of patterns, not {type(values).__name__}")
    found = tuple(values)
    for value in found:
        if not isinstance(value, str):
            raise InvalidArgumentTypeError(f"{name} must hold patterns as str, not {type(value).__name__}")
    Rules.of((), found, name)
    return found


def check_path(argument: str, path: Any) -> str:
    """Check the path of a local file or directory, and return it as str.

    Raises:
        InvalidArgumentTypeError: It is not a path.
        InvalidArgumentError: No file can have it.
    """
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    if not isinstance(text, str):
        raise InvalidArgumentTypeError(f"{argument} must be a path, not {type(text).__name__}")
    try:
        encoded = os.fsencode(text)
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{argument} {text!r} cannot be a path: {error.reason}") from error
    if b"\0" in encoded or not encoded:
        raise InvalidArgumentError(f"{argument} must not be empty or contain a NUL character")
    return text


def _check_max_delete(value: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        found = _PERCENT(value)
        if found is None or int(found[1]) > 100:
            raise InvalidArgumentError(f'max_delete must be a number of names or a part such as "20%", not {value!r}')
    elif whole_number("max_delete", value) < 0:
        raise InvalidArgumentError(f"max_delete must be at least 0, not {value}")
