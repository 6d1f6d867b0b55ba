"""Removing many objects, with a report of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from .addresses import Remote
from .context import Context
from .errors import DeleteRefused

if TYPE_CHECKING:
    from minio.datatypes import Object
    from minio.sync import Minio

_BATCH = 1000


def remove(context: Context, client: Minio, place: Remote, items: Iterable[Object], bypass: bool = False) -> None:
    """Remove objects, or versions of them if the listing has versions.

    Args:
        context: The context.
        client: The client.
        place: The address that they were listed for.
        items: The objects.
        bypass: Whether versions that are locked in governance mode are removed as well.
    """
    for batch in _batches(items):
        _remove_batch(context, client, place, batch, bypass)


def _remove_batch(context: Context, client: Minio, place: Remote, batch: list[Object], bypass: bool) -> None:
    names = [(item.object_name, item.version_id) for item in batch]
    found = client.remove_objects(place.bucket, [_named(*name) for name in names], bypass_governance_mode=bypass)
    errors = {(error.name, error.version_id or None): error for error in found}
    for item in batch:
        error = errors.get((item.object_name, item.version_id)) or errors.get((item.object_name, None))
        source = place.at(item.object_name)
        if error is not None:
            context.output.fail(
                DeleteRefused(str(error.code), str(error.message)), "remove", source, key=item.object_name
            )
            continue
        context.output.item("remove", "done", source, key=item.object_name, size=item.size, version_id=item.version_id)


def _named(name: str, version_id: str | None) -> str | tuple[str, str]:
    return name if version_id is None else (name, version_id)


def would(context: Context, place: Remote, items: Iterable[Object]) -> None:
    """Show what would be removed."""
    for item in items:
        context.output.item(
            "remove",
            "would",
            place.at(item.object_name),
            key=item.object_name,
            size=item.size,
            version_id=item.version_id,
        )


def _batches(items: Iterable[Object]) -> Iterator[list[Object]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
