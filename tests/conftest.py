"""Fixtures that speak to real servers, each started once, and a table of what ran where."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from minio.local import MissingServerError
from servers import live
from servers.capabilities import missing
from servers.cleanup import remove_bucket

if TYPE_CHECKING:
    from minio import AsyncMinio, Minio


@pytest.fixture(scope="session")
def servers() -> Iterator[live.Servers]:
    """All servers, by name."""
    running = live.Servers()
    yield running
    running.stop()


@pytest.fixture(scope="session", params=live.wanted())
def server(request: pytest.FixtureRequest, servers: live.Servers) -> live.LiveServer:
    """Each of the servers in turn."""
    try:
        return servers.get(request.param)
    except MissingServerError as error:
        if _required(request.param):
            raise
        pytest.skip(f"{request.param}: {error}")


def _required(name: str) -> bool:
    return name == "seaweedfs" or os.environ.get(f"MINIO_TEST_{name.upper()}") == "require"


@pytest.fixture
def sync_client(server: live.LiveServer) -> Iterator[Minio]:
    """A blocking client, also for a look from outside in tests of the other one."""
    with server.make_client() as made:
        yield made


@pytest.fixture
def client(sync_client: Minio) -> Minio:
    """The client under test."""
    return sync_client


@pytest.fixture
async def async_client(server: live.LiveServer) -> AsyncIterator[AsyncMinio]:
    """An asyncio client."""
    async with server.make_async_client() as made:
        yield made


@pytest.fixture
def make_client(server: live.LiveServer) -> Iterator[Callable[..., Minio]]:
    """Make more clients, with other options; they are closed at the end of the test."""
    with ExitStack() as open_clients:

        def make(**options: Any) -> Minio:
            return open_clients.enter_context(server.make_client(**options))

        yield make


@pytest.fixture
def bucket_name(server: live.LiveServer) -> Iterator[str]:
    """The name of a bucket that is not there yet; whatever the test makes of it is removed."""
    name = f"test-{token_hex(6)}"
    yield name
    remove_bucket(server.raw, name)


@pytest.fixture
def bucket(client: Minio, bucket_name: str) -> str:
    """An empty bucket."""
    client.make_bucket(bucket_name)
    return bucket_name


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "requires(*features): skip on servers that lack one; see servers/capabilities.py"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        name = _server_of(item)
        if name is None:
            continue
        item.user_properties.append(("server", name))
        for mark in item.iter_markers("requires"):
            reason = missing(name, mark.args)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


def _server_of(item: pytest.Item) -> str | None:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return None
    name = item.callspec.params.get("server")
    return name if isinstance(name, str) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    outcomes = ("passed", "failed", "error", "skipped", "xfailed")
    counts = {name: dict.fromkeys(outcomes, 0) for name in live.wanted()}
    for outcome in outcomes:
        for report in terminalreporter.getreports(outcome):
            name = dict(getattr(report, "user_properties", ())).get("server")
            if name in counts:
                counts[name][outcome] += 1
    if not any(any(row.values()) for row in counts.values()):
        return
    terminalreporter.section("tests by server")
    terminalreporter.write_line(f"{'':12}" + "".join(f"{outcome:>9}" for outcome in outcomes))
    for name, row in counts.items():
        terminalreporter.write_line(f"{name:12}" + "".join(f"{row[outcome]:9}" for outcome in outcomes))
