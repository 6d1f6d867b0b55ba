"""A body on its way to a plain socket, in pushes that do not wait: so that the server can be heard in between."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator

from ..wire.checksums import chunks
from ..wire.message import NOT_BY_SYSTEM, Body, SystemSent

_NOW = getattr(socket, "MSG_DONTWAIT", 0)
_SLICE = 256 * 1024
_BREATH = 0.001


def pushes(sock: socket.socket, body: Body, patience: float) -> Iterator[Callable[[], bool]]:
    """What sends the body, one after the other: each is called, whenever there is room, until it says True.

    Args:
        sock: A socket of the system's own.
        body: The body.
        patience: Seconds after which a file that gives nothing is given up.
    """
    if isinstance(body, SystemSent):
        by_system = _BySystem(sock.fileno(), body, patience)
        yield by_system.push
        if not by_system.refused:
            return
    for piece in slices(body):
        yield _Slice(sock, piece).push


def slices(body: Body) -> Iterator[memoryview]:
    """A body in small pieces."""
    for chunk in chunks(body):
        view = memoryview(chunk)
        for start in range(0, len(view), _SLICE):
            yield view[start : start + _SLICE]


class _Slice:
    """Bytes in memory."""

    __slots__ = ("_rest", "_sock")

    def __init__(self, sock: socket.socket, view: memoryview) -> None:
        self._sock = sock
        self._rest = view

    def push(self) -> bool:
        """Send what there is room for; whether that was all."""
        self._rest = self._rest[self._sock.send(self._rest, _NOW) :]
        return not self._rest


class _BySystem:
    """What the system sends by itself. `refused` tells that it does not, and that nothing was sent."""

    __slots__ = ("_at", "_body", "_descriptor", "_patience", "_since", "refused")

    def __init__(self, descriptor: int, body: SystemSent, patience: float) -> None:
        self._descriptor = descriptor
        self._body = body
        self._at = 0
        self._patience = patience
        self._since: float | None = None
        self.refused = False

    def push(self) -> bool:
        """Send what there is room for; whether that was all, or nothing will be sent so."""
        blocks = os.get_blocking(self._descriptor)
        os.set_blocking(self._descriptor, False)
        try:
            self._at += self._body.send_some(self._descriptor, self._at)
        except BlockingIOError:
            self._rest_a_little()
        except OSError as error:
            if self._at or error.errno not in NOT_BY_SYSTEM:
                raise
            self.refused = True
        else:
            self._since = None
        finally:
            os.set_blocking(self._descriptor, blocks)
        return self.refused or self._at >= self._body.length

    def _rest_a_little(self) -> None:
        """There was room, and yet nothing went: it is the file that has to be waited for."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since > self._patience:
            raise TimeoutError("the file gives nothing")
        time.sleep(_BREATH)
