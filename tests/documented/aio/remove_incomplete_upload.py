#!/usr/bin/env python
"""Remove the incomplete uploads of an object."""

import asyncio
import urllib.request

from environment import run

from minio import AsyncMinio


async def send(
    client: AsyncMinio, method: str, bucket: str, name: str, query: dict[str, str], body: bytes = b""
) -> str:
    url = await client.get_presigned_url(method, bucket, name, extra_query_params=query)
    request = urllib.request.Request(url, body, method=method)
    return (await asyncio.to_thread(fetch, request)).decode()


def fetch(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request) as response:
        return response.read()


async def begin_upload(client: AsyncMinio, bucket: str, name: str) -> str:
    """Leave behind what a program leaves when it is killed during an upload."""
    answer = await send(client, "POST", bucket, name, {"uploads": ""})
    upload_id = answer.partition("<UploadId>")[2].partition("</UploadId>")[0]
    await send(client, "PUT", bucket, name, {"partNumber": "1", "uploadId": upload_id}, b"12345")
    return upload_id


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    for name in "myobject", "myobject", "myobject-2":
        await begin_upload(client, bucket, name)
    await client.remove_incomplete_upload(bucket, "myobject")
    left = [obj.object_name async for obj in client.list_incomplete_uploads(bucket, recursive=True)]
    assert left == ["myobject-2"]


run(main)
