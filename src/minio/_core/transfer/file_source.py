"""Files as the source of an upload.

The laws:

* A file is stored as it was when the call started: its first `length` bytes. Data appended later is not uploaded.
* A file that is truncated, rewritten or replaced during the upload raises an error, and nothing is stored. The last
  check happens before the server can publish the object. A change after that check cannot be stored by mistake,
  because the request is signed for the bytes that were checked.
* The size and the modification time show that a file was rewritten. If they are inconclusive (the file has grown, or
  its modification time was reset, which the inode change time shows), the bytes sent are compared with the file.
* A file without a size (as in /proc), a FIFO or a character device is read to its end.
"""

from __future__ import annotations

import base64
import errno
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple, Protocol

from ..exceptions import InvalidArgumentTypeError, InvalidPathError, InvalidSizeError, MissingFileError, reason_of
from ..wire.body import Body, body_length
from ..wire.checksums import Payload, digests
from .portable import read_at, ready, send_file
from .upload import Upload

_BLOCK = 1024 * 1024
_READ = 512 * 1024
"""How much is read at a time. glibc gives larger buffers back to the system, and each of their pages costs a fault."""
_HELD = 16 * 1024 * 1024
"""A single-request body up to this size is sent from memory."""
_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
_SAMPLE = 4096
_SMALL = 64 * 1024
"""A file up to this size is read when it is opened."""
_TICK = 0.012
"""The granularity of file timestamps in seconds: two changes within it may get the same time."""
_PAGE = 65536
"""The largest size that a sysfs file reports."""
_APPEND = 0.05
"""The longest time, in seconds, between the two changes that an append makes to a file: of its time and of its size."""
_STEP = 0.1
_OF_FILES = frozenset({errno.EIO, errno.ESTALE, errno.EISDIR})
"""Errors that only a file can raise, not a socket."""


@dataclass(frozen=True, slots=True)
class FileRange:
    """A range of an open file as a request body. It does not move the file position."""

    file: FileSource
    offset: int
    length: int
    digest: SentRange | None = None
    """For a single request: check the file before sending the last block, without which the server stores nothing."""

    def chunks(self) -> Iterator[bytes]:
        at, end = self.offset, self.offset + self.length
        while at < end:
            self._look(end - at)
            try:
                data = read_at(self.file.descriptor, min(_READ, end - at), at)
            except OSError as error:
                raise self.file.unreadable(error) from error
            if not data:
                raise self.file.changed("it became shorter")
            at += len(data)
            yield data

    def send_some(self, descriptor: int, at: int) -> int:
        self._look(self.length - at)
        try:
            count = send_file(descriptor, self.file.descriptor, self.offset + at, min(_BLOCK, self.length - at))
        except OSError as error:
            if error.errno in _OF_FILES:
                raise self.file.unreadable(error) from error
            raise
        if count:
            return count
        if not at:
            raise OSError(errno.EINVAL, "nothing is sent")  # reading the range raises the actual error
        raise self.file.changed("it became shorter")

    def _look(self, left: int) -> None:
        if self.digest is not None and left <= _BLOCK:
            self.file.check_unchanged([self.digest])


