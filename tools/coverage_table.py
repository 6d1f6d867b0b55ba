"""Write docs/coverage.md: what every documented call does on every server, as a run of its examples has just shown.

    python tools/coverage_table.py            run tests/documented and write the page
    python tools/coverage_table.py --check    run them and say whether the page still tells the truth
    python tools/coverage_table.py --junit results.xml    use the results of a run that has been

A call that fails, or a server that is not there, is an error: the page is then left as it is.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "coverage.md"
TESTS = ROOT / "tests" / "documented"
KINDS = ("sync", "async")

# How each server is called, and how it tells its version.
SERVERS = {
    "seaweedfs": ("SeaweedFS", ("weed", "version"), r"version \S+ (\d[\d.]+)"),
    "juicefs": ("JuiceFS gateway", ("juicefs", "version"), r"version ([\d.]+)"),
    "ceph": ("Ceph RADOS Gateway", ("radosgw", "--version"), r"version ([\d.]+)"),
}

_CASE = re.compile(r"\[(?P<server>\w+)-(?P<kind>sync|async)-(?P<call>\w+)\]$")


class CoverageError(Exception):
    """The page cannot be written; the message says why."""


@dataclass(frozen=True)
class Result:
    """What one example showed on one server."""

    server: str
    kind: str
    call: str
    outcome: str
    reason: str = ""

    @property
    def cell(self) -> str:
        if self.outcome == "skipped":
            return "not on this server"
        return "pass"


def run_examples(junit: Path) -> None:
    """Run tests/documented on all servers."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}", str(TESTS)]
    everywhere = {name: value for name, value in os.environ.items() if name != "MINIO_TEST_SERVERS"}
    if subprocess.run(command, cwd=ROOT, env=everywhere, check=False).returncode:
        raise CoverageError("an example fails: see above")


def read_results(junit: Path) -> list[Result]:
    """Read what pytest has written."""
    cases = ElementTree.parse(junit).iter("testcase")
    return [result for case in cases if (result := _read_case(case))]


def _read_case(case: ElementTree.Element) -> Result | None:
    match = _CASE.search(case.get("name", ""))
    if match is None:
        return None
    where = match.groupdict()
    skipped = case.find("skipped")
    if skipped is not None:
        # It reads "server: feature: reason".
        reason = skipped.get("message", "").split(": ", 2)[-1]
        return Result(**where, outcome="skipped", reason=reason)
    if case.find("failure") is not None or case.find("error") is not None:
        return Result(**where, outcome="failed")
    limits = [item.get("value", "") for item in case.iter("property") if item.get("name") == "limit"]
    return Result(**where, outcome="passed", reason="".join(limits))


def check_complete(results: Iterable[Result]) -> None:
    """Refuse a run that says nothing about something, or something bad."""
    results = list(results)
    failed = [f"{item.server}/{item.kind}/{item.call}" for item in results if item.outcome == "failed"]
    if failed:
        raise CoverageError(f"failed: {', '.join(failed)}")
    lost = sorted(set(SERVERS) - {item.server for item in results if item.outcome == "passed"})
    if lost:
        raise CoverageError(f"not run: {', '.join(lost)}: all servers are needed")
    expected = len({item.call for item in results}) * len(KINDS) * len(SERVERS)
    if len(results) != expected:
        raise CoverageError(f"{len(results)} results instead of {expected}")


def version(server: str) -> str:
    """Ask a server's program for its version."""
    _, (program, *arguments), pattern = SERVERS[server]
    path = shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)
    if path is None:
        raise CoverageError(f"{program} is not installed")
    output = subprocess.run([path, *arguments], capture_output=True, text=True, check=False).stdout
    found = re.search(pattern, output)
    if found is None:
        raise CoverageError(f"{program} tells no version: {output!r}")
    return found[1]


def render(results: Iterable[Result], versions: dict[str, str]) -> str:
    """Make the page."""
    table = {(item.call, item.server, item.kind): item for item in results}
    calls = list(dict.fromkeys(call for call, _, _ in table))
    notes = _notes(table.values())
    return "\n".join([*_head(len(calls), versions), *_table(calls, table, notes), "", *_list(notes), ""])


def _head(count: int, versions: dict[str, str]) -> Iterator[str]:
    servers = ", ".join(f"{SERVERS[name][0]} {number}" for name, number in versions.items())
    yield "# The documented calls, and where they were seen to work"
    yield ""
    yield "Made by `make coverage-table` (`tools/coverage_table.py`) out of a run of `tests/documented` on"
    yield f"{servers}."
    yield ""
    yield f"Each of the {count} rows, the constructor and {count - 1} calls, is a program: the document's own example,"
    yield "with only keys, host and names replaced, which then checks that what the document says has happened."
    yield "`sync` is `tests/documented/<call>.py` with `Minio`, `async` is `tests/documented/aio/<call>.py` with"
    yield "`AsyncMinio`. All of them run with warnings as errors. A limitation is the server's own; the list below"
    yield "says what the server does."
    yield ""


def _table(
    calls: list[str], table: dict[tuple[str, str, str], Result], notes: dict[tuple[str, str], int]
) -> Iterator[str]:
    heads = [f"{SERVERS[server][0]}, {kind}" for server in SERVERS for kind in KINDS]
    yield "| " + " | ".join(["call", *heads]) + " |"
    yield "|---" * (len(heads) + 1) + "|"
    for call in calls:
        cells = [_cell(table[call, server, kind], notes) for server in SERVERS for kind in KINDS]
        yield "| " + " | ".join([f"`{call}`", *cells]) + " |"


def _cell(result: Result, notes: dict[tuple[str, str], int]) -> str:
    number = notes.get((result.server, result.reason))
    return f"{result.cell} [{number}](#limitations)" if number else result.cell


def _notes(results: Iterable[Result]) -> dict[tuple[str, str], int]:
    found = dict.fromkeys((item.server, item.reason) for item in results if item.reason)
    return {note: number for number, note in enumerate(found, 1)}


def _list(notes: dict[tuple[str, str], int]) -> Iterator[str]:
    yield "## Limitations"
    yield ""
    for (server, reason), number in notes.items():
        yield f"{number}. {SERVERS[server][0]}: {reason}"


def main() -> int:
    """Run, read, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--junit", type=Path, help="the results of a run, as pytest --junitxml writes them")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page would change")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        junit = options.junit or Path(scratch, "results.xml")
        if options.junit is None:
            run_examples(junit)
        results = read_results(junit)
    check_complete(results)
    page = render(results, {name: version(name) for name in SERVERS})
    if options.check:
        return _compare(page)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page)
    print(f"{PAGE.relative_to(ROOT)} written: {len(results)} results")
    return 0


def _compare(page: str) -> int:
    if PAGE.exists() and PAGE.read_text() == page:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is out of date: make coverage-table", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoverageError as error:
        sys.exit(f"coverage_table: {error}")
