"""How long the program takes to start, as a ratio to a bare interpreter.

The budgets are those of a quiet machine, where `python -c pass` takes about 12 ms: 40 ms more for `--version`, 80 ms
for a completion, 100 ms up to the first request of `ls`. CPU time is compared, the best of several rounds in which the
two take turns, so that other programs of the machine change little. What they do change, `ROOM` allows for.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Put
from cli.program import Program

RUNS, MOST_RUNS = 5, 20
BARE = 12.0
"""The milliseconds of `python -c pass` that the budgets are for."""
ROOM = 1.5

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the CPU time of a program is not known")


def cpu_seconds(command: list[str], environ: dict[str, str], listener: socket.socket | None = None) -> float:
    """The CPU time of a program, up to its first request if there is a listener."""
    running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if listener is not None:
        connection, _ = listener.accept()
        with connection:
            assert b"HTTP/1.1" in connection.recv(65536)
            running.kill()  # what follows is not counted
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == (0 if listener is None else -signal.SIGKILL)
    return used.ru_utime + used.ru_stime


def check(budget: float, program: Program, *arguments: str, listener: socket.socket | None = None) -> None:
    """Compare a command with a bare interpreter. `budget` is the milliseconds that it may take beyond that."""
    bare, found = [], []
    most = (BARE + budget) / BARE * ROOM
    for turn in range(MOST_RUNS):
        bare.append(cpu_seconds([sys.executable, "-c", "pass"], program.environ))
        found.append(cpu_seconds([*program.command, *arguments], program.environ, listener))
        if turn + 1 >= RUNS and min(found) / min(bare) <= most:
            return
    ratio = min(found) / min(bare)
    raise AssertionError(f"{ratio:.1f} times a bare interpreter, and {most:.1f} at most")


def test_version(bare: Program) -> None:
    check(40, bare, "--version")


def test_completion(bare: Program) -> None:
    """Of the names of aliases: that of remote names waits for a server."""
    check(80, bare, "__complete", "--", "s3")


def test_ls_up_to_its_first_request(bare: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        bare.environ.update(
            AWS_ACCESS_KEY_ID="key",
            AWS_SECRET_ACCESS_KEY="secret-key",
            AWS_REGION="us-east-1",
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{listener.getsockname()[1]}",
        )
        check(100, bare, "ls", "s3://bucket", listener=listener)


def test_one_object_is_read_without_urllib3(mio: Program, put: Put, bucket: str, tmp_path: Path) -> None:
    """Importing urllib3 takes longer than all else that a command imports."""
    put("none.txt.gz", "object")
    for arguments in (["cp", f"s3://{bucket}/object", str(tmp_path / "file")], ["cat", f"s3://{bucket}/object"]):
        command = [sys.executable, "-X", "importtime", "-m", "minio", *arguments]
        ended = subprocess.run(command, env=mio.environ, capture_output=True, check=True)
        loaded = [line.rpartition("|")[2].strip() for line in ended.stderr.decode().splitlines()]
        assert "minio.cli.lean" in loaded
        assert "urllib3" not in loaded


@pytest.mark.parametrize("working", [False, True])
def test_the_end_forgets_nothing(bare: Program, working: bool) -> None:
    """The process ends before its modules are removed, but not before its threads and what `atexit` has."""
    lines = [
        "import atexit, sys, threading, time",
        "from minio.cli.main import program",
        "class Last:\n    def __del__(self): print('removed')",
        "last = Last()",
        "atexit.register(print, 'at exit')",
        "work = lambda: (time.sleep(0.2), print('work'))",
        f"threading.Thread(target=work).start() if {working} else None",
        "sys.argv = ['mio', '--version']",
        "program()",
    ]
    ended = subprocess.run([sys.executable, "-c", "\n".join(lines)], env=bare.environ, capture_output=True, check=True)
    rest = ended.stdout.decode().splitlines()[1:]
    assert rest == (["work", "at exit", "removed"] if working else ["at exit"])


def test_profilers_see_the_end(bare: Program) -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "minio", "--version"]
    ended = subprocess.run(command, env=bare.environ, capture_output=True, check=True)
    assert b"function calls" in ended.stdout
