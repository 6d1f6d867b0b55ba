"""Fixtures for tests against real servers, and a summary of the tests run on each server. Each server starts once."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from minio.local import MissingServerError
from servers import live
from servers.capabilities import missing
from servers.cleanup import remove_bucket

if TYPE_CHECKING:
    from minio import AsyncMinio, Minio

# How long an example takes depends on what else the machine does. CI plays the same examples each time, so that its
# result depends on the change alone. Other runs search on.
hypothesis.settings.register_profile(
    "any-machine",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
hypothesis.settings.load_profile("any-machine")


@pytest.fixture(scope="session", autouse=True)
def _state_home() -> Iterator[None]:
    """Keep upload journals of the tests and their child processes out of the user's home directory."""
    with TemporaryDirectory(prefix="minio-test-state-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_STATE_HOME"] = folder
        yield


@pytest.fixture(scope="session", autouse=True)
def _interrupts() -> None:
    """Restore SIGINT. A shell ignores it in background jobs, and the programs that tests start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def servers() -> Iterator[live.Servers]:
    """All servers, by name."""
    running = live.Servers()
    yield running
    running.stop()


@pytest.fixture(scope="session", params=live.wanted())
def server(request: pytest.FixtureRequest, servers: live.Servers) -> live.LiveServer:
    """Each server in turn."""
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
    """A blocking client. Tests of the asyncio client also use it to check results independently."""
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
    """Create more clients with other options. They are closed at the end of the test."""
    with ExitStack() as open_clients:

        def make(**options: Any) -> Minio:
            return open_clients.enter_context(server.make_client(**options))

        yield make


@pytest.fixture
def bucket_name(server: live.LiveServer) -> Iterator[str]:
    """The name of a bucket that does not exist yet. It is removed after the test."""
    name = f"test-{token_hex(6)}"
    server.expect_bucket(name)
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


def pytest_collection_finish() -> None:
    """Spare the collector the half a million objects of the collected tests, which live until the end.

    Otherwise each `gc.collect()` of a test, and each full collection that happens by itself, looks at all of them.
    """
    gc.collect()
    gc.freeze()


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
