"""Listing: `ls`, `info`, `find`, `glob` and `du`."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from glob import has_magic
from typing import Any, cast

from fsspec.asyn import AsyncFileSystem
from fsspec.utils import glob_translate

from .._core.datatypes import Object
from ..aio import AsyncMinio
from ..error import InvalidBucketError, InvalidBucketName, NoSuchBucket, S3Error
from ._errors import translates
from ._many import run_many
from ._paths import (
    DirectoryPath,
    ObjectPath,
    Place,
    directory_info,
    found_paths,
    literal_stem,
    object_info,
    pattern_levels,
    split_path,
    version_info,
)

Info = dict[str, Any]


class ListingCalls(AsyncFileSystem):
    """What the file system says about names."""

    version_aware: bool

    def _open_client(self) -> AsyncMinio:
        raise NotImplementedError

    def _split(self, path: str) -> Place:
        return split_path(self._strip_protocol(path), self.version_aware)

    def _is_pattern(self, path: str) -> bool:
        """Return whether a path has special characters. Those of `?versionId=` are none."""
        return has_magic(f"{(place := self._split(path)).bucket}/{place.key}")

    @translates
    async def _info(self, path: str, refresh: bool = False, version_id: str | None = None, **kwargs: Any) -> Info:
        """Return the size, ETag, time and type of an object, a directory or a bucket.

        S3 operations: HeadObject, and ListObjectsV2 if the object does not exist.
        """
        path = self._strip_protocol(path)
        place = self._split(path)
        if not place.bucket:
            return directory_info("")
        version_id = version_id or place.version_id
        if not refresh and version_id is None:
            for entry in self._ls_from_cache(path) or ():
                if entry["name"] == path:
                    return cast(Info, entry)
        if not place.key:
            return await self._bucket_info(place.bucket)
        try:
            return await self._object_info(path, place, version_id)
        except S3Error as error:
            if error.status != 404 or isinstance(error, NoSuchBucket) or version_id is not None:
                raise
        if await self._has_entries(place):
            return directory_info(path)
        raise FileNotFoundError(path)

    async def _object_info(self, path: str, place: Place, version_id: str | None) -> Info:
        found = await self._open_client().stat_object(place.bucket, place.key, version_id=version_id)
        head = found.metadata
        if not found.etag and not found.size:  # JuiceFS describes a directory as if it were an object
            return directory_info(path)
        info = object_info(found, path)
        prefix = "x-amz-meta-"
        info["ContentType"] = found.content_type
        info["metadata"] = {
            name[len(prefix) :].lower(): value for name, value in head.items() if name.lower().startswith(prefix)
        }
        return info

    async def _bucket_info(self, bucket: str) -> Info:
        if not await self._open_client().bucket_exists(bucket):
            raise FileNotFoundError(bucket)
        return {**directory_info(bucket), "StorageClass": "BUCKET"}

    async def _has_entries(self, place: Place) -> bool:
        """Return whether there is an object below a prefix, or a marker of the directory."""
        async with aclosing(self._objects(place.bucket, place.below, one=True)) as found:
            async for _ in found:
                return True
        return False

    async def _objects(
        self, bucket: str, prefix: str, recursive: bool = True, versions: bool = False, one: bool = False
    ) -> AsyncGenerator[Object, None]:
        """List the objects below a prefix. `one` asks for a single one."""
        query = {"max-keys": "1"} if one else None
        listing = self._open_client().list_objects(
            bucket, prefix, recursive, include_version=versions, extra_query_params=query
        )
        async for item in listing:
            yield item

    @translates
    async def _ls(
        self, path: str, detail: bool = True, refresh: bool = False, versions: bool = False, **kwargs: Any
    ) -> list[Any]:
        """List a directory, a bucket or the buckets. A path of an object lists the object alone.

        S3 operations: ListObjectsV2, ListObjectVersions with `versions`, ListBuckets.
        """
        path = self._strip_protocol(path)
        entries = None if refresh or versions else self._ls_from_cache(path)
        if entries is None or (len(entries) == 1 and entries[0]["name"] == path and entries[0]["type"] != "file"):
            entries = await self._entries(path, versions)
            if not versions:
                self.dircache[path] = entries
        return entries if detail else sorted(entry["name"] for entry in entries)

    async def _entries(self, path: str, versions: bool) -> list[Info]:
        place = self._split(path)
        if not place.bucket:
            return [
                {**directory_info(bucket.name), "StorageClass": "BUCKET", "created": bucket.creation_date}
                for bucket in await self._open_client().list_buckets()
            ]
        entries = await self._level(place.bucket, place.below, versions)
        if entries or not place.key:
            return entries
        info = await self._info(path)
        return [info] if info["type"] == "file" else []

    async def _level(self, bucket: str, prefix: str, versions: bool = False) -> list[Info]:
        """Return the entries directly below a prefix, without the marker of the directory itself."""
        entries = []
        async with aclosing(self._objects(bucket, prefix, recursive=False, versions=versions)) as found:
            async for item in found:
                if item.is_dir:
                    if item.object_name != prefix:
                        entries.append(directory_info(f"{bucket}/{item.object_name[:-1]}"))
                elif not item.is_delete_marker:
                    entries.append(version_info(item) if versions else object_info(item))
        return entries

    async def _isdir(self, path: str) -> bool:
        """Return whether a path is a bucket, or a directory with something in it."""
        if isinstance(path, (ObjectPath, DirectoryPath)):
            return isinstance(path, DirectoryPath)
        return bool(await super()._isdir(path))

    async def _expand_path(
        self,
        path: str | list[str],
        recursive: bool = False,
        maxdepth: int | None = None,
        assume_literal: bool = False,
    ) -> list[str]:
        """Return the paths that patterns match, and with `recursive` everything below them."""
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        out: set[str] = set()
        for each in [path] if isinstance(path, str) else path:
            name = self._strip_protocol(each)
            if not assume_literal and self._is_pattern(name):
                found = found_paths(await self._glob(name, maxdepth=maxdepth, detail=True))
                out |= found
                if recursive and found and maxdepth != 1:
                    deeper = None if maxdepth is None else maxdepth - 1
                    out |= set(await self._expand_path(sorted(found), True, deeper, assume_literal=True))
                continue
            if recursive:
                out |= found_paths(await self._find(name, maxdepth=maxdepth, withdirs=True, detail=True))
            if name not in out and (not recursive or await self._exists(name)):
                out.add(name)
        if not out:
            raise FileNotFoundError(path)
        return sorted(out)

    @translates
    async def _find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        prefix: str = "",
        versions: bool = False,
        **kwargs: Any,
    ) -> Any:
        """List everything below a path: in one listing, or level by level with `maxdepth`.

        S3 operations: ListObjectsV2, ListObjectVersions with `versions`.

        Args:
            path: A directory, a bucket or an object.
            maxdepth: The number of levels.
            withdirs: Also return the directories, and the path itself.
            detail: Return a dict of what `info` returns.
            prefix: Only what begins with this, after the path.
            versions: Return every version. The names end with their ids.
            kwargs: For internal use.
        """
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        path = self._strip_protocol(path)
        search = _Search(self, withdirs, versions, kwargs.get("levels") or [])
        place = self._split(path)
        if place.bucket:
            try:
                await search.below(place, prefix, maxdepth)
            except (NoSuchBucket, InvalidBucketError, InvalidBucketName):
                return {} if detail else []
            if not prefix or search.out:
                await self._add_root(path, place, search)
        else:
            await search.buckets(prefix, maxdepth)
        names = sorted(search.out)
        return {name: search.out[name] for name in names} if detail else names

    async def _add_root(self, path: str, place: Place, search: _Search) -> None:
        """Add the path itself: if it is an object without others below it, or a directory that was asked for."""
        if search.out:
            if search.withdirs:
                search.out[path] = directory_info(path)
            return
        if not place.key and not search.withdirs:
            return
        try:
            info = await self._info(path)
        except FileNotFoundError:
            return
        if info["type"] == "file" or search.withdirs:
            search.out[path] = info

    async def _glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Any:
        """Return the paths that match a pattern. Only what begins with the pattern's literal part is listed."""
        stripped = self._strip_protocol(path)
        if self._is_pattern(stripped):
            levels = pattern_levels(stripped)
            kwargs.setdefault("prefix", literal_stem(levels[0]))
            if "**" not in stripped:
                kwargs["levels"] = levels
        return await super()._glob(path, maxdepth=maxdepth, **kwargs)

    async def _du(
        self, path: str, total: bool = True, maxdepth: int | None = None, withdirs: bool = False, **kwargs: Any
    ) -> Any:
        """Return the number of bytes below a path, or of each object with `total=False`. It takes one listing."""
        found = await self._find(path, maxdepth=maxdepth, withdirs=withdirs, detail=True, **kwargs)
        sizes = {name: info["size"] or 0 for name, info in found.items()}
        return sum(sizes.values()) if total else sizes

    @translates
    async def _object_version_info(self, path: str) -> list[Info]:
        """Return the versions of one object, the latest first, with its delete markers.

        S3 operation: ListObjectVersions.
        """
        place = self._split(path)
        found = []
        async with aclosing(self._objects(place.bucket, place.key, versions=True)) as items:
            async for item in items:
                if item.object_name == place.key:
                    found.append({**version_info(item), "IsDeleteMarker": item.is_delete_marker})
                elif item.object_name > place.key:
                    break
        return sorted(found, key=lambda info: not info["IsLatest"])  # SeaweedFS lists delete markers last


