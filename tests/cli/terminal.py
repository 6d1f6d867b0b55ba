"""Runs `mio` under a pseudoterminal."""

from __future__ import annotations

import os
import select
import subprocess
import time

from cli.program import Done, Program


def run_in_terminal(program: Program, *arguments: object, typed: bytes = b"", **environ: str) -> Done:
    """Run a command whose standard streams are a terminal, and return what it wrote."""
    import pty

    leader, follower = pty.openpty()
    environ = {"TERM": "xterm", **environ}
    running = program.start(*arguments, stdin=follower, stdout=follower, stderr=follower, environ=environ)
    os.close(follower)
    if typed:
        os.write(leader, typed)
    output = _read_all(leader, running)
    return Done(running.wait(60), output.replace(b"\r\n", b"\n"), "")


def _read_all(leader: int, running: subprocess.Popen[bytes]) -> bytes:
    found = b""
    end = time.monotonic() + 120
    try:
        while time.monotonic() < end:
            if not select.select([leader], [], [], 0.1)[0]:
                if running.poll() is not None:
                    break
                continue
            try:
                data = os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            found += data
    finally:
        os.close(leader)
    return found
