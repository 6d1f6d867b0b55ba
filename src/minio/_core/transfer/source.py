"""Where an upload's bytes come from: memory, a file, or something that can only be read once from front to back.

Memory and files give any range at any time, without a copy of the whole. A stream gives its ranges in order, each
read into memory when it is its turn.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...error import (
    InvalidArgumentTypeError,
    InvalidPathError,
    InvalidSizeError,
    MissingFileError,
)
from ..wire.message import Body
from .filling import Filling, PartMemory, check_bytes

_BLOCK = 1024 * 1024
_OF_FILES = frozenset({errno.EIO, errno.ESTALE, errno.EISDIR})
"""What only a file can have, and no socket."""


class Source(Protocol):
    """Gives ranges of a body."""

    length: int | None
    """Bytes in all, None when only the end will tell."""
    repeatable: bool
    """Any range can be had any number of times."""

    def part(self, offset: int, size: int) -> Body:
        """The range, shorter only when the body ends in it."""

    def proof_part(self, offset: int, size: int) -> Body:
        """The same, of what can be read again."""

    def release(self, body: Body) -> None:
        """A part is not needed any more: its memory may hold another one."""

    def stop(self) -> None:
        """The upload has failed: have who is reading a stream read no more than the present piece."""

    def check_unchanged(self) -> None:
        """Check that a file is still what it was."""

    def close(self) -> None:
        """Let go of the file; say to the caller's stream how far it was read."""


@dataclass(slots=True)
class MemorySource:
    """A body in memory."""

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

    def release(self, body: Body) -> None:
        """The memory is the caller's."""

    def stop(self) -> None:
        """Nothing here takes long."""

    def check_unchanged(self) -> None:
        """Memory is the caller's: nothing to check."""

    def close(self) -> None:
        self.data = memoryview(b"")
        if self.after is not None:
            self.after()


@dataclass(frozen=True, slots=True)
class FileRange:
    """A range of an open file, as a request's body. It is read with pread: the file's own position stays."""

    file: FileSource
    offset: int
    length: int

    def chunks(self) -> Iterator[bytes]:
        at, end = self.offset, self.offset + self.length
        while at < end:
            try:
                data = os.pread(self.file.descriptor, min(_BLOCK, end - at), at)
            except OSError as error:
                raise self.file.unreadable(error) from error
            if not data:
                raise self.file.changed("it became shorter")
            at += len(data)
            yield data

    def send_some(self, descriptor: int, at: int) -> int:
        if not hasattr(os, "sendfile"):
            raise OSError(errno.ENOSYS, "no sendfile")
        try:
            count = os.sendfile(descriptor, self.file.descriptor, self.offset + at, min(_BLOCK, self.length - at))
        except OSError as error:
            if error.errno in _OF_FILES:
                raise self.file.unreadable(error) from error
            raise
        if count:
            return count
        if not at:
            raise OSError(errno.EINVAL, "nothing is sent")  # reading it will tell why
        raise self.file.changed("it became shorter")


class FileSource:
    """A regular file. That it does not change while it is sent is checked at the end."""

    repeatable = True

    def __init__(self, descriptor: int, name: str, base: int, length: int, after: Callable[[], object]) -> None:
        self.descriptor = descriptor
        self.name = name
        self.base = base
        self.length: int | None = length
        self.path: str | bytes | os.PathLike[str] | None = None
        self._after = after
        self._mark = self._identity()

    def part(self, offset: int, size: int) -> Body:
        length = max(0, min(size, (self.length or 0) - offset))
        if length > _BLOCK:
            return FileRange(self, self.base + offset, length)
        data = os.pread(self.descriptor, length, self.base + offset)
        if len(data) != length:
            raise self.changed("it became shorter")
        return data

    proof_part = part

    def release(self, body: Body) -> None:
        """Ranges hold no memory."""

    def stop(self) -> None:
        """Nothing here takes long."""

    def close(self) -> None:
        self._after()

    def _identity(self) -> tuple[int, ...]:
        found = os.fstat(self.descriptor)
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def changed(self, how: str) -> InvalidSizeError:
        """The error for a file that is another one by now."""
        return InvalidSizeError(f"file {self.name!r} changed while it was being uploaded: {how}")

    def unreadable(self, error: OSError) -> InvalidPathError:
        """The error for a file that cannot be read any more: a fault of the connection it is not."""
        return InvalidPathError(f"file {self.name!r} cannot be read: {error}")

    def check_unchanged(self) -> None:
        """Check that the file is still what it was.

        Raises:
            InvalidSizeError: Its size or time of change is another one.
        """
        if self._identity() != self._mark:
            raise self.changed("its size or modification time is another one")
        if self.path is not None and self._replaced(self.path):
            raise self.changed("another file has taken its name")

    def _replaced(self, path: str | bytes | os.PathLike[str]) -> bool:
        try:
            found = os.stat(path)
        except OSError:
            return False  # removed: what is open is still what was meant
        return (found.st_dev, found.st_ino) != self._mark[:2]


class StreamSource:
    """Something with `read(n)`, read once from front to back."""

    repeatable = False

    def __init__(
        self, read: Callable[[int], Any], length: int | None, check: Callable[[], object] | None = None
    ) -> None:
        self._read = read
        self._check = check
        self._memory = PartMemory()
        self._stopped = False
        self.length = length

    def part(self, offset: int, size: int) -> Body:
        filling = Filling(self._memory, offset, size, self.length)
        while filling.wanted and filling.add(self._read(filling.wanted)):
            if self._stopped:
                raise InvalidSizeError("data was not read to its end: the upload had failed")
        return filling.body()

    def stop(self) -> None:
        self._stopped = True

    proof_part = part

    def release(self, body: Body) -> None:
        self._memory.release(body)

    def check_unchanged(self) -> None:
        """What was read once was sent; it may not be wanted any more."""
        if self._check is not None:
            self._check()

    def close(self) -> None:
        """Nothing to let go of: the stream is the caller's."""


