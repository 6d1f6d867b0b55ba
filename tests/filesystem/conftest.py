"""A file system for each server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from minio.fs import MinioFileSystem
from servers.live import LiveServer


@pytest.fixture(scope="session")
def make_fs(server: LiveServer) -> Iterator[Callable[..., MinioFileSystem]]:
    """Make a file system with further options. Those of the same options are one, as fsspec has it."""
    made = []

    def make(**options: Any) -> MinioFileSystem:
        made.append(MinioFileSystem(server.endpoint, server.access_key, server.secret_key, secure=False, **options))
        return made[-1]

    yield make
    for fs in made:
        fs.close()
    MinioFileSystem.clear_instance_cache()


@pytest.fixture
def fs(make_fs: Callable[..., MinioFileSystem]) -> MinioFileSystem:
    """A file system with the default options."""
    return make_fs()
