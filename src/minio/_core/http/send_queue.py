"""The number of written bytes that the peer has not yet received."""

from __future__ import annotations

import sys


def unacknowledged_bytes(fileno: int) -> int:
    """Return the number of unacknowledged bytes in a socket's send buffer, or 0 if the system does not provide it.

    The buffer may contain megabytes. On a slow link it may take minutes to drain after the last write, and a time-out
    must treat this as progress.
    """
    try:
        import fcntl
        import termios
    except ImportError:  # Windows
        return 0
    try:
        answer = fcntl.ioctl(fileno, termios.TIOCOUTQ, bytes(4))
    except OSError:
        return 0
    return int.from_bytes(answer, sys.byteorder)
