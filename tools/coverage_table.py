"""Generate docs/coverage.md, which shows how each documented call behaves on each server, from a run of the examples.

    python tools/coverage_table.py            run tests/documented and write the page
    python tools/coverage_table.py --check    run tests/documented and check that the page is up to date
    python tools/coverage_table.py --junit results.xml    use the results of an earlier run
    python tools/coverage_table.py --further  run nothing, and write only the table of the further calls

If a call fails or a server is missing, the tool exits with an error and does not change the page.
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

# Each server's display name, the command that prints its version, and a pattern that finds it.
SERVERS = {
    "seaweedfs": ("SeaweedFS", ("weed", "version"), r"version \S+ (\d[\d.]+)"),
    "juicefs": ("JuiceFS gateway", ("juicefs", "version"), r"version ([\d.]+)"),
    "ceph": ("Ceph RADOS Gateway", ("radosgw", "--version"), r"version ([\d.]+)"),
}

FURTHER_HEADING = "\n## Further calls"

_CASE = re.compile(r"\[(?P<server>\w+)-(?P<kind>sync|async)-(?P<call>\w+)\]$")


class CoverageError(Exception):
    """The page cannot be generated. The message gives the reason."""


@dataclass(frozen=True)
class Result:
    """The outcome of one example on one server."""

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
        raise CoverageError("an example failed: see above")


def read_results(junit: Path) -> list[Result]:
    """Read the JUnit file that pytest wrote."""
    cases = ElementTree.parse(junit).iter("testcase")
    return [result for case in cases if (result := _read_case(case))]


def _read_case(case: ElementTree.Element) -> Result | None:
    match = _CASE.search(case.get("name", ""))
    if match is None:
        return None
    where = match.groupdict()
    skipped = case.find("skipped")
    if skipped is not None:
        # The message has the form "server: feature: reason".
        reason = skipped.get("message", "").split(": ", 2)[-1]
        return Result(**where, outcome="skipped", reason=reason)
    if case.find("failure") is not None or case.find("error") is not None:
        return Result(**where, outcome="failed")
    limits = [item.get("value", "") for item in case.iter("property") if item.get("name") == "limit"]
    return Result(**where, outcome="passed", reason="".join(limits))


def check_complete(results: Iterable[Result]) -> None:
    """Raise an error if a result failed or is missing."""
    results = list(results)
    failed = [f"{item.server}/{item.kind}/{item.call}" for item in results if item.outcome == "failed"]
    if failed:
        raise CoverageError(f"failed: {', '.join(failed)}")
    lost = sorted(set(SERVERS) - {item.server for item in results if item.outcome == "passed"})
    if lost:
        raise CoverageError(f"not run: {', '.join(lost)}: all servers are required")
    expected = len({item.call for item in results}) * len(KINDS) * len(SERVERS)
    if len(results) != expected:
        raise CoverageError(f"{len(results)} results instead of {expected}")


def version(server: str) -> str:
    """Run a server's program to get its version."""
    _, (program, *arguments), pattern = SERVERS[server]
    path = shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)
    if path is None:
        raise CoverageError(f"{program} is not installed")
    output = subprocess.run([path, *arguments], capture_output=True, text=True, check=False).stdout
    found = re.search(pattern, output)
    if found is None:
        raise CoverageError(f"{program} printed no version: {output!r}")
    return found[1]


def render(results: Iterable[Result], versions: dict[str, str]) -> str:
    """Return the text of the page."""
    table = {(item.call, item.server, item.kind): item for item in results}
    calls = list(dict.fromkeys(call for call, _, _ in table))
    notes = _notes(table.values())
    page = "\n".join([*_head(len(calls), versions), *_table(calls, table, notes), "", *_list(notes), ""])
    return page + further()


def further() -> str:
    """Return the section on the calls that are not in the documented API, from tests/servers/capabilities.py."""
    sys.path.insert(0, str(ROOT / "tests"))
    from servers.capabilities import FURTHER, LACKS

    lines = [
        FURTHER_HEADING,
        "",
        "These calls are not in the documented API. The tests in `tests/live` call them on every server that has what",
        "they need (`tests/servers/capabilities.py`), with `Minio` and with `AsyncMinio`.",
        "",
        "| call | " + " | ".join(name for name, _, _ in SERVERS.values()) + " |",
        "|---" * (len(SERVERS) + 1) + "|",
    ]
    for call, needs in FURTHER.items():
        reasons = [[LACKS[server][need] for need in needs if need in LACKS[server]] for server in SERVERS]
        cells = [f"not on this server: {'; '.join(found)}" if found else "yes" for found in reasons]
        lines.append("| " + " | ".join([f"`{call}`", *cells]) + " |")
    return "\n".join([*lines, "", _LOW_LEVEL, _admin()])


_LOW_LEVEL = """\
## Attributes and low-level methods of release 7.2

`_http`, `_base_url`, `_region_map`, `_execute`, `_url_open`, `_create_multipart_upload` and the others are not part
of the public API, but programs use them. `tests/live/aio/test_legacy.py` and `tests/live/test_legacy_http.py` use
them on all three servers.
"""
_ADMIN = """\
## Administration

The JuiceFS gateway contains the code of the MinIO server, including the admin API. It stands in for MinIO, whose
packages have been withdrawn. `tests/live/aio/test_admin.py` calls `MinioAdmin` and `AsyncMinioAdmin` on it. The
bytes of every call are compared in `tests/unit/test_admin.py` with a scripted server, also for calls that the
gateway refuses. `service_restart` and `service_stop` would end the server, so they are called there as a user who
may not call them. SeaweedFS and Ceph have no MinIO admin API.

| call | JuiceFS gateway |
|---|---|
"""


def _admin() -> str:
    from fakes.admin_calls import CALLS
    from servers.capabilities import ADMIN_REFUSED

    rows = []
    for call in dict.fromkeys(name.partition(",")[0] for name in CALLS):
        refused = ADMIN_REFUSED.get(call)
        rows.append(f"| `{call}` | {f'not on this server: {refused[0]} {refused[1]}' if refused else 'yes'} |\n")
    return _ADMIN + "".join(rows)


def _head(count: int, versions: dict[str, str]) -> Iterator[str]:
    servers = ", ".join(f"{SERVERS[name][0]} {number}" for name, number in versions.items())
    yield "# API coverage by server"
    yield ""
    yield "`make coverage-table` (`tools/coverage_table.py`) generates this page from a run of `tests/documented` on"
    yield f"{servers}."
    yield ""
    yield f"Each of the {count} rows (the constructor and {count - 1} calls) is a program: the example from the API"
    yield "documentation, with only the keys, the host and the names replaced. The program then verifies the"
    yield "documented effect. `sync` is `tests/documented/<call>.py` with `Minio`, and `async` is"
    yield "`tests/documented/aio/<call>.py` with `AsyncMinio`. Warnings are errors in all programs. Limitations are"
    yield "those of the servers; the list at the end shows how each server responds."
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
    """Run the examples, read the results and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--junit", type=Path, help="results written by pytest --junitxml")
    parser.add_argument("--check", action="store_true", help="do not write; fail if the page would change")
    parser.add_argument("--further", action="store_true", help="run nothing; write the table of the further calls")
    options = parser.parse_args()
    if options.further:
        before = PAGE.read_text()
        after = before.partition(FURTHER_HEADING)[0] + further()
        if not options.check:
            PAGE.write_text(after)
        return int(options.check and before != after)
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
