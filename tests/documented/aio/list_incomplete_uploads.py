#!/usr/bin/env python
"""List incomplete multipart uploads."""

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

    upload_id = await begin_upload(client, bucket, "my-prefixname/unfinished")
    await begin_upload(client, bucket, "other")
    found = []
    async for obj in client.list_incomplete_uploads(bucket, prefix="my-prefixname", recursive=True):
        print(obj.bucket_name, obj.object_name, obj.upload_id, obj.size)
        found.append((obj.bucket_name, obj.object_name, obj.upload_id, obj.size))
    assert found == [(bucket, "my-prefixname/unfinished", upload_id, 5)]


run(main)
