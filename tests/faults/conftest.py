"""Shared fixtures of the fault tests, and a summary of the cases played."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from importlib import import_module

import pytest

from minio._core.engine.fork import modules
from servers.live import Servers

from .bench import Bench, World
from .proxy import FaultProxy

COMPLETE = os.environ.get("MINIO_TEST_FAULTS") == "all"
"""Every call gets every fault, passing and staying. Otherwise only the main calls do, others one of each family."""


@pytest.fixture(scope="session")
def world(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with some content.

    Modules are loaded before threads can import them: pytest compiles them for its assertions, and CPython 3.11 may
    count the depth of a syntax tree wrongly if two threads do so.
    """
    for name in modules(asynchronous=True):
        import_module(name)
    made = World(servers.get("seaweedfs"), tmp_path_factory.mktemp("faults"))
    made.fill()
    yield made
    made.empty()


@pytest.fixture
def bench(world: World) -> Iterator[Bench]:
    """A proxy in front of that server."""
    with FaultProxy(world.server.endpoint) as proxy:
        yield Bench(world, proxy)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            total.update(dict(getattr(report, "user_properties", ())).get("faults", {}))
    if total:
        terminalreporter.section("faults")
        counts = ", ".join(f"{count} {name}" for name, count in total.most_common())
        scope = "all" if COMPLETE else "a part; MINIO_TEST_FAULTS=all for all"
        terminalreporter.write_line(f"{total.total()} faults in calls ({scope}): {counts}")
