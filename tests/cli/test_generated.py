"""What is derived from the commands is up to date, and is in the package."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from cli.program import SOURCE, Program

ROOT = Path(SOURCE).parent


def test_completions_man_page_and_pages_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate_cli.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(bare: Program, shell: str) -> None:
    script = files("minio.cli").joinpath("completions", f"mio.{shell}").read_text("utf-8")
    assert bare("completion", shell).text == script
    assert "--no-clobber" in script.replace("-l no-clobber", "--no-clobber")


def test_program_works_without_rich(bare: Program, tmp_path: Path) -> None:
    """rich is for bars only: a program that cannot import it works."""
    (tmp_path / "rich.py").write_text("raise ImportError('there is no rich')\n")
    environ = {"PYTHONPATH": f"{tmp_path}:{SOURCE}"}
    for arguments in (["--version"], ["--help"], ["cp", "--help"], ["config", "path"]):
        bare(*arguments, **environ)
