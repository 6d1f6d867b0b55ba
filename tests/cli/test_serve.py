"""`mio serve` and the aliases of the user."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cli.program import Program

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX only")

KEYS = {"MINIO_ACCESS_KEY": "mine", "MINIO_SECRET_KEY": "my-secret"}
MINE = "http://127.0.0.1:9000"


@contextmanager
def serving(program: Program, *arguments: str, end: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    running = program.start("serve", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert running.stdout is not None
    while b"Ctrl-C" not in (line := running.stdout.readline()):
        assert line, running.communicate()
    try:
        yield
    finally:
        # The server of a killed program is in its session.
        running.send_signal(end) if end != signal.SIGKILL else os.killpg(running.pid, end)
        running.communicate(timeout=60)


def urls(program: Program) -> dict[str, str]:
    return {row[0]: row[1] for row in program("alias", "ls").rows}


def test_an_alias_of_the_user_is_neither_replaced_nor_removed(bare: Program) -> None:
    bare("alias", "set", "here", MINE, "--from-env", **KEYS)
    with serving(bare):
        assert urls(bare) == {"here": MINE}
    bare("serve", "--alias", "here", expect=2)
    assert urls(bare) == {"here": MINE}


def test_an_alias_that_the_user_makes_meanwhile_stays(bare: Program) -> None:
    with serving(bare):
        assert urls(bare)["here"] != MINE
        bare("ls", "here")
        bare("alias", "set", "here", MINE, "--from-env", **KEYS)
    assert urls(bare) == {"here": MINE}


def test_an_alias_of_the_environment_is_left_alone(bare: Program) -> None:
    bare.environ["MC_HOST_here"] = "http://mine:my-secret@127.0.0.1:9000"
    with serving(bare):
        assert urls(bare) == {"here": MINE}
    del bare.environ["MC_HOST_here"]
    assert urls(bare) == {}


def test_what_a_killed_server_has_left_is_replaced(bare: Program) -> None:
    with serving(bare, end=signal.SIGKILL):
        left = urls(bare)["here"]
    assert urls(bare) == {"here": left}
    with serving(bare):
        assert urls(bare)["here"] != left
    assert urls(bare) == {}
