#!/usr/bin/env python
"""Get the canned policy of a prefix."""

from environment import run

from minio import AsyncMinio
from minio.policy import Policy


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    await client.set_bucket_policy(bucket, "my-prefixname", Policy.READ_ONLY)
    policy = await client.get_bucket_policy(bucket, "my-prefixname")
    print(policy)
    assert policy is Policy.READ_ONLY
    assert await client.get_bucket_policy(bucket, "other") is Policy.NONE


run(main)
