"""What users' type checkers say of code that uses the library: see tests/typing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RIGHT, WRONG = (ROOT / "tests" / "typing" / name for name in ("right.py", "wrong.py"))


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=RIGHT.parent, capture_output=True, text=True, timeout=200
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(folder: Path) -> set[tuple[str, int]]:
    """Where mypy --strict reports errors: file and line."""
    said = run("mypy", "--strict", "--config-file=", f"--cache-dir={folder}", RIGHT.name, WRONG.name)
    return {(name, int(line)) for name, line in re.findall(r"^([\w./]+):(\d+): error", said, re.MULTILINE)}


def basedpyright(folder: Path) -> set[tuple[str, int]]:
    """Where basedpyright reports errors."""
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"typeCheckingMode": "standard", "include": [str(RIGHT), str(WRONG)]}))
    said = json.loads(run("basedpyright", "--outputjson", "-p", str(settings), "--pythonpath", sys.executable))
    assert said["summary"]["filesAnalyzed"] == 2
    errors = (one for one in said["generalDiagnostics"] if one["severity"] == "error")
    return {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in errors}


@pytest.mark.parametrize("checker", [mypy, basedpyright])
def test_right_code_is_accepted_and_wrong_code_reported(checker: object, tmp_path: Path) -> None:
    assert callable(checker)
    lines = enumerate(WRONG.read_text().splitlines(), 1)
    assert checker(tmp_path) == {(WRONG.name, number) for number, line in lines if line.endswith("# error")}
