"""Check that the prose of the generated blocking client does not mention asyncio.

    python tools/check_sync_prose.py [FOLDER ...]

The generator replaces names, not sentences. A docstring or comment of the asynchronous client that says "await", "task"
or "event loop" is wrong in the blocking client. Write such a sentence so that it is true for both.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src/minio/sync", "src/minio/_core/http/sync", "src/minio/_core/transfer/sync")
ABOUT_LOOPS = {"_directory_runs.py", "_loops.py"}
"""Files that are about event loops."""
_WORDS = re.compile(
    r"\b(await(s|ed|ing)?|async|asynchronous(ly)?|asyncio|coroutines?|event loops?|the loop|tasks?)\b", re.IGNORECASE
)


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Return the lines of all docstrings and comments of a module, with their line numbers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for offset, line in enumerate(node.value.value.splitlines()):
                yield node.lineno + offset, line
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def check(path: Path) -> list[str]:
    """Return the problems of a file, one line each."""
    return [
        f"{path}:{number}: {found[0]!r} in the prose of the blocking client: {line.strip()}"
        for number, line in sorted(prose(path.read_text("utf-8")))
        if (found := _WORDS.search(line)) and not line.startswith("# Generated from ")
    ]


def main(arguments: list[str]) -> int:
    folders = [Path(name) for name in arguments] or [ROOT / name for name in FOLDERS]
    found = [
        line
        for folder in folders
        for path in sorted(folder.glob("*.py"))
        if path.name not in ABOUT_LOOPS
        for line in check(path)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
