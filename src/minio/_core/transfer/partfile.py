"""The temporary file of a download, stored next to the target under its own name until it is complete.

The name identifies the version of the object, so a later download of the same version resumes it and one of another
version does not. A lock keeps a second download of the same object out of the file; that download uses a unique name.
When all data is stored and verified, the file is atomically renamed to the target. A small object needs none of this:
see `small_file.py`.

The laws:

* The file belongs to this process alone: it is never one that somebody else placed there (`safe_open`).
* Only users who can read the final target can read it (`access`).
* A successful download removes what earlier downloads of the same target left behind: files of this user that no
  running download has locked. Without locks nothing is removed, since files in use cannot be identified. For an object
  of one chunk, only the first thousand names in the directory are checked, since a full scan of a large directory
  takes longer than the download.
* Nothing waits for the disk, unless the download is durable: the file is then on the disk before it gets its name, and
  the name is on the disk before the call ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ..wire.checksums import new_digest
from ..wire.crc_combine import combine_crc32c
from . import portable
from .access import access_of, access_of_new, restrict
from .durable import make_folder, sync_folders
from .layout import Layout
from .portable import read_at, write_at
from .safe_open import (
    NAME_MAX,
    ForeignFile,
    open_existing,
    open_new,
    open_or_create,
    random_text,
    shortened,
    still_there,
)
from .target import unwritable

_BLOCK = 1024 * 1024
ENDING = "part.minio"
_LOOKED_AT = 1000
_DONE = b"\1"
_MARK = 5


def part_name(path: str, etag: str) -> str:
    """Return the path of the part file for a version. The name never exceeds the file system's limit."""
    return beside(path, hashlib.sha256(etag.encode()).hexdigest()[:16])


def beside(path: str, distinction: str) -> str:
    """Return the path of a temporary file next to a file. `distinction` has 16 digits."""
    folder, name = os.path.split(path)
    ending = f".{distinction}.{ENDING}"
    return os.path.join(folder, shortened(name, NAME_MAX - len(ending)) + ending)


