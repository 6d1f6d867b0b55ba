"""How long the program takes to start, as a ratio to a bare interpreter.

The budgets are those of a quiet machine, where `python -c pass` takes about 12 ms: 40 ms more for `--version`, 80 ms
for a completion, 100 ms up to the first request of `ls`. CPU time is compared, the best of several runs, so that other
programs of the machine change little; what they do change is allowed for.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from cli.program import Program

RUNS = 8
BARE = 12.0
"""The milliseconds of `python -c pass` that the budgets are for."""
ROOM = 1.5

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the CPU time of a program is not known")


def cpu_seconds(command: list[str], environ: dict[str, str], listener: socket.socket | None = None) -> float:
    """The CPU time of a program, up to its first request if there is a listener."""
    best = 1e9
    for _ in range(RUNS):
        running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if listener is not None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                running.kill()  # what follows is not counted
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
        best = min(best, used.ru_utime + used.ru_stime)
    return best


def bare_seconds(environ: dict[str, str]) -> float:
    return cpu_seconds([sys.executable, "-c", "pass"], environ)


def check(found: float, bare: float, budget: float) -> None:
    ratio, most = found / bare, (BARE + budget) / BARE * ROOM
    assert ratio <= most, f"{ratio:.1f} times a bare interpreter, and {most:.1f} at most"


def test_version(bare: Program) -> None:
    check(cpu_seconds([*bare.command, "--version"], bare.environ), bare_seconds(bare.environ), 40)


def test_completion(bare: Program) -> None:
    command = [*bare.command, "__complete", "--", "s3"]
    check(cpu_seconds(command, bare.environ), bare_seconds(bare.environ), 80)


def test_ls_up_to_its_first_request(bare: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environ = {
            **bare.environ,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret-key",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
        }
        used = cpu_seconds([*bare.command, "ls", "s3://bucket"], environ, listener)
    check(used, bare_seconds(bare.environ), 100)
