#!/usr/bin/env python
"""Listen for events of a bucket."""

import asyncio
import io
from urllib.parse import unquote

from environment import run

from minio import AsyncMinio


async def put_until(heard: asyncio.Event, client: AsyncMinio, bucket: str) -> None:
    """Put objects in the background."""
    while not heard.is_set():
        await asyncio.sleep(0.2)
        for name in "my-prefix/one.my-suffix", "my-prefix/one.other", "other.my-suffix":
            await client.put_object(bucket, name, io.BytesIO(b"1"), 1)


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    heard = asyncio.Event()
    writer = asyncio.create_task(put_until(heard, client, bucket))
    events = client.listen_bucket_notification(bucket, "my-prefix/", ".my-suffix", ["s3:ObjectCreated:*"])
    async with events:
        async for event in events:
            print(event)
            heard.set()
            break
    await writer
    for record in event["Records"]:
        assert record["s3"]["bucket"]["name"] == bucket
        assert unquote(record["s3"]["object"]["key"]) == "my-prefix/one.my-suffix"


run(main)
