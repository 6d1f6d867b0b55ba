#!/usr/bin/env python
"""Get an object."""

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
content = os.urandom(100_000)
minioClient.put_object(mybucket, 'myobject', io.BytesIO(content), len(content))


# As documented.
# Get a full object.
try:
    data = minioClient.get_object(mybucket, 'myobject')
    with open('my-testfile', 'wb') as file_data:
        for d in data.stream(32*1024):
            file_data.write(d)
except ResponseError as err:
    print(err)

# Check the documented effect.
with open('my-testfile', 'rb') as file_data:
    assert file_data.read() == content
data.release_conn()
data = minioClient.get_object(mybucket, 'myobject', {'Range': 'bytes=1-3'})
assert data.read() == content[1:4]
data.release_conn()