class _Search:
    """One `find` in progress: `out` is what it has found, by path."""

    def __init__(self, fs: ListingCalls, withdirs: bool, versions: bool, levels: list[str]) -> None:
        self._fs = fs
        self.withdirs = withdirs
        self._versions = versions
        self._levels = levels
        """The segments of the pattern that the paths have to match, one a level. Empty without such a pattern."""
        self._matchers: list[Callable[[str], Any]] = [re.compile(glob_translate(level)).match for level in levels]
        self.out: dict[str, Info] = {}

    async def buckets(self, prefix: str, maxdepth: int | None) -> None:
        """Find everything in all buckets whose names begin with a prefix."""
        names = [entry["name"] for entry in await self._fs._ls("") if entry["name"].startswith(prefix)]
        if self.withdirs:
            self.out.update((name, directory_info(name)) for name in names)
        if maxdepth == 1:
            return
        wanted = [name for name in names if self._descends(name, 0)]
        deeper = None if maxdepth is None else maxdepth - 1
        await run_many(
            self.below, [(Place(name, ""), self._stem(1), deeper, 1) for name in wanted], self._fs.batch_size
        )

    async def below(self, place: Place, prefix: str, maxdepth: int | None, level: int = 0) -> None:
        """Find everything below a place whose name continues with a prefix."""
        if maxdepth is None:
            await self._flat(place, prefix)
            return
        todo = [place.below + prefix]
        for depth in range(level, level + maxdepth):
            found = await run_many(self._one, [(place, each, depth) for each in todo], self._fs.batch_size)
            todo = [directory + self._stem(depth + 1) for directories in found for directory in directories]

    async def _flat(self, place: Place, prefix: str) -> None:
        root = f"{place.bucket}/{place.below}".rstrip("/")
        out, info = self.out, version_info if self._versions else object_info
        async with aclosing(self._fs._objects(place.bucket, place.below + prefix, versions=self._versions)) as found:
            async for item in found:
                if item.is_dir:
                    if self.withdirs:
                        self._add_parents(f"{item.bucket_name}/{item.object_name}", root)
                elif not item.is_delete_marker:
                    entry = info(item)
                    out[entry["name"]] = entry
                    if self.withdirs:
                        self._add_parents(f"{item.bucket_name}/{item.object_name}", root)

    def _add_parents(self, name: str, root: str) -> None:
        """Add the directories above a name, up to the root and without it."""
        end = name.rfind("/")
        while end > len(root) and (parent := name[:end]) not in self.out:
            self.out[parent] = directory_info(parent)
            end = name.rfind("/", 0, end)

    async def _one(self, place: Place, prefix: str, depth: int) -> list[str]:
        """Add the entries of one directory. Return the prefixes of the directories in it that are to be searched."""
        directories = []
        for entry in await self._fs._level(place.bucket, prefix, self._versions):
            name = entry["name"]
            if entry["type"] != "directory":
                self.out[name] = entry
                continue
            if self.withdirs:
                self.out[name] = entry
            if self._descends(name.rpartition("/")[2], depth):
                directories.append(f"{name[len(place.bucket) + 1 :]}/")
        return directories

    def _stem(self, depth: int) -> str:
        return literal_stem(self._levels[depth]) if depth < len(self._levels) else ""

    def _descends(self, segment: str, depth: int) -> bool:
        """Return whether paths below a directory can match the pattern."""
        return depth >= len(self._matchers) or self._matchers[depth](segment) is not None
