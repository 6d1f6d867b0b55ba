"""Bucket events as a blocking iterator."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import random
from typing import Any, Self

from ....retry import Retry
from ...display import shows
from ...exceptions import TransportError
from ...http.sync.body import ResponseBody
from ...http.sync.cancel import Cancelled, CancelScope
from ...ops.events import EventLines
from ...wire.http1 import ProtocolError


@shows("closed=_scope.cancelled", live=True)
class EventIterable:
    """A bucket's events: an iterator of dicts, and a context manager that ends the iteration.

    It reconnects after a lost connection, with increasing delays. `close()` ends the iteration from any thread.
    """

    def __init__(self, open_stream: Callable[[CancelScope], ResponseBody], retry: Retry) -> None:
        self._open = open_stream
        self._retry = retry
        self._scope = CancelScope()
        self._ready: deque[dict[str, Any]] = deque()
        self._body: ResponseBody | None = None
        self._lines = EventLines()
        self._lost = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        try:
            while not self._ready and not self._scope.cancelled:
                self._fill()
        except Cancelled:
            pass
        except BaseException:
            self.close()
            raise
        if self._scope.cancelled:
            self._drop()
            raise StopIteration
        return self._ready.popleft()

    def _fill(self) -> None:
        if self._body is None:
            self._connect()
        body = self._body
        assert body is not None
        try:
            data = body.read_some()
            events = self._lines.feed(data)
        except (TransportError, ProtocolError):
            self._drop()
            return
        if not data:
            self._drop()
        elif events:
            self._lost = 0
            self._ready.extend(events)

    def _connect(self) -> None:
        if self._lost:
            self._scope.pause(self._retry.pause(self._lost, random()))
        body = self._open(self._scope)
        self._lines = EventLines()
        self._lost += 1
        self._body = body

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()

    def close(self) -> None:
        """End the iteration and close the connection. Can be called from any thread, and more than once."""
        self._scope.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        self._drop()

    def __del__(self) -> None:
        if getattr(self, "_body", None) is not None:
            self._drop()
