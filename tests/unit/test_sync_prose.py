"""The lint of the generated client's prose finds sentences about asyncio, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parent.parent.parent / "tools" / "check_sync_prose.py"


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "module.py").write_text(text)
    return subprocess.run([sys.executable, str(TOOL), str(folder)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('"""Await the response."""\n', 1),
        ('def f():\n    """Send it.\n\n    Other tasks of the loop go on.\n    """\n', 4),
        ("x = 1  # the event loop is gone\n", 1),
        ('class C:\n    x = 1\n    """Seconds until the coroutine ends."""\n', 3),
    ],
)
def test_a_sentence_about_asyncio_is_found(text: str, line: int, tmp_path: Path) -> None:
    done = run(tmp_path, text)
    assert done.returncode == 1
    assert f"module.py:{line}: " in done.stdout


def test_code_and_other_sentences_are_fine(tmp_path: Path) -> None:
    text = '# Generated from src/minio/aio/x.py by a tool.\n"""Send a multitasking thing."""\ntask = "await"\n'
    done = run(tmp_path, text)
    assert (done.returncode, done.stdout) == (0, "")
