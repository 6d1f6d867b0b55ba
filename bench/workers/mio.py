"""`mio`, the command line of this package. Its whole process is measured, because that is how it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import _worker
from _worker import Client, serve
from s5cmd import cpu_of_children


class Mio(Client):
    def connect(self) -> None:
        self.environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://{self.endpoint}",
        }

    def run(self, *words: str) -> None:
        command = [sys.executable, "-m", "minio", "cp", "-q", *words]
        done = subprocess.run(command, env=self.environment, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def download(self, key: str, path: str) -> None:
        self.run(f"s3://{self.bucket}/{key}", path)

    def upload(self, key: str, path: str) -> None:
        self.run(path, f"s3://{self.bucket}/{key}")

    def download_files(self, prefix: str, folder: str) -> None:
        self.run("-r", f"s3://{self.bucket}/{prefix}", folder)

    def upload_files(self, folder: str, prefix: str) -> None:
        self.run("-r", folder, f"s3://{self.bucket}/{prefix}")

    def settle(self, path: str) -> None:
        subprocess.run(["sync", path], check=True)


if __name__ == "__main__":
    measure: Any = _worker
    measure.cpu_seconds = cpu_of_children
    serve(Mio)
