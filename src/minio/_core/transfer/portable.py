"""File operations that not every system supports, each with a fallback. The rest of the package uses only these.

Windows has no pread, pwrite, sendfile, posix_fallocate, fchmod or fcntl. Each function looks up the system function
when it is called.
"""

from __future__ import annotations

import errno
import os
import select
import threading
import time
from typing import Any

RENAMES_OPEN_FILES = os.name != "nt"
"""Whether an open file can be renamed or removed."""

_position = threading.Lock()
_LOOKS, _LOOK_SECONDS = 25, 0.02
"""How often to look for free space, and the pause after each look."""
_LOCKED_BYTE = 1 << 43
"""Windows locks are mandatory byte locks. This byte is past the end of the largest object."""


def read_at(descriptor: int, size: int, offset: int) -> bytes:
    """Read at an offset without changing the file position."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, offset)
    with _position:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, size)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)


def write_at(descriptor: int, data: bytes | memoryview, offset: int) -> None:
    """Write all data at an offset."""
    view = memoryview(data)
    while view:
        count = _write_some_at(descriptor, view, offset)
        offset += count
        view = view[count:]


def write_all(descriptor: int, data: bytes) -> None:
    """Write all data at the file position."""
    count = os.write(descriptor, data)
    while count < len(data):
        data = data[count:]
        count = os.write(descriptor, data)


def _write_some_at(descriptor: int, data: memoryview, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, offset)
    with _position:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.write(descriptor, data)


def send_file(sock: int, descriptor: int, offset: int, count: int) -> int:
    """Send bytes from a file to a socket inside the kernel.

    Raises:
        OSError: With ENOSYS if the system has no sendfile.
    """
    if not hasattr(os, "sendfile"):
        raise OSError(errno.ENOSYS, "the system has no sendfile")
    return os.sendfile(sock, descriptor, offset, count)


def allocate(descriptor: int, length: int) -> None:
    """Reserve disk space if the file system supports it.

    Space that is not there is not asked for: some file systems first take all that is left, so that for a moment no
    other program could write.

    Raises:
        OSError: There is not enough space.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    if not _has_room(descriptor, length):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        os.posix_fallocate(descriptor, 0, length)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            raise


def _has_room(descriptor: int, length: int) -> bool:
    """Return whether a file can grow to this length. True if the file system does not tell.

    Some file systems free the blocks of removed files a little later, so it asks for a while.
    """
    for _ in range(_LOOKS):
        try:
            disk, found = os.fstatvfs(descriptor), os.fstat(descriptor)
        except OSError:
            return True
        free = disk.f_frsize * (disk.f_bavail if os.geteuid() else disk.f_bfree)
        if free <= 0 or length - found.st_blocks * 512 <= free:
            return True
        time.sleep(_LOOK_SECONDS)
    return False


def lock(descriptor: int) -> bool:
    """Lock a file without blocking. Return False if another descriptor holds the lock. Closing the file unlocks it.

    Transfers take all their locks here: for part files and for journals.

    Raises:
        OSError: The system or the file system does not support locks.
    """
    try:
        import fcntl
    except ImportError:
        return _lock_byte(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_byte(descriptor: int) -> bool:
    try:
        import msvcrt
    except ImportError as error:
        raise OSError(errno.ENOLCK, "the system has no locks") from error
    windows: Any = msvcrt
    with _position:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            windows.locking(descriptor, windows.LK_NBLCK, 1)
        except PermissionError:
            return False
    return True


def ready(descriptor: int, writing: bool, seconds: float) -> bool:
    """Wait until a read or a write will not block. Return False after `seconds`.

    Windows supports this only for sockets, so the result there is always True.
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    if os.name == "nt":
        return True
    one = [descriptor]
    found = select.select([] if writing else one, one if writing else [], [], seconds)
    return bool(found[0] or found[1])
