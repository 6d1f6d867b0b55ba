"""The calls on directories and prefixes: what a fault in one of many requests does to them."""

from __future__ import annotations

from typing import Any

from minio.directories import Prefix
from minio.error import PartialFailure

from .calls import OLD, Place, done, each, scene


async def told(call: Any) -> Any:
    """The numbers of a summary. An error that concerns one object is raised as itself."""
    try:
        summary = await done(call)
    except PartialFailure as error:
        raise error.summary.failures[0].error from None
    return (summary.done, summary.deleted, summary.bytes)


async def _put_below(raw: Any, place: Place) -> None:
    raw.request("PUT", f"/{place.writing}/{place.key}/object", body=OLD)


@scene("upload_directory", "upload_directory", before=_put_below)
async def _(client: Any, place: Place) -> Any:
    (place.folder / "object").write_bytes(OLD)
    return await told(client.upload_directory(place.writing, place.key, place.folder, compare="checksum", delete=True))


@scene("download_directory", "download_directory")
async def _(client: Any, place: Place) -> Any:
    summary = await told(client.download_directory(place.reading, "many", place.target))
    assert all(path.read_bytes() == b"x" for path in place.target.iterdir())
    return summary


@scene("copy_prefix", "copy_prefix")
async def _(client: Any, place: Place) -> Any:
    return await told(client.copy_prefix(place.writing, place.key, Prefix(place.reading, "many")))


@scene("remove_prefix", "remove_prefix", before=_put_below)
async def _(client: Any, place: Place) -> Any:
    return await told(client.remove_prefix(place.writing, place.key))


@scene("transfer", "transfer")
async def _(client: Any, place: Place) -> Any:
    plan = client.plan_sync(Prefix(place.reading, "many"), place.target, compare=None)
    outcomes = await each(client.transfer(plan))
    failed = [outcome.error for outcome in outcomes if outcome.status == "failed"]
    if failed:
        raise failed[0]
    return sorted((outcome.source, outcome.size, outcome.etag) for outcome in outcomes)


@scene("list_objects_parallel", "list_objects_parallel")
async def _(client: Any, place: Place) -> Any:
    return sorted(item.object_name for item in await each(client.list_objects_parallel(place.reading, "many")))
