"""The file that a download is written to until it is whole: beside the target, under a name of its own.

The name tells the version it belongs to, so a later download of the same version goes on where this one was cut off,
and one of another version does not. A lock keeps a second download of the same object out of it: that one takes a name
that nobody else has. When all is there and verified, the file gets the target's name in one step.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from math import ceil

from ...error import InvalidArgumentTypeError, InvalidPathError
from ..wire.checksums import new_digest

_BLOCK = 1024 * 1024
_NAME_MAX = 255
_DONE = b"\1"
_MARK = 5


def check_target(file_path: str | os.PathLike[str], argument: str = "file_path") -> str:
    """Check where a download is to go.

    Raises:
        InvalidArgumentTypeError: It is not a path.
        InvalidPathError: It is a directory.
    """
    try:
        path = os.fsdecode(file_path)
    except TypeError as error:
        raise InvalidArgumentTypeError(f"{argument} must be a path, not {type(file_path).__name__}") from error
    if not path or "\0" in path:
        raise InvalidPathError(f"{argument} {path!r} is no path")
    if os.path.isdir(path) or path.endswith(("/", os.sep)):
        raise InvalidPathError(f"{argument} {path!r} is a directory")
    return path


def part_name(path: str, etag: str) -> str:
    """The name beside the target for a version, never longer than file systems allow."""
    folder, name = os.path.split(path)
    digest = hashlib.sha256(etag.encode()).hexdigest()[:16]
    ending = f".{digest}.part.minio"
    room = _NAME_MAX - len(ending)
    short = os.fsencode(name)[:room].decode("utf-8", "ignore") if len(os.fsencode(name)) > room else name
    return os.path.join(folder, short + ending)


class PartFile:
    """A download under way: the object's bytes where they belong, and behind them a mark for each chunk that is there.

    The mark holds the chunk's CRC-32C, and a chunk counts as there only if it still has that. So nothing needs to wait
    for the disk: what a crash of the machine took away, or others have changed since, shows when the marks are read.
    """

    def __init__(self, target: str, etag: str, size: int, chunk: int, named: str | None = None) -> None:
        self.target = target
        self.size = size
        self.chunk = chunk
        self._head = hashlib.sha256(f"{etag} {size} {chunk}".encode()).digest()
        self._marks = self.size + len(self._head)
        self._open = False
        self._writing = threading.Lock()
        self.done: set[int] = set()
        self._doubtful: list[tuple[int, bytes]] = []
        self._spoilt = self._findable = False
        wanted = named or part_name(target, etag)
        try:
            folder = os.path.dirname(os.path.abspath(target))
            os.makedirs(folder, exist_ok=True)
            self.path, self.descriptor = _open_locked(wanted)
            self._open = True
            self._findable = self.path == wanted
            marks = self._read_marks()
            self._doubtful = marks or []
            if marks is None:
                self.restart()
        except OSError as error:
            self.discard()
            raise _unwritable(target, error) from error
        except BaseException:
            self.leave()
            raise

    @property
    def count(self) -> int:
        """How many chunks there are."""
        return ceil(self.size / self.chunk)

    @property
    def _length(self) -> int:
        """The size of the file until it is published."""
        return self._marks + self.count * _MARK

    def _read_marks(self) -> list[tuple[int, bytes]] | None:
        """The marks of an earlier download; None when what is there is nothing of this one."""
        if os.fstat(self.descriptor).st_size != self._length:
            return None
        if os.pread(self.descriptor, len(self._head), self.size) != self._head:
            return None
        marks = os.pread(self.descriptor, self.count * _MARK, self._marks)
        found = (marks[at : at + _MARK] for at in range(0, len(marks), _MARK))
        return [(index, mark) for index, mark in enumerate(found) if mark[:1] == _DONE]

    def believe_next(self) -> bool:
        """See whether a chunk that an earlier download has marked is still what it was; False when none is left to see.

        Only then it is in `done`. Each takes a moment, so that who is in a hurry may stop between two.
        """
        if not self._doubtful:
            return False
        index, mark = self._doubtful[-1]
        with contextlib.suppress(OSError):  # what cannot be read is not there
            if mark == self._mark_of(index):
                self.done.add(index)
        self._doubtful.pop()
        return True

    @property
    def of_use(self) -> bool:
        """There is something that a next download may go on from, and will find."""
        return self._findable and not self._spoilt and bool(self.done or self._doubtful)

    def spoil(self) -> None:
        """What came cannot be of this object: nobody may go on from it."""
        self._spoilt = True

    def _mark_of(self, index: int) -> bytes:
        """The mark of a chunk as it is on the disk."""
        digest = new_digest("CRC32C")
        for block in self.chunk_blocks(index):
            digest.update(block)
        return _DONE + digest.digest()

    def restart(self) -> None:
        """Forget what is there, and take the room on the disk."""
        os.ftruncate(self.descriptor, 0)
        self.done = set()
        self._doubtful = []
        self._spoilt = False
        if hasattr(os, "posix_fallocate"):
            _allocate(self.descriptor, self._length)
        os.ftruncate(self.descriptor, self._length)
        _write(self.descriptor, self._head, self.size)

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write bytes where they belong. One at a time: the system lets in no more, and has the others spin."""
        with self._writing:
            _write(self.descriptor, data, offset)

    def end_of_chunk(self, at: int) -> int:
        """Where the chunk ends that holds this byte."""
        return min((at // self.chunk + 1) * self.chunk, self.size)

    def mark(self, index: int, crc: bytes | None = None) -> None:
        """Record that a chunk is there.

        Args:
            index: Which one.
            crc: Its CRC-32C, if that is known already.
        """
        mark = self._mark_of(index) if crc is None else _DONE + crc
        _write(self.descriptor, mark, self._marks + index * _MARK)
        self.done.add(index)

    def chunk_blocks(self, index: int) -> Iterator[bytes]:
        """A chunk's bytes."""
        at = index * self.chunk
        return self._read(at, self.end_of_chunk(at))

    def blocks(self) -> Iterator[bytes]:
        """The object's bytes, from the first on."""
        return self._read(0, self.size)

    def _read(self, at: int, end: int) -> Iterator[bytes]:
        while at < end and (data := os.pread(self.descriptor, min(_BLOCK, end - at), at)):
            at += len(data)
            yield data

    def publish(self) -> None:
        """Give the file the target's name. It is on the disk by then."""
        try:
            if self.count > 1:
                os.fsync(self.descriptor)  # who interrupts this, since it takes long, finds all marks again
            os.ftruncate(self.descriptor, self.size)
            os.fsync(self.descriptor)
            os.replace(self.path, self.target)
        except OSError as error:
            raise _unwritable(self.target, error) from error
        self.close()
        _sync_folder(os.path.dirname(os.path.abspath(self.target)))

    def discard(self) -> None:
        """Remove the file."""
        if self._open:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)
            self.close()

    def leave(self) -> None:
        """Let go of a file that is not finished: keep it for the next try, if that can use it."""
        if self.of_use:
            self.close()
        else:
            self.discard()

    def close(self) -> None:
        """Close the file. May be called again."""
        if self._open:
            self._open = False
            # A thread that an interrupt has left behind must not write to whatever gets the number next.
            descriptor, self.descriptor = self.descriptor, -1
            os.close(descriptor)


def _write(descriptor: int, data: bytes | memoryview, offset: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, offset)
        offset += count
        view = view[count:]


def _allocate(descriptor: int, length: int) -> None:
    try:
        os.posix_fallocate(descriptor, 0, length)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            raise


def _unwritable(target: str, error: OSError) -> OSError:
    if isinstance(error, InvalidPathError):
        return error
    if error.errno is not None and type(error) is OSError:  # a full disk, say: the number matters
        return OSError(error.errno, f"file_path {target!r} cannot be written: {error.strerror}")
    return InvalidPathError(f"file_path {target!r} cannot be written: {error}")


def _open_locked(path: str) -> tuple[str, int]:
    """Open the file, or one of another name if somebody else is writing it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            if _lock(descriptor) and _still_there(descriptor, path):
                return path, descriptor
        except OSError:
            os.close(descriptor)
            return _open_unlocked(path, flags)
        os.close(descriptor)
        path = _other_name(path)


def _open_unlocked(path: str, flags: int) -> tuple[str, int]:
    """Where the file system has no locks: a file of a name that nobody else can have."""
    with contextlib.suppress(OSError):
        if not os.path.getsize(path):
            os.unlink(path)
    path = _other_name(path)
    return path, os.open(path, flags | os.O_EXCL, 0o666)


def _other_name(path: str) -> str:
    folder, name = os.path.split(path)
    short = os.fsencode(name)[: _NAME_MAX - 40].decode("utf-8", "ignore")
    return os.path.join(folder, f"{short}.{secrets.token_hex(6)}.part.minio")


def _lock(descriptor: int) -> bool:
    """Whether the file is ours alone now.

    Raises:
        OSError: The file system has no locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows: an open file cannot be replaced under its reader there
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_there(descriptor: int, path: str) -> bool:
    """The file was not renamed or removed between opening and locking it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _sync_folder(folder: str) -> None:
    """The new name is on the disk too, where folders can be synced."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
