#!/usr/bin/env python
"""Create a bucket."""

import os

from minio import Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

# As documented.
try:
    minioClient.make_bucket(mybucket, location="us-east-1")
except ResponseError as err:
    print(err)

# Check the documented effect.
assert minioClient.bucket_exists(mybucket)
assert mybucket in [bucket.name for bucket in minioClient.list_buckets()]
