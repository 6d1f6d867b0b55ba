"""Objects as blocking files."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from fsspec.asyn import sync
from fsspec.caching import BaseCache, register_cache
from fsspec.spec import AbstractBufferedFile

from .._core.transfer.sizes import MIB
from .._core.transfer.window import Window
from ._errors import translated
from ._paths import content_type_of, object_place

if TYPE_CHECKING:
    from ..aio._object_writer import AsyncObjectWriter
    from ._transfers import TransferCalls

_SMALLEST_PART = 5 * MIB


class AdaptiveCache(BaseCache):
    """Reads ahead twice as much each time while the program reads in order, and little after it seeks."""

    name = "adaptive"

    def __init__(self, blocksize: int, fetcher: Any, size: int) -> None:
        super().__init__(blocksize, fetcher, size)
        self._window = Window(largest=max(blocksize or 0, 8 * MIB))

    def _fetch(self, start: int | None, stop: int | None) -> bytes:
        position, stop = start or 0, self.size if stop is None else min(stop, self.size)
        parts: list[Any] = []
        while position < stop:
            part = self._window.at(position, stop - position)
            if not part:
                length = self._window.wanted(position, stop - position, self.size)
                self._window.fill(position, self.fetcher(position, position + length))
                part = self._window.at(position, stop - position)
                if not part:
                    break
            parts.append(part)
            position += len(part)
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)


register_cache(AdaptiveCache, clobber=True)


class MinioFile(AbstractBufferedFile):
    """An object as a file.

    Reading: all reads are of the object that was opened. If it is replaced meanwhile, they raise OSError (ESTALE).

    Writing: parts are uploaded while the file is written, and the object appears when the file is closed: in a
    transaction, when that ends. Nothing is stored if an exception leaves the `with` block, if the file is closed while
    such an exception is being handled, or if it is garbage collected without `close()`.

    Args:
        fs: The file system.
        path: The object.
        mode: "rb", "wb", "ab" or "xb". "ab" stores the object anew, with what it has and what is written. "xb" raises
            FileExistsError if there is an object, when the file is opened or when it is closed.
        block_size: The bytes that are read ahead, or collected before they are uploaded.
        autocommit: Whether closing the file stores the object. `commit()` does otherwise.
        cache_type: The cache of a file that is read.
        cache_options: Arguments of the cache.
        size: The size of the object, if it is known.
        version_id: The version to read.
        content_type: The content type of a written object. The default is guessed from its name.
        metadata: The metadata of a written object.
    """

    fs: TransferCalls

    def __init__(
        self,
        fs: TransferCalls,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_type: str = "adaptive",
        cache_options: Mapping[str, Any] | None = None,
        size: int | None = None,
        version_id: str | None = None,
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self._writer: AsyncObjectWriter | None = None
        self._handled = sys.exc_info()[1]
        self._place = object_place(path, fs.version_aware)
        self._version_id = version_id or self._place.version_id
        self._written = {"content_type": content_type, "metadata": metadata}
        self._base: dict[str, Any] | None = None
        if mode == "rb":
            self._details = fs.info(path, version_id=self._version_id)
            if self._details["type"] == "directory":
                raise IsADirectoryError(path)
            if fs.version_aware and self._details.get("VersionId") not in (None, "null"):
                self._version_id = self._details["VersionId"]
        elif mode == "xb" and fs.exists(path):
            raise FileExistsError(path)
        elif mode == "ab":
            self._base = _existing(fs, path)
        super().__init__(
            fs, path, mode, block_size, autocommit, cache_type, dict(cache_options or {}), self._size(mode), **kwargs
        )
        if self._base is not None:
            self.loc = self._base["size"]

    def _size(self, mode: str) -> int | None:
        return self._details["size"] if mode == "rb" else None

    @property
    def etag(self) -> str | None:
        """The ETag of the object that is read, or that was stored."""
        if self.mode == "rb":
            return cast("str | None", self.details["etag"])
        result = None if self._writer is None else self._writer.result
        return None if result is None else result.etag

    def _fetch_range(self, start: int, end: int) -> bytes:
        found = self.fs.cat_file(self.path, start, end, version_id=self._version_id, etag=self.details["etag"])
        return cast(bytes, found)

    def write(self, data: Any) -> int:
        """Write bytes, and return how many."""
        return cast(int, super().write(memoryview(data).cast("B")))

    def _initiate_upload(self) -> None:
        self._loop, self._pid = self.fs.loop, os.getpid()
        sync(self._loop, self._begin)

    async def _begin(self) -> None:
        client, place, base = self.fs._open_client(), self._place, self._base
        options: dict[str, Any] = {"part_size": self.blocksize if self.blocksize > _SMALLEST_PART else 0}
        options |= {name: value for name, value in self._written.items() if value is not None}
        options.setdefault("content_type", (base or {}).get("ContentType") or content_type_of(place.key))
        if base is not None:
            options.setdefault("metadata", base["metadata"])
            options["if_match"] = base["etag"]
        if self.mode == "xb":
            options["if_none_match"] = "*"
        with translated(self.path):
            self._writer = await client.open_object(place.bucket, place.key, "wb", **options)
            if base is not None:
                async with await client.get_object(place.bucket, place.key, match_etag=base["etag"]) as response:
                    async for block in response.stream(MIB):
                        await self._writer.write(block)

    def _upload_chunk(self, final: bool = False) -> bool:
        data = self.buffer.getbuffer()
        try:
            sync(self.fs.loop, self._send, data)
        except BaseException:
            self.discard()
            self.closed = True
            raise
        finally:
            data.release()
        if final and self.autocommit:
            self.commit()
        return True

    async def _send(self, data: memoryview) -> None:
        with translated(self.path):
            await self._upload().write(data)

    def _upload(self) -> AsyncObjectWriter:
        if self._writer is None:
            raise ValueError("the file is not open for writing")
        return self._writer

    def commit(self) -> None:
        """Store the object. `close()` does this, except in a transaction."""
        sync(self.fs.loop, self._publish)
        self.fs.invalidate_cache(self.path)

    async def _publish(self) -> None:
        from ..error import PreconditionFailed

        try:
            with translated(self.path):
                await self._upload().close()
        except OSError as error:
            if self.mode == "xb" and isinstance(error.__cause__, PreconditionFailed):
                raise FileExistsError(self.path) from error.__cause__
            raise

    def discard(self) -> None:
        """Store nothing, and remove what was uploaded."""
        writer, self._writer = self._writer, None
        if writer is not None:
            sync(self.fs.loop, writer.abort)

    def close(self) -> None:
        """Close the file. A file that was written is stored now, unless an exception is being handled."""
        if self.closed or self.mode == "rb":
            super().close()
            return
        error = self._new_exception()
        if error is None:
            super().close()
            return
        self.closed = True
        self.discard()
        error.add_note(f"{self.path} was not stored: its file was closed while this exception was handled")

    def _new_exception(self) -> BaseException | None:
        """Return the exception being handled, unless it was already being handled when the file was opened."""
        error, known = sys.exc_info()[1], self._handled
        while known is not None and known is not error:
            known = known.__context__
        return error if known is None else None

    def __exit__(self, *error: object) -> None:
        if self.mode != "rb" and error and error[0] is not None and not self.closed:
            self.closed = True
            self.discard()
            return
        self.close()

    def __del__(self) -> None:
        if getattr(self, "closed", True) or getattr(self, "mode", "rb") == "rb":
            return
        self.closed = True
        writer, loop = self._writer, self._loop
        if writer is not None and loop.is_running() and self._pid == os.getpid():
            asyncio.run_coroutine_threadsafe(writer.abort(), loop)
        warnings.warn(f"{self.path} was not stored: its file was dropped without close()", ResourceWarning, 2, self)


def _existing(fs: TransferCalls, path: str) -> dict[str, Any] | None:
    """Return what is known about the object that is appended to, or None if there is none."""
    try:
        return dict(fs.info(path))
    except FileNotFoundError:
        return None
