"""The examples in the help of the commands. Each runs in a shell."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from cli.conftest import connected, write_files
from cli.program import Program
from minio import Minio
from minio.cli.registry import COMMANDS
from servers.cleanup import remove_bucket
from servers.live import LiveServer, Servers

BUCKET = "my-bucket"
OBJECTS = ("notes.txt", "photos/2024/a.jpg", "photos/2024/b.jpg", "photos/cat.jpg", "report.pdf")
FILES = ("album/summer/beach.jpg", "album/notes.txt", "report.pdf", "film.mkv")

SHOWN = [command for command in COMMANDS.values() if command.group]
ALL = [
    pytest.param(line, id=f"{command.name}-{number}")
    for command in SHOWN
    if find_spec(f"minio.cli.commands.{command.name}")
    for number, (line, _) in enumerate(import_module(f"minio.cli.commands.{command.name}").EXAMPLES)
]


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """One server is enough: the examples show how commands are used."""
    return servers.get("seaweedfs")


@pytest.fixture
def world(bare: Program, server: LiveServer, client: Minio) -> Iterator[Program]:
    """What the examples use."""
    remove_bucket(server.raw, BUCKET)
    server.expect_bucket(BUCKET)
    client.make_bucket(BUCKET)
    for name in OBJECTS:
        client.put_object(BUCKET, name, name.encode(), len(name))
    write_files(bare.directory, *FILES)
    connected(bare, server)
    bare.environ.update(URL=server.url, KEY=server.access_key, SECRET=server.secret_key)
    yield bare
    remove_bucket(server.raw, BUCKET)


@pytest.mark.parametrize("line", ALL)
def test_example(line: str, world: Program) -> None:
    done = world.shell(line)
    assert "mio: " not in done.errors or done.status == 0


def test_every_command_has_examples_and_help(bare: Program) -> None:
    for command in SHOWN:
        shown = bare(command.name, "--help").lines
        assert max(map(len, shown)) <= 80, (command.name, max(shown, key=len))
        assert any(f"mio {command.name}" in line for line in shown if line.startswith("  ")), command.name
