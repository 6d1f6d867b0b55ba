"""The table of corner cases in docs/directories.md: each row names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
_ROW = re.compile(r"^\| (?P<case>[^|]+) \| (?P<rule>[^|]+) \| \[(?P<test>\w+)\]\((?P<path>[^)]+)\) \|$")


def rows() -> list[str]:
    table = (DOCS / "directories.md").read_text("utf-8").partition("\n## Corner cases\n")[2]
    return [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| case ")]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.split("|")[1].strip())
def test_each_case_has_a_test(row: str) -> None:
    found = _ROW.match(row)
    assert found, f"not a case, what happens, and a link to a test: {row}"
    path = (DOCS / found["path"]).resolve()
    tree = ast.parse(path.read_text("utf-8"))
    tests = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert found["test"] in tests


def test_the_table_is_there() -> None:
    assert len(rows()) > 40
