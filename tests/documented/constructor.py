#!/usr/bin/env python
"""Create clients: with access keys, for AWS, and with a custom HTTP client that goes through a proxy."""

import http.client
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import urllib3

from minio import Minio

mybucket = os.environ['MINIO_BUCKET']
through_proxy = []


class Proxy(BaseHTTPRequestHandler):
    def do_HEAD(self):
        through_proxy.append(self.path)
        connection = http.client.HTTPConnection(os.environ['MINIO_ENDPOINT'])
        connection.request('HEAD', '/' + self.path.split('/', 3)[3], headers=dict(self.headers))
        self.send_response(connection.getresponse().status)
        self.end_headers()
        connection.close()

    def log_message(self, *args):
        pass


proxy = HTTPServer(('127.0.0.1', 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()

# As documented.
minioClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False)
minioClient.make_bucket(mybucket)

httpClient = urllib3.ProxyManager(
                'http://127.0.0.1:{}/'.format(proxy.server_port),
                timeout=urllib3.Timeout.DEFAULT_TIMEOUT,
                cert_reqs='CERT_REQUIRED',
                retries=urllib3.Retry(
                    total=5,
                    backoff_factor=0.2,
                    status_forcelist=[500, 502, 503, 504]
                )
            )
proxyClient = Minio(os.environ['MINIO_ENDPOINT'],
                    access_key=os.environ['MINIO_ACCESS_KEY'],
                    secret_key=os.environ['MINIO_SECRET_KEY'],
                    secure=False,
                    region='us-east-1',
                    http_client=httpClient)

s3Client = Minio('s3.amazonaws.com',
                 access_key='YOUR-ACCESSKEYID',
                 secret_key='YOUR-SECRETACCESSKEY',
                 secure=True)

# Check the documented effect.
assert mybucket in [bucket.name for bucket in minioClient.list_buckets()]
assert proxyClient.bucket_exists(mybucket)
assert through_proxy == ['http://{}/{}'.format(os.environ['MINIO_ENDPOINT'], mybucket)]

# The documented argument order, and no keys at all.
byPosition = Minio(os.environ['MINIO_ENDPOINT'], os.environ['MINIO_ACCESS_KEY'], os.environ['MINIO_SECRET_KEY'],
                   False, 'us-east-1', httpClient)
assert byPosition.bucket_exists(mybucket)
assert len(through_proxy) == 2
assert Minio(os.environ['MINIO_ENDPOINT'], secure=False).presigned_get_object(mybucket, 'a').endswith(mybucket + '/a')
proxy.shutdown()
proxy.server_close()
httpClient.clear()
