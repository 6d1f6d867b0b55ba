#!/usr/bin/env python
"""Upload an object from a file."""

import os
from pathlib import Path

from environment import run

from minio import AsyncMinio


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    large = os.urandom(11 * 1024**2)  # more than 5 MiB: a multipart upload
    Path("otherobject").write_bytes(large)
    Path("otherobject.csv").write_bytes(b"a;b\n")
    etag = await client.fput_object(bucket, "myobject", "otherobject")
    print(etag)
    plain = await client.stat_object(bucket, "myobject")
    assert (plain.size, plain.etag, plain.content_type) == (len(large), etag, "application/octet-stream")
    async with await client.get_object(bucket, "myobject") as response:
        assert await response.read() == large
    await client.fput_object(bucket, "myobject.csv", "otherobject.csv", content_type="application/csv")
    csv = await client.stat_object(bucket, "myobject.csv")
    assert (csv.size, csv.content_type) == (4, "application/csv")


run(main)
