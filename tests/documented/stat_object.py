#!/usr/bin/env python
"""Get an object's metadata."""

import builtins
import hashlib
import io
import os
import time

from minio import Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
minioClient.put_object(mybucket, 'myobject', io.BytesIO(b'0123456789'), 10,
                       content_type='text/plain', metadata={'X-Amz-Meta-Colour': 'green'})


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# Fetch stats on your object.
try:
    print(minioClient.stat_object(mybucket, 'myobject'))
except ResponseError as err:
    print(err)

# Check the documented effect.
((obj,),) = printed
assert obj.size == 10
assert obj.etag == hashlib.md5(b'0123456789').hexdigest()
assert obj.content_type == 'text/plain'
assert obj.last_modified.utctimetuple()[:3] in {time.gmtime()[:3], time.gmtime(time.time() - 60)[:3]}
assert obj.metadata['x-amz-meta-colour'] == 'green'
try:
    minioClient.stat_object(mybucket, 'missing')
except ResponseError as err:
    assert err.code == 'NoSuchKey'
else:
    raise AssertionError('found what is not there')
