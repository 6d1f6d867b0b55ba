#!/usr/bin/env python
"""Set the notification configuration of a bucket."""

import builtins
import os

from minio import Minio
from minio.error import ArgumentError, ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)

# The kind of target that this server supports, and an ARN that it knows.
kind = os.environ['MINIO_TARGET_KIND']
arn = os.environ['MINIO_TARGET_ARN']


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
notification = {
    'QueueConfigurations': [
        {
            'Id': '1',
            'Arn': 'arn1',
            'Events': ['s3:ObjectCreated:*'],
            'Filter': {
                'Key': {
                    'FilterRules': [
                        {
                            'Name': 'prefix',
                            'Value': 'abc'
                        }
                    ]
                }
            }
        }
    ],
    'TopicConfigurations': [
        {
            'Arn': 'arn2',
            'Events': ['s3:ObjectCreated:*'],
            'Filter': {
                'Key': {
                    'FilterRules': [
                        {
                            'Name': 'suffix',
                            'Value': '.jpg'
                        }
                    ]
                }
            }
        }
    ],
    'CloudFunctionConfigurations': [
        {
            'Arn': 'arn3',
            'Events': ['s3:ObjectRemoved:*'],
            'Filter': {
                'Key': {
                    'FilterRules': [
                        {
                            'Name': 'suffix',
                            'Value': '.jpg'
                        }
                    ]
                }
            }
        }
    ]
}

try:
    minioClient.set_bucket_notification(mybucket, notification)
except ResponseError as err:
    # handle error response from service.
    print(err)
except (ArgumentError, TypeError) as err:
    # should happen only during development. Fix the notification argument
    print(err)

# Check the documented effect.
# No server supports all three kinds of targets: it refuses, as documented, and nothing is set.
((refusal,),) = printed
assert isinstance(refusal, ResponseError)
assert minioClient.get_bucket_notification(mybucket) == {}

# The same without the kinds that this server lacks.
wanted = {kind: [{**notification[kind][0], 'Id': '1', 'Arn': arn}]}
minioClient.set_bucket_notification(mybucket, wanted)
assert minioClient.get_bucket_notification(mybucket) == wanted

for wrong, error in ({}, ArgumentError), ({'Queues': []}, ArgumentError), ('text', TypeError):
    try:
        minioClient.set_bucket_notification(mybucket, wrong)
    except error:
        continue
    raise AssertionError('accepted: {!r}'.format(wrong))
