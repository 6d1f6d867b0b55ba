"""Wait until a socket is readable or writable."""

from __future__ import annotations

import select
import socket
from typing import Any


def make_poller(sock: socket.socket) -> Any:
    """Return a function that waits up to a number of milliseconds. Its result is true if `sock` is readable."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return poll.poll
    return lambda milliseconds: select.select([sock], [], [], milliseconds / 1000)[0]


def wait_readable_or_writable(sock: socket.socket, seconds: float) -> tuple[bool, bool]:
    """Wait up to `seconds`. Return whether `sock` is readable and whether it is writable."""
    if not hasattr(select, "poll"):
        reading, writing, _ = select.select([sock], [sock], [], seconds)
        return bool(reading), bool(writing)
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLOUT)
    found = poll.poll(milliseconds(seconds))
    events = found[0][1] if found else 0
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)


def milliseconds(seconds: float) -> int:
    """Convert a time limit to milliseconds for `poll`, rounded up so that a wait does not end early."""
    return int(seconds * 1000) + 1
