"""The completions in the shells themselves, and the man page in the programs that show it."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from cli.conftest import Put
from cli.program import Program
from cli.terminal import Terminal
from servers.live import LiveServer, Servers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such shells")


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """Completions do not depend on the server."""
    return servers.get("seaweedfs")


def need(program: str) -> str:
    """Return a program, or skip the test without it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture
def named(mio: Program, put: Put, bucket: str) -> Program:
    """The program, with things to complete, and with its completion scripts in its directory."""
    put("photos/a", "photos/b", "x y")
    for shell in ("bash", "zsh", "fish"):
        (mio.directory / f"_mio.{shell}").write_bytes(mio("completion", shell).output)
    return mio


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_have_no_errors(shell: str) -> None:
    script = files("minio.cli").joinpath("completions", f"mio.{shell}")
    with as_file(script) as path:
        done = subprocess.run([need(shell), "-n", str(path)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


CASES = [
    ("mio sy", ["sync"]),
    ("mio cp --recurs", ["--recursive"]),
    ("mio mirror --dry", ["--dry-run"]),
    ("mio alias te", ["test"]),
    ("mio ls pla", ["play/"]),
    ("mio ls play/{bucket}/ph", ["play/{bucket}/photos/"]),
    ("mio ls s3://{bucket}/ph", ["s3://{bucket}/photos/"]),
    ("mio cp -r s3://{bucket}/photos/", ["s3://{bucket}/photos/a", "s3://{bucket}/photos/b"]),
]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_fish(line: str, expected: list[str], named: Program, bucket: str) -> None:
    """fish tells what it would offer."""
    need("fish")
    script = f"source _mio.fish; complete -C '{line.format(bucket=bucket)}'"
    done = named._run(["fish", "--no-config", "-c", script], None, 0, {})
    offered = [each.split("\t")[0] for each in done.lines]
    assert done.errors == ""
    assert [each.format(bucket=bucket) for each in expected] == offered


LOADED = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source ./_mio.bash"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source ./_mio.zsh"),
    "zsh-fpath": (
        ["zsh", "-f", "-i"],
        "mkdir f; cp _mio.zsh f/_mio; fpath+=$PWD/f; autoload -U compinit; compinit -u -D",
    ),
}


@pytest.mark.parametrize("way", LOADED)
def test_tab(way: str, named: Program, bucket: str) -> None:
    """What is typed, and a tab, become the whole word in an interactive shell."""
    command, setup = LOADED[way]
    need(command[0])
    with Terminal(named, command=command, TERM="dumb", COLUMNS="200") as terminal:
        terminal.type(f"{setup}; stty cols 200; PS1='> '; echo rea''dy\n".encode())
        terminal.wait_for(b"ready")
        for line, expected in CASES:
            if len(expected) == 1:
                terminal.shown = b""
                terminal.type(line.format(bucket=bucket).encode() + b"\t")
                terminal.wait_for(expected[0].format(bucket=bucket).encode(), 20)
                terminal.type(b"\x15")


def test_man_page_has_no_warnings(tmp_path: Path) -> None:
    groff = need("groff")
    page = files("minio.cli").joinpath("man", "mio.1").read_bytes()
    done = subprocess.run([groff, "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, check=True)
    assert done.stderr == b""
    shown = subprocess.run([groff, "-man", "-Tascii", "-P-bcou"], input=page, capture_output=True, check=True).stdout
    text = shown.decode("ascii")
    for words in ("NAME", "SYNOPSIS", "EXIT STATUS", "mio rm --yes 's3://my-bucket/photos/**/*.jpg'"):
        assert words in text
