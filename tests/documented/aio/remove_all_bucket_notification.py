#!/usr/bin/env python
"""Remove all notification targets of a bucket."""

import os

from environment import run

from minio import AsyncMinio

# The kind of target that this server supports, and an ARN that it knows.
KIND = os.environ["MINIO_TARGET_KIND"]
ARN = os.environ["MINIO_TARGET_ARN"]


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    await client.set_bucket_notification(bucket, {KIND: [{"Id": "1", "Arn": ARN, "Events": ["s3:ObjectCreated:*"]}]})
    assert await client.get_bucket_notification(bucket) != {}
    await client.remove_all_bucket_notification(bucket)
    assert await client.get_bucket_notification(bucket) == {}


run(main)
