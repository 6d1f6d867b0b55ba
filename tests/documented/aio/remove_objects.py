#!/usr/bin/env python
"""Remove several objects in one call."""

import io

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    for number in range(1, 5):
        await client.put_object(bucket, f"myobject-{number}", io.BytesIO(b"1"), 1)
    names = ["myobject-1", "myobject-2", "myobject-3"]
    errors = [error async for error in client.remove_objects(bucket, names)]
    assert errors == []
    assert [obj.object_name async for obj in client.list_objects(bucket)] == ["myobject-4"]


run(main)
