#!/usr/bin/env python
"""Remove a bucket."""

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    await client.remove_bucket(bucket)
    assert not await client.bucket_exists(bucket)


run(main)
