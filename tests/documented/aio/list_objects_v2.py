#!/usr/bin/env python
"""List the objects of a bucket with ListObjectsV2."""

import hashlib
import io

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    names = ["my-prefixname/deeper/three", "my-prefixname/one", "my-prefixname/two", "other"]
    for name in names:
        await client.put_object(bucket, name, io.BytesIO(name.encode()), len(name))
    found = []
    async for obj in client.list_objects_v2(bucket, prefix="my-prefixname", recursive=True):
        print(obj.bucket_name, obj.object_name, obj.last_modified, obj.etag, obj.size, obj.content_type)
        found.append((obj.object_name, obj.size, obj.etag))
    assert found == [(name, len(name), hashlib.md5(name.encode()).hexdigest()) for name in names[:3]]
    folders = [obj async for obj in client.list_objects_v2(bucket, prefix="my-prefixname")]
    assert [(obj.object_name, obj.is_dir) for obj in folders] == [("my-prefixname/", True)]


run(main)
