"""obstore's file system for fsspec."""

from __future__ import annotations

from typing import Any

from _fsspec import Files, serve_files
from obstore.fsspec import FsspecStore


class Obstore(Files):
    def make(self) -> Any:
        return FsspecStore(
            "s3",
            endpoint=f"http://{self.endpoint}",
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": True, "timeout": "300s"},
            skip_instance_cache=True,
        )


if __name__ == "__main__":
    serve_files(Obstore)
