#!/usr/bin/env python
"""Create a presigned URL for downloading an object."""

import asyncio
import io
import urllib.request
from datetime import timedelta

from environment import run

from minio import AsyncMinio


def fetch(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request) as response:
        return response.read()


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)
    await client.put_object(bucket, "myobject", io.BytesIO(b"0123456789"), 10)

    url = await client.presigned_get_object(bucket, "myobject", expires=timedelta(days=2))
    print(url)
    assert "X-Amz-Expires=172800" in url
    assert await asyncio.to_thread(fetch, urllib.request.Request(url)) == b"0123456789"


run(main)
