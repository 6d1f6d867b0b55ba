"""Safe opening of files that are written under predictable names. The package opens such files only here.

The laws:

* A file that we write is never one that somebody else placed there. Links are not followed, and the opened file is a
  regular file with a single link that belongs to the current user.
* A file that we create is new: no other process can have it open already.

Anybody who can create files in the directory may first place a symbolic link (even a dangling one), a hard link, a
FIFO or a world-writable file under the name. Every function here rejects these with `ForeignFile`, and `other_name`
returns an unpredictable name to use instead.
"""

from __future__ import annotations

import errno
import os
import stat

NAME_MAX = 255
"""The maximum length of a file name in bytes."""
_FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


_TRIES = 100
"""How often to retry if the file is replaced while it is being opened. Our own processes never need that many."""


class ForeignFile(FileExistsError):
    """The name is taken by something other than a regular file of this user with one link. It must not be written."""


def open_own(path: str, mode: int = 0o600) -> int:
    """Open a file for reading and writing, and create it if it does not exist. An existing file keeps its content.

    Args:
        path: The file. Its directory must exist. Links in the path of the directory are followed.
        mode: The permissions of a new file, before the umask.

    Returns:
        The descriptor, positioned at the start. The caller closes it.

    Raises:
        ForeignFile: The name belongs to a link, to something other than a regular file, to a file with several hard
            links, to a file of another user, or to one that cannot be opened. Nothing was changed.
        OSError: The file cannot be created.
    """
    return open_or_create(path, mode)[0]


def open_or_create(path: str, mode: int = 0o600) -> tuple[int, bool]:
    """Open a file like `open_own`, and also return whether it was created."""
    for _ in range(_TRIES):
        try:
            return open_new(path, mode), True
        except FileExistsError:
            descriptor = _open_existing(path)
            if descriptor is not None:
                return descriptor, False
    raise _foreign(path, "it is replaced again and again")


def open_new(path: str, mode: int = 0o600) -> int:
    """Create a file for reading and writing.

    Raises:
        FileExistsError: The name is taken, even if only by a dangling link.
        OSError: The file cannot be created.
    """
    return os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, mode)


def open_existing(path: str) -> int:
    """Open an existing file like `open_own`.

    Raises:
        FileNotFoundError: The file does not exist, or was removed in the meantime.
        ForeignFile: The file is not ours.
    """
    descriptor = _open_existing(path)
    if descriptor is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return descriptor


def write_own(path: str | os.PathLike[str], data: bytes, mode: int = 0o600) -> None:
    """Replace the content of a small file, opened like `open_own`. Its permissions are set to `mode`.

    Raises:
        ForeignFile: The name belongs to somebody else.
        OSError: The file cannot be written.
    """
    with open(open_own(os.fspath(path), mode), "wb") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), mode)
        file.truncate()
        file.write(data)


def is_own(found: os.stat_result) -> bool:
    """Return whether this is a regular file with one link that belongs to the current user.

    Windows reports neither the owner nor the links.
    """
    if not stat.S_ISREG(found.st_mode):
        return False
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and found.st_nlink == 1)


def random_text() -> str:
    """Return 16 unpredictable characters for the name of a file."""
    return os.urandom(8).hex()  # as secrets.token_hex(8), whose module imports random


def other_name(path: str, ending: str = "") -> str:
    """Return an unpredictable name in the same directory that starts like `path` and ends with `ending`."""
    folder, name = os.path.split(path)
    ending = f".{random_text()}{ending}"
    return os.path.join(folder, shortened(name, NAME_MAX - len(ending)) + ending)


def shortened(name: str, room: int) -> str:
    """Truncate a name to at most `room` bytes in the file system's encoding."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= room else encoded[:room].decode("utf-8", "ignore")


def _open_existing(path: str) -> int | None:
    """Open a file without following links or blocking. Return None if it was removed or replaced in the meantime."""
    try:
        if not is_own(os.lstat(path)):  # opening a device may already have side effects
            raise _foreign(path, "it is not a regular file of this user with one link")
        descriptor = os.open(path, _FLAGS | _NOT_FOLLOWED)
    except FileNotFoundError:
        return None
    except ForeignFile:
        raise
    except OSError as error:
        raise _foreign(path, str(error.strerror)) from error
    if still_there(descriptor, path) and is_own(os.fstat(descriptor)):
        return descriptor
    os.close(descriptor)
    return None


def still_there(descriptor: int, path: str) -> bool:
    """Return whether the path still refers to the open file, without following a link."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _foreign(path: str, why: str) -> ForeignFile:
    return ForeignFile(errno.EEXIST, f"the file cannot be used: {why}", path)
