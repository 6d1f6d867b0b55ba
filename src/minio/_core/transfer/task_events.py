"""Events as an asynchronous iterator."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from random import random
from typing import Any, Self

from ...error import TransportError
from ...retry import Retry
from ..http.asyncio_body import AsyncBody
from ..ops.events import EventLines
from ..wire.http1 import ProtocolError


class AsyncEventIterable:
    """A bucket's events: an asynchronous iterator of dicts, and a context manager that ends it.

    A lost connection is replaced, with pauses that grow. `close()` ends the iteration, from any task of the loop.
    """

    def __init__(self, open_stream: Callable[[None], Awaitable[AsyncBody]], retry: Retry) -> None:
        self._open = open_stream
        self._retry = retry
        self._ready: deque[dict[str, Any]] = deque()
        self._body: AsyncBody | None = None
        self._lines = EventLines()
        self._lost = 0
        self._closed = False
        self._waiting: asyncio.Task[None] | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self._ready and not self._closed:
            self._waiting = asyncio.ensure_future(self._fill())
            try:
                await self._waiting
            except asyncio.CancelledError:
                if not self._closed:
                    await self._stop_waiting()
                    raise
            except BaseException:
                await self.close()
                raise
            finally:
                self._waiting = None
        if self._closed:
            self._drop()
            raise StopAsyncIteration
        return self._ready.popleft()

    async def _stop_waiting(self) -> None:
        task = self._waiting
        if task is not None and not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._drop()

    async def _fill(self) -> None:
        if self._body is None:
            await self._connect()
        body = self._body
        assert body is not None
        try:
            data = await body.read_some()
            events = self._lines.feed(data)
        except (TransportError, ProtocolError):
            self._drop()
            return
        if not data:
            self._drop()
        elif events:
            self._lost = 0
            self._ready.extend(events)

    async def _connect(self) -> None:
        if self._lost:
            await asyncio.sleep(self._retry.pause(self._lost, random()))
        body = await self._open(None)
        self._lines = EventLines()
        self._lost += 1
        self._body = body

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()

    async def close(self) -> None:
        """End the iteration and free the connection. May be called again."""
        self._closed = True
        task = self._waiting
        if task is not None:
            task.cancel()
        else:
            self._drop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
