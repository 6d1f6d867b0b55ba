"""The requested part of a body: reading after an error or a close never looks like the end of the body."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from minio._core.http.aio.cut import AsyncCutBody
from minio._core.http.sync.cut import CutBody
from minio._core.wire.byte_range import Kept
from minio.error import TransportError


class Plain:
    """A body in memory that is read in small pieces. It can fail at a position."""

    def __init__(self, data: bytes, fails_at: int | None = None) -> None:
        self.data, self.at, self.fails_at, self.closed = data, 0, fails_at, False
        self.remaining: int | None = None
        self.finished = False

    def read_some(self, limit: int = -1) -> bytes:
        if self.at == self.fails_at:
            raise KeyboardInterrupt
        limit = 3 if limit < 0 else min(limit, 3)
        if self.fails_at is not None and self.at < self.fails_at:
            limit = min(limit, self.fails_at - self.at)
        data = self.data[self.at : self.at + limit]
        self.at += len(data)
        return data

    def close(self) -> None:
        self.closed = True


class AsyncPlain(Plain):
    async def read_some(self, limit: int = -1) -> bytes:  # type: ignore[override]
        return super().read_some(limit)


async def read(body: Any) -> bytes:
    found = body.read_some()
    return await found if inspect.isawaitable(found) else found


def blocking(data: bytes, kept: Kept, fails_at: int | None = None) -> Any:
    return CutBody(Plain(data, fails_at), kept)  # type: ignore[arg-type]


def asynchronous(data: bytes, kept: Kept, fails_at: int | None = None) -> Any:
    return AsyncCutBody(AsyncPlain(data, fails_at), kept)  # type: ignore[arg-type]


both = pytest.mark.parametrize("make", [blocking, asynchronous])
Make = Callable[..., Any]


@both
async def test_part_is_read_to_its_end(make: Make) -> None:
    body = make(b"0123456789", Kept(2, 5))
    found = b""
    while part := await read(body):
        found += part
    assert found == b"23456"
    assert body._body.closed
    assert await read(body) == b""


@both
async def test_close_before_the_end_is_not_the_end(make: Make) -> None:
    body = make(b"0123456789", Kept(2, 5))
    assert await read(body)
    body.close()
    for _ in range(2):
        with pytest.raises(TransportError, match="closed before its end"):
            await read(body)


@both
async def test_close_at_the_end_is_the_end(make: Make) -> None:
    body = make(b"0123", Kept(0, 4))
    while await read(body):
        pass
    body.close()
    assert await read(body) == b""


@both
async def test_bytes_after_the_part_are_an_error_each_time(make: Make) -> None:
    body = make(b"01234", Kept(0, 4, exact=True))
    assert await read(body) == b"012"
    with pytest.raises(TransportError, match="more bytes"):
        await read(body)
    with pytest.raises(TransportError, match="closed before its end"):
        await read(body)
    assert body._body.closed


@both
async def test_interrupt_at_the_end_is_not_the_end(make: Make) -> None:
    body = make(b"01234", Kept(0, 4, exact=True), fails_at=4)
    assert await read(body) == b"012"
    with pytest.raises(KeyboardInterrupt):
        await read(body)
    with pytest.raises(TransportError, match="closed before its end"):
        await read(body)