class PartFile:
    """A download in progress: the object's bytes at their offsets, followed by a mark for each stored chunk.

    A mark holds the CRC-32C of its chunk, and a chunk counts as stored only if it still matches. Writes therefore do
    not wait for the disk: data lost in a system crash or changed by others is detected when the marks are verified.
    The marks also prove the checksum of the whole object, if that is a CRC-32C, or one of those of its parts.

    Args:
        target: The file to replace.
        etag: What identifies the version of the object.
        size: The size of the object.
        chunk: The maximum size of a chunk.
        named: The caller's temporary file.
        part: The size of the parts in which the object was uploaded, if it is known and matters.
        durable: Publish only what is on the disk.
    """

    def __init__(
        self,
        target: str,
        etag: str,
        size: int,
        chunk: int,
        named: str | None = None,
        part: int = 0,
        durable: bool = False,
    ) -> None:
        self.target = target
        self.size = size
        self.layout = Layout(size, chunk, part)
        self.durable = durable
        self._head = hashlib.sha256(f"{etag} {size} {chunk}{f' {part}' if part else ''}".encode()).digest()
        self._marks = self.size + len(self._head)
        self._open = False
        self.done: set[int] = set()
        self._crcs: dict[int, bytes] = {}
        self._unverified: list[tuple[int, bytes]] = []
        self._spoilt = self._findable = False
        self._named = named
        wanted = named or part_name(target, etag)
        try:
            self._folders = make_folder(target)
            make_folder(wanted)
            self._open_private(wanted)
            marks = self._read_marks()
            self._unverified = marks or []
            if marks is None:
                self.restart()
        except OSError as error:
            self.discard()
            raise unwritable(target, error) from error
        except BaseException:
            self.leave()
            raise

    def _open_private(self, wanted: str) -> None:
        """Open the file, readable only by users who can read the final target."""
        self._access = access_of(self.target)
        new = self._access is None and self._named is None
        opened = _open_locked(wanted, self.target, 0o666 if new else 0o600)
        self.path, self.descriptor = opened.path, opened.descriptor
        self._open, self._findable = True, opened.locked and opened.path == wanted
        if new and opened.created:
            return  # with the permissions that open() sets
        restrict(self.descriptor)
        self._access = self._access or access_of_new(self.target)

    @property
    def count(self) -> int:
        """The number of chunks."""
        return self.layout.count

    @property
    def _length(self) -> int:
        """The size of the file before it is published."""
        return self._marks + self.count * _MARK

    def _read_marks(self) -> list[tuple[int, bytes]] | None:
        """Read the marks of an earlier download. Return None if the file is not from a download of this version."""
        if os.fstat(self.descriptor).st_size != self._length:
            return None
        if read_at(self.descriptor, len(self._head), self.size) != self._head:
            return None
        marks = read_at(self.descriptor, self.count * _MARK, self._marks)
        found = (marks[at : at + _MARK] for at in range(0, len(marks), _MARK))
        return [(index, mark) for index, mark in enumerate(found) if mark[:1] == _DONE]

    def verify_next(self) -> bool:
        """Verify one chunk that an earlier download has marked. Return False if none is left to verify.

        A chunk is added to `done` only if it is intact. Each call verifies one chunk, so the caller can stop early.
        """
        if not self._unverified:
            return False
        index, mark = self._unverified[-1]
        with contextlib.suppress(OSError):  # an unreadable chunk is fetched again
            if mark == self._mark_of(index):
                self.done.add(index)
                self._crcs[index] = mark[1:]
        self._unverified.pop()
        return True

    @property
    def resumable(self) -> bool:
        """Whether the file has data that a later download will find and can resume."""
        return self._findable and not self._spoilt and bool(self.done or self._unverified)

    def invalidate(self) -> None:
        """Mark the file as unusable: the received data does not belong to this object."""
        self._spoilt = True

    def _mark_of(self, index: int) -> bytes:
        """Compute the mark of a chunk from its bytes on disk."""
        digest = new_digest("CRC32C")
        for block in self.chunk_blocks(index):
            digest.update(block)
        return _DONE + digest.digest()

    def restart(self) -> None:
        """Discard the content, and allocate space on disk."""
        os.ftruncate(self.descriptor, 0)
        self.done = set()
        self._crcs = {}
        self._unverified = []
        self._spoilt = False
        portable.allocate(self.descriptor, self._length)
        os.ftruncate(self.descriptor, self._length)
        write_at(self.descriptor, self._head, self.size)

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write bytes at an offset."""
        write_at(self.descriptor, data, offset)

    def mark(self, index: int, crc: bytes | None = None) -> None:
        """Record that a chunk is stored.

        Args:
            index: The index of the chunk.
            crc: Its CRC-32C, if already known.
        """
        mark = self._mark_of(index) if crc is None else _DONE + crc
        write_at(self.descriptor, mark, self._marks + index * _MARK)
        self._crcs[index] = mark[1:]
        self.done.add(index)

    def crc(self) -> bytes:
        """Return the CRC-32C of the object. All chunks must be marked."""
        return self._crc_of(range(self.count))

    def crcs_of_parts(self) -> Iterator[bytes]:
        """Iterate over the CRC-32Cs of the object's parts. All chunks must be marked."""
        return map(self._crc_of, self.layout.parts())

    def _crc_of(self, chunks: Iterable[int]) -> bytes:
        found = 0
        for index in chunks:
            found = combine_crc32c(found, int.from_bytes(self._crcs[index], "big"), self.layout.length(index))
        return found.to_bytes(4, "big")

    def chunk_blocks(self, index: int) -> Iterator[bytes]:
        """Iterate over the bytes of a chunk."""
        return self._read(self.layout.start(index), self.layout.start(index + 1))

    def blocks(self) -> Iterator[bytes]:
        """Iterate over all bytes of the object."""
        return self._read(0, self.size)

    def _read(self, at: int, end: int) -> Iterator[bytes]:
        while at < end and (data := read_at(self.descriptor, min(_BLOCK, end - at), at)):
            at += len(data)
            yield data

    def publish(self) -> None:
        """Rename the file to the target. A durable file is synced to disk, before and afterwards."""
        try:
            if self.durable:
                os.fsync(self.descriptor)  # this can take long; if it is interrupted, all marks are still there
            os.ftruncate(self.descriptor, self.size)
            access = access_of(self.target) or self._access
            if access is not None:
                access.apply(self.descriptor)
            if self.durable:
                os.fsync(self.descriptor)
            if not portable.RENAMES_OPEN_FILES:
                self.close()
            os.replace(self.path, self.target)
            self.close()
            if self.durable:
                sync_folders(self._folders)
        except OSError as error:
            raise unwritable(self.target, error) from error
        if self._named is None:
            remove_leftovers(self.target, None if self.count > 1 else _LOOKED_AT)

    def discard(self) -> None:
        """Remove the file."""
        if not self._open:
            return
        if not portable.RENAMES_OPEN_FILES:
            self.close()
            with contextlib.suppress(OSError):
                os.unlink(self.path)
            return
        with contextlib.suppress(FileNotFoundError):
            if still_there(self.descriptor, self.path):
                os.unlink(self.path)
        self.close()

    def leave(self) -> None:
        """Close an incomplete file. Keep it if a later download can resume it, else remove it."""
        if self.resumable:
            self.close()
        else:
            self.discard()

    def close(self) -> None:
        """Close the file. Can be called more than once."""
        if self._open:
            self._open = False
            # A thread that outlives an interrupt must not write to a reused descriptor number.
            descriptor, self.descriptor = self.descriptor, -1
            os.close(descriptor)


