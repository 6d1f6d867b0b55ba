#!/usr/bin/env python
"""Create a presigned URL for downloading an object."""

import builtins
import io
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
minioClient.put_object(mybucket, 'myobject', io.BytesIO(b'0123456789'), 10)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# presigned get object URL for object name, expires in 2 days.
try:
    print(minioClient.presigned_get_object(mybucket, 'myobject', expires=timedelta(days=2)))
# Response error is still possible since internally presigned does get bucket location.
except ResponseError as err:
    print(err)

# Check the documented effect.
((url,),) = printed
assert 'X-Amz-Expires=172800' in url
with urllib.request.urlopen(url) as response:
    assert response.read() == b'0123456789'
url = minioClient.presigned_get_object(mybucket, 'myobject', response_headers={'response-content-type': 'text/csv'})
assert 'X-Amz-Expires=604800' in url
with urllib.request.urlopen(url) as response:
    assert response.headers['Content-Type'] == 'text/csv'
