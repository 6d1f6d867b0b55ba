"""A browser, a page, and the servers that a page of another origin may speak to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from minio.local import MissingServerError
from servers import live

from .chromium import Chromium, missing
from .page import Page

ARTEFACTS = Path(__file__).with_name("artefacts")

# Both let pages of any origin in. Ceph wants a CORS document first, for which the documented API has no call.
SERVERS = [name for name in live.wanted() if name in ("seaweedfs", "juicefs")]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, servers: live.Servers) -> live.LiveServer:
    """The servers in turn."""
    try:
        return servers.get(request.param)
    except MissingServerError as error:
        if os.environ.get(f"MINIO_TEST_{request.param.upper()}") == "require":
            raise
        pytest.skip(f"{request.param}: {error}")


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the browser puts what it downloads."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def browser(downloads: Path) -> Iterator[Chromium]:
    """The browser: skipped without it, unless MINIO_TEST_CHROMIUM=require."""
    reason = missing()
    if reason and os.environ.get("MINIO_TEST_CHROMIUM") == "require":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with Chromium(downloads) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    """A page."""
    with Page() as running:
        yield running


@pytest.fixture
def keep(browser: Chromium, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Keep a picture of what the browser shows."""

    def take() -> None:
        name = "".join(char if char.isalnum() or char in "-_" else "-" for char in request.node.name)
        path = ARTEFACTS / f"{name}.png"
        browser.screenshot(path)
        print(f"screenshot: {path}")

    return take