class _Stat(NamedTuple):
    """The stat fields that change when a file is modified or replaced."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


def _stat_of(found: os.stat_result) -> _Stat:
    changed = 0 if os.name == "nt" else found.st_ctime_ns  # on Windows, this is the creation time
    return _Stat(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, changed)


class SentRange(NamedTuple):
    """The digest of a range of the source when it was sent."""

    offset: int
    size: int
    algorithm: str
    digest: bytes


class FileSource:
    """A regular file."""

    repeatable = True

    def __init__(
        self,
        descriptor: int,
        name: str,
        base: int,
        length: int,
        after: Callable[[], object],
        found: os.stat_result | None = None,
    ) -> None:
        self.descriptor = descriptor
        self.name = name
        self.base = base
        self.length: int | None = length
        self.path: str | bytes | os.PathLike[str] | None = None
        self._after = after
        self._begun = _stat_of(os.fstat(descriptor) if found is None else found)
        self._content = self._read_small(length)
        self._ends = (b"", b"") if self._content is not None else self._sample()

    def _read_small(self, length: int) -> bytes | None:
        """Return the content of a small file, so that it is read only once; None if it is large or cannot be read."""
        if length > _SMALL:
            return None
        try:
            data = read_at(self.descriptor, length, self.base)
        except OSError:
            return None  # reading the part raises the actual error
        return data if len(data) == length else None

    def part(self, offset: int, size: int) -> Body:
        if self._content is not None and not offset and size >= len(self._content):
            return self._content
        length = max(0, min(size, (self.length or 0) - offset))
        if length > _BLOCK:
            return FileRange(self, self.base + offset, length)
        data = read_at(self.descriptor, length, self.base + offset)
        if len(data) != length:
            raise self.changed("it became shorter")
        return data

    proof_part = part

    def release(self, body: Body) -> None:
        """Do nothing: ranges hold no memory."""

    def stop(self) -> None:
        """Do nothing: no operation here blocks for long."""

    def fingerprint(self) -> tuple[str | int, ...]:
        return "file", *self._begun, self.base, self.length or 0

    def close(self) -> None:
        self._after()

    def young(self) -> float:
        """Return the seconds to wait before reading the first part, so that later changes get a new timestamp."""
        age = time.time() - max(self._begun.modified, self._begun.changed) / 1e9
        return _TICK - age if 0 <= age < _TICK else 0.0

    def settle(self, body: Body, checksum: str | None, offset: int = 0) -> tuple[Body, Payload | None]:
        """Return the body of a single request after the last check of the file. No error may follow once it is stored.

        Args:
            body: The range, as returned by `part()`.
            checksum: The algorithm of the request's checksum.
            offset: The offset of the range.

        Raises:
            InvalidSizeError: The file has changed.
        """
        if isinstance(body, FileRange) and body.length <= _HELD:
            body = b"".join(body.chunks())
        if isinstance(body, bytes):
            if not self._is_same():
                self.check_unchanged([SentRange(offset, len(body), "SHA256", sha256(body).digest())])
            return body, None
        payload = Payload(body, checksum)
        sent = SentRange(offset, body_length(body), "SHA256", bytes.fromhex(payload.sha256))
        self.check_unchanged([sent])
        return replace(body, digest=sent) if isinstance(body, FileRange) else body, payload

    def changed(self, how: str) -> InvalidSizeError:
        """Return the error for a file that has changed."""
        return InvalidSizeError(f"file {self.name!r} changed while it was being uploaded: {how}")

    def unreadable(self, error: OSError) -> InvalidPathError:
        """Return the error for a file that can no longer be read. It is not a connection error."""
        return InvalidPathError(f"file {self.name!r} cannot be read: {reason_of(error)}")

    def check_unchanged(self, sent: Sequence[SentRange] = ()) -> None:
        """Check that the bytes sent are those that the file had when it was opened.

        Args:
            sent: The ranges sent. They are compared with the file only if the file may have changed.

        Raises:
            InvalidSizeError: The file was truncated, rewritten or replaced.
        """
        found = self._stat_after_append()
        if found != self._begun:
            if found.size < self._begun.size:
                raise self.changed("it became shorter")
            if found.size == self._begun.size and found.modified != self._begun.modified:
                raise self.changed("its modification time is another one")
            if not self._holds(sent):
                raise self.changed("it was rewritten")
        if self.path is not None and self._replaced(self.path):
            raise self.changed("another file has taken its name")

    def _stat_after_append(self) -> _Stat:
        """Return the present state. An append in progress sets the modification time before the size: wait for both."""
        begun, found = self._begun, self._stat()
        until = time.monotonic() + _APPEND
        while found.size == begun.size and found.modified != begun.modified and time.monotonic() < until:
            time.sleep(0.001)
            found = self._stat()
        return found

    def _is_same(self) -> bool:
        """Return whether nothing at all has changed: the path still leads to the same file in the same state."""
        try:
            found = os.fstat(self.descriptor) if self.path is None else os.stat(self.path)
        except OSError:
            return False
        return _stat_of(found) == self._begun

    def _stat(self) -> _Stat:
        return _stat_of(os.fstat(self.descriptor))

    def _sample(self) -> tuple[bytes, bytes]:
        """Return the first and the last bytes. Appending to the file does not change them."""
        try:
            end = self.base + (self.length or 0)
            start = max(self.base, end - _SAMPLE)
            first = read_at(self.descriptor, min(_SAMPLE, end - self.base), self.base)
            return first, read_at(self.descriptor, end - start, start)
        except OSError:
            return b"", b""  # reading the parts raises the actual error

    def _holds(self, sent: Sequence[SentRange]) -> bool:
        if not sent or (self._content is None and self._sample() != self._ends):
            return False
        return all(self._digest(part) == part.digest for part in sent)

    def _digest(self, part: SentRange) -> bytes:
        return digests(FileRange(self, self.base + part.offset, part.size), [part.algorithm])[part.algorithm]

    def _replaced(self, path: str | bytes | os.PathLike[str]) -> bool:
        try:
            found = os.stat(path)
        except OSError:
            return False  # the file was removed, but the open descriptor still refers to it
        return (found.st_dev, found.st_ino) != self._begun[:2]


def resumed_ranges(upload: Upload, checksum: str | None) -> list[SentRange]:
    """Return the ranges of the parts that an upload resumes with. A part without a known digest matches nothing.

    Args:
        upload: The upload, before anything is sent.
        checksum: The algorithm of the parts' checksums.
    """
    found = []
    for number, sent in upload.sent.items():
        where = upload.plan.part(number)
        if checksum and sent.checksum:
            found.append(SentRange(where.offset, where.size, checksum, base64.b64decode(sent.checksum)))
        else:
            digest = bytes.fromhex(sent.etag) if _MD5(sent.etag) else b""
            found.append(SentRange(where.offset, where.size, "MD5", digest))
    return found


class Limit(Protocol):
    """A limit that can end a blocking call: the scope of a deadline."""

    @property
    def error(self) -> BaseException:
        """The error to raise when the limit is reached."""

    def is_over(self) -> bool:
        """Return whether the call must end."""


class PathStream:
    """A FIFO, a character device or a file without a size, read to its end. No step blocks for long."""

    def __init__(self, descriptor: int, name: str, limit: Limit | None) -> None:
        self._descriptor = descriptor
        self._name = name
        self._limit = limit
        self._state = threading.Lock()
        self._reading = self._closed = False

    def read(self, size: int) -> bytes:
        """Return the next bytes, or b"" at the end."""
        with self._state:
            if self._closed:
                raise self._stopped()
            self._reading = True
        try:
            while True:
                data = self._read_some(size)
                if data is not None:
                    return data
                if self._closed:
                    raise self._stopped()
                if self._limit is not None and self._limit.is_over():
                    raise self._limit.error
        finally:
            with self._state:
                self._reading = False
                if self._closed:
                    os.close(self._descriptor)

    def _read_some(self, size: int) -> bytes | None:
        try:
            return os.read(self._descriptor, size) if ready(self._descriptor, False, _STEP) else None
        except BlockingIOError:
            return None
        except OSError as error:
            raise InvalidPathError(f"file {self._name!r} cannot be read: {reason_of(error)}") from error

    def _stopped(self) -> InvalidSizeError:
        return InvalidSizeError(f"file {self._name!r} was not read to its end: the upload had failed")

    def close(self) -> None:
        """Close the stream. A read in progress on another thread ends within a moment and closes it then."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            if not self._reading:
                os.close(self._descriptor)


