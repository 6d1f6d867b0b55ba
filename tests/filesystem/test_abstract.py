"""fsspec's own tests of file systems, on each server.

Most of them read the same objects, and change none of them. These objects and the bucket are made once for each server,
and each test has a directory of its own in the bucket.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from secrets import token_hex

import pytest
from fsspec.tests import abstract

from minio.fs import MinioFileSystem
from servers.cleanup import remove_bucket
from servers.live import LiveServer


@pytest.fixture(scope="module")
def common_bucket(make_fs: Callable[..., MinioFileSystem], server: LiveServer) -> Iterator[str]:
    """A bucket for all tests of a server."""
    name = f"test-{token_hex(6)}"
    server.expect_bucket(name)
    make_fs().mkdir(name)
    yield name
    make_fs().rm(name, recursive=True)
    remove_bucket(server.raw, name)


@pytest.fixture(scope="module")
def pattern_source(make_fs: Callable[..., MinioFileSystem], common_bucket: str) -> str:
    """The directory that patterns are applied to."""
    directory: str = Fixtures()._glob_edge_cases_files(make_fs(), posixpath.join, f"{common_bucket}/patterns")
    return directory


@pytest.fixture(scope="module")
def tree_source(make_fs: Callable[..., MinioFileSystem], common_bucket: str) -> str:
    """The directory that is copied and downloaded."""
    directory: str = Fixtures()._bulk_operations_scenario_0(make_fs(), posixpath.join, f"{common_bucket}/tree")
    return directory


class Fixtures(abstract.AbstractFixtures):
    """What fsspec's tests need to know of the file system."""

    @pytest.fixture
    def fs(self, fs: MinioFileSystem) -> MinioFileSystem:
        return fs

    @pytest.fixture
    def fs_path(self, common_bucket: str) -> str:
        return f"{common_bucket}/{token_hex(6)}"

    @pytest.fixture
    def fs_glob_edge_cases_files(self, pattern_source: str) -> str:
        return pattern_source

    @pytest.fixture
    def fs_bulk_operations_scenario_0(self, tree_source: str) -> str:
        return tree_source

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
