"""The client under test is an AsyncMinio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from servers.live import LiveServer

if TYPE_CHECKING:
    from minio import AsyncMinio


@pytest.fixture
def client(async_client: AsyncMinio) -> AsyncMinio:
    """The client under test."""
    return async_client


@pytest.fixture
async def bucket(client: AsyncMinio, bucket_name: str) -> str:
    """An empty bucket, created by the client under test."""
    await client.make_bucket(bucket_name)
    return bucket_name


@pytest.fixture
async def make_client(server: LiveServer) -> AsyncIterator[Callable[..., AsyncMinio]]:
    """Create more clients with other options. They are closed at the end of the test."""
    async with AsyncExitStack() as open_clients:

        def make(**options: Any) -> AsyncMinio:
            made = server.make_async_client(**options)
            open_clients.push_async_exit(made)
            return made

        yield make
