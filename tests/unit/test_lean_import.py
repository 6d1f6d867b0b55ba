"""Importing the package and creating a client loads only what they need, so that programs start fast."""

from __future__ import annotations

import subprocess
import sys

# Loaded when a call first needs them.
LATER = [
    "concurrent.futures",
    "httptools",
    "lxml",
    "ssl",
    "tarfile",
    "urllib3",
    "minio.aio",
    "minio.lifecycleconfig",
    "minio.notificationconfig",
    "minio.replicationconfig",
    "minio.select",
    "minio.policy",
    "minio.post_policy",
    "minio.deleteobjects",
    "minio.directories",
    "minio.hooks",
    "minio.credentials.providers",
    "minio._core.bucket_datatypes",
    "minio._core.engine.flow",
    "minio._core.engine.interception",
    "minio._core.engine.request_options",
    "minio._core.http.sync.urllib3_transport",
    "minio._core.ops.copying",
    "minio._core.ops.listing",
    "minio._core.transfer.directory",
]


def loaded_by(program: str) -> set[str]:
    command = [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_creating_a_client_loads_only_what_it_needs() -> None:
    found = loaded_by("from minio import Minio; Minio('127.0.0.1:9000', 'a', 'secret-key', secure=False)")
    assert "minio.sync._client" in found
    assert not found & set(LATER)


def test_importing_the_package_loads_no_client() -> None:
    found = loaded_by("import minio")
    assert {name for name in found if name.startswith("minio.")} == {"minio._version"}
