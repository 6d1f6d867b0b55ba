#!/usr/bin/env python
"""Upload an object from a stream."""

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
large = os.urandom(11 * 1024**2)  # more than 5 MiB: a multipart upload
for name, content in ('my-testfile', large), ('my-testfile.csv', b'a;b\n'):
    with open(name, 'wb') as file:
        file.write(content)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# Put a file with default content-type, upon success prints the etag identifier computed by server.
try:
    with open('my-testfile', 'rb') as file_data:
        file_stat = os.stat('my-testfile')
        print(minioClient.put_object(mybucket, 'myobject',
                               file_data, file_stat.st_size))
except ResponseError as err:
    print(err)

# Put a file with 'application/csv'.
try:
    with open('my-testfile.csv', 'rb') as file_data:
        file_stat = os.stat('my-testfile.csv')
        minioClient.put_object(mybucket, 'myobject.csv', file_data,
                    file_stat.st_size, content_type='application/csv')
except ResponseError as err:
    print(err)

# Check the documented effect.
((etag,),) = printed
plain = minioClient.stat_object(mybucket, 'myobject')
assert (plain.size, plain.etag, plain.content_type) == (11 * 1024**2, etag, 'application/octet-stream')
data = minioClient.get_object(mybucket, 'myobject')
assert data.read() == large
data.release_conn()
csv = minioClient.stat_object(mybucket, 'myobject.csv')
assert (csv.size, csv.content_type) == (4, 'application/csv')
assert list(minioClient.list_incomplete_uploads(mybucket, '', recursive=True)) == []
