"""The directory of a local server: a given or a temporary one, used by one server at a time.

The law: only the current user can create files in it. So neither the server nor this package writes to a file that
another user placed there.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from minio._core.transfer.safe_open import open_own, write_own
from minio.error import InvalidPathError

from .errors import LocalServerError

# If the starting process was killed, the server takes a moment to stop and keeps the directory locked until then.
_PATIENCE = 10.0


class Home:
    """An engine's subdirectory, locked. Two servers on the same files would destroy them.

    Args:
        directory: The directory of the data, or None for a temporary directory that is removed at the end.
        engine: The engine's name. Each engine has its own subdirectory.

    Raises:
        InvalidPathError: The directory cannot be created.
        LocalServerError: Another server uses the directory.
    """

    def __init__(self, directory: str | os.PathLike[str] | None, engine: str) -> None:
        self.temporary = Path(tempfile.mkdtemp(prefix="minio-local-")) if directory is None else None
        self._lock: int | None = None
        base = self.temporary or Path(os.path.abspath(os.fspath(directory or "")))
        self.root = base / engine
        self.log = self.root / "server.log"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            _claim(self.root)
            self._lock = _lock(self.root / "lock")
        except OSError as cause:
            raise InvalidPathError(f"directory {str(base)!r} cannot be used: {cause.strerror}") from cause

    @property
    def held(self) -> tuple[int, ...]:
        """The file descriptors that hold the lock."""
        return () if self._lock is None else (self._lock,)

    def last_base(self) -> int | None:
        """Return the port block of the last run, so that a server restarts at the same address, or None."""
        try:
            return int((self.root / "ports").read_text())
        except (OSError, ValueError):
            return None

    def keep_base(self, base: int) -> None:
        """Record the port block for the next run."""
        self.write("ports", f"{base}\n")

    def write(self, name: str, text: str) -> None:
        """Write a file that only this user can read.

        Raises:
            ForeignFile: Somebody else placed a file with that name there.
        """
        write_own(self.root / name, text.encode())

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines of the server's log."""
        try:
            text = self.log.read_text("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def close(self) -> None:
        """Unlock the directory, and remove it if it is temporary."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


def _claim(root: Path) -> None:
    """Prevent other users from creating files in the directory.

    Raises:
        PermissionError: The directory belongs to another user, or is a link.
    """
    if not hasattr(os, "geteuid"):
        return
    found = os.lstat(root)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{str(root)!r} is not a directory of this user: remove it")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        root.chmod(stat.S_IMODE(found.st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))


def _lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock, or None on Windows, whose locks cannot be passed to a child process."""
    try:
        import fcntl
    except ImportError:
        return None
    file = open_own(str(path))
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(file)
                raise LocalServerError(f"directory {str(path.parent)!r} is in use by another local server") from None
            time.sleep(0.1)
        except BaseException:
            os.close(file)
            raise
        else:
            return file
