#!/usr/bin/env python
"""Remove several objects in one call."""

import builtins
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
for number in range(1, 5):
    minioClient.put_object(mybucket, 'myobject-{}'.format(number), io.BytesIO(b'1'), 1)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# Remove multiple objects in a single library call.
try:
    objects_to_delete = ['myobject-1', 'myobject-2', 'myobject-3']
    # force evaluation of the remove_objects() call by iterating over
    # the returned value.
    for del_err in minioClient.remove_objects(mybucket, objects_to_delete):
        print("Deletion Error: {}".format(del_err))
except ResponseError as err:
    print(err)

# Check the documented effect.
assert printed == []
assert [obj.object_name for obj in minioClient.list_objects(mybucket)] == ['myobject-4']
