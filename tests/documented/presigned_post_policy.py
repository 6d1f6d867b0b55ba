#!/usr/bin/env python
"""Create a form for uploads from a browser."""

import os
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from minio import Minio, PostPolicy
from minio.error import ResponseError

minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
mybucket = os.environ['MINIO_BUCKET']

minioClient.make_bucket(mybucket)


def post(content):  # does what the curl command does
    url, fields = signed_form_data
    head = ''.join(
        '--limit\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'.format(*field) for field in fields.items()
    )
    head += '--limit\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = head.encode() + content + b'\r\n--limit--\r\n'
    headers = {'Content-Type': 'multipart/form-data; boundary=limit'}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
            return response.status
    except urllib.error.HTTPError as err:
        with err:
            return err.code


# As documented.
post_policy = PostPolicy()

# Apply upload policy restrictions:

# set bucket name location for uploads.
post_policy.set_bucket_name(mybucket)
# set key prefix for all incoming uploads.
post_policy.set_key_startswith('myobject')
# set content length for incoming uploads.
post_policy.set_content_length_range(10, 1024)
# set content-type to allow only text
post_policy.set_content_type('text/plain')

# set expiry 10 days into future.
expires_date = datetime.utcnow()+timedelta(days=10)
post_policy.set_expires(expires_date)

try:
    signed_form_data = minioClient.presigned_post_policy(post_policy)
except ResponseError as err:
    print(err)

curl_str = 'curl -X POST {0}'.format(signed_form_data[0])
curl_cmd = [curl_str]
for field in signed_form_data[1]:
    curl_cmd.append('-F {0}={1}'.format(field, signed_form_data[1][field]))

# print curl command to upload files.
curl_cmd.append('-F file=@<FILE>')
print(' '.join(curl_cmd))

# Check the documented effect.
assert post(b'0123456789') in (200, 201, 204)
stored = minioClient.stat_object(mybucket, 'myobject')
assert (stored.size, stored.content_type) == (10, 'text/plain')
assert post(b'short') in (400, 403)  # the policy requires at least 10 bytes
assert minioClient.stat_object(mybucket, 'myobject').size == 10
