"""Runs `mio`, s5cmd or aws on the same inputs.

`mio` is always there. The others come from `make peers`; MINIO_TEST_S5CMD and MINIO_TEST_AWS name other ones, and
MINIO_TEST_PEERS=require makes a missing one a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

from cli.conftest import Put, files_in, names_in, write_files
from cli.program import SOURCE, Done, Program
from minio import Minio

ROOT = Path(SOURCE).parent
PROGRAMS = ("mio", "s5cmd", "aws")

T = TypeVar("T")


class World:
    """A program, a bucket and a directory."""

    def __init__(self, program: str, mio: Program, client: Minio, bucket: str) -> None:
        self.program, self.client, self.bucket = program, client, bucket
        self.directory = mio.directory
        self.put = Put(client, bucket)
        self._head = command_of(program)
        self._environ = {**mio.environ, "AWS_REGION": "us-east-1"}
        if program != "mio":
            for name in ("PYTHONPATH", "PYTHONWARNINGS"):
                del self._environ[name]

    def run(self, line: str, **environ: str) -> Done:
        """Run a line of a shell, in which `@` is the program and `$B` the bucket."""
        environ = {**self._environ, "B": f"s3://{self.bucket}", **environ}
        environ["S3_ENDPOINT_URL"] = environ["AWS_ENDPOINT_URL"]  # the name that s5cmd knows
        done = subprocess.run(
            ["sh", "-c", line.replace("@", self._head)],
            cwd=self.directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def status(self, line: str, **environ: str) -> int:
        """Run a line and return the exit status."""
        return self.run(line, **environ).status

    def by(self, mio: T, s5cmd: T, aws: T) -> T:
        """Return what belongs to the program."""
        return {"mio": mio, "s5cmd": s5cmd, "aws": aws}[self.program]

    def write(self, *names: str) -> None:
        """Write files whose contents are their names."""
        write_files(self.directory, *names)

    @property
    def keys(self) -> list[str]:
        """The names of all objects."""
        return names_in(self.client, self.bucket)

    def files(self, below: str = "") -> list[str]:
        """The names of all files."""
        return files_in(self.directory / below)


def command_of(program: str) -> str:
    """Return the beginning of a command line, or skip the test if the program is not there."""
    if program == "mio":
        return f"{sys.executable} -m minio"
    found = os.environ.get(f"MINIO_TEST_{program.upper()}") or str(ROOT / ".venv-peers" / "bin" / program)
    if not os.access(found, os.X_OK):
        if os.environ.get("MINIO_TEST_PEERS") == "require":
            raise FileNotFoundError(found)
        pytest.skip(f"{program} is not installed: make peers")
    return found if program == "s5cmd" else f"{found} s3"
