"""Bucket events as an asynchronous iterator."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from random import random
from typing import Any, Self

from ....retry import Retry
from ...display import shows
from ...exceptions import TransportError
from ...http.aio.body import AsyncResponseBody
from ...http.aio.cancel import settle
from ...ops.events import EventLines
from ...wire.http1 import ProtocolError


@shows("closed=_closed", live=True)
class AsyncEventIterable:
    """A bucket's events: an asynchronous iterator of dicts, and a context manager that ends the iteration.

    It reconnects after a lost connection, with increasing delays. `close()` ends the iteration, from any task.
    """

    def __init__(self, open_stream: Callable[[None], Awaitable[AsyncResponseBody]], retry: Retry) -> None:
        self._open = open_stream
        self._retry = retry
        self._ready: deque[dict[str, Any]] = deque()
        self._body: AsyncResponseBody | None = None
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
                task = asyncio.current_task()
                if not self._closed or (task is not None and task.cancelling()):
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
        try:
            if task is not None and not task.done():
                task.cancel()
                await settle([task])
        finally:
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
        body.expect_no_end()
        self._lines = EventLines()
        self._lost += 1
        self._body = body

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()

    async def close(self) -> None:
        """End the iteration and close the connection. Can be called more than once."""
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
