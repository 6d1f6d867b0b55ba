"""The source of an upload's bytes: memory, a file, or a stream that can be read only once.

Memory and files provide any range at any time, without a copy of the whole. A stream provides its ranges in order;
each is read into memory when it is needed.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from ..exceptions import InvalidArgumentTypeError, InvalidSizeError
from ..threads import on_thread
from ..wire.body import Body
from ..wire.checksums import Payload
from .file_source import FileSource, Limit, PathStream, SentRange, has_size, open_path
from .part_buffer import BufferPool, PartBuffer, check_bytes, ended_early

_BLOCK = 1024 * 1024
_SAMPLE = 4096
"""The size in bytes of a sample taken from data in memory."""
_SAMPLES = 65
"""The number of samples after the first one."""


class Source(Protocol):
    """Provides ranges of a body."""

    length: int | None
    """The total number of bytes; None if unknown until the end."""
    repeatable: bool
    """Whether any range can be read any number of times."""

    def part(self, offset: int, size: int) -> Body:
        """Return a range. It is shorter than `size` only at the end of the body."""

    def proof_part(self, offset: int, size: int) -> Body:
        """Return a range of a repeatable source."""

    def fingerprint(self) -> tuple[str | int, ...]:
        """Return values that distinguish this content from others, for repeatable sources. They prove nothing."""

    def release(self, body: Body) -> None:
        """Release a part that is no longer needed. Its memory may be reused for another part."""

    def stop(self) -> None:
        """Stop after a failed upload: a read in progress ends after the current piece."""

    def young(self) -> float:
        """Return the seconds to wait before reading the first part."""

    def settle(self, body: Body, checksum: str | None, offset: int = 0) -> tuple[Body, Payload | None]:
        """Return the body of a single request after the last check of the source."""

    def check_unchanged(self, sent: Sequence[SentRange] = ()) -> None:
        """Check that the source still has the bytes that were sent. Call this before the object is published."""

    def close(self) -> None:
        """Close the file, or move the position of the caller's stream past the bytes read."""


class Unchanging:
    """A source that cannot change while it is sent."""

    __slots__ = ()

    def young(self) -> float:
        """Return 0: there is nothing to wait for."""
        return 0.0

    def settle(self, body: Body, checksum: str | None, offset: int = 0) -> tuple[Body, Payload | None]:
        """Return the body unchanged."""
        self.check_unchanged()
        return body, None

    def check_unchanged(self, sent: Sequence[SentRange] = ()) -> None:
        """Do nothing: there is nothing to check."""


@dataclass(slots=True)
class MemorySource(Unchanging):
    """A body in memory that belongs to the caller."""

    data: memoryview
    length: int | None = field(init=False)
    repeatable: bool = True
    after: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        self.length = self.data.nbytes

    def part(self, offset: int, size: int) -> Body:
        part = self.data[offset : offset + size]
        return bytes(part) if part.nbytes <= _BLOCK else part

    proof_part = part

    def fingerprint(self) -> tuple[str | int, ...]:
        """Return the length and a digest of samples: all of a short body, 264 KiB of a long one.

        Bodies that differ only between the samples are treated as equal. That is harmless: a part is kept only if its
        own bytes are verified (`resume.verify_part`). A checksum of everything would take a second per gigabyte.
        """
        return "memory", self.data.nbytes, _sampled(self.data)

    def release(self, body: Body) -> None:
        """Do nothing: the memory belongs to the caller."""

    def stop(self) -> None:
        """Do nothing: no operation here blocks for long."""

    def close(self) -> None:
        self.data = memoryview(b"")
        if self.after is not None:
            self.after()


def _sampled(data: memoryview) -> str:
    """Return a digest of the head, the tail, and evenly spaced samples between them."""
    digest = hashlib.sha256()
    last = data.nbytes - _SAMPLE
    if last <= _SAMPLES * _SAMPLE:
        digest.update(data)
    else:
        for index in range(_SAMPLES + 1):
            at = last * index // _SAMPLES
            digest.update(data[at : at + _SAMPLE])
    return digest.hexdigest()


