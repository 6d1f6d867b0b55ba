"""A pytest plugin that sends the tests of audbackend to the local server instead of play.min.io.

Its conftest.py names the host in `pytest.HOSTS` and takes the keys from the environment for every other host. The entry
`secure =` of the configuration file makes audbackend use http.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_DIRECTORY = tempfile.TemporaryDirectory(prefix="audbackend-")


def pytest_configure() -> None:
    host = os.environ["DOWNSTREAM_ENDPOINT"]
    pytest.HOSTS["minio"] = host
    config = Path(_DIRECTORY.name, "minio.cfg")
    config.write_text(f"[{host}]\nsecure =\n")
    os.environ["MINIO_CONFIG_FILE"] = str(config)
    os.environ["MINIO_ACCESS_KEY"] = os.environ["DOWNSTREAM_ACCESS_KEY"]
    os.environ["MINIO_SECRET_KEY"] = os.environ["DOWNSTREAM_SECRET_KEY"]
