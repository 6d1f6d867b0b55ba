"""minio 7.2.20, the vendor's client."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from _worker import Client, Entry, serve

from minio import Minio


class Minio7(Client):
    def connect(self) -> None:
        self.minio = Minio(self.endpoint, self.access_key, self.secret_key, secure=False, region="us-east-1")
        workers = self.options.get("workers")
        self.extra: dict[str, Any] = {"num_parallel_uploads": workers} if workers else {}

    def get(self, key: str) -> bytes:
        response = self.minio.get_object(self.bucket, key)
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()

    def put(self, key: str, data: bytes) -> Any:
        return self.minio.put_object(self.bucket, key, io.BytesIO(data), len(data)).etag

    def head(self, key: str) -> int:
        return self.minio.stat_object(self.bucket, key).size or 0

    def list(self) -> Iterator[Entry]:
        for item in self.minio.list_objects(self.bucket, recursive=True):
            yield item.object_name, item.size or 0, item.etag, item.last_modified

    def download(self, key: str, path: str) -> None:
        self.minio.fget_object(self.bucket, key, path)

    def upload(self, key: str, path: str) -> None:
        self.minio.fput_object(self.bucket, key, path, **self.extra)


if __name__ == "__main__":
    serve(Minio7)
