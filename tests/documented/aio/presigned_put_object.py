#!/usr/bin/env python
"""Create a presigned URL for uploading an object."""

import asyncio
import urllib.request
from datetime import timedelta

from environment import run

from minio import AsyncMinio


def fetch(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request) as response:
        return response.read()


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    url = await client.presigned_put_object(bucket, "myobject", expires=timedelta(days=3))
    print(url)
    assert "X-Amz-Expires=259200" in url
    await asyncio.to_thread(fetch, urllib.request.Request(url, b"0123456789", method="PUT"))
    async with await client.get_object(bucket, "myobject") as response:
        assert await response.read() == b"0123456789"


run(main)
