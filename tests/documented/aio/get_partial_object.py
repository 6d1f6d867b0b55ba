#!/usr/bin/env python
"""Get a byte range of an object."""

import io

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)
    await client.put_object(bucket, "myobject", io.BytesIO(b"0123456789"), 10)

    async with await client.get_partial_object(bucket, "myobject", 2, 4) as response:
        chunks = [chunk async for chunk in response]
    assert b"".join(chunks) == b"2345"
    async with await client.get_partial_object(bucket, "myobject", 7) as response:
        assert await response.read() == b"789"


run(main)
