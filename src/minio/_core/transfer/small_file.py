"""A small downloaded file: its bytes are verified in memory, written beside the target, and renamed to it.

The laws:

* The target is never incomplete. The bytes are written under a new, unpredictable name.
* Only users who can read the final target can read them (`access`).
* An error leaves nothing behind. A process that is killed may leave a file that the next download of the same target
  removes, as it removes part files.
* Nothing is locked, so another download of the same target may take the file for such a leftover and remove it. It is
  then written again.
"""

from __future__ import annotations

import contextlib
import os

from .access import Access, access_of
from .durable import make_folder, sync_folders
from .partfile import beside
from .portable import write_all
from .safe_open import open_new, random_text
from .target import unwritable

SMALL = 2 * 1024 * 1024
"""The size in bytes up to which an object is downloaded in this way."""
_TRIES = 100


def replace_file(target: str, data: bytes, durable: bool = False) -> None:
    """Write a file, or replace it atomically.

    Args:
        target: The path, with all links resolved. Missing directories are created.
        data: The content.
        durable: Return only when the content and the name are on the disk.

    Raises:
        InvalidPathError: The file cannot be written.
        OSError: The disk is full.
    """
    folders = {os.path.dirname(os.path.abspath(target))} if durable else set()
    try:
        for _ in range(_TRIES):
            with contextlib.suppress(FileNotFoundError):  # removed by another download, or there is no directory
                _replace(target, data, durable)
                break
            folders.update(make_folder(target))
        else:
            _replace(target, data, durable)
        if durable:
            sync_folders(folders)
    except OSError as error:
        raise unwritable(target, error) from error


def _replace(target: str, data: bytes, durable: bool) -> None:
    access = access_of(target)
    path = beside(target, random_text())
    descriptor = open_new(path, 0o666 if access is None else 0o600)
    try:
        _fill(descriptor, data, access, durable)
        os.replace(path, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise


def _fill(descriptor: int, data: bytes, access: Access | None, durable: bool) -> None:
    try:
        write_all(descriptor, data)
        if access is not None:
            access.apply(descriptor)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
