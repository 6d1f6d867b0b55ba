#!/usr/bin/env python
"""Get an object."""

import io
import os

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    content = os.urandom(100_000)
    await client.put_object(bucket, "myobject", io.BytesIO(content), len(content))
    async with await client.get_object(bucket, "myobject") as response:
        chunks = [chunk async for chunk in response.stream(32 * 1024)]
    assert b"".join(chunks) == content
    async with await client.get_object(bucket, "myobject", {"Range": "bytes=1-3"}) as response:
        assert await response.read() == content[1:4]


run(main)
