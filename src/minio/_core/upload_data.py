"""The types of data that can be uploaded. The public module is `minio.datatypes`."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Protocol, TypeAlias

from .public import publish

BytesLike: TypeAlias = bytes | bytearray | memoryview


class Readable(Protocol):
    """An object with `read(size)`, such as a file, a socket's file or a pipe. Empty bytes mean the end."""

    def read(self, size: int, /) -> BytesLike:
        """Read at most `size` bytes. Empty bytes mean the end."""
        ...


class AsyncReadable(Protocol):
    """An object with an awaitable `read(size)`, such as `asyncio.StreamReader`."""

    async def read(self, size: int, /) -> BytesLike:
        """Read at most `size` bytes. Empty bytes mean the end."""
        ...


UploadData: TypeAlias = BytesLike | Readable | Iterable[BytesLike]
"""The data that `Minio.put_object` accepts: bytes, an object with `read(size)`, or an iterable of bytes."""

AsyncUploadData: TypeAlias = UploadData | AsyncReadable | AsyncIterable[BytesLike]
"""The data that `AsyncMinio.put_object` accepts: the same types, synchronous or asynchronous."""

publish("minio.datatypes", vars())
