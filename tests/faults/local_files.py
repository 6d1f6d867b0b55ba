"""Calls with unusual local files: planted links, targets that cannot be replaced, files that grow during the call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from minio._core.transfer.partfile import part_name
from minio.time import from_http_header

from .calls import LARGE, PART, Place, done, scene, written


def victim(place: Place) -> Path:
    """The target of the planted link. It does not exist and must not be created."""
    return place.folder.parent / f"victim-{place.key}"


def link_of(place: Place, etag: str, modified: str) -> Path:
    """The path that the call will write to. Everybody who may read the object can compute it."""
    name = part_name("target", f"{etag} None {from_http_header(modified)}")
    return place.target.with_name(name)


async def plant(raw: Any, place: Place) -> None:
    found = {name.lower(): value for name, value in raw.request("HEAD", f"/{place.reading}/small").headers.items()}
    place.target.parent.mkdir()
    link_of(place, found["etag"].strip('"'), found["last-modified"]).symlink_to(victim(place))


def check_planted(place: Place) -> None:
    assert not os.path.lexists(victim(place)), "a planted link was followed"
    links = [path for path in place.target.parent.iterdir() if path.is_symlink()]
    assert len(links) == 1, "a planted link was replaced"


@scene("fget_object-planted", "fget_object", before=plant)
async def _(client: Any, place: Place) -> Any:
    try:
        await done(client.fget_object(place.reading, "small", place.target))
    finally:
        check_planted(place)
    return place.target.read_bytes()


@scene("fget_object-fifo", "fget_object")
async def _(client: Any, place: Place) -> Any:
    fifo = place.folder / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        await done(client.fget_object(place.reading, "small", fifo))
        return os.read(reader, 1 << 16)
    finally:
        os.close(reader)
        fifo.unlink()


@scene("fput_object-growing", "fput_object", content=LARGE)
async def _(client: Any, place: Place) -> Any:
    log = place.folder / "log"
    log.write_bytes(LARGE)

    def grow(*_: object) -> None:
        with log.open("ab") as file:
            file.write(b"one more line\n")

    try:
        return written(await done(client.fput_object(place.writing, place.key, log, part_size=PART, progress=grow)))
    finally:
        log.unlink()
