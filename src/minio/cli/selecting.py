"""Which objects an address means: one, those below a prefix, or those that match a pattern.

The laws:

* An object whose key is literally the pattern is meant, and nothing else.
* `a/` is what is below it; it may be empty. `a` is the object `a`, else what is below `a/`; with everything below, it
  is what is below `a/`, else the object `a`; never `ab`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any

from . import wildcards
from .addresses import Remote, folder
from .errors import NotFound

if TYPE_CHECKING:
    from minio.datatypes import Object

    from .lean import Reader


@dataclass(frozen=True, slots=True)
class Listed:
    """The objects that an address means.

    Args:
        items: The objects, listed as they are needed.
        root: What the names that are shown leave out.
        may_be_empty: Whether there may be none, which is not an error.
        pattern: Whether the address is a pattern.
        literal: Whether the address is the key of one object.
    """

    items: Iterator[Object]
    root: str
    may_be_empty: bool = False
    pattern: bool = False
    literal: bool = False


def is_literal(client: Reader, remote: Remote, raw: bool = False) -> bool:
    """Return whether the key of an address is taken as it is: it has no wildcards, or an object has this very key."""
    if raw or not wildcards.is_pattern(remote.key):
        return True
    return client.object_exists(remote.bucket, remote.key)


def listed(
    client: Reader,
    remote: Remote,
    *,
    recursive: bool = False,
    below: bool = False,
    versions: bool = False,
    raw: bool = False,
) -> Listed:
    """Return the objects, and without `recursive` the prefixes, that an address means.

    Args:
        client: The client.
        remote: The address.
        recursive: Whether everything below a prefix is listed, not only one level with its prefixes.
        below: Whether what is below a directory that matches a pattern matches, too.
        versions: Whether all versions are listed.
        raw: Whether patterns are off.
    """
    options: dict[str, Any] = {"include_version": versions}
    bucket, key = remote.bucket, remote.key
    if not is_literal(client, remote, raw):
        return _matching(client, remote, recursive, below, options)
    if not key or key.endswith("/"):
        return Listed(client.list_objects(bucket, key, recursive=recursive, **options), key, True)
    return _one_or_below(client, remote, recursive, options)


def _one_or_below(client: Reader, remote: Remote, recursive: bool, options: dict[str, Any]) -> Listed:
    """Return what a key without a slash at its end means: with `recursive` what is below it, if there is anything.

    Otherwise the object, and the prefix of this name beside it; if the object does not exist, what is below the prefix.
    """
    key = remote.key
    below = client.list_objects(remote.bucket, folder(key), recursive=recursive, **options)
    first = next(below, None)
    if first is not None and recursive:
        return Listed(chain([first], below), folder(key))
    found = client.list_objects(remote.bucket, key, **options)
    one = list(takewhile(lambda item: item.object_name == key, found))
    parent = key[: key.rfind("/") + 1]
    if one:
        beside = [] if first is None else [_prefix(remote)]
        return Listed(iter(one + beside), parent, literal=True)
    return Listed(iter(()), "") if first is None else Listed(chain([first], below), folder(key))


def _prefix(remote: Remote) -> Object:
    from minio._core.datatypes import Object

    return Object(remote.bucket, folder(remote.key), etag="", size=0)


def _matching(client: Reader, remote: Remote, recursive: bool, below: bool, options: dict[str, Any]) -> Listed:
    pattern = remote.key
    matches = wildcards.matcher(pattern, below)
    shallow = wildcards.is_shallow(pattern) and not recursive
    found = client.list_objects(remote.bucket, wildcards.fixed(pattern), recursive=not shallow, **options)
    items = (item for item in found if matches(item.object_name.rstrip("/") if shallow else item.object_name))
    return Listed(items, wildcards.root(pattern), pattern=True)


def existing(found: Listed, remote: Remote) -> Iterator[Object]:
    """Return the objects.

    Raises:
        NotFound: There are none, and the address is not a prefix.
    """
    first = list(islice(found.items, 1))
    if not first and not found.may_be_empty:
        what = "nothing matches" if found.pattern else "the object does not exist"
        raise NotFound(f"{remote}: {what}")
    return chain(first, found.items)


def names(arguments: Any) -> Callable[[str], bool]:
    """Return what tells whether --include and --exclude select a name: relative to a prefix, or that of one object."""
    from minio._core.transfer.directory.patterns import Rules

    return Rules.of((), arguments.filters).selects


def has_age(item: Object, arguments: Any) -> bool:
    """Return whether an object is as old as --older-than and --newer-than say."""
    return has_time(item.last_modified, arguments)


def has_time(modified: datetime | int | None, arguments: Any) -> bool:
    """Return whether --older-than and --newer-than select a time: a moment, or nanoseconds since 1970."""
    if arguments.older_than is None and arguments.newer_than is None:
        return True
    from minio._core.transfer.directory.ages import Ages, to_nanoseconds

    ages = Ages.of(arguments.older_than, arguments.newer_than)
    moment = to_nanoseconds(modified) if isinstance(modified, datetime) else modified
    return ages is None or (moment is not None and ages.selects(moment))
