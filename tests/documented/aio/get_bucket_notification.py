#!/usr/bin/env python
"""Get the notification configuration of a bucket."""

import os

from environment import run

from minio import AsyncMinio

# The kind of target that this server supports, and an ARN that it knows.
KIND = os.environ["MINIO_TARGET_KIND"]
ARN = os.environ["MINIO_TARGET_ARN"]


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    assert await client.get_bucket_notification(bucket) == {}
    wanted = {KIND: [{"Id": "1", "Arn": ARN, "Events": ["s3:ObjectCreated:*"]}]}
    await client.set_bucket_notification(bucket, wanted)
    assert await client.get_bucket_notification(bucket) == wanted


run(main)
