#!/usr/bin/env python
"""List all buckets."""

from datetime import datetime, timezone

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    buckets = await client.list_buckets()
    for item in buckets:
        print(item.name, item.creation_date)
    (created,) = [item.creation_date for item in buckets if item.name == bucket]
    assert created is not None
    assert abs((datetime.now(timezone.utc) - created).total_seconds()) < 300


run(main)
