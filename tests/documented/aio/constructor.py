#!/usr/bin/env python
"""Create clients: with access keys, with positional arguments, and without keys."""

from environment import ENDPOINT, KEYS, run

from minio import AsyncMinio
from minio.error import ResponseError


async def main(client: AsyncMinio, bucket: str) -> None:
    assert not await client.bucket_exists(bucket)
    by_position = AsyncMinio(ENDPOINT, *KEYS.values(), False, "us-east-1")
    await by_position.make_bucket(bucket)
    await by_position.close()
    assert await client.bucket_exists(bucket)
    async with AsyncMinio(ENDPOINT, secure=False) as anonymous:
        try:
            await anonymous.stat_object(bucket, "myobject")
        except ResponseError as err:
            assert err.code == "AccessDenied"
        else:
            raise AssertionError("the bucket is open to everybody")
    async with AsyncMinio("s3.amazonaws.com", access_key="YOUR-ACCESSKEYID", secret_key="YOUR-SECRETACCESSKEY") as aws:
        assert "s3.amazonaws.com" in repr(aws)


run(main)
