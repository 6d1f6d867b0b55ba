#!/usr/bin/env python
"""Set the notification configuration of a bucket."""

import os
from typing import Any

from environment import run

from minio import AsyncMinio
from minio.error import ArgumentError

# The kind of target that this server supports, and an ARN that it knows.
KIND = os.environ["MINIO_TARGET_KIND"]
ARN = os.environ["MINIO_TARGET_ARN"]


async def main(client: AsyncMinio, bucket: str) -> None:
    await client.make_bucket(bucket)

    rules = [{"Name": "prefix", "Value": "abc"}, {"Name": "suffix", "Value": ".jpg"}]
    target = {"Id": "1", "Arn": ARN, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
    await client.set_bucket_notification(bucket, {KIND: [target]})
    assert await client.get_bucket_notification(bucket) == {KIND: [target]}
    wrongs: list[tuple[Any, type[Exception]]] = [
        ({}, ArgumentError),
        ({"Queues": []}, ArgumentError),
        ("text", TypeError),
    ]
    for wrong, error in wrongs:
        try:
            await client.set_bucket_notification(bucket, wrong)
        except error:
            continue
        raise AssertionError(f"accepted: {wrong!r}")


run(main)
