"""Run a program's main function with a client for the server named in the environment."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from minio import AsyncMinio

ENDPOINT = os.environ["MINIO_ENDPOINT"]
KEYS = {"access_key": os.environ["MINIO_ACCESS_KEY"], "secret_key": os.environ["MINIO_SECRET_KEY"]}
BUCKET = os.environ["MINIO_BUCKET"]


def run(main: Callable[[AsyncMinio, str], Awaitable[None]]) -> None:
    """Call `main(client, bucket name)`."""

    async def with_client() -> None:
        async with AsyncMinio(ENDPOINT, **KEYS, secure=False) as client:
            await main(client, BUCKET)

    asyncio.run(with_client())
