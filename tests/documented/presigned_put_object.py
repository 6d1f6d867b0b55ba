#!/usr/bin/env python
"""Create a presigned URL for uploading an object."""

import builtins
import os
import urllib.request
from datetime import timedelta

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
# presigned Put object URL for an object name, expires in 3 days.
try:
    print(minioClient.presigned_put_object(mybucket,
                                      'myobject',
                                      expires=timedelta(days=3)))
# Response error is still possible since internally presigned does get
# bucket location.
except ResponseError as err:
    print(err)

# Check the documented effect.
((url,),) = printed
assert 'X-Amz-Expires=259200' in url
with urllib.request.urlopen(urllib.request.Request(url, b'0123456789', method='PUT')) as response:
    assert response.status == 200
data = minioClient.get_object(mybucket, 'myobject')
assert data.read() == b'0123456789'
data.release_conn()
