"""The program `mio`, connected to each server in turn, or to none."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.program import Program, make_program
from servers.live import LiveServer

if TYPE_CHECKING:
    from minio import Minio


@pytest.fixture
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Program:
    """The program without any configuration. The checks of the specification start an interpreter each time."""
    made = make_program(tmp_path)
    made.warm = not request.module.__name__.rpartition(".")[2].startswith("test_checks")
    return made


@pytest.fixture
def mio(bare: Program, server: LiveServer) -> Program:
    """The program: `s3://` is the server, and so is the alias `play`."""
    return connected(bare, server)


def connected(program: Program, server: LiveServer) -> Program:
    """Give a program the address and the keys of a server."""
    program.environ.update(
        AWS_ACCESS_KEY_ID=server.access_key,
        AWS_SECRET_ACCESS_KEY=server.secret_key,
        AWS_ENDPOINT_URL=server.url,
        MC_HOST_play=f"http://{server.access_key}:{server.secret_key}@{server.endpoint}",
    )
    return program


@pytest.fixture
def put(client: Minio, bucket: str) -> Iterator[Put]:
    """Stores objects in `bucket`."""
    yield Put(client, bucket)
    # The bucket itself is removed by others, one object at a time.
    if client.bucket_exists(bucket):
        client.remove_prefix(bucket, "", whole_bucket=True, raise_errors=False)


class Put:
    """Stores objects: `put("a/b", "c")` with their names as contents, `put(d=b"...")` with others."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def __call__(self, *names: str, **contents: bytes) -> None:
        for name in names:
            self.one(name, name.encode())
        for name, data in contents.items():
            self.one(name, data)

    def many(self, *names: str) -> None:
        """Store many empty objects at a time."""
        outcomes = self._client.put_objects(self._bucket, ((name, b"") for name in names))
        assert {outcome.status for outcome in outcomes} == {"done"}

    def one(self, name: str, data: bytes) -> None:
        self._client.put_object(self._bucket, name, data, len(data))


def names_in(client: Minio, bucket: str, prefix: str = "") -> list[str]:
    """The names of all objects below a prefix, without the directories that JuiceFS keeps when they are empty."""
    found = client.list_objects(bucket, prefix, recursive=True)
    return [item.object_name for item in found if not item.is_dir]


def write_files(root: Path, *names: str) -> Path:
    """Write files whose contents are their names, and return their directory."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def files_in(root: Path) -> list[str]:
    """The files below a directory, temporary ones included."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def problems(errors: str) -> list[str]:
    """The lines about single items: all but the summary."""
    return [line for line in errors.splitlines() if not re.search(r" in [\d.]+ s$", line)]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
