#!/usr/bin/env python
"""Check whether a bucket exists."""

import builtins
import os

from minio import Minio
from minio.error import ResponseError

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
try:
    print(minioClient.bucket_exists(mybucket))
except ResponseError as err:
    print(err)

# Check the documented effect.
assert printed == [(True,)]
assert minioClient.bucket_exists(mybucket + '-missing') is False
