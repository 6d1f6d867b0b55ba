"""Removing many objects, with a report of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from .addresses import Remote
from .context import Context
from .errors import DeleteRefused

if TYPE_CHECKING:
    from minio.datatypes import Object
    from minio.deleteobjects import DeleteError
    from minio.sync import Minio


def remove(
    context: Context,
    client: Minio,
    place: Remote,
    items: Iterable[Object],
    bypass: bool = False,
    jobs: int | None = None,
) -> None:
    """Remove objects, or versions of them if the listing has versions.

    Args:
        context: The context.
        client: The client.
        place: The address that they were listed for.
        items: The objects.
        bypass: Whether versions that are locked in governance mode are removed as well.
        jobs: How many requests are under way at a time.
    """
    from minio._core.ops.deletion import JOBS, SHARE

    jobs = jobs or JOBS
    under_way: deque[tuple[list[Object], Future[list[DeleteError]]]] = deque()
    with ThreadPoolExecutor(jobs) as workers:
        try:
            for batch in _batches(items, SHARE):
                if len(under_way) >= 2 * jobs:
                    _report(context, place, *under_way.popleft())
                under_way.append((batch, workers.submit(_delete, client, place, batch, bypass)))
            while under_way:
                _report(context, place, *under_way.popleft())
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def _delete(client: Minio, place: Remote, batch: list[Object], bypass: bool) -> list[DeleteError]:
    names = [_named(item.object_name, item.version_id) for item in batch]
    return list(client.remove_objects(place.bucket, names, bypass_governance_mode=bypass))


def _report(context: Context, place: Remote, batch: list[Object], deleting: Future[list[DeleteError]]) -> None:
    errors = {(error.name, error.version_id or None): error for error in deleting.result()}
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


def _batches(items: Iterable[Object], size: int) -> Iterator[list[Object]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
