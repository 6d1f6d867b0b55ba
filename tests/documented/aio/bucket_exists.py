#!/usr/bin/env python
"""Check whether a bucket exists."""

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    assert await client.bucket_exists(bucket) is True
    assert await client.bucket_exists(bucket + "-missing") is False


run(main)
