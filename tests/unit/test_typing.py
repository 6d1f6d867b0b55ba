"""Type checkers' results for user code: see tests/typing."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from minio import AsyncMinio, Minio

ROOT = Path(__file__).parents[2]
RIGHT, WRONG = (ROOT / "tests" / "typing" / name for name in ("right.py", "wrong.py"))


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=RIGHT.parent, capture_output=True, text=True, timeout=200
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(folder: Path) -> set[tuple[str, int]]:
    """The lines at which mypy --strict reports errors."""
    said = run("mypy", "--strict", "--config-file=", f"--cache-dir={folder}", RIGHT.name, WRONG.name)
    return {(name, int(line)) for name, line in re.findall(r"^([\w./]+):(\d+): error", said, re.MULTILINE)}


def basedpyright(folder: Path) -> set[tuple[str, int]]:
    """The lines at which basedpyright reports errors."""
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"typeCheckingMode": "standard", "include": [str(RIGHT), str(WRONG)]}))
    said = json.loads(run("basedpyright", "--outputjson", "-p", str(settings), "--pythonpath", sys.executable))
    assert said["summary"]["filesAnalyzed"] == 2
    errors = (one for one in said["generalDiagnostics"] if one["severity"] == "error")
    return {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in errors}


@pytest.mark.parametrize("checker", [mypy, basedpyright])
def test_correct_code_is_accepted_and_wrong_code_reported(checker: object, tmp_path: Path) -> None:
    assert callable(checker)
    lines = enumerate(WRONG.read_text().splitlines(), 1)
    assert checker(tmp_path) == {(WRONG.name, number) for number, line in lines if line.endswith("# error")}


_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTED = ROOT / "tests" / "documented"
# What the programs add to the document's text, to look at what it prints, has no types.
_UNTYPED = ("var-annotated", "no-untyped-def", "no-untyped-call", "no-any-return")
# These pass on the server's address and keys as a dict, or look at what only some servers have.
_BESIDE = {"constructor.py", "environment.py", "test_documented.py", "set_bucket_notification.py"}


def shown_programs() -> Iterator[tuple[str, str]]:
    """The programs of README.md and docs/: a name for a file, and what their readers have in it."""
    for path in (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text("utf-8")
        for number, found in enumerate(_FENCE.findall(text)):
            given = "" if re.search(r"\bclient = |as client\b", found) else "client: minio.Minio\n"
            yield f"{path.stem.lower()}_{number}.py", f"import minio\n{given}{found}"


def shown_calls(client: type[Any]) -> str:
    """The examples of all calls of a client, each as a function."""
    lines = ["from datetime import timedelta", "from minio import *"]
    kind = "async def" if client is AsyncMinio else "def"
    for name, call in inspect.getmembers(client, inspect.isfunction):
        steps = [] if name.startswith("_") else doctest.DocTestParser().get_examples(inspect.getdoc(call) or "")
        if steps:
            lines.append(f"{kind} {name}(client: {client.__name__}) -> None:")
            lines.append(textwrap.indent("".join(step.source for step in steps), "    "))
    return "\n".join(lines)


def is_test(program: str) -> bool:
    """Whether a program is a test with fixtures. Their arguments have no types, as is usual in tests."""
    return re.search(r"^def test_\w+\((?!self)", program, re.MULTILINE) is not None


def strict(folder: Path, *options: str, files: list[str]) -> str:
    """What mypy --strict says of files in a folder."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", *options, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return "" if done.returncode == 0 else done.stdout


def test_programs_of_the_documents_need_no_casts(tmp_path: Path) -> None:
    for name, text in shown_programs():
        untyped = "# mypy: allow-untyped-defs\n" if is_test(text) else ""
        (tmp_path / name).write_text(untyped + text)
    for client in (Minio, AsyncMinio):
        (tmp_path / f"{client.__name__.lower()}_calls.py").write_text(shown_calls(client))
    names = sorted(path.name for path in tmp_path.glob("*.py"))
    assert len(names) > 10
    others = ["--disable-error-code=import-untyped", "--allow-untyped-calls"]  # packages that have no types
    assert strict(tmp_path, f"--cache-dir={tmp_path / 'cache'}", *others, files=names) == ""


@pytest.mark.parametrize("folder", [DOCUMENTED, DOCUMENTED / "aio"], ids=["sync", "async"])
def test_programs_of_the_documented_api_need_no_casts(tmp_path: Path, folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.py") if path.name not in _BESIDE)
    off = [f"--disable-error-code={code}" for code in _UNTYPED]
    assert len(names) > 20
    assert strict(folder, f"--cache-dir={tmp_path}", *off, files=names) == ""
