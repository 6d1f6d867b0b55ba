"""Standard streams that are closed, full, or without a reader: one line at most, and never a traceback."""

from __future__ import annotations

import os
import subprocess

import pytest

from cli.conftest import Put, names_in, write_files
from cli.program import Program
from minio import Minio

pytestmark = pytest.mark.skipif(os.name == "nt" or not os.path.exists("/dev/full"), reason="Linux only")


WITHOUT_A_SERVER = ("--version", "help", "help cp", "cp --help", "completion bash")


def check_output_that_cannot_be_written(program: Program, *commands: str) -> None:
    for command in commands:
        for target in (">/dev/full", ">&-"):
            done = program.shell(f"mio {command} {target}", expect=1)
            assert "standard output cannot be written" in done.errors, command
            assert len(done.errors.splitlines()) == 1 + ("bogus" in command), (command, done.errors)


def test_output_that_cannot_be_written(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    write_files(mio.directory, "d/x")
    check_output_that_cannot_be_written(
        mio, f"ls s3://{bucket}", f"cat s3://{bucket}/a", f"--json ls s3://{bucket}", f"cp s3://{bucket}/a -",
        f"--json cp -rq d s3://{bucket}",
    )  # fmt: skip


def test_output_that_cannot_be_written_without_a_server(bare: Program) -> None:
    check_output_that_cannot_be_written(bare, *WITHOUT_A_SERVER, "config path", "--json bogus")


def check_a_reader_that_has_gone(program: Program, *commands: str) -> None:
    for command in commands:
        reader, writer = os.pipe()
        os.close(reader)
        running = program.start(*command.split(), stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        _, errors = running.communicate(timeout=60)
        assert (running.returncode, errors) == (141, b""), command


def test_a_reader_that_has_gone(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    check_a_reader_that_has_gone(mio, f"ls s3://{bucket}", f"cat s3://{bucket}/a", f"--json ls s3://{bucket}")


def test_a_reader_that_has_gone_without_a_server(bare: Program) -> None:
    check_a_reader_that_has_gone(bare, *WITHOUT_A_SERVER)


def test_streams_that_are_closed(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a")
    write_files(mio.directory, "x")
    assert mio.shell(f"mio ls s3://{bucket}/none 2>&-", expect=3).errors == ""
    mio.shell(f"mio cp x s3://{bucket}/x <&- >&- 2>&-")
    mio.shell(f"mio pipe s3://{bucket}/p <&-", expect=1)
    mio.shell(f"mio rm -r s3://{bucket}/ <&-", expect=2)
    assert names_in(client, bucket) == ["a", "x"]
