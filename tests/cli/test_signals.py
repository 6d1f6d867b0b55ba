"""Ctrl-C and SIGTERM, whatever a command waits for: one line, the right exit status, and within two seconds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cli.conftest import wait_for, write_files
from cli.program import Program
from cli.terminal import run_in_terminal
from minio import Minio

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells when signals are handled")

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
_PROMPT = 4
"""Two seconds, and room for a busy machine."""


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def handles_signals(process: subprocess.Popen[bytes]) -> bool:
    """Whether SIGTERM is caught already, and the program waits for something."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return bool(int(fields["SigCgt"], 16) >> (signal.SIGTERM - 1) & 1) and fields["State"].startswith("S")


def ticks(process: subprocess.Popen[bytes]) -> list[str]:
    """The CPU time of a process."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]


def check_all_stopped(processes: Sequence[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    """Stop one process after the other, once none has done anything for a second."""

    def idle() -> bool:
        before = [ticks(process) for process in processes]
        time.sleep(1)
        return before == [ticks(process) for process in processes] and all(map(handles_signals, processes))

    wait_for(idle)
    for process in processes:
        check_stopped(process, number)


def check_stopped(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    assert process.poll() is None, process.communicate()
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(60) == SIGNALS[number]
    assert time.monotonic() - began < _PROMPT
    _, errors = process.communicate()
    assert errors.count(b"stopped") == 1
    assert [line for line in errors.decode().splitlines() if "stopped" not in line and "Ctrl-D" not in line] == []


@pytest.mark.parametrize("number", SIGNALS)
def test_commands_that_wait_for_a_server(bare: Program, silent: str, number: signal.Signals) -> None:
    write_files(bare.directory, "d/x")
    bare.environ.update(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret-key", AWS_ENDPOINT_URL=silent)
    (bare.directory / "list").write_bytes(b"a\0b\0")
    lines = (
        "cat s3://bucket/k", "ls s3://bucket", "sync d s3://bucket", "sync s3://bucket d", "cp - s3://bucket/k",
        "cp s3://bucket/k -", "watch s3://bucket", "cp --files-from list s3://bucket out", "--json rm -ry s3://bucket/d",
    )  # fmt: skip
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    check_all_stopped([bare.start(*line.split(), **pipes) for line in lines], number)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("terminal", [False, True])
def test_commands_that_wait_for_standard_input(bare: Program, number: signal.Signals, terminal: bool) -> None:
    import pty

    bare.environ.update(
        AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret-key", AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )
    leader, follower = pty.openpty() if terminal else os.pipe()[::-1]
    try:
        lines = (
            "pipe s3://bucket/k",
            "cp - s3://bucket/k",
            "alias set home http://127.0.0.1:9",
            "rm --files-from - -y",
        )
        pipes = {"stdin": follower, "stderr": subprocess.PIPE}
        check_all_stopped([bare.start(*line.split(), **pipes) for line in lines[: 2 if terminal else 4]], number)
    finally:
        os.close(leader)
        os.close(follower)


def test_a_terminal_is_read_until_ctrl_d(mio: Program, client: Minio, bucket: str) -> None:
    for command in (["pipe"], ["cp", "-"]):
        done = run_in_terminal(mio, *command, f"s3://{bucket}/k", typed=b"hello\n\x04")
        assert done.status == 0
        assert f"mio: {command[0]}: reading from the terminal; end with Ctrl-D" in done.text
        assert client.get_object(bucket, "k").read() == b"hello\n"


def test_summary_of_json_is_last_after_a_signal(bare: Program, silent: str) -> None:
    import json

    bare.environ.update(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret-key", AWS_ENDPOINT_URL=silent)
    process = bare.start("--json", "ls", "s3://bucket", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: handles_signals(process))
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    (summary,) = map(json.loads, output.splitlines())
    assert (summary["type"], summary["exit"], summary["status"]) == ("summary", 143, "failed")
