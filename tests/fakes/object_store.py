"""A client whose buckets are dicts: for tests of what is planned, in any order that a server may list."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from minio import Minio
from minio._core.datatypes import Object
from minio._core.ops.listing import Listing
from minio._core.ops.objects import HeadObject
from minio.directories import Action, Prefix


class Stored(NamedTuple):
    """An object."""

    data: bytes
    etag: str
    moment: datetime
    headers: dict[str, str]


def in_byte_order(keys: Iterable[str]) -> list[str]:
    """Sort keys as S3 does."""
    return sorted(keys, key=str.encode)


def in_directory_order(keys: Iterable[str]) -> list[str]:
    """Sort keys as SeaweedFS does: what is in a directory comes right after its name without the slash."""
    return sorted(keys, key=lambda key: key.split("/"))


class StoreClient(Minio):
    """A client that sends nothing.

    Args:
        endpoint: Tells servers apart.
        order: The order of listings.
        page: The number of objects on a page.
    """

    def __init__(
        self,
        endpoint: str = "store:1",
        order: Callable[[Iterable[str]], list[str]] = in_byte_order,
        page: int = 3,
    ) -> None:
        super().__init__(endpoint)
        self.buckets: dict[str, dict[str, Stored]] = {}
        self.order, self.page = order, page
        self.clock = 1_700_000_000
        self.pages = self.heads = 0
        self.fail_page = -1

    def store(self, bucket: str, key: str, data: bytes, etag: str | None = None, **headers: str) -> None:
        """Store an object, a second after the one before."""
        self.clock += 1
        etag = hashlib.md5(data).hexdigest() if etag is None else etag
        moment = datetime.fromtimestamp(self.clock, UTC)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.buckets.setdefault(bucket, {})[key] = Stored(data, etag, moment, named)

    def _page_lists(self, listing: Listing) -> Iterator[list[Object]]:  # type: ignore[override]
        objects = self.buckets.get(listing.bucket, {})
        keys = self.order(key for key in objects if key.startswith(listing.prefix))
        for at in range(0, max(len(keys), 1), self.page):
            if self.pages == self.fail_page:
                raise ConnectionError("the server went away")
            self.pages += 1
            yield [self._listed(listing.bucket, key, objects[key]) for key in keys[at : at + self.page]]

    def _listed(self, bucket: str, key: str, found: Stored) -> Object:
        return Object(bucket, key, found.moment, found.etag, len(found.data), found.headers)

    def _call(self, operation: Any, scope: Any = None) -> Any:
        assert isinstance(operation, HeadObject)
        assert operation.headers == {"x-amz-checksum-mode": "ENABLED"}
        self.heads += 1
        return self._listed(operation.bucket, operation.key, self.buckets[operation.bucket][operation.key])

    def carry_out(self, actions: Iterable[Action], source: Any, target: Any) -> None:
        """Do what a plan says, and check that it may be done."""
        for action in actions:
            place = action.target or ""
            if action.kind == "upload":
                self.store(target.bucket, place, Path(action.source or "").read_bytes())
            elif action.kind == "copy":
                found = self.buckets[source.bucket][action.source or ""]
                self.store(target.bucket, place, found.data)
            elif action.kind == "download":
                self._download(self.buckets[source.bucket][action.source or ""], place, action)
            elif action.kind == "make_directory" and isinstance(target, (str, os.PathLike)):
                os.makedirs(place, exist_ok=True)
            elif action.kind == "make_directory":
                self.store(target.bucket, place, b"")
            elif action.kind == "delete" and isinstance(target, (str, os.PathLike)):
                (os.rmdir if place.endswith("/") else os.unlink)(place)
            elif action.kind == "delete":
                del self.buckets[target.bucket][place]
            elif action.kind == "skip" and action.mtime is not None:
                os.utime(place, (action.mtime, action.mtime))

    def _download(self, found: Stored, place: str, action: Action) -> None:
        assert found.etag == action.etag
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.islink(place):
            os.unlink(place)
        Path(place).write_bytes(found.data)
        assert action.mtime is not None
        os.utime(place, (action.mtime, action.mtime))


def write(root: Path, side: dict[str, bytes]) -> None:
    """Write files that are newer than all objects."""
    root.mkdir(exist_ok=True)
    for name, data in side.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_800_000_000, 1_800_000_000))


def fill(client: StoreClient, place: Prefix, side: dict[str, bytes]) -> None:
    """Store objects below a prefix."""
    client.buckets.setdefault(place.bucket, {})
    for name, data in side.items():
        client.store(place.bucket, f"{place.prefix}/{name}", data)
