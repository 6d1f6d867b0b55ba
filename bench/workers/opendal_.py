"""Apache OpenDAL: Python bindings of the Rust library."""

from __future__ import annotations

from typing import Any

import opendal
from _worker import Client, serve


class Opendal(Client):
    def connect(self) -> None:
        self.settings: dict[str, str] = {
            "bucket": self.bucket,
            "endpoint": f"http://{self.endpoint}",
            "access_key_id": self.access_key,
            "secret_access_key": self.secret_key,
            "region": "us-east-1",
        }
        self.operator: Any = opendal.Operator("s3", **self.settings)

    async def start_async(self) -> None:
        self.async_operator: Any = opendal.AsyncOperator("s3", **self.settings)

    def get(self, key: str) -> Any:
        return self.operator.read(key)

    def put(self, key: str, data: bytes) -> Any:
        self.operator.write(key, data)
        return self.etag  # it returns no ETag, so the object is read back

    def head(self, key: str) -> int:
        return int(self.operator.stat(key).content_length)

    async def aget(self, key: str) -> Any:
        return await self.async_operator.read(key)


if __name__ == "__main__":
    serve(Opendal)
