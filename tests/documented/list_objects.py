#!/usr/bin/env python
"""List the objects of a bucket."""

import builtins
import hashlib
import io
import os
from datetime import datetime, timezone

from minio import Minio

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)

names = ['my-prefixname/deeper/three', 'my-prefixname/one', 'my-prefixname/two', 'other']
for name in names:
    minioClient.put_object(mybucket, name, io.BytesIO(name.encode()), len(name))


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# List all object paths in bucket that begin with my-prefixname.
objects = minioClient.list_objects(mybucket, prefix='my-prefixname',
                              recursive=True)
for obj in objects:
    print(obj.bucket_name, obj.object_name.encode('utf-8'), obj.last_modified,
          obj.etag, obj.size, obj.content_type)

# Check the documented effect.
assert [(row[0], row[1].decode(), row[4]) for row in printed] == [
    (mybucket, name, len(name)) for name in names if name.startswith('my-prefixname')
]
for _, name, modified, etag, _, _ in printed:
    assert abs((datetime.now(timezone.utc) - modified).total_seconds()) < 300
    assert etag == hashlib.md5(name).hexdigest()
(folder,) = minioClient.list_objects(mybucket, prefix='my-prefixname')
assert folder.is_dir
assert folder.object_name == 'my-prefixname/'
