"""The pages in the folders of docs/, and the programs in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(page for page in (ROOT / "docs").glob("*/*.md") if not page.parent.name.startswith("_"))
PAGES = [page for page in PAGES if "```python\n" in page.read_text("utf-8")]

_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVER = re.compile(r"\A<!-- server: (\w+) -->")


def programs(page: Path) -> list[tuple[int, str]]:
    """Return the line before each program of a page, and its text."""
    text = page.read_text("utf-8")
    return [(text.count("\n", 0, found.start()) + 1, found[1]) for found in _FENCE.finditer(text)]


def server_of(page: Path) -> str:
    """Return the engine of the server on which the programs of a page run."""
    found = _SERVER.match(page.read_text("utf-8"))
    return found[1] if found else "seaweedfs"