def open_path(
    path: str | os.PathLike[str], limit: Limit | None = None, argument: str = "file_path"
) -> FileSource | PathStream:
    """Open a file for upload. Errors name the argument.

    Raises:
        MissingFileError: The file does not exist.
        InvalidPathError: The path is a directory, a socket or a block device, or cannot be read.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise InvalidArgumentTypeError(f"{argument} must be a path, not {type(path).__name__}")
    descriptor = _open(path, argument)
    try:
        found = os.fstat(descriptor)
        if _is_stream(path, descriptor, found, argument):
            return PathStream(descriptor, str(os.fspath(path)), limit)
        source = FileSource(descriptor, str(os.fspath(path)), 0, found.st_size, lambda: os.close(descriptor), found)
    except BaseException:
        os.close(descriptor)
        raise
    source.path = path
    return source


def _open(path: str | bytes | os.PathLike[str], argument: str) -> int:
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC", "O_NOINHERIT"):
        flags |= getattr(os, name, 0)  # opening a FIFO without a writer must not block an event loop
    try:
        return os.open(path, flags)
    except FileNotFoundError as error:
        raise MissingFileError(f"{argument} {os.fspath(path)!r} does not exist") from error
    except (OSError, ValueError) as error:
        raise InvalidPathError(f"{argument} {os.fspath(path)!r} cannot be read: {reason_of(error)}") from error


def _is_stream(path: str | bytes | os.PathLike[str], descriptor: int, found: os.stat_result, argument: str) -> bool:
    if stat.S_ISREG(found.st_mode):
        return not has_size(descriptor, found)
    if stat.S_ISFIFO(found.st_mode) or stat.S_ISCHR(found.st_mode):
        return True
    kind = "a directory" if stat.S_ISDIR(found.st_mode) else "neither a regular file, nor a FIFO or character device"
    raise InvalidPathError(f"{argument} {os.fspath(path)!r} is {kind}")


def has_size(descriptor: int, found: os.stat_result) -> bool:
    """Return whether a regular file has as many bytes as its size says. /proc files report 0, sysfs files a page."""
    size = found.st_size
    if size and (size > _PAGE or getattr(found, "st_blocks", 1)):
        return True
    try:
        there = len(read_at(descriptor, max(size, 1), 0))
        return there == size or os.fstat(descriptor).st_size != size
    except OSError:
        return False  # reading it as a stream raises the actual error
