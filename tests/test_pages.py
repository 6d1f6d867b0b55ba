"""The programs of the pages in the folders of docs/: each page is one program, run on a real server from top to bottom.

A page has what its reader has: `client`, the bucket "my-bucket" with "my-object", and a file photo.jpg. It imports and
makes whatever else it uses. A page that begins with `<!-- server: juicefs -->` runs on that server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from fakes.pages import PAGES, ROOT, programs, server_of
from minio import Minio
from minio.local import LocalServer, LocalServerError
from servers.live import JuiceFSServer
from test_docs import DOCUMENTED
from test_docstring_examples import (  # noqa: F401  (fixtures)
    addressed,
    administered,
    local,
    workplace,
)

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`")


@pytest.fixture(scope="module")
def eventful() -> Iterator[LocalServer]:
    """A server that sends events, and has a target for them."""
    try:
        server = JuiceFSServer()
    except LocalServerError as error:
        pytest.skip(f"juicefs: {error}")
    yield server.backend
    server.stop()


@pytest.fixture
def site(request: pytest.FixtureRequest) -> LocalServer:
    """The server that a page needs."""
    engine = server_of(request.node.callspec.params["page"])
    return request.getfixturevalue("eventful" if engine == "juicefs" else "local")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT / "docs").as_posix())
def test_page_runs(workplace: LocalServer, page: Path) -> None:  # noqa: F811
    run_page(workplace, page)


def run_page(workplace: LocalServer, page: Path) -> None:  # noqa: F811
    """Run the programs of a page."""
    with workplace.client() as client:
        names: dict[str, Any] = {"client": client, "__name__": "__main__"}
        for line, program in programs(page):
            text = "\n" * line + addressed(program, workplace)
            text = text.replace("http://127.0.0.1:9000/", f"http://{workplace.endpoint}/")
            exec(compile(text, str(page), "exec", dont_inherit=True), names)


@pytest.mark.parametrize("page", [ROOT / "docs" / "zh" / "api.md"], ids=["zh/api.md"])
def test_every_documented_call_of_the_chinese_page_is_run(
    workplace: LocalServer,  # noqa: F811
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its examples print errors of the server, as the documented ones do. A failure would go unnoticed."""
    seen: dict[str, list[str]] = {name: [] for name in DOCUMENTED}
    for name in DOCUMENTED:
        monkeypatch.setattr(Minio, name, _recorded(getattr(Minio, name), seen[name]))
    run_page(workplace, page)
    assert not [name for name, outcomes in seen.items() if "returned" not in outcomes]
    failed = {name: set(outcomes) - {"returned"} for name, outcomes in seen.items()}
    assert {name: errors for name, errors in failed.items() if errors} == {
        "copy_object": {"PreconditionFailed"},  # the condition that is not satisfied
        "stat_object": {"NoSuchKey"},  # the section about errors
    }


def _recorded(method: Callable[..., Any], outcomes: list[str]) -> Callable[..., Any]:
    """Return a method that records what became of each of its calls."""

    @wraps(method)
    def call(*args: Any, **keywords: Any) -> Any:
        try:
            result = method(*args, **keywords)
        except Exception as error:
            outcomes.append(type(error).__name__)
            raise
        outcomes.append("returned")
        return result

    return call


def test_every_page_of_the_guide_has_a_program() -> None:
    pages = {page.name for page in (ROOT / "docs" / "howto").glob("*.md")}
    assert pages == {page.name for page in PAGES if programs(page) and page.parent.name == "howto"}


def test_programs_are_marked_as_python() -> None:
    """A program in a fence without its language would not be run."""
    for page in PAGES:
        for language, text in re.findall(r"^```(\S*)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            assert language or "import " not in text, (page, text)
