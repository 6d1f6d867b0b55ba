"""What the fault tests share, and the count of what was tried."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from servers.live import Servers

from .bench import Bench, World
from .proxy import FaultProxy

COMPLETE = os.environ.get("MINIO_TEST_FAULTS") == "all"
"""Every call with every fault, once and lasting; otherwise one of each family, and every one for the main calls."""


@pytest.fixture(scope="session")
def world(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with something in it."""
    made = World(servers.get("seaweedfs"), tmp_path_factory.mktemp("faults"))
    made.fill()
    yield made
    made.empty()


@pytest.fixture
def bench(world: World) -> Iterator[Bench]:
    """A proxy before that server."""
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
