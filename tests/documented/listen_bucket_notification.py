#!/usr/bin/env python
"""Listen for events of a bucket."""

import builtins
import io
import os
import threading
from urllib.parse import unquote

from minio import Minio

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)
heard = threading.Event()


def put_until_heard():  # in the background, because the example's loop never ends
    while not heard.wait(0.2):
        for name in 'my-prefix/one.my-suffix', 'my-prefix/one.other', 'other.my-suffix':
            minioClient.put_object(mybucket, name, io.BytesIO(b'1'), 1)


writer = threading.Thread(target=put_until_heard, daemon=True)
writer.start()
printed = []


def print(event):
    printed.append((event,))
    builtins.print(event)
    heard.set()
    events.close()  # ends the loop


# As documented.
# Put a file with default content-type.
events = minioClient.listen_bucket_notification(mybucket, 'my-prefix/',
                                                '.my-suffix',
                                                ['s3:ObjectCreated:*',
                                                 's3:ObjectRemoved:*',
                                                 's3:ObjectAccessed:*'])
for event in events:
    print(event)

# Check the documented effect.
writer.join()
records = [record for (event,) in printed for record in event['Records']]
assert {record['s3']['bucket']['name'] for record in records} == {mybucket}
assert {unquote(record['s3']['object']['key']) for record in records} == {'my-prefix/one.my-suffix'}
assert all('ObjectCreated' in record['eventName'] for record in records)
