"""How much of what was written has not reached the other side yet."""

from __future__ import annotations

import sys

if sys.platform == "win32":

    def unsent_bytes(fileno: int) -> int:
        """Bytes in the system's send buffer: not told here, so 0."""
        return 0

else:
    import fcntl
    import termios

    def unsent_bytes(fileno: int) -> int:
        """Bytes in the system's send buffer that the other side has not acknowledged; 0 where it does not tell.

        A buffer holds megabytes. On a slow link it empties for minutes after the last write, and that is progress
        which a timeout has to see.
        """
        try:
            answer = fcntl.ioctl(fileno, termios.TIOCOUTQ, bytes(4))
        except OSError:
            return 0
        return int.from_bytes(answer, sys.byteorder)
