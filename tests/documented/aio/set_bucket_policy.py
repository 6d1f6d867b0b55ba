#!/usr/bin/env python
"""Set the canned policy of a prefix."""

import io

from environment import ENDPOINT, run

from minio import AsyncMinio
from minio.error import ResponseError
from minio.policy import Policy


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    await client.put_object(bucket, "my-prefixname/one", io.BytesIO(b"1"), 1)
    await client.put_object(bucket, "other", io.BytesIO(b"2"), 1)
    await client.set_bucket_policy(bucket, "my-prefixname", Policy.READ_ONLY)
    async with AsyncMinio(ENDPOINT, secure=False) as anonymous:
        async with await anonymous.get_object(bucket, "my-prefixname/one") as response:
            assert await response.read() == b"1"
        try:
            await anonymous.get_object(bucket, "other")
        except ResponseError as err:
            assert err.code == "AccessDenied"
        else:
            raise AssertionError("the policy reaches beyond its prefix")
    for policy in Policy.WRITE_ONLY, Policy.READ_WRITE, Policy.NONE:
        await client.set_bucket_policy(bucket, "my-prefixname", policy)
        assert await client.get_bucket_policy(bucket, "my-prefixname") is policy


run(main)
