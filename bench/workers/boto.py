"""boto3 with awscrt hidden or, with `"crt": true`, with the transfers of awscrt.

`boto3.client` uses awscrt only over https. For http, this file builds the transfer manager from the same parts.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from _worker import Client, Entry, serve

_STYLE = {"addressing_style": "path"}


class Boto(Client):
    def connect(self) -> None:
        sys.modules["awscrt"] = None  # type: ignore[assignment]
        import boto3
        from botocore.config import Config

        self.s3: Any = boto3.client(
            "s3",
            endpoint_url=f"http://{self.endpoint}",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(s3=_STYLE),
        )

    def get(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def put(self, key: str, data: bytes) -> Any:
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=data)["ETag"]

    def head(self, key: str) -> int:
        return int(self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"])

    def list(self) -> Iterator[Entry]:
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for item in page["Contents"]:
                yield item["Key"], item["Size"], item["ETag"], item["LastModified"]

    def download(self, key: str, path: str) -> None:
        self.s3.download_file(self.bucket, key, path)

    def upload(self, key: str, path: str) -> None:
        self.s3.upload_file(path, self.bucket, key)


class BotoCrt(Client):
    def connect(self) -> None:
        from awscrt.auth import AwsCredentialsProvider
        from botocore.config import Config
        from botocore.session import Session
        from s3transfer.crt import BotocoreCRTRequestSerializer, CRTTransferManager, create_s3_crt_client

        session = Session()
        session.set_credentials(self.access_key, self.secret_key)
        provider = AwsCredentialsProvider.new_static(self.access_key, self.secret_key)
        client = create_s3_crt_client("us-east-1", crt_credentials_provider=provider, use_ssl=False)
        where = {"endpoint_url": f"http://{self.endpoint}", "region_name": "us-east-1", "config": Config(s3=_STYLE)}
        self.manager: Any = CRTTransferManager(client, BotocoreCRTRequestSerializer(session, where))

    def download(self, key: str, path: str) -> None:
        self.manager.download(self.bucket, key, path).result()
        while not os.path.exists(path):  # it reports the result a moment before the file has its final name
            time.sleep(0.001)

    def upload(self, key: str, path: str) -> None:
        self.manager.upload(path, self.bucket, key).result()


def make(options: dict[str, Any]) -> Client:
    return BotoCrt(options) if options.get("crt") else Boto(options)


if __name__ == "__main__":
    serve(make)
