#!/usr/bin/env python
"""Remove an object."""

import io
import os

from minio import Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
minioClient.put_object(mybucket, 'myobject', io.BytesIO(b'0123456789'), 10)


# As documented.
# Remove an object.
try:
    minioClient.remove_object(mybucket, 'myobject')
except ResponseError as err:
    print(err)

# Check the documented effect.
assert list(minioClient.list_objects(mybucket)) == []
