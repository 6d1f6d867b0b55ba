"""Removing objects, and making and removing buckets and directories."""

from __future__ import annotations

from contextlib import aclosing
from errno import EISDIR, ENOTEMPTY
from os import strerror
from typing import Any

from ..error import BucketAlreadyOwnedByYou, InvalidBucketError, InvalidBucketName, S3Error
from ._errors import removal_error, translates
from ._listing import ListingCalls
from ._many import run_many
from ._paths import Place, object_place

Keys = dict[tuple[str, str | None], None]
"""Keys with their version ids, in order and each once."""

_BATCH = 1000
"""The number of objects that one request removes."""
_REQUESTS = 4
"""The number of such requests at a time."""


class RemovalCalls(ListingCalls):
    """Calls that remove objects, and that make and remove buckets and directories."""

    @translates
    async def _rm_file(self, path: str, version_id: str | None = None, **kwargs: Any) -> None:
        """Remove an object, or one version of it. If it does not exist, nothing happens.

        S3 operation: DeleteObject.
        """
        place = object_place(self._strip_protocol(path), self.version_aware)
        await self._open_client().remove_object(place.bucket, place.key, version_id or place.version_id)
        self.invalidate_cache(path)

    @translates
    async def _rm(
        self,
        path: str | list[str],
        recursive: bool = False,
        maxdepth: int | None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Remove objects, and with `recursive` everything below a path, up to 1,000 in a request.

        A bucket that is removed recursively is removed itself. Of a list, and of a pattern, objects that do not exist
        are ignored, as S3 does.

        S3 operations: DeleteObjects, ListObjectsV2, DeleteBucket.

        Raises:
            FileNotFoundError: There is nothing at the path.
            IsADirectoryError: The path is a directory, and `recursive` was not given.
        """
        names = await self._expand_path(path, recursive=recursive and maxdepth is not None, maxdepth=maxdepth)
        single = isinstance(path, str) and names == [self._strip_protocol(path)]
        if single and not recursive and (await self._info(names[0]))["type"] == "directory":
            raise IsADirectoryError(EISDIR, strerror(EISDIR), path)
        places = [self._split(name) for name in names]
        keys: dict[str, Keys] = {}
        for place in places:
            if place.key:
                keys.setdefault(place.bucket, {})[place.key, place.version_id] = None
        everything = places if recursive and maxdepth is None else []
        for place in everything:
            await self._add_below(place, keys, strict=single)
        for bucket, found in keys.items():
            await self._remove_keys(bucket, list(found))
        for place in everything:
            await self._remove_empty(place, keys[place.bucket])
        for name in names:
            self.invalidate_cache(name)

    async def _add_below(self, place: Place, keys: dict[str, Keys], strict: bool) -> None:
        """Add the keys of everything below a path, with the markers of directories.

        Raises:
            FileNotFoundError: There is nothing at the path, and `strict` was given.
        """
        found = keys.setdefault(place.bucket, {})
        before = len(found)
        async with aclosing(self._objects(place.bucket, place.below)) as objects:
            async for item in objects:
                found[item.object_name, None] = None
        if strict and len(found) == before and place.key:
            await self._info(f"{place.bucket}/{place.key}")

    async def _remove_empty(self, place: Place, removed: Keys) -> None:
        """Remove the directories that are left, and the bucket if it was to be removed.

        Servers that store objects as files keep the directories of removed objects, and list them.
        """
        if await self._remains(place):
            below = {key[: at + 1] for key, _ in removed for at, mark in enumerate(key) if mark == "/"}
            mine = [key for key in below if key.startswith(place.below)]
            for depth in sorted({key.count("/") for key in mine}, reverse=True):
                level = [(place.bucket, key) for key in mine if key.count("/") == depth]
                await run_many(self._open_client().remove_object, level, self.batch_size)
        if not place.key:
            await self._open_client().remove_bucket(place.bucket)

    async def _remains(self, place: Place) -> bool:
        """Return whether a directory exists without an object in it, or a bucket contains one."""
        if not place.key:
            return bool(await self._level(place.bucket, ""))
        try:
            await self._open_client().stat_object(place.bucket, place.below)
        except S3Error as error:
            if error.status == 404:
                return False
            raise
        return True

    async def _remove_keys(self, bucket: str, keys: list[tuple[str, str | None]]) -> None:
        """Remove the objects, several requests at a time."""
        batches = [(bucket, keys[at : at + _BATCH]) for at in range(0, len(keys), _BATCH)]
        await run_many(self._remove_batch, batches, _REQUESTS)

    async def _remove_batch(self, bucket: str, keys: list[tuple[str, str | None]]) -> None:
        if len(keys) == 1:
            await self._open_client().remove_object(bucket, *keys[0])
            return
        errors = [error async for error in self._open_client().remove_objects(bucket, keys)]
        if errors:
            raise removal_error(bucket, errors)

    async def _mkdir(self, path: str, create_parents: bool = True, region: str | None = None, **kwargs: Any) -> None:
        """Make a bucket. A directory in a bucket exists once there is an object in it, so nothing is done for it.

        S3 operation: CreateBucket.

        Raises:
            FileExistsError: The path is a bucket, and it exists.
            FileNotFoundError: The path is in a bucket that does not exist, and `create_parents` is False.
        """
        place = self._split(path)
        exists = await self._exists(place.bucket)
        if exists and not place.key:
            raise FileExistsError(place.bucket)  # some servers would accept it
        if exists:
            return
        if place.key and not create_parents:
            raise FileNotFoundError(place.bucket)
        await self._make_bucket(place.bucket, region)
        self.invalidate_cache(place.bucket)

    @translates
    async def _make_bucket(self, bucket: str, region: str | None) -> None:
        try:
            await self._open_client().make_bucket(bucket, region)
        except (InvalidBucketError, InvalidBucketName) as error:
            raise ValueError(str(error)) from error
        except BucketAlreadyOwnedByYou as error:
            raise FileExistsError(bucket) from error

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Make the bucket of a path, unless it exists."""
        try:
            await self._mkdir(path, create_parents=True)
        except FileExistsError:
            if not exist_ok:
                raise

    @translates
    async def _rmdir(self, path: str) -> None:
        """Remove an empty bucket, or the marker of an empty directory.

        S3 operations: DeleteBucket; DeleteObject.

        Raises:
            OSError: It is not empty (ENOTEMPTY).
        """
        place = self._split(path)
        if not place.key:
            await self._open_client().remove_bucket(place.bucket)
        else:
            entries = await self._ls(path)
            if entries:
                raise OSError(ENOTEMPTY, strerror(ENOTEMPTY), path)
            await self._open_client().remove_object(place.bucket, place.below)
        self.invalidate_cache(path)
