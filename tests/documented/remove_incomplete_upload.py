#!/usr/bin/env python
"""Remove the incomplete uploads of an object."""

import os
import urllib.request

from minio import Minio
from minio.error import ResponseError

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


begin_upload('myobject')
begin_upload('myobject')
begin_upload('myobject-2')


# As documented.
# Remove an partially uploaded object.
try:
    minioClient.remove_incomplete_upload(mybucket, 'myobject')
except ResponseError as err:
    print(err)

# Check the documented effect.
uploads = minioClient.list_incomplete_uploads(mybucket, prefix='', recursive=True)
assert [upload.object_name for upload in uploads] == ['myobject-2']
