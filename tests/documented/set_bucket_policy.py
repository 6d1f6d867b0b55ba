#!/usr/bin/env python
"""Set the canned policy of a prefix."""

import io
import os

from minio import Minio
from minio.error import ResponseError
from minio.policy import Policy

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
minioClient.put_object(mybucket, 'my-prefixname/one', io.BytesIO(b'1'), 1)
minioClient.put_object(mybucket, 'other', io.BytesIO(b'2'), 1)


# As documented.
# Set policy Policy.READ_ONLY to all object paths in bucket that begin with my-prefixname.
minioClient.set_bucket_policy(mybucket,
                              'my-prefixname',
                              Policy.READ_ONLY)

# Check the documented effect.
anonymous = Minio(os.environ['MINIO_ENDPOINT'], secure=False)
assert anonymous.get_object(mybucket, 'my-prefixname/one').read() == b'1'
try:
    anonymous.get_object(mybucket, 'other')
except ResponseError as err:
    assert err.code == 'AccessDenied'
else:
    raise AssertionError('the policy reaches beyond its prefix')
for policy in Policy.WRITE_ONLY, Policy.READ_WRITE, Policy.NONE:
    minioClient.set_bucket_policy(mybucket, 'my-prefixname', policy)
    assert minioClient.get_bucket_policy(mybucket, 'my-prefixname') == policy
