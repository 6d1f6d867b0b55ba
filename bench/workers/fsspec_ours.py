"""The file system of this project."""

from __future__ import annotations

from typing import Any

from _fsspec import Files, serve_files

from minio.fs import MinioFileSystem


class Ours(Files):
    def make(self) -> Any:
        return MinioFileSystem(
            f"http://{self.endpoint}", self.access_key, self.secret_key, region="us-east-1", skip_instance_cache=True
        )


if __name__ == "__main__":
    serve_files(Ours)
