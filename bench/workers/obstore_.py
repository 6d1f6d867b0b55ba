"""obstore: Python bindings of the Rust crate object_store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore
from _worker import Client, Entry, serve
from obstore.store import S3Store


class Obstore(Client):
    def connect(self) -> None:
        self.stores: dict[str, S3Store] = {}
        self.enter_bucket(self.bucket)

    def enter_bucket(self, bucket: str) -> None:
        self.bucket = bucket
        if bucket not in self.stores:
            self.stores[bucket] = S3Store(
                bucket,
                endpoint=f"http://{self.endpoint}",
                access_key_id=self.access_key,
                secret_access_key=self.secret_key,
                region="us-east-1",
                virtual_hosted_style_request=False,
                client_options={"allow_http": True, "timeout": "300s"},
            )
        self.store = self.stores[bucket]

    def get(self, key: str) -> Any:
        return obstore.get(self.store, key).bytes()

    def put(self, key: str, data: bytes) -> Any:
        return obstore.put(self.store, key, data, use_multipart=False)["e_tag"]

    def head(self, key: str) -> int:
        return obstore.head(self.store, key)["size"]

    def list(self) -> Iterator[Entry]:
        for page in obstore.list(self.store, chunk_size=1000):
            for item in page:
                yield item["path"], item["size"], item["e_tag"], item["last_modified"]

    def download(self, key: str, path: str) -> None:
        with open(path, "wb", buffering=0) as file:
            file.writelines(obstore.get(self.store, key).stream())

    def upload(self, key: str, path: str) -> None:
        obstore.put(self.store, key, Path(path))

    async def aget(self, key: str) -> Any:
        return await (await obstore.get_async(self.store, key)).bytes_async()

    async def aput(self, key: str, data: bytes) -> Any:
        return (await obstore.put_async(self.store, key, data, use_multipart=False))["e_tag"]


if __name__ == "__main__":
    serve(Obstore)
