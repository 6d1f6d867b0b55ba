#!/usr/bin/env python
"""Get the canned policy of a prefix."""

import os

from minio import Minio
from minio.policy import Policy

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
minioClient.set_bucket_policy(mybucket, 'my-prefixname', Policy.READ_ONLY)


# As documented.
# Get current policy of all object paths in bucket that begin with my-prefixname.
policy = minioClient.get_bucket_policy(mybucket,
                                       'my-prefixname')
print(policy)

# Check the documented effect.
assert policy == Policy.READ_ONLY
assert isinstance(policy, Policy)
assert minioClient.get_bucket_policy(mybucket, 'other') == Policy.NONE
