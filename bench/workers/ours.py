"""The client of this project, created as its documentation shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from _worker import Client, Entry, serve

from minio import AsyncMinio, Minio


class Ours(Client):
    def connect(self) -> None:
        self.minio = Minio(self.endpoint, self.access_key, self.secret_key, secure=False, region="us-east-1")
        workers = self.options.get("workers")
        self.up: dict[str, Any] = {"num_parallel_uploads": workers} if workers else {}
        self.down: dict[str, Any] = {"num_parallel_downloads": workers} if workers else {}

    async def start_async(self) -> None:
        self.aminio = AsyncMinio(self.endpoint, self.access_key, self.secret_key, secure=False, region="us-east-1")

    def get(self, key: str) -> bytes:
        with self.minio.get_object(self.bucket, key) as response:
            return response.read()

    def get_many(self, keys: Iterator[str]) -> Iterator[bytes]:
        for outcome in self.minio.get_objects(self.bucket, keys):
            yield outcome.value

    def put(self, key: str, data: bytes) -> str:
        return self.minio.put_object(self.bucket, key, io.BytesIO(data), len(data)).etag or ""

    def head(self, key: str) -> int:
        return self.minio.stat_object(self.bucket, key).size or 0

    def list(self) -> Iterator[Entry]:
        workers = self.options.get("workers")
        if workers is None:
            found = self.minio.list_objects(self.bucket, recursive=True)
        else:
            ordered = self.options.get("ordered", False)
            found = self.minio.list_objects_parallel(self.bucket, workers=workers, ordered=ordered)
        for item in found:
            yield item.object_name, item.size or 0, item.etag or "", item.last_modified

    def download(self, key: str, path: str) -> None:
        if self.options.get("way") == "readinto":
            self.read_into(key, path)
        else:
            self.minio.fget_object(self.bucket, key, path, **self.down)

    def download_durably(self, key: str, path: str) -> None:
        self.minio.fget_object(self.bucket, key, path, durable=True, **self.down)

    def read_into(self, key: str, path: str) -> None:
        view = memoryview(bytearray(1024 * 1024))
        with self.minio.get_object(self.bucket, key) as response, open(path, "wb", buffering=0) as file:
            while count := response.readinto(view):
                file.write(view[:count])

    def upload(self, key: str, path: str) -> None:
        self.minio.fput_object(self.bucket, key, path, **self.up)

    def download_files(self, prefix: str, folder: str) -> None:
        self.minio.download_directory(self.bucket, prefix, folder)

    def upload_files(self, folder: str, prefix: str) -> None:
        self.minio.upload_directory(self.bucket, prefix, folder)

    async def adownload_files(self, prefix: str, folder: str) -> None:
        await self.aminio.download_directory(self.bucket, prefix, folder)

    async def aupload_files(self, folder: str, prefix: str) -> None:
        await self.aminio.upload_directory(self.bucket, prefix, folder)

    async def aget(self, key: str) -> Any:
        async with await self.aminio.get_object(self.bucket, key) as response:
            return await response.read()

    async def aput(self, key: str, data: bytes) -> Any:
        return (await self.aminio.put_object(self.bucket, key, io.BytesIO(data), len(data))).etag

    async def adownload(self, key: str, path: str) -> None:
        await self.aminio.fget_object(self.bucket, key, path)

    async def aupload(self, key: str, path: str) -> None:
        await self.aminio.fput_object(self.bucket, key, path)


if __name__ == "__main__":
    serve(Ours)
