"""Runs `mio` as a program, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli import warm

FULL_SIZE = "MINIO_TEST_FULL_SIZE" in os.environ
"""Whether the checks of a million objects and of a gibibyte have these sizes. Otherwise they have smaller ones."""
SOURCE = str(Path(__file__).parent.parent.parent / "src")
TIMEOUT = 120.0
"""The seconds that a command may take."""
COMMON = {
    **{name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "LANG") if name in os.environ},
    "PYTHONPATH": SOURCE,
    "PYTHONWARNINGS": "error",
}
"""The environment variables that no test changes, or only in order to change the interpreter itself."""

_WARM = warm.WarmProgram(COMMON)


@dataclass(frozen=True)
class Done:
    """What a program has written, and its exit status."""

    status: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.output.decode("utf-8", "surrogateescape")

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def rows(self) -> list[list[str]]:
        """The cells of the lines, which tabs separate."""
        return [line.split("\t") for line in self.lines]

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@dataclass
class Program:
    """`mio` in a directory, with a home directory and environment variables of its own."""

    directory: Path
    environ: dict[str, str] = field(default_factory=dict)
    warm: bool = True
    """Whether commands may run in copies of a process that has imported the program; see `warm.py`."""

    def __call__(self, *arguments: object, input: bytes | None = None, expect: int | None = 0, **environ: str) -> Done:
        """Run a command, and check its exit status unless `expect` is None."""
        line, together = list(map(str, arguments)), {**self.environ, **environ}
        if not (self.warm and warm.AVAILABLE and _WARM.fits(together)):
            return self._run([*self.command, *line], input, expect, environ)
        return _check(_WARM.run(line, str(self.directory), together, input, TIMEOUT), expect)

    def shell(self, line: str, expect: int | None = 0, **environ: str) -> Done:
        """Run a line of a shell in which `mio` is a command."""
        return self._run(["sh", "-c", line], None, expect, environ)

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a command and do not wait for it."""
        environ = {**self.environ, **options.pop("environ", {})}
        return subprocess.Popen([*self.command, *map(str, arguments)], cwd=self.directory, env=environ, **options)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "minio"]

    def _run(self, command: list[str], input: bytes | None, expect: int | None, environ: dict[str, str]) -> Done:
        ended = subprocess.run(
            command,
            cwd=self.directory,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL if input is None else None,
            input=input,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        return _check(ended, expect)


def _check(ended: subprocess.CompletedProcess[bytes], expect: int | None) -> Done:
    done = Done(ended.returncode, ended.stdout, ended.stderr.decode("utf-8", "replace"))
    assert expect is None or done.status == expect, f"{ended.args}: {done}"
    assert "Traceback" not in done.errors, done.errors
    return done


def make_program(directory: Path) -> Program:
    """Return the program without any configuration: no aliases, no keys, no server."""
    home, tools, work = directory / "home", directory / "tools", directory / "work"
    for each in (home, tools, work):
        each.mkdir(exist_ok=True)
    script = tools / "mio"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m minio "$@"\n')
    script.chmod(0o755)
    return Program(
        work,
        {
            **COMMON,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true",
            "COLUMNS": "80",
        },
    )
