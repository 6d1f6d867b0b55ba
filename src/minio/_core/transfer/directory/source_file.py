"""Reads a small local file at once, for an upload.

The laws:

* The content is that of one moment: the size and the time before and after reading are the same.
* Only regular files are read, and opening one never waits.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from ...exceptions import InvalidPathError, InvalidSizeError

_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC", "O_NOINHERIT"):
    _FLAGS |= getattr(os, _name, 0)


class Content(NamedTuple):
    """A file: the content, or None if it is larger than was asked, the time in nanoseconds, and the mode."""

    data: bytes | None
    mtime: int
    mode: int


def read_file(path: str, most: int) -> Content:
    """Read a file of at most `most` bytes.

    Raises:
        FileNotFoundError: The file does not exist.
        InvalidPathError: It is not a regular file.
        InvalidSizeError: It changed while it was read.
        OSError: It cannot be read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise InvalidPathError(f"{path!r} is not a regular file")
        if before.st_size > most:
            return Content(None, before.st_mtime_ns, before.st_mode)
        data = os.read(descriptor, before.st_size + 1)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns or after.st_size != before.st_size:
        raise InvalidSizeError(f"file {path!r} changed while it was being read")
    return Content(data, before.st_mtime_ns, before.st_mode)


def is_unchanged(path: str, mtime: int) -> bool:
    """Return whether a file has the time that it had, or was removed since.

    Args:
        path: The file.
        mtime: The time in nanoseconds.
    """
    try:
        return os.stat(path).st_mtime_ns == mtime
    except FileNotFoundError:
        return True
