#!/usr/bin/env python
"""Get the notification configuration of a bucket."""

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


# As documented.
# Get the notifications configuration for a bucket.
notification = minioClient.get_bucket_notification(mybucket)
# If no notification is present on the bucket:
# notification == {}

# Check the documented effect.
assert notification == {}
wanted = {kind: [{'Id': '1', 'Arn': arn, 'Events': ['s3:ObjectCreated:*']}]}
minioClient.set_bucket_notification(mybucket, wanted)
assert minioClient.get_bucket_notification(mybucket) == wanted
