"""A bucket with more keys than fit on one listing page, created once for each server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import pytest

from servers.cleanup import remove_bucket
from servers.live import LiveServer

CROWD = tuple(sorted([f"many/{number:04}" for number in range(1003)] + ["a", "b/1", "b/2", "zoo/z"]))


@pytest.fixture(scope="session")
def crowded(server: LiveServer) -> Iterator[str]:
    """The name of a bucket that holds `CROWD`. Tests only read from it."""
    name = f"test-crowd-{token_hex(4)}"
    with server.make_client() as client, ThreadPoolExecutor(8) as workers:
        client.make_bucket(name)
        list(workers.map(lambda key: client.put_object(name, key, b"x", 1, checksum=None), CROWD))
        yield name
        assert list(client.remove_objects(name, CROWD)) == []
    remove_bucket(server.raw, name)
