#!/usr/bin/env python
"""Remove all notification targets of a bucket."""

import os

from minio import Minio

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)

# The kind of target that this server supports, and an ARN that it knows.
kind = os.environ['MINIO_TARGET_KIND']
arn = os.environ['MINIO_TARGET_ARN']

minioClient.set_bucket_notification(mybucket, {kind: [{'Id': '1', 'Arn': arn, 'Events': ['s3:ObjectCreated:*']}]})
assert minioClient.get_bucket_notification(mybucket) != {}


# As documented.
# Remove all the notifications config for a bucket.
minioClient.remove_all_bucket_notification(mybucket)

# Check the documented effect.
assert minioClient.get_bucket_notification(mybucket) == {}
