#!/usr/bin/env python
"""List all buckets."""

import builtins
import os
from datetime import datetime, timezone

from minio import Minio

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
buckets = minioClient.list_buckets()
for bucket in buckets:
    print(bucket.name, bucket.creation_date)

# Check the documented effect.
(created,) = [date for name, date in printed if name == mybucket]
assert isinstance(created, datetime)
assert abs((datetime.now(timezone.utc) - created).total_seconds()) < 300
