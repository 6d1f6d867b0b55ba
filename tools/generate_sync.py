"""Generate the blocking client and its tests from the asynchronous ones, so that each call is written only once.

    python tools/generate_sync.py            write the files
    python tools/generate_sync.py --check    exit with 1 if the files are out of date

The generator works on tokens: it removes `async` and `await`, and replaces names using the table below. It omits lines
between `# async only` and `# end`. Ruff then formats the result.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = (("src/minio/aio", "src/minio/sync"), ("tests/live/aio", "tests/live/sync"))
KEPT = {"conftest.py", "_backend.py", "_directory_runs.py", "_legacy_http.py", "_loops.py", "_text.py"}
ASYNC_ONLY = {"_bulk_runs.py"}
"""Files of methods that the blocking client runs on an event loop; see `sync/_loops.py`."""
HEADER = "# Generated from {source} by tools/generate_sync.py. Do not edit.\n"

NAMES = {
    "AsyncObjectResponse": "ObjectResponse",
    "AsyncSelectObjectReader": "SelectObjectReader",
    "AsyncEventIterable": "EventIterable",
    "AsyncSource": "Source",
    "AsyncIterator": "Iterator",
    "AsyncIterable": "Iterable",
    "AsyncGenerator": "Generator",
    "aclosing": "closing",
    "AsyncExitStack": "ExitStack",
    "StopAsyncIteration": "StopIteration",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "anext": "next",
    "aiter": "iter",
    "aclose": "close",
    "adrive": "drive",
    "aio": "sync",
    "open_async_file": "open_file",
    "open_async_source": "open_source",
    "make_async_client": "make_client",
    "async_client": "client",
}
SEQUENCES = (
    ("asyncio.sleep", "time.sleep"),
    ("import asyncio\n", "import time\n"),
    ("isinstance(items, (Iterable, Iterable))", "isinstance(items, Iterable)"),
    ("Iterable[Any] | Iterable[Any]", "Iterable[Any]"),
    ("collections.abc import Iterable, Iterator, Iterable", "collections.abc import Iterable, Iterator"),
    (
        """How many connections the client opens at a time on one event loop. The default is below
                the usual limit of 1,024 open files. Further calls wait for a connection, in the order in which they
                were made. If streamed responses hold all connections, calls that stream nothing use a few more: a
                sixteenth, at least one. A call for another stream waits, and raises TransportError if no stream is
                read for `read_timeout` seconds. A listener of notifications counts as not read.""",
        """How many idle connections the client keeps. It opens one for each thread that makes a call.""",
    ),
    ("the asynchronous client", "the blocking client"),
    ("The asynchronous client: every call of the API, awaited.", "The blocking client: every call of the API."),
)


def convert(source: str, origin: str) -> str:
    """Convert a module to its blocking version."""
    source = re.sub(r"^ *# async only\n.*?^ *# end\n", "", source, flags=re.MULTILINE | re.DOTALL)
    out: list[str] = []
    line, column = 1, 0
    skip_space = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (row, start), (end_row, end) = token.start, token.end
        if row > line:
            out.append("\n" * (row - line) if not out or not out[-1].endswith("\n") else "")
            line, column = row, 0
        gap = source.splitlines()[row - 1][column:start] if row <= len(source.splitlines()) else ""
        out.append("" if skip_space and not gap.strip() else gap)
        skip_space = False
        if token.type == tokenize.NAME and token.string in ("async", "await"):
            skip_space = True
        else:
            out.append(_replace(token))
        line, column = end_row, end
    text = "".join(out)
    for before, after in SEQUENCES:
        text = text.replace(before, after)
    return HEADER.format(source=origin) + text


def _replace(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return _name(token.string)
    if token.type == tokenize.STRING:
        text = re.sub(r"\bawait |\basync (?=for|with|def)", "", token.string)
        return re.sub(r"\bAsync\w+", lambda found: _name(found[0]), text)
    if token.type == tokenize.COMMENT:
        return re.sub(r"\bAsync\w+", lambda found: _name(found[0]), token.string)
    return token.string


def _name(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    return name.removeprefix("Async") if re.fullmatch(r"Async[A-Z]\w+", name) else name


def tidy(text: str, path: Path) -> str:
    """Format a module with ruff."""
    ruff = Path(sys.executable).parent / "ruff"
    program = str(ruff) if ruff.exists() else "ruff"
    for command in (
        ["check", "--fix", "--quiet", "--exit-zero", "--select", "I,F401,PIE790,UP028,C416", "--unsafe-fixes"],
        ["format", "--quiet"],
    ):
        done = subprocess.run(
            [program, *command, "--stdin-filename", str(path), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        text = done.stdout
    return text


def outputs() -> dict[Path, str]:
    """Return every generated file with its expected content."""
    found: dict[Path, str] = {}
    for source, target in TREES:
        for path in sorted((ROOT / source).glob("*.py")):
            if path.name in KEPT | ASYNC_ONLY or not path.read_text().strip():
                continue
            twin = ROOT / target / path.name
            found[twin] = tidy(convert(path.read_text(), f"{source}/{path.name}"), twin)
    return found


def main() -> int:
    wanted = outputs()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    extra = [
        path
        for _, target in TREES
        for path in (ROOT / target).glob("*.py")
        if path not in wanted and path.name not in KEPT and path.name != "__init__.py"
    ]
    if "--check" in sys.argv[1:]:
        for path in stale + extra:
            print(f"{path.relative_to(ROOT)} is not what tools/generate_sync.py writes: run `make generate`")
        return 1 if stale or extra else 0
    for path in stale:
        path.write_text(wanted[path])
    for path in extra:
        path.unlink()
    print(f"{len(wanted)} files, {len(stale)} written, {len(extra)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
