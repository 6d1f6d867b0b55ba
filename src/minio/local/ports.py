"""Free ports in blocks, so that servers started at the same moment by different processes never meet.

The ports below the range that systems give to outgoing connections are cut into blocks of sixteen. The first port of a
block is never served: it is bound, and who has it bound owns the block. Programs that know nothing of this may
still take a port between the look and the start; the server then exits, and its starter tries the next block.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from random import Random
from typing import Self

from .errors import LocalServerError

_HOST = "127.0.0.1"
_SIZE = 16
_BLOCKS = range(10240, 32000, _SIZE)


class PortBlock:
    """Fifteen neighbouring free ports. Close it when nothing listens on them any more."""

    def __init__(self, owner: socket.socket) -> None:
        self._owner = owner
        self.base: int = owner.getsockname()[1]
        self.ports = tuple(range(self.base + 1, self.base + _SIZE))

    def close(self) -> None:
        """Give the ports back."""
        self._owner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def claim_block(preferred: int | None = None) -> PortBlock:
    """Claim a block of free ports.

    Args:
        preferred: The base of the block to try first.

    Raises:
        LocalServerError: No block is free.
    """
    # A generator of its own: the caller's random numbers stay as the caller's seed has them.
    candidates = Random().sample(_BLOCKS, len(_BLOCKS))
    if preferred is not None and preferred in _BLOCKS:
        candidates.insert(0, preferred)
    for base in candidates:
        block = _try_block(base)
        if block is not None:
            return block
    raise LocalServerError(f"no sixteen neighbouring ports of {_HOST} are free between {_BLOCKS[0]} and {_BLOCKS[-1]}")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on a port of 127.0.0.1 now."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            # As servers do: a port is free although connections of its last server are still fading.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((_HOST, port))
            return True
    return False


def _try_block(base: int) -> PortBlock | None:
    owner = socket.socket()
    try:
        owner.bind((_HOST, base))
    except OSError:
        owner.close()
        return None
    block = PortBlock(owner)
    if all(map(port_is_free, block.ports)):
        return block
    block.close()
    return None