class StreamSource(Unchanging):
    """An object with `read(n)`, read once from start to end."""

    repeatable = False

    def __init__(
        self, read: Callable[[int], Any], length: int | None, check: Callable[[], object] | None = None
    ) -> None:
        self._read = read
        self._check = check
        self._memory = BufferPool()
        self._stopped = False
        self.length = length

    def part(self, offset: int, size: int) -> Body:
        filling = PartBuffer(self._memory, offset, size, self.length)
        while filling.wanted and filling.add(self._read(filling.wanted)):
            if self._stopped:
                raise InvalidSizeError("data was not read to its end: the upload had failed")
        return filling.body()

    def stop(self) -> None:
        self._stopped = True

    proof_part = part

    def fingerprint(self) -> tuple[str | int, ...]:
        """Return an empty tuple: a stream cannot be read again."""
        return ()

    def release(self, body: Body) -> None:
        self._memory.release(body)

    def check_unchanged(self, sent: Sequence[SentRange] = ()) -> None:
        """Check whether the bytes read are still wanted."""
        if self._check is not None:
            self._check()

    def close(self) -> None:
        """Do nothing: the stream belongs to the caller."""


class PathSource(StreamSource):
    """A file that is read as a stream."""

    def __init__(self, stream: PathStream) -> None:
        super().__init__(stream.read, None)
        self._stream = stream

    def stop(self) -> None:
        super().stop()
        self._stream.close()

    def close(self) -> None:
        self._stream.close()


def open_file(
    path: str | os.PathLike[str], limit: Limit | None = None, argument: str = "file_path"
) -> FileSource | PathSource:
    """Open a file as a source.

    Args:
        path: The file.
        limit: Ends the wait for a FIFO or a device.
        argument: The name of the argument, for errors.

    Raises:
        MissingFileError: The file does not exist.
        InvalidPathError: The path is a directory, a socket or a block device, or cannot be read.
    """
    found = open_path(path, limit, argument)
    return PathSource(found) if isinstance(found, PathStream) else found


def open_source(data: Any, length: int) -> Source:
    """Return a source for `length` bytes of the caller's `data` (-1: all of it).

    Raises:
        InvalidArgumentTypeError: Bytes cannot be read from `data`.
        InvalidSizeError: `data` is known to hold fewer bytes.
    """
    wanted = None if length < 0 else length
    if isinstance(data, (bytes, bytearray, memoryview)):
        return _from_memory(memoryview(data).cast("B"), wanted, None)
    if type(data) is io.BytesIO:
        return _from_bytesio(data, wanted)
    if type(data) in (io.BufferedReader, io.BufferedRandom, io.FileIO):
        found = _from_file(data, wanted)
        if found is not None:
            return found
    if hasattr(data, "read"):
        return StreamSource(data.read, wanted, getattr(data, "check_wanted", None))
    if isinstance(data, Iterable) and not isinstance(data, (str, dict)):
        return StreamSource(ChunkReader(data).read, wanted)
    raise InvalidArgumentTypeError(f"data must be bytes or have a read() method, not {type(data).__name__}")


def _from_memory(
    view: memoryview, wanted: int | None, after: Callable[[], object] | None, stream: bool = False
) -> MemorySource:
    if wanted is not None and view.nbytes < wanted:
        raise InvalidSizeError(ended_early(view.nbytes, wanted, stream))
    return MemorySource(view if wanted is None else view[:wanted], after=after)


def _from_bytesio(data: io.BytesIO, wanted: int | None) -> MemorySource:
    # getvalue() shares the buffer until somebody writes. A view from getbuffer() would lock it for as long as anything,
    # such as a traceback, refers to a part. Closing or writing `data` would then raise BufferError.
    start = data.tell()
    source = _from_memory(memoryview(data.getvalue())[start:], wanted, None, stream=True)
    end = start + (source.length or 0)

    def after() -> None:
        if not data.closed:
            data.seek(end)

    source.after = after
    return source


