#!/usr/bin/env python
"""Upload an object from a file."""

import builtins
import hashlib
import os

from minio import Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
large = os.urandom(11 * 1024**2)  # more than 5 MiB: a multipart upload
for name, content in ('otherobject', large), ('otherobject.csv', b'a;b\n'):
    with open(name, 'wb') as file:
        file.write(content)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# Put an object 'myobject' with contents from 'otherobject', upon success prints the etag identifier computed by server.
try:
    print(minioClient.fput_object(mybucket, 'myobject', 'otherobject'))
except ResponseError as err:
    print(err)

# Put on object 'myobject.csv' with contents from
# 'otherobject.csv' as 'application/csv'.
try:
    print(minioClient.fput_object(mybucket, 'myobject.csv',
                             'otherobject.csv',
                             content_type='application/csv'))
except ResponseError as err:
    print(err)

# Check the documented effect.
(etag,), (csv_etag,) = printed
assert csv_etag == hashlib.md5(b'a;b\n').hexdigest()
plain = minioClient.stat_object(mybucket, 'myobject')
assert (plain.size, plain.etag, plain.content_type) == (11 * 1024**2, etag, 'application/octet-stream')
data = minioClient.get_object(mybucket, 'myobject')
assert data.read() == large
data.release_conn()
csv = minioClient.stat_object(mybucket, 'myobject.csv')
assert (csv.size, csv.etag, csv.content_type) == (4, csv_etag, 'application/csv')
