#!/usr/bin/env python
"""Get a byte range of an object."""

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
# Offset the download by 2 bytes and retrieve a total of 4 bytes.
try:
    data = minioClient.get_partial_object(mybucket, 'myobject', 2, 4)
    with open('my-testfile', 'wb') as file_data:
        for d in data:
            file_data.write(d)
except ResponseError as err:
    print(err)

# Check the documented effect.
with open('my-testfile', 'rb') as file_data:
    assert file_data.read() == b'2345'
# Without a length: to the end of the object.
data = minioClient.get_partial_object(mybucket, 'myobject', 7)
assert data.read() == b'789'
data.release_conn()
