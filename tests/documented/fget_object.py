#!/usr/bin/env python
"""Download an object to a file."""

import builtins
import hashlib
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


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# Get a full object and prints the original object stat information.
try:
    print(minioClient.fget_object(mybucket, 'myobject', 'files/myobject'))
except ResponseError as err:
    print(err)

# Check the documented effect.
with open('files/myobject', 'rb') as file:
    assert file.read() == b'0123456789'
((obj,),) = printed
assert obj.size == 10
assert obj.etag == hashlib.md5(b'0123456789').hexdigest()
assert obj.content_type == 'application/octet-stream'
assert obj.last_modified is not None
assert obj.metadata is not None
assert os.listdir('files') == ['myobject']