def remove_leftovers(target: str, most: int | None = None) -> None:
    """Remove part files of a target that no running download has locked.

    Args:
        target: The file that was downloaded.
        most: The maximum number of names in the directory to check; None checks all.
    """
    folder, name = os.path.split(target)
    # Releases before 7.4 used the second suffix when a download found its part file locked.
    ours = re.compile(rf"{re.escape(name)}\.[0-9a-f]{{16}}\.part\.minio(\.[0-9a-f]{{12}}\.part\.minio)?").fullmatch
    with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in [entry for entry in islice(entries, most) if ours(entry.name)]:
            _remove_unlocked(entry.path)


def _remove_unlocked(path: str) -> None:
    with contextlib.suppress(OSError):
        descriptor = open_existing(path)
        try:
            if portable.lock(descriptor) and still_there(descriptor, path):
                os.unlink(path)
        finally:
            os.close(descriptor)


class _Opened(NamedTuple):
    """An open file that no other download writes to."""

    path: str
    descriptor: int
    created: bool
    locked: bool


def _open_locked(path: str, target: str, mode: int) -> _Opened:
    """Open and lock the file. If it belongs to somebody else or may be in use, create one under another name."""
    while True:
        try:
            descriptor, created = open_or_create(path, mode)
        except ForeignFile:
            return _open_other(path, target, mode)
        locked = _lock(descriptor)
        if locked is None and created:  # without locks, an existing file may be in use
            return _Opened(path, descriptor, created, False)
        if locked and still_there(descriptor, path):
            return _Opened(path, descriptor, created, True)
        os.close(descriptor)
        if not locked:
            return _open_other(path, target, mode)


def _open_other(path: str, target: str, mode: int) -> _Opened:
    """Create a file with an unpredictable name in the same directory. It is in use as soon as it is locked."""
    folder = os.path.dirname(path)
    while True:
        path = os.path.join(folder, os.path.basename(beside(target, random_text())))
        descriptor = open_new(path, mode)
        locked = _lock(descriptor)
        if locked is None or (locked and still_there(descriptor, path)):
            return _Opened(path, descriptor, True, bool(locked))
        os.close(descriptor)  # before it was locked, another download removed it


def _lock(descriptor: int) -> bool | None:
    """Lock a file and return whether that succeeded; None if the file system does not support locks."""
    try:
        return portable.lock(descriptor)
    except OSError:
        return None
