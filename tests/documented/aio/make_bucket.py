#!/usr/bin/env python
"""Create a bucket."""

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket, location="us-east-1")
    assert await client.bucket_exists(bucket)
    assert bucket in [item.name for item in await client.list_buckets()]


run(main)
