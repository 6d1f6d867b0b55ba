"""Permissions of a downloaded file: those of the file it replaces, or those that `open()` would set.

The laws:

* A file that is replaced keeps its permission bits, its group and its access control list. If the group cannot be
  kept, the group gets only the permissions that all other users have.
* A new file gets the permissions that `open()` sets in its directory.
* A file that another user placed in a world-writable directory (such as /tmp) is ignored.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass

from .safe_open import open_new, other_name

_ACL = "system.posix_acl_access"
PRIVATE = 0o600
_PLANTABLE = stat.S_ISVTX | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions of a file."""

    mode: int
    group: int
    acl: bytes | None = None

    def apply(self, descriptor: int) -> None:
        """Set these permissions on an open file that we own. Do nothing on systems without permissions."""
        if not hasattr(os, "fchmod"):
            return
        os.fchmod(descriptor, PRIVATE & (self.mode | stat.S_IRUSR))
        mode = self.mode if self._give_group(descriptor) else _without_group(self.mode)
        if self.acl is None or mode != self.mode or not _set_acl(descriptor, self.acl):
            _remove_acl(descriptor)
            os.fchmod(descriptor, mode if self.acl is None else _without_group(mode))

    def _give_group(self, descriptor: int) -> bool:
        if os.fstat(descriptor).st_gid == self.group:
            return True
        try:
            os.chown(descriptor, -1, self.group)
        except OSError:
            return False
        return True


def restrict(descriptor: int) -> None:
    """Restrict an open file that we own to the current user."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, PRIVATE)
        _remove_acl(descriptor)


def access_of(path: str) -> Access | None:
    """Return the permissions to keep from the file at `path`.

    Return None if there is no regular file, or if another user planted it.
    """
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or is_planted(path, found):
            return None
    except OSError:
        return None
    return _access(path, found)


def access_of_new(path: str) -> Access | None:
    """Return the permissions that `open()` would give a new file at `path`, or None if they cannot be determined."""
    probe = other_name(path)
    try:
        descriptor = open_new(probe, 0o666)
    except OSError:
        return None
    try:
        return _access(probe, os.fstat(descriptor))
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(probe)


def is_planted(path: str, found: os.stat_result) -> bool:
    """Return whether another user placed this file or link in a world-writable directory.

    This is the Linux rule for links (`fs.protected_symlinks`), applied wherever an existing file affects what the
    package does: the directory is sticky and world-writable, and the file belongs neither to the current user nor to
    the owner of the directory.
    """
    if not hasattr(os, "geteuid") or found.st_uid == os.geteuid():
        return False
    folder = os.stat(os.path.dirname(os.path.abspath(path)))
    return folder.st_mode & _PLANTABLE == _PLANTABLE and found.st_uid != folder.st_uid


def _access(path: str, found: os.stat_result) -> Access:
    return Access(found.st_mode & 0o777, found.st_gid, _acl(path))


def _without_group(mode: int) -> int:
    return mode & ~0o070 | (mode & 0o007) << 3


def _acl(path: str) -> bytes | None:
    try:
        return os.getxattr(path, _ACL, follow_symlinks=False)
    except (OSError, AttributeError):  # no ACL, or no support for ACLs
        return None


def _set_acl(descriptor: int, acl: bytes) -> bool:
    try:
        os.setxattr(descriptor, _ACL, acl)
    except OSError:
        return False
    return True


def _remove_acl(descriptor: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.removexattr(descriptor, _ACL)
