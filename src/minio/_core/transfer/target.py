"""The target of a download: a file that is replaced when all data is stored, or a stream that is written in order.

The laws:

* Only regular files are replaced. A character device, a FIFO or the target of `/dev/stdout` is written in order. A
  block device, a socket or a directory is rejected before anything is sent.
* A symbolic link is kept: the file that it points to is replaced or created, as with `open()`, curl and wget. A link
  that another user placed in a world-writable directory is rejected (see `access.is_planted`).
* A failed call leaves the existing file unchanged: the target itself cannot be its own temporary file.
* A temporary file that cannot be renamed to the target is rejected at the start.
"""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import time
from dataclasses import dataclass

from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidPathError, reason_of
from .access import is_planted
from .portable import ready

_MOST_LINKS = 40
_DESCRIPTORS = re.compile(r"/proc/(\d+)(?:/task/\d+)?/fd|/dev/fd").fullmatch
_KINDS = {stat.S_IFBLK: "a block device", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a directory"}
_STEP = 0.1
"""Seconds that one step may wait. After each step, a deadline or a cancellation can end the call."""
_SURE = getattr(select, "PIPE_BUF", 512)
"""The number of bytes that can be written without blocking when the descriptor is ready."""
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a download. `path` has all links resolved; `temporary` is the caller's temporary file."""

    path: str
    in_order: bool = False
    temporary: str | None = None


def check_target(file_path: str | os.PathLike[str], argument: str = "file_path") -> str:
    """Check the path of a download target and return it.

    Raises:
        InvalidArgumentTypeError: It is not a path.
        InvalidPathError: It is a directory or not a valid path.
    """
    try:
        path = os.fsdecode(file_path)
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise InvalidPathError(f"{argument} {file_path!r} cannot be the name of a file: {error.reason}") from error
    except TypeError as error:
        raise InvalidArgumentTypeError(f"{argument} must be a path, not {type(file_path).__name__}") from error
    if not path or "\0" in path:
        raise InvalidPathError(f"{argument} {path!r} is not a path")
    if os.path.isdir(path) or path.endswith(("/", os.sep)):
        raise InvalidPathError(f"{argument} {path!r} is a directory")
    return path


def find_target(file_path: str | os.PathLike[str], tmp_file_path: str | os.PathLike[str] | None = None) -> Target:
    """Determine the target of a download and how to write it. Nothing is created or opened.

    Raises:
        InvalidArgumentTypeError: One of the arguments is not a path.
        InvalidArgumentError: Both are the same file, or the target does not use a temporary file.
        InvalidPathError: The target can be neither replaced nor written to, or the temporary file cannot be renamed.
    """
    given = check_target(file_path)
    path, in_order = _behind_links(given)
    if tmp_file_path is None:
        return Target(path, in_order)
    temporary = check_target(tmp_file_path, "tmp_file_path")
    if in_order:
        raise InvalidArgumentError(f"tmp_file_path must not be given: file_path {given!r} is not a regular file")
    _check_temporary(temporary, path)
    return Target(path, False, temporary)


def _behind_links(given: str) -> tuple[str, bool]:
    """Resolve a chain of links. Return the final path and whether it is written in order."""
    path = given
    for _ in range(_MOST_LINKS):
        if _descriptors_of(path):
            return path, True
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return path, False
        except OSError as error:
            raise InvalidPathError(f"file_path {given!r} cannot be written: {reason_of(error)}") from error
        if not stat.S_ISLNK(found.st_mode):
            return path, _is_in_order(given, found.st_mode)
        if is_planted(path, found):
            raise InvalidPathError(
                f"file_path {given!r} is a symbolic link of another user in a folder where everybody may create files: "
                "remove the link, or give the path that it leads to"
            )
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise InvalidPathError(f"file_path {given!r} leads through too many symbolic links")


def _is_in_order(given: str, mode: int) -> bool:
    if stat.S_ISREG(mode):
        return False
    if stat.S_ISCHR(mode) or stat.S_ISFIFO(mode):
        return True
    kind = _KINDS.get(stat.S_IFMT(mode), "not a regular file")
    raise InvalidPathError(f"file_path {given!r} is {kind}: give the path of a file, a FIFO or a character device")


def _descriptors_of(path: str) -> re.Match[str] | None:
    """Match a path that refers to an open file of a process, as `/dev/stdout` eventually does."""
    folder, name = os.path.split(path)
    if not name.isdecimal():
        return None
    return _DESCRIPTORS(folder) or _DESCRIPTORS(os.path.realpath(folder))


def _check_temporary(temporary: str, path: str) -> None:
    if os.path.realpath(temporary) == os.path.realpath(path) or _same(temporary, path):
        raise InvalidArgumentError(f"tmp_file_path {temporary!r} must not be the file of file_path: give another name")
    try:
        mode = os.lstat(temporary).st_mode
    except OSError:
        mode = stat.S_IFREG
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise InvalidPathError(f"tmp_file_path {temporary!r} is not a regular file: give another name")
    if _device(temporary) != _device(path):
        raise InvalidPathError(
            f"tmp_file_path {temporary!r} is on another file system than file_path, and cannot be renamed to it: "
            "give a name in the target's folder, or leave it out"
        )


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _device(path: str) -> int:
    """Return the file system that a file would be created on: that of the nearest existing directory."""
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        try:
            return os.stat(folder).st_dev
        except OSError:
            above = os.path.dirname(folder)
            if above == folder:
                raise
            folder = above


class OrderedFile:
    """A device, a FIFO or an open file, written from start to end. No step blocks for long."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1
        self._at_once = _BLOCK

    def open(self) -> bool:
        """Open the target. Return False if a FIFO has no reader yet; call again in that case.

        Raises:
            InvalidPathError: It cannot be opened.
        """
        try:
            if not self._duplicate():
                self._open()
        except OSError as error:
            self.close()
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(os.stat(self._path).st_mode):
                raise InvalidPathError(f"file_path {self._path!r} cannot be written: {error.strerror}") from error
            time.sleep(_STEP / 5)
            return False
        return True

    def _duplicate(self) -> bool:
        """Duplicate the descriptor if the path refers to one of this process. The duplicate shares its position."""
        found = _descriptors_of(self._path)
        if found is None or found[1] not in (None, str(os.getpid())):
            return False
        self._descriptor = os.dup(int(os.path.basename(self._path)))
        os.write(self._descriptor, b"")  # fails if the descriptor is read-only
        mode = os.fstat(self._descriptor).st_mode
        if stat.S_ISBLK(mode):
            raise OSError(errno.EINVAL, "it is a block device")
        self._at_once = _BLOCK if stat.S_ISREG(mode) else _SURE
        return True

    def _open(self) -> None:
        # Do not wait for a reader, and do not acquire a controlling terminal.
        named = _descriptors_of(self._path) is not None
        flags = os.O_WRONLY
        for name in (
            "O_NONBLOCK",
            "O_NOCTTY",
            "O_CLOEXEC",
            "O_BINARY",
            "O_NOINHERIT",
            *(() if named else ("O_NOFOLLOW",)),
        ):
            flags |= getattr(os, name, 0)
        self._descriptor = os.open(self._path, flags)
        mode = os.fstat(self._descriptor).st_mode
        if not (named or stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
            raise OSError(errno.EINVAL, "another file has taken its name")

    def write_some(self, data: memoryview) -> int:
        """Write as much as possible without blocking for long. Return the number of bytes written, possibly 0.

        Raises:
            InvalidPathError: It cannot be written, for example because the reader has closed the FIFO.
            OSError: The disk is full.
        """
        done = 0
        try:
            while done < len(data) and ready(self._descriptor, True, 0 if done else _STEP):
                done += os.write(self._descriptor, data[done : done + self._at_once])
        except BlockingIOError:
            pass
        except OSError as error:
            raise unwritable(self._path, error) from error
        return done

    def close(self) -> None:
        """Close the target. Can be called more than once."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


def unwritable(target: str, error: OSError) -> OSError:
    """Return the error for a target that cannot be written. A full disk keeps its errno."""
    if isinstance(error, InvalidPathError):
        return error
    if error.errno is not None and type(error) is OSError:
        return OSError(error.errno, f"file_path {target!r} cannot be written: {error.strerror}")
    return InvalidPathError(f"file_path {target!r} cannot be written: {reason_of(error)}")
