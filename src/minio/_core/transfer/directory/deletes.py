"""When names of the target may be removed.

The laws:

* Nothing is removed if the source is absent or has no names, unless `allow_empty_source` says so.
* Nothing is removed if more than `max_delete` names would be: half of a target of more than ten names by default.
* Nothing is removed if something could not be read.
* Nothing is removed from a target that overlaps with the source, nor from `/` or the home directory.
* Nothing is removed if the server lists names that are not below the prefix, because it takes it for another one.
* The guards are asked once, after everything is compared and before the first name is removed.
"""

from __future__ import annotations

import os
from typing import Literal

from ...exceptions import InvalidArgumentError, UnsafeDeleteError
from .options import SyncOptions

Relation = Literal["apart", "same", "target in source", "source in target"]


def check_root(path: str) -> None:
    """Refuse to remove files from a root directory or from the home directory.

    Raises:
        UnsafeDeleteError: The directory is one of them.
    """
    real = os.path.realpath(path)
    if os.path.dirname(real) == real:
        raise UnsafeDeleteError(f"delete=True is refused for {path!r}: it is a root directory")
    if real == os.path.realpath(os.path.expanduser("~")):
        raise UnsafeDeleteError(f"delete=True is refused for {path!r}: it is the home directory")


def relation(source: str, target: str) -> Relation:
    """Return how two prefixes of one bucket are related. Both end with a slash, or are empty."""
    if source == target:
        return "same"
    if target.startswith(source):
        return "target in source"
    return "source in target" if source.startswith(target) else "apart"


def check_overlap(source: str, target: str, delete: bool) -> None:
    """Refuse a copy onto itself, and to remove from a target that overlaps with the source.

    Raises:
        InvalidArgumentError: Source and target are the same prefix.
        UnsafeDeleteError: They overlap, and names would be removed.
    """
    found = relation(source, target)
    if found == "same":
        raise InvalidArgumentError("source and target are the same prefix of the same bucket")
    if delete and found != "apart":
        raise UnsafeDeleteError(f"delete=True is refused because source and target overlap: {source!r}, {target!r}")


def check_other_endpoint(source: str, target: str, delete: bool) -> None:
    """Refuse to remove from a target that holds the source, if another endpoint may lead to the same bucket.

    Raises:
        UnsafeDeleteError: The source is within the target, and names would be removed.
    """
    if delete and relation(source, target) == "source in target":
        raise UnsafeDeleteError(
            f"delete=True is refused because both endpoints may lead to one bucket, and the source {source!r} would "
            f"be removed from the target {target!r}"
        )


def inner_name(source: str, target: str) -> str:
    """Return the name of a target within its source, or ''. A copy leaves it out: it would copy what it has written."""
    return target[len(source) :] if relation(source, target) == "target in source" else ""


def not_below(prefix: str, name: str) -> InvalidArgumentError:
    """Return the error for an object that a server lists although its name does not begin with the prefix."""
    return InvalidArgumentError(f"prefix {prefix!r} means another one to this server: it lists {name!r}")


def check_source(options: SyncOptions, names: int, deletes: int, what: str) -> None:
    """Refuse to remove everything because the source has no names.

    Args:
        options: The options of the plan.
        names: The number of selected names in the source.
        deletes: The number of names to remove.
        what: The source, for the message.

    Raises:
        UnsafeDeleteError: The source has no names.
    """
    if deletes and not names and not options.allow_empty_source:
        raise UnsafeDeleteError(
            f"the source {what} has no names to transfer, so delete=True would remove everything, {deletes} in all: "
            "nothing was removed; allow_empty_source=True removes it"
        )


def excess(options: SyncOptions, names: int, deletes: int) -> str:
    """Return why nothing is removed, or '' if the names may be removed.

    Args:
        options: The options of the plan.
        names: The number of names in the target.
        deletes: The number of names to remove.
    """
    most = options.most_deletes(names)
    if deletes <= most:
        return ""
    return f"{deletes} of {names} names would be removed, more than max_delete allows ({most}): nothing was removed"
