"""fsspec's own tests of file systems, on each server."""

from __future__ import annotations

import pytest
from fsspec.tests import abstract

from minio.fs import MinioFileSystem


class Fixtures(abstract.AbstractFixtures):
    """What fsspec's tests need to know of the file system."""

    @pytest.fixture
    def fs(self, fs: MinioFileSystem) -> MinioFileSystem:
        return fs

    @pytest.fixture
    def fs_path(self, bucket: str) -> str:
        return bucket

    @pytest.fixture
    def supports_empty_directories(self) -> bool:
        return False


class TestCopy(abstract.AbstractCopyTests, Fixtures):
    """Copies inside the file system."""


class TestGet(abstract.AbstractGetTests, Fixtures):
    """Downloads."""


class TestPut(abstract.AbstractPutTests, Fixtures):
    """Uploads."""


class TestOpen(abstract.AbstractOpenTests, Fixtures):
    """Exclusive creation by `open`."""


class TestPipe(abstract.AbstractPipeTests, Fixtures):
    """Exclusive creation by `pipe_file`."""
