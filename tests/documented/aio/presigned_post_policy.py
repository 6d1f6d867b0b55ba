#!/usr/bin/env python
"""Create a form for uploads from a browser."""

import asyncio
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from environment import run

from minio import AsyncMinio
from minio.post_policy import PostPolicy


def post(url: str, fields: dict[str, str], content: bytes) -> int:
    """Upload as a browser form does, and return the status of the response."""
    head = "".join(
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    head += '--limit\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = head.encode() + content + b"\r\n--limit--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=limit"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
            return int(response.status)
    except urllib.error.HTTPError as err:
        with err:
            return err.code


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    policy = PostPolicy()
    policy.set_bucket_name(bucket)
    policy.set_key_startswith("myobject")
    policy.set_content_length_range(10, 1024)
    policy.set_content_type("text/plain")
    policy.set_expires(datetime.now(timezone.utc) + timedelta(days=10))
    url, fields = await client.presigned_post_policy(policy)
    assert await asyncio.to_thread(post, url, fields, b"0123456789") in (200, 201, 204)
    stored = await client.stat_object(bucket, "myobject")
    assert (stored.size, stored.content_type) == (10, "text/plain")
    assert await asyncio.to_thread(post, url, fields, b"short") in (400, 403)


run(main)
