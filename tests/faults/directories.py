"""The calls on directories and prefixes: what a fault in one of many requests does to them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from minio.directories import Prefix
from minio.error import PartialFailure

from .calls import OLD, Place, done, each, scene


async def told(call: Callable[[], Any]) -> Any:
    """The numbers of a summary. An error that concerns one object is raised as itself."""
    try:
        summary = await done(call())
    except PartialFailure as error:
        raise error.summary.failures[0].error from None
    return (summary.done, summary.deleted, summary.bytes)


def check_files(place: Place) -> None:
    """Every file is complete. Remove them: complete files may stay after an error."""
    if place.target.exists():
        assert all(path.read_bytes() == b"x" for path in place.target.iterdir())
        shutil.rmtree(place.target)


async def _put_below(raw: Any, place: Place) -> None:
    raw.request("PUT", f"/{place.writing}/{place.key}/object", body=OLD)


# If only the response to a PutObject is lost, the call looks at the object and succeeds.
@scene("upload_directory", "upload_directory", before=_put_below, looked_up=("PUT object",))
async def _(client: Any, place: Place) -> Any:
    source = place.folder / "source"
    source.mkdir()
    (source / "object").write_bytes(OLD)
    (source / "other").write_bytes(OLD)
    try:
        return await told(
            lambda: client.upload_directory(place.writing, place.key, source, compare="checksum", delete=True)
        )
    finally:
        shutil.rmtree(source)


@scene("download_directory", "download_directory")
async def _(client: Any, place: Place) -> Any:
    try:
        return await told(lambda: client.download_directory(place.reading, "many", place.target))
    finally:
        check_files(place)


@scene("copy_prefix", "copy_prefix")
async def _(client: Any, place: Place) -> Any:
    return await told(lambda: client.copy_prefix(place.writing, place.key, Prefix(place.reading, "many")))


# HeadObject looks for directories that the server keeps. The objects are gone whatever it says.
@scene("remove_prefix", "remove_prefix", before=_put_below, optional=("HEAD object",))
async def _(client: Any, place: Place) -> Any:
    return await told(lambda: client.remove_prefix(place.writing, place.key))


@scene("transfer", "transfer")
async def _(client: Any, place: Place) -> Any:
    plan = client.plan_sync(Prefix(place.reading, "many"), place.target, compare=None)
    try:
        outcomes = await each(client.transfer(plan))
    finally:
        check_files(place)
    failed = [outcome.error for outcome in outcomes if outcome.status == "failed"]
    if failed:
        raise failed[0]
    return sorted((outcome.source, outcome.size, outcome.etag) for outcome in outcomes)


@scene("list_objects_parallel", "list_objects_parallel")
async def _(client: Any, place: Place) -> Any:
    return sorted(item.object_name for item in await each(client.list_objects_parallel(place.reading, "many")))
