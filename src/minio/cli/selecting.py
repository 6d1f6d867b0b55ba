"""Which objects an address means: one, those below a prefix, or those that match a pattern.

The laws:

* An object whose key is literally the pattern is meant, and nothing else.
* `a/` is what is below it; it may be empty. `a` is the object `a`, else what is below `a/`; never `ab`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
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
        may_be_empty: Whether it is no error if there are none.
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
    found = _one_or_below(client, remote, recursive, options)
    first = next(found, None)
    if first is None:
        return Listed(iter(()), "")
    one = first.object_name == key
    root = key[: key.rfind("/") + 1] if one else folder(key)
    return Listed(chain([first], found), root, literal=one)


def _one_or_below(client: Reader, remote: Remote, recursive: bool, options: dict[str, Any]) -> Iterator[Object]:
    """Yield the object of this key, or what is below it as a prefix."""
    one = False
    for item in client.list_objects(remote.bucket, remote.key, **options):
        if item.object_name != remote.key:
            break
        one = True
        yield item
    if not one:
        yield from client.list_objects(remote.bucket, folder(remote.key), recursive=recursive, **options)


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
        NotFound: There are none, and the address is no prefix.
    """
    first = list(islice(found.items, 1))
    if not first and not found.may_be_empty:
        what = "nothing matches" if found.pattern else "there is no such object"
        raise NotFound(f"{remote}: {what}")
    return chain(first, found.items)


def has_age(item: Object, arguments: Any) -> bool:
    """Return whether an object is as old as --older-than and --newer-than say."""
    modified = item.last_modified
    if arguments.older_than is not None and (modified is None or modified >= arguments.older_than):
        return False
    return arguments.newer_than is None or (modified is not None and modified > arguments.newer_than)
