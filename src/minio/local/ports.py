"""Blocks of free ports, so that servers started at the same time by different processes do not collide.

The ports below the ephemeral range are divided into blocks of sixteen. The first port of a block is never used by a
server: binding it claims the block. Programs that do not follow this scheme may still take a port between the check
and the start. In that case the server exits, and the next block is tried.
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
    """Fifteen adjacent free ports. Close it when nothing listens on them any more."""

    def __init__(self, owner: socket.socket) -> None:
        self._owner = owner
        self.base: int = owner.getsockname()[1]
        self.ports = tuple(range(self.base + 1, self.base + _SIZE))

    def close(self) -> None:
        """Release the ports."""
        self._owner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def claim_block(preferred: int | None = None, without: int = 0) -> PortBlock:
    """Claim a block of free ports.

    Args:
        preferred: The base of the block to try first.
        without: A port that is used for something else, so the block must not contain it.

    Raises:
        LocalServerError: No block is free.
    """
    # A separate generator, so that the caller's seeded random numbers do not change.
    candidates = Random().sample(_BLOCKS, len(_BLOCKS))
    if preferred is not None and preferred in _BLOCKS:
        candidates.insert(0, preferred)
    for base in candidates:
        block = None if base <= without < base + _SIZE else _try_block(base)
        if block is not None:
            return block
    raise LocalServerError(f"no sixteen neighbouring ports of {_HOST} are free between {_BLOCKS[0]} and {_BLOCKS[-1]}")


def port_is_free(port: int) -> bool:
    """Return whether a server could currently listen on a port of 127.0.0.1."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            # As servers do: a port is free even if old connections are still in TIME_WAIT.
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
