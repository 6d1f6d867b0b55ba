#!/usr/bin/env python
"""Remove an object."""

import io

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)
    await client.put_object(bucket, "myobject", io.BytesIO(b"0123456789"), 10)

    await client.remove_object(bucket, "myobject")
    assert [obj async for obj in client.list_objects(bucket)] == []


run(main)
