#!/usr/bin/env python
"""Download an object to a file."""

import hashlib
import io
from pathlib import Path

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)
    await client.put_object(bucket, "myobject", io.BytesIO(b"0123456789"), 10)

    obj = await client.fget_object(bucket, "myobject", "files/myobject")
    print(obj)
    assert Path("files/myobject").read_bytes() == b"0123456789"
    assert (obj.size, obj.etag) == (10, hashlib.md5(b"0123456789").hexdigest())
    assert [path.name for path in Path("files").iterdir()] == ["myobject"]


run(main)
