"""A blocking transport as one for an event loop: each request and each read runs on a thread.

For clients that send with something of the caller's: a urllib3 client, or methods that a program has replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from ...http.aio.cancel import settle
from ...http.sync.cancel import CancelScope
from ...threads import on_thread
from ...wire.message import Outgoing, Response

T = TypeVar("T")


class ThreadTransport:
    """Sends requests on threads. A cancellation ends the request.

    Args:
        transport: The blocking transport.
    """

    nested = False
    """A response may take the only connection of the caller's pool: no other request is sent while it is read."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    async def send(self, outgoing: Outgoing) -> Response:
        """Send a request and return its response."""
        scope = CancelScope()
        send: Callable[[], Response] = partial(self._transport.send, outgoing, scope)
        response = await _run(send, scope)
        if response.stream is not None:
            response.stream = _ThreadBody(response.stream, scope)
        return response

    async def close(self) -> None:
        """Do nothing: the blocking client closes its transport."""


class _ThreadBody:
    """A blocking body, with the interface of `AsyncResponseBody`."""

    def __init__(self, body: Any, scope: CancelScope) -> None:
        self._body, self._scope = body, scope

    @property
    def remaining(self) -> int | None:
        """The number of unread bytes, or None if unknown."""
        left: int | None = self._body.remaining
        return left

    def at_hand(self) -> None:
        """Return None: reading may have to wait."""

    def expect_no_end(self) -> None:
        """Do nothing: no pool counts this body."""

    async def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        return await _run(partial(self._body.read_some, limit), self._scope)

    def close(self) -> None:
        """Discard the unread rest."""
        self._body.close()


async def _run(function: Callable[[], T], scope: CancelScope) -> T:
    running = asyncio.ensure_future(on_thread(function))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        scope.cancel()
        await settle([running])
        raise
