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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out patterns on Ceph that ask for nothing new.

    fsspec tries each pattern with and without `recursive`, and with several depths. These choose among the names that
    the server lists. On the slowest server, the combination that finds most is enough. The others run all of them.
    """
    patterns = [item for item in items if isinstance(item, pytest.Function) and _is_pattern_on_ceph(item)]
    largest: dict[tuple[str, str], pytest.Function] = {}
    for item in patterns:
        key = item.originalname, item.callspec.params["path"]
        largest[key] = max(largest.get(key, item), item, key=_names_found)
    left_out = set(patterns) - set(largest.values())
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _is_pattern_on_ceph(item: pytest.Function) -> bool:
    return "_glob_edge_cases" in item.originalname and item.callspec.params["server"] == "ceph"


def _names_found(item: pytest.Function) -> tuple[int, bool]:
    return len(item.callspec.params["expected"]), item.callspec.params["recursive"]
