#!/usr/bin/env python
"""Remove a bucket."""

import os

from minio import Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)


# As documented.
try:
    minioClient.remove_bucket(mybucket)
except ResponseError as err:
    print(err)

# Check the documented effect.
assert not minioClient.bucket_exists(mybucket)