def _from_file(data: Any, wanted: int | None) -> FileSource | None:
    """Return a source for the open file itself if it is a readable regular file. It bypasses `data` for reading."""
    raw = getattr(data, "raw", data)
    if not isinstance(raw, io.FileIO) or not data.readable():
        return None
    if isinstance(data, io.BufferedRandom):
        data.flush()
    descriptor = data.fileno()
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or not has_size(descriptor, found):
        return None
    base = data.tell()
    there = max(0, found.st_size - base)
    if wanted is not None and there < wanted:
        raise InvalidSizeError(ended_early(there, wanted))
    length = there if wanted is None else wanted
    return FileSource(descriptor, str(getattr(raw, "name", "")), base, length, lambda: _advance(data, base + length))


def _advance(data: Any, position: int) -> None:
    if not data.closed:
        data.seek(position)


class ChunkReader:
    """Provides `read(n)` over an iterable of byte chunks."""

    def __init__(self, pieces: Iterable[Any]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = check_bytes(piece)
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


class AsyncSource:
    """A source for the asynchronous client: any of the above, or a stream with an async read()."""

    def __init__(self, source: Source | None, read: Callable[[int], Any] | None, length: int | None) -> None:
        self._source = source
        self._read = read
        self._memory = BufferPool()
        self.length = length
        self.repeatable = source is not None and source.repeatable

    def young(self) -> float:
        """Return the seconds to wait before reading the first part."""
        return 0.0 if self._source is None else self._source.young()

    def settle(self, body: Body, checksum: str | None, offset: int = 0) -> tuple[Body, Payload | None]:
        """Return the body of a single request after the last check of the source."""
        return (body, None) if self._source is None else self._source.settle(body, checksum, offset)

    def check_unchanged(self, sent: Sequence[SentRange] = ()) -> None:
        """Check that the source still has the bytes that were sent."""
        if self._source is not None:
            self._source.check_unchanged(sent)

    async def part(self, offset: int, size: int) -> Body:
        """Return a range. It is shorter than `size` only at the end of the body."""
        if self._source is None:
            return await self._receive(offset, size)
        if self.repeatable:
            return self._source.part(offset, size)
        import asyncio

        try:
            # A blocking read may take a long time.
            return await on_thread(partial(self._source.part, offset, size))
        except asyncio.CancelledError:
            self._source.stop()
            raise

    async def _receive(self, offset: int, size: int) -> Body:
        assert self._read is not None
        filling = PartBuffer(self._memory, offset, size, self.length)
        while filling.wanted and filling.add(await self._read(filling.wanted)):
            pass
        return filling.body()

    def fingerprint(self) -> tuple[str | int, ...]:
        """Return values that distinguish this content from others."""
        return self._source.fingerprint() if self._source is not None else ()

    def release(self, body: Body) -> None:
        """Release a part that is no longer needed. Its memory may be reused for another part."""
        (self._source or self._memory).release(body)

    def proof_part(self, offset: int, size: int) -> Body:
        """Return a range of a repeatable source, without awaiting."""
        assert self._source is not None
        return self._source.part(offset, size)

    def close(self) -> None:
        """Close the file."""
        if self._source is not None:
            self._source.close()


class AsyncChunkReader:
    """Provides `read(n)` over an asynchronous iterable of byte chunks."""

    def __init__(self, pieces: Any) -> None:
        self._pieces = pieces.__aiter__()
        self._rest = b""

    async def read(self, size: int) -> bytes:
        while not self._rest:
            try:
                piece = await anext(self._pieces)
            except StopAsyncIteration:
                return b""
            self._rest = check_bytes(piece)
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def open_async_source(data: Any, length: int) -> AsyncSource:
    """Return a source like `open_source`. `data` may also be an async iterable or have an async read()."""
    import inspect

    wanted = None if length < 0 else length
    if inspect.iscoroutinefunction(getattr(data, "read", None)):
        return AsyncSource(None, data.read, wanted)
    if hasattr(data, "__aiter__"):
        return AsyncSource(None, AsyncChunkReader(data).read, wanted)
    source = open_source(data, length)
    return AsyncSource(source, None, source.length)


def open_async_file(path: str | os.PathLike[str], limit: None = None, argument: str = "file_path") -> AsyncSource:
    """Open a file like `open_file`. The event loop cancels tasks, so no limit is needed."""
    source = open_file(path, argument=argument)
    return AsyncSource(source, None, source.length)
