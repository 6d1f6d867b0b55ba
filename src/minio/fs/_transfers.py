"""Reading, writing and copying objects."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from errno import EISDIR
from itertools import pairwise
from os import strerror
from typing import Any

from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.utils import isfilelike, merge_offset_ranges

from ..commonconfig import REPLACE, CopySource
from ..error import (
    InvalidArgumentError,
    InvalidRange,
    PreconditionFailed,
    S3Error,
)
from ._errors import translates
from ._many import run_many
from ._paths import DirectoryPath, content_type_of, object_place, split_path
from ._removal import RemovalCalls

_PART = 8 * 1024 * 1024
"""A range of at least two of these is fetched on several connections."""
_BLOCK = 1024 * 1024
_ALREADY_SMALL = 1024 * 1024


class TransferCalls(RemovalCalls):
    """Calls that read, write and copy objects."""

    @translates
    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, version_id: str | None = None, **kwargs: Any
    ) -> bytes:
        """Return the content of an object, or the bytes from `start` up to `end`; negative ones count from its end.

        S3 operation: GetObject, several at a time for a large range.

        Args:
            path: The object.
            start: The first byte.
            end: The byte after the last one.
            version_id: The version.
            kwargs: `etag`, to read only the object with this ETag.
        """
        place = object_place(self._strip_protocol(path), self.version_aware)
        version_id, etag = version_id or place.version_id, kwargs.get("etag")
        if start is None and end is None:
            return await self._read(place.bucket, place.key, None, version_id, etag)
        if (start or 0) < 0 and end is None:
            return await self._read(place.bucket, place.key, f"bytes={start}", version_id, etag)
        if (start or 0) < 0 or (end is not None and end < 0):
            size = (await self._info(path, version_id=version_id))["size"]
            start, end, _ = slice(start, end).indices(size)
        first = start or 0
        if end is None:
            return await self._read(place.bucket, place.key, f"bytes={first}-", version_id, etag)
        return await self._read_range(place.bucket, place.key, first, end, version_id, etag)

    async def _read_range(
        self, bucket: str, key: str, start: int, end: int, version_id: str | None, etag: str | None
    ) -> bytes:
        if end <= start:
            return b""
        if etag is None or end - start < 2 * _PART:
            return await self._read(bucket, key, f"bytes={start}-{end - 1}", version_id, etag)
        # Of one version only: without its ETag, the pieces may be of different ones.
        cuts = [*range(start, end, _PART), end]
        ranges = [(bucket, key, f"bytes={a}-{b - 1}", version_id, etag) for a, b in pairwise(cuts)]
        return b"".join(await run_many(self._read, ranges, 8))

    async def _read(self, bucket: str, key: str, asked: str | None, version_id: str | None, etag: str | None) -> bytes:
        headers = {"Range": asked} if asked else None
        try:
            async with await self._open_client().get_object(
                bucket, key, request_headers=headers, version_id=version_id, match_etag=etag
            ) as response:
                content = await response.read()
                if not content and "etag" not in response.headers:  # JuiceFS answers for a directory, too
                    raise IsADirectoryError(EISDIR, strerror(EISDIR), f"{bucket}/{key}")
                return content
        except InvalidRange:
            return b""  # as of any file: there is nothing after its end

    async def _cat(
        self,
        path: str | list[str],
        recursive: bool = False,
        on_error: str = "raise",
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the content of an object, or a dict of the contents of many. See fsspec for the arguments."""
        names = await self._expand_path(path, recursive=recursive)
        paths = [name for name in names if not isinstance(name, DirectoryPath)]
        calls = [(each, kwargs) for each in paths]
        contents = await run_many(self._cat_one, calls, batch_size or self.batch_size, on_error != "raise")
        if len(paths) == 1 and not isinstance(path, list) and paths[0] == self._strip_protocol(path):
            return contents[0]
        pairs = zip(paths, contents, strict=True)
        return {name: value for name, value in pairs if on_error != "omit" or not isinstance(value, Exception)}

    async def _cat_one(self, path: str, kwargs: dict[str, Any]) -> bytes:
        return await self._cat_file(path, **kwargs)

    async def _cat_ranges(
        self,
        paths: list[str],
        starts: int | Iterable[int],
        ends: int | Iterable[int],
        max_gap: int | None = None,
        batch_size: int | None = None,
        on_error: str = "return",
        **kwargs: Any,
    ) -> list[Any]:
        """Return the bytes of many ranges. Ranges of one object with at most `max_gap` bytes between are one request.

        S3 operation: GetObject.
        """
        if not isinstance(paths, list):
            raise TypeError("paths must be a list")
        first = list(starts) if isinstance(starts, Iterable) else [starts] * len(paths)
        last = list(ends) if isinstance(ends, Iterable) else [ends] * len(paths)
        if not len(paths) == len(first) == len(last):
            raise ValueError("paths, starts and ends must have the same length")
        size = batch_size or self.batch_size
        if max_gap is None or any(a is None or b is None or a < 0 or b < 0 for a, b in zip(first, last, strict=True)):
            calls = [(each, a, b) for each, a, b in zip(paths, first, last, strict=True)]
            return await run_many(self._cat_file, calls, size, on_error == "return")
        merged = [list(each) for each in merge_offset_ranges(list(paths), first, last, max_gap, sort=True)]
        blocks = await run_many(self._cat_file, list(zip(*merged, strict=True)), size, on_error == "return")
        return [_piece(merged, blocks, each, a, b) for each, a, b in zip(paths, first, last, strict=True)]

    @translates
    async def _pipe_file(
        self,
        path: str,
        value: bytes,
        mode: str = "overwrite",
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Store bytes as an object. With the mode "create", only if there is none.

        S3 operations: PutObject; for more than 5 MiB those of a multipart upload.
        """
        place = object_place(self._strip_protocol(path))
        data = memoryview(value).cast("B")
        options: dict[str, Any] = {} if metadata is None else {"metadata": metadata}
        if len(data) > _ALREADY_SMALL:
            options["resume"] = False
        options |= await self._creation(path, mode)
        body = value if isinstance(value, bytes) else bytes(data)
        kind = content_type or content_type_of(place.key)
        await self._store(
            path, self._open_client().put_object(place.bucket, place.key, body, len(body), kind, **options)
        )
        self.invalidate_cache(path)

    async def _creation(self, path: str, mode: str) -> dict[str, str]:
        """Return the condition of an upload that must not replace an object.

        Raises:
            FileExistsError: There is one. Not every server knows the condition, so it is also looked up.
        """
        if mode == "overwrite":
            return {}
        if mode != "create":
            raise InvalidArgumentError(f"mode must be 'overwrite' or 'create', not {mode!r}")
        if await self._exists(path):
            raise FileExistsError(path)
        return {"if_none_match": "*"}

    async def _store(self, path: str, upload: Any) -> None:
        try:
            await upload
        except PreconditionFailed as error:
            raise FileExistsError(path) from error

    async def _pipe(
        self, path: str | dict[str, bytes], value: bytes | None = None, batch_size: int | None = None, **kwargs: Any
    ) -> None:
        """Store bytes as an object, or a dict of paths and bytes as many."""
        todo = path if isinstance(path, dict) else {self._strip_protocol(path): value}

        async def pipe(name: str, content: bytes) -> None:
            await self._pipe_file(name, content, **kwargs)

        await run_many(pipe, todo.items(), batch_size or self.batch_size)

    async def _put_file(
        self,
        lpath: str,
        rpath: str,
        callback: Any = DEFAULT_CALLBACK,
        mode: str = "overwrite",
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Upload a file. A directory becomes nothing: buckets have none.

        S3 operations: PutObject; for more than 5 MiB those of a multipart upload.
        """
        if os.path.isdir(lpath):
            await self._makedirs(rpath, exist_ok=True)
            return
        await self._put_content(rpath, lpath, callback, mode, content_type, metadata)

    @translates
    async def _put_content(
        self, path: str, lpath: str, callback: Any, mode: str, content_type: str | None, metadata: Any
    ) -> None:
        place = object_place(self._strip_protocol(path))
        options: dict[str, Any] = {} if metadata is None else {"metadata": metadata}
        options |= await self._creation(path, mode)
        callback.set_size(os.path.getsize(lpath))
        upload = self._open_client().fput_object(
            place.bucket,
            place.key,
            lpath,
            content_type or content_type_of(place.key),
            progress=lambda done, total: callback.absolute_update(done),
            resume=False,
            **options,
        )
        await self._store(path, upload)
        self.invalidate_cache(path)

    async def _get_file(
        self, rpath: str, lpath: Any, callback: Any = DEFAULT_CALLBACK, version_id: str | None = None, **kwargs: Any
    ) -> None:
        """Download an object to a path or to a binary file. A path has the whole object or what it had before.

        S3 operations: GetObject, HeadObject.
        """
        place = split_path(self._strip_protocol(rpath), self.version_aware)
        if isfilelike(lpath):
            await self._write_to(rpath, lpath, callback, version_id or place.version_id)
            return
        if isinstance(rpath, DirectoryPath):
            os.makedirs(lpath, exist_ok=True)
            return
        if os.path.isdir(lpath):
            return
        try:
            await self._get_content(rpath, lpath, callback, version_id or place.version_id)
        except (FileNotFoundError, InvalidArgumentError):
            if not await self._isdir(rpath):
                raise
            os.makedirs(lpath, exist_ok=True)

    @translates
    async def _get_content(self, path: str, lpath: Any, callback: Any, version_id: str | None) -> None:
        place = object_place(self._strip_protocol(path), self.version_aware)
        os.makedirs(os.path.dirname(os.path.abspath(lpath)), exist_ok=True)

        def progress(done: int, total: int) -> None:
            callback.set_size(total)
            callback.absolute_update(done)

        target = os.fspath(lpath)
        found = await self._open_client().fget_object(
            place.bucket, place.key, target, version_id=version_id, progress=progress
        )
        if not found.etag and not found.size:  # JuiceFS answers for a directory, too
            os.unlink(target)
            raise FileNotFoundError(path)

    @translates
    async def _write_to(self, path: str, file: Any, callback: Any, version_id: str | None) -> None:
        place = object_place(self._strip_protocol(path), self.version_aware)
        async with await self._open_client().get_object(place.bucket, place.key, version_id=version_id) as response:
            callback.set_size(response.length_remaining)
            async for block in response.stream(_BLOCK):
                file.write(block)
                callback.relative_update(len(block))

    @translates
    async def _cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        """Copy an object on the server. A directory becomes nothing.

        S3 operations: CopyObject; above 5 GiB those of a multipart upload.
        """
        source, target = self._split(path1), self._split(path2)
        if isinstance(path1, DirectoryPath) or not (source.key and target.key):
            await self._makedirs(path2, exist_ok=True)
            return
        try:
            await self._open_client().copy_object(
                target.bucket, target.key, CopySource(source.bucket, source.key, source.version_id)
            )
        except S3Error as error:
            if error.status not in (404, 500) or not await self._isdir(path1):
                raise
            await self._makedirs(path2, exist_ok=True)
        self.invalidate_cache(path2)

    @translates
    async def _touch(self, path: str, truncate: bool = True, **kwargs: Any) -> None:
        """Make an empty object. With `truncate=False`, an object that exists gets the present time instead.

        S3 operations: PutObject; HeadObject and CopyObject.
        """
        place = object_place(self._strip_protocol(path))
        if truncate or not await self._exists(path):
            await self._pipe_file(path, b"", **kwargs)
            return
        from .._core.ops.copying import copyable_headers

        client = self._open_client()
        found = await client.stat_object(place.bucket, place.key)
        source = CopySource(place.bucket, place.key, match_etag=found.etag)
        kept = copyable_headers(found.metadata)
        # S3 copies an object to itself only if something is replaced: the headers, by the same ones.
        await client.copy_object(place.bucket, place.key, source, metadata=kept, metadata_directive=REPLACE)
        self.invalidate_cache(path)

    @translates
    async def _sign(self, path: str, expiration: int = 100, method: str = "GET", **kwargs: Any) -> str:
        """Return a URL with which anyone can read the object for `expiration` seconds, or call another method on it."""
        place = object_place(self._strip_protocol(path), self.version_aware)
        return await self._open_client().get_presigned_url(
            method, place.bucket, place.key, timedelta(seconds=expiration), version_id=place.version_id
        )


def _piece(merged: list[list[Any]], blocks: list[Any], path: str, start: int, end: int) -> Any:
    """Return a range of a file from the blocks that were fetched, or the error of its block."""
    for name, first, last, block in zip(*merged, blocks, strict=True):
        if name == path and first <= start and end <= last:
            return block if isinstance(block, Exception) else block[start - first : end - first]
    return b""
