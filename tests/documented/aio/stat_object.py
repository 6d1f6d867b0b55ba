#!/usr/bin/env python
"""Get an object's metadata."""

import hashlib
import io
from datetime import datetime, timezone

from environment import run

from minio import AsyncMinio
from minio.error import ResponseError


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    metadata = {"X-Amz-Meta-Colour": "green"}
    await client.put_object(
        bucket, "myobject", io.BytesIO(b"0123456789"), 10, content_type="text/plain", metadata=metadata
    )
    obj = await client.stat_object(bucket, "myobject")
    print(obj)
    assert (obj.size, obj.etag, obj.content_type) == (10, hashlib.md5(b"0123456789").hexdigest(), "text/plain")
    assert obj.last_modified is not None
    assert abs((datetime.now(timezone.utc) - obj.last_modified).total_seconds()) < 300
    assert obj.metadata is not None
    assert obj.metadata["x-amz-meta-colour"] == "green"
    try:
        await client.stat_object(bucket, "missing")
    except ResponseError as err:
        assert err.code == "NoSuchKey"
    else:
        raise AssertionError("found what is not there")


run(main)
