#!/usr/bin/env python
"""List incomplete multipart uploads."""

import builtins
import os
import urllib.request

from minio import Minio

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)

def send(method, name, query, body=None):
    url = minioClient.get_presigned_url(method, mybucket, name, extra_query_params=query)
    with urllib.request.urlopen(urllib.request.Request(url, body, method=method)) as response:
        return response.read().decode()


def begin_upload(name):  # what a program leaves behind when it is killed during an upload
    upload_id = send('POST', name, {'uploads': ''}).partition('<UploadId>')[2].partition('</UploadId>')[0]
    send('PUT', name, {'partNumber': '1', 'uploadId': upload_id}, b'12345')
    return upload_id


upload_id = begin_upload('my-prefixname/unfinished')
begin_upload('other')


printed = []


def print(*values):  # records what the example prints
    printed.append(values)
    builtins.print(*values)


# As documented.
# List all object paths in bucket that begin with my-prefixname.
uploads = minioClient.list_incomplete_uploads(mybucket,
                                         prefix='my-prefixname',
                                         recursive=True)
for obj in uploads:
    print(obj.bucket_name, obj.object_name, obj.upload_id, obj.size)

# Check the documented effect.
assert printed == [(mybucket, 'my-prefixname/unfinished', upload_id, 5)]
