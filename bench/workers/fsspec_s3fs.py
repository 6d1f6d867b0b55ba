"""s3fs: fsspec's file system on aiobotocore."""

from __future__ import annotations

from typing import Any

import s3fs
from _fsspec import Files, serve_files


class S3fs(Files):
    def make(self) -> Any:
        return s3fs.S3FileSystem(
            endpoint_url=f"http://{self.endpoint}",
            key=self.access_key,
            secret=self.secret_key,
            client_kwargs={"region_name": "us-east-1"},
            skip_instance_cache=True,
        )


if __name__ == "__main__":
    serve_files(S3fs)