def open_file(path: str | os.PathLike[str]) -> FileSource:
    """Open a file to be uploaded.

    Raises:
        MissingFileError: There is none.
        InvalidPathError: It is a directory or cannot be read.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise InvalidArgumentTypeError(f"file_path must be a path, not {type(path).__name__}")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError as error:
        raise MissingFileError(f"file_path {os.fspath(path)!r} does not exist") from error
    except (OSError, ValueError) as error:
        raise InvalidPathError(f"file_path {os.fspath(path)!r} cannot be read: {error}") from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        raise InvalidPathError(f"file_path {os.fspath(path)!r} is {kind}")
    source = FileSource(descriptor, os.fspath(path), 0, found.st_size, lambda: os.close(descriptor))
    source.path = path
    return source


def open_source(data: Any, length: int) -> Source:
    """A source for what the caller gave as `data`, of which `length` bytes are meant (-1: all there is).

    Raises:
        InvalidArgumentTypeError: It is nothing that bytes can be read from.
        InvalidSizeError: It is known to hold fewer bytes.
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


def _from_memory(view: memoryview, wanted: int | None, after: Callable[[], object] | None) -> MemorySource:
    if wanted is not None and view.nbytes < wanted:
        raise InvalidSizeError(f"data ends after {view.nbytes} bytes, but length says {wanted}")
    return MemorySource(view if wanted is None else view[:wanted], after=after)


def _from_bytesio(data: io.BytesIO, wanted: int | None) -> MemorySource:
    # getvalue() shares the buffer until somebody writes. A view of getbuffer() would lock it for as long as anything,
    # such as the traceback of an error, remembers a part: closing or writing `data` would then be a BufferError.
    start = data.tell()
    source = _from_memory(memoryview(data.getvalue())[start:], wanted, None)
    end = start + (source.length or 0)

    def after() -> None:
        if not data.closed:
            data.seek(end)

    source.after = after
    return source


def _from_file(data: Any, wanted: int | None) -> FileSource | None:
    """The open file itself, when it is a regular one that can be read: its ranges need not pass through `data`."""
    raw = getattr(data, "raw", data)
    if not isinstance(raw, io.FileIO) or not data.readable() or not hasattr(os, "pread"):
        return None
    if isinstance(data, io.BufferedRandom):
        data.flush()
    descriptor = data.fileno()
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return None
    base = data.tell()
    there = max(0, found.st_size - base)
    if wanted is not None and there < wanted:
        raise InvalidSizeError(f"data ends after {there} bytes, but length says {wanted}")
    length = there if wanted is None else wanted
    return FileSource(descriptor, str(getattr(raw, "name", "")), base, length, lambda: _advance(data, base + length))


def _advance(data: Any, position: int) -> None:
    if not data.closed:
        data.seek(position)


class ChunkReader:
    """`read(n)` over an iterable of pieces of bytes."""

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
    """A source for the asynchronous client: any of the above, or a stream whose read() is awaited."""

    def __init__(self, source: Source | None, read: Callable[[int], Any] | None, length: int | None) -> None:
        self._source = source
        self._read = read
        self._memory = PartMemory()
        self.length = length
        self.repeatable = source is not None and source.repeatable

    def check_unchanged(self) -> None:
        """Check that a file is still what it was."""
        if self._source is not None:
            self._source.check_unchanged()

    async def part(self, offset: int, size: int) -> Body:
        """The range, shorter only when the body ends in it."""
        if self._source is None:
            return await self._receive(offset, size)
        if self.repeatable:
            return self._source.part(offset, size)
        import asyncio

        try:
            # A blocking read may take its time.
            return await asyncio.to_thread(self._source.part, offset, size)
        except asyncio.CancelledError:
            self._source.stop()
            raise

    async def _receive(self, offset: int, size: int) -> Body:
        assert self._read is not None
        filling = Filling(self._memory, offset, size, self.length)
        while filling.wanted and filling.add(await self._read(filling.wanted)):
            pass
        return filling.body()

    def release(self, body: Body) -> None:
        """A part is not needed any more: its memory may hold another one."""
        (self._source or self._memory).release(body)

    def proof_part(self, offset: int, size: int) -> Body:
        """A range of what can be read again, without awaiting."""
        assert self._source is not None
        return self._source.part(offset, size)

    def close(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.close()


class AsyncChunkReader:
    """`read(n)` over an asynchronous iterable of pieces of bytes."""

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
    """As `open_source`, and also for what has an awaitable read() or is an asynchronous iterable."""
    import inspect

    wanted = None if length < 0 else length
    if inspect.iscoroutinefunction(getattr(data, "read", None)):
        return AsyncSource(None, data.read, wanted)
    if hasattr(data, "__aiter__"):
        return AsyncSource(None, AsyncChunkReader(data).read, wanted)
    source = open_source(data, length)
    return AsyncSource(source, None, source.length)


def open_async_file(path: str | os.PathLike[str]) -> AsyncSource:
    """As `open_file`."""
    source = open_file(path)
    return AsyncSource(source, None, source.length)
