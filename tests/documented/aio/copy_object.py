#!/usr/bin/env python
"""Copy an object on the server."""

import io
from datetime import datetime, timezone

from environment import run

from minio import AsyncMinio
from minio.copy_conditions import CopyConditions
from minio.error import ResponseError


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    source = await client.put_object(bucket, "my-sourceobjectname", io.BytesIO(b"0123456789"), 10)
    metadata = {"test-key": "test-data"}
    conditions = CopyConditions()
    conditions.set_modified_since(datetime(2014, 4, 1, tzinfo=timezone.utc))
    conditions.set_match_etag(source.etag)
    result = await client.copy_object(bucket, "myobject", f"/{bucket}/my-sourceobjectname", conditions, metadata)
    copied = await client.stat_object(bucket, "myobject")
    assert result == copied.etag == source.etag
    assert copied.metadata is not None
    assert copied.metadata["x-amz-meta-test-key"] == "test-data"
    conditions.set_match_etag_except(source.etag)
    try:
        await client.copy_object(bucket, "second", f"/{bucket}/my-sourceobjectname", conditions, metadata)
    except ResponseError as err:
        assert err.code == "PreconditionFailed"
    else:
        raise AssertionError("copied though a condition is not met")


run(main)
