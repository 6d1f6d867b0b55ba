"""The directory of a local server: its own or a temporary one, with one user at a time."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from minio.error import InvalidPathError

from .errors import LocalServerError

# A server whose starter was killed takes a moment to end, and holds its directory until then.
_PATIENCE = 10.0


class Home:
    """An engine's part of a directory, locked. Two servers over the same files would destroy them.

    Args:
        directory: Where the data is kept, or None for a temporary directory that is removed in the end.
        engine: The engine's name: each has its own sub-directory.

    Raises:
        InvalidPathError: The directory cannot be made.
        LocalServerError: Another server uses it.
    """

    def __init__(self, directory: str | os.PathLike[str] | None, engine: str) -> None:
        self.temporary = Path(tempfile.mkdtemp(prefix="minio-local-")) if directory is None else None
        self._lock: int | None = None
        base = self.temporary or Path(os.path.abspath(os.fspath(directory or "")))
        self.root = base / engine
        self.log = self.root / "server.log"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise InvalidPathError(f"directory {str(base)!r} cannot be used: {cause.strerror}") from cause
        self._lock = _lock(self.root / "lock")

    @property
    def held(self) -> tuple[int, ...]:
        """The file descriptors that hold the lock."""
        return () if self._lock is None else (self._lock,)

    def last_base(self) -> int | None:
        """The port block of the last time: a server that comes back at its old address surprises nobody."""
        try:
            return int((self.root / "ports").read_text())
        except (OSError, ValueError):
            return None

    def keep_base(self, base: int) -> None:
        """Note the port block for the next time."""
        (self.root / "ports").write_text(f"{base}\n")

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the server's log."""
        try:
            text = self.log.read_text("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def close(self) -> None:
        """Unlock the directory, and remove it when it is a temporary one."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


def _lock(path: Path) -> int | None:
    """A descriptor that holds the lock, or None on Windows, which has none that a process can pass on."""
    if sys.platform == "win32":
        return None
    import fcntl

    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
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
