"""The directories of durable files. A name survives a power failure only if the directory that holds it was synced."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

_UNSUPPORTED = frozenset(
    {errno.EINVAL, errno.EACCES, errno.EPERM, errno.EISDIR, errno.EBADF, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
)
"""Errors of systems that do not sync directories."""


def make_folder(path: str) -> list[str]:
    """Create the directory of a file, and those above it.

    Returns:
        The directories that hold new names once the file is there: its own, and those in which one was created.
    """
    folder = os.path.dirname(os.path.abspath(path))
    changed = [folder]
    while not os.path.isdir(changed[-1]) and (above := os.path.dirname(changed[-1])) != changed[-1]:
        changed.append(above)
    os.makedirs(folder, exist_ok=True)
    return changed


def sync_folders(folders: Iterable[str]) -> None:
    """Sync directories, so that the names in them are on disk. Do nothing where the system does not support that.

    Raises:
        OSError: A directory cannot be synced.
    """
    for folder in folders:
        try:
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
