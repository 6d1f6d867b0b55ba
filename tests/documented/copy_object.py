#!/usr/bin/env python
"""Copy an object on the server."""

import builtins
import io
import os
import time
from datetime import datetime

from minio import CopyConditions, Minio
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
source = minioClient.put_object(mybucket, 'my-sourceobjectname', io.BytesIO(b'0123456789'), 10)


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
copy_conditions = CopyConditions()
# Set modified condition, copy object modified since 2014 April.
t = (2014, 4, 0, 0, 0, 0, 0, 0, 0)
mod_since = datetime.utcfromtimestamp(time.mktime(t))
copy_conditions.set_modified_since(mod_since)

# Set unmodified condition, copy object unmodified since 2014 April.
copy_conditions.set_unmodified_since(mod_since)

# Set matching ETag condition, copy object which matches the following ETag.
copy_conditions.set_match_etag("31624deb84149d2f8ef9c385918b653a")

# Set matching ETag except condition, copy object which does not match the following ETag.
copy_conditions.set_match_etag_except("31624deb84149d2f8ef9c385918b653a")

# Set metadata
metadata = {"test-key": "test-data"}

try:
    copy_result = minioClient.copy_object(mybucket, "myobject",
                                          "/" + mybucket + "/my-sourceobjectname",
                                          copy_conditions,metadata=metadata)
    print(copy_result)
except ResponseError as err:
    print(err)

# Check the documented effect.
((result,),) = printed
# No object can meet all of these conditions at once.
assert isinstance(result, ResponseError)
assert result.code == 'PreconditionFailed'
assert [obj.object_name for obj in minioClient.list_objects(mybucket)] == ['my-sourceobjectname']

# Conditions that the object meets.
copy_conditions = CopyConditions()
copy_conditions.set_modified_since(mod_since)
copy_conditions.set_match_etag(source.etag)
copy_result = minioClient.copy_object(mybucket, "myobject", mybucket + "/my-sourceobjectname",
                                      copy_conditions, metadata=metadata)
copied = minioClient.stat_object(mybucket, "myobject")
assert copy_result == copied.etag == source.etag
assert copied.size == 10
assert copied.metadata["x-amz-meta-test-key"] == "test-data"
