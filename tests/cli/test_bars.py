"""The bars of transfers, on a terminal: when they appear, that nothing of them is left, and where there are none."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from cli.conftest import names_in, write_files
from cli.program import SOURCE, Program
from cli.terminal import Terminal
from minio import Minio
from minio.cli.progress import DELAY
from servers.live import LiveServer, Servers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no pseudoterminals")
MIB = 1 << 20
ESCAPE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")
COLOR = re.compile(rb"\x1b\[[\d;]*m")


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """Bars do not depend on the server."""
    return servers.get("seaweedfs")


@pytest.fixture(params=["rich", "own"])
def barred(request: pytest.FixtureRequest, mio: Program, tmp_path: Path) -> Program:
    """The program with rich, and without it."""
    if request.param == "own":
        (tmp_path / "rich.py").write_text("raise ImportError('there is no rich')\n")
        mio.environ["PYTHONPATH"] = os.pathsep.join((str(tmp_path), SOURCE))
    return mio


def screen(shown: bytes) -> list[str]:
    """What a terminal shows in the end: the lines that escape sequences leave."""
    lines, row, column = [""], 0, 0
    at, text = 0, shown.decode()
    while at < len(text):
        found = ESCAPE.match(text, at)
        if found:
            at = found.end()
            count = int(found[2] or 1) if found[2].isdigit() or not found[2] else 1
            if found[3] == "A":
                row = max(row - count, 0)
            elif found[3] == "K":
                lines[row] = "" if found[2] == "2" else lines[row][:column]
            else:
                assert found[3] in "mhl", found
            continue
        char = text[at]
        at += 1
        if char == "\r":
            column = 0
        elif char == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        else:
            lines[row] = lines[row][:column].ljust(column) + char + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines if line.strip()]


def slow_upload(program: Program, target: str, size: int = 3 * MIB) -> list[str]:
    """The arguments of an upload that takes longer than half a second."""
    (program.directory / "film").write_bytes(b"x" * size)
    return ["cp", "--limit-upload", "1MiB", "film", target]


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["plain", "no-color", "dumb"])
def test_bar_appears_and_goes(barred: Program, environ: dict[str, str], client: Minio, bucket: str) -> None:
    with Terminal(barred, *slow_upload(barred, f"s3://{bucket}/"), **environ) as terminal:
        shown = terminal.wait_for(b"B/s")
        assert b"%" in shown
        done = terminal.end()
    assert done.status == 0
    (line,) = screen(terminal.shown)
    assert re.fullmatch(r"mio: cp: .* copied .* in [\d.]+ s", line) or "film" in line, line
    assert b"\x1b[?25l" not in terminal.shown, "the cursor would stay hidden if the process were killed"
    assert b" 0% " in terminal.shown, "the bar is to be seen before the first part is stored"
    if environ:
        assert not COLOR.search(terminal.shown)
    assert names_in(client, bucket) == ["film"]


def test_short_transfer_shows_none(barred: Program, bucket: str) -> None:
    write_files(barred.directory / "d", "a", "b")
    for _ in range(5):
        with Terminal(barred, "cp", "-r", "d", f"s3://{bucket}") as terminal:
            done = terminal.end()
        assert done.status == 0
        (line,) = screen(terminal.shown)
        assert line.startswith("mio: cp: 2 items copied")
        if float(line.split()[-2]) < 0.5:  # otherwise the machine was busy, and there may have been a bar
            assert b"\x1b" not in terminal.shown
            return


@pytest.mark.parametrize("flags", [["--no-progress"], ["--quiet"]])
def test_flags_turn_it_off(flags: list[str], mio: Program, bucket: str) -> None:
    with Terminal(mio, *slow_upload(mio, f"s3://{bucket}/", 2 * MIB), *flags) as terminal:
        done = terminal.end()
    assert done.status == 0
    assert b"\r\x1b" not in terminal.shown
    assert "%" not in done.text


def test_no_bar_over_what_is_typed(mio: Program, client: Minio, bucket: str) -> None:
    for flags, drawn in (([], False), (["--progress"], True)):
        with Terminal(mio, "pipe", *flags, f"s3://{bucket}/typed") as terminal:
            terminal.wait_for(b"Ctrl-D\r\n")
            time.sleep(DELAY + 0.3)
            terminal.type(b"a line\n\x04")
            done = terminal.end()
        assert done.status == 0
        assert (b"\x1b" in terminal.shown) is drawn
        assert client.get_object(bucket, "typed").read() == b"a line\n"


def test_records_and_bars_do_not_mix(mio: Program, bucket: str) -> None:
    with Terminal(mio, "--json", *slow_upload(mio, f"s3://{bucket}/", 2 * MIB)) as terminal:
        done = terminal.end()
    assert [record["type"] for record in done.records] == ["upload", "summary"]


def test_failures_are_whole_lines_above_the_bar(barred: Program, bucket: str) -> None:
    write_files(barred.directory / "d", *(f"n{number}" for number in range(4)))
    (barred.directory / "d" / "broken").symlink_to("nowhere")
    (barred.directory / "d" / "z").write_bytes(b"x" * 2 * MIB)
    arguments = ("cp", "-r", "-v", "--limit-upload", "1MiB", "d", f"s3://{bucket}")
    with Terminal(barred, *arguments) as terminal:
        terminal.wait_for(b"B/s")
        done = terminal.end()
    assert done.status == 0
    lines = screen(terminal.shown)
    assert sum("broken" in line for line in lines) == 1
    assert sum(line.startswith("upload ") for line in lines) == 5
    assert lines[-1].startswith("mio: cp: 5 items copied")
    assert len(lines) == 7


def test_interrupt_removes_the_bar(barred: Program, bucket: str) -> None:
    with Terminal(barred, *slow_upload(barred, f"s3://{bucket}/", 30 * MIB)) as terminal:
        terminal.wait_for(b"B/s")
        terminal.type(b"\x03")
        done = terminal.end()
    assert done.status == 130
    lines = screen(terminal.shown.replace(b"^C", b""))
    assert len(lines) == 1
    assert "same command" in lines[0]


def test_each_large_file_has_a_bar(mio: Program, bucket: str) -> None:
    (mio.directory / "d").mkdir()
    for name, size in (("large-one", 65), ("large-two", 66), ("small-one", 20)):
        with open(mio.directory / "d" / name, "wb") as file:
            file.truncate(size * MIB)
    command = ("cp", "-r", "--limit-upload", "60MiB", "d", f"s3://{bucket}")
    with Terminal(mio, *command, COLUMNS="100") as terminal:
        terminal.wait_for(b"large-one")
        terminal.wait_for(b"large-two")
        done = terminal.end()
    assert done.status == 0
    assert b"small-one" not in terminal.shown
    (line,) = screen(terminal.shown)
    assert line.startswith("mio: cp: 3 items copied")


def test_piped_transfers_write_lines_only(mio: Program, bucket: str) -> None:
    arguments = slow_upload(mio, f"s3://{bucket}/", 2 * MIB)
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    all_running = [
        mio.start(*arguments, *flags, environ=environ, **pipes)
        for environ in ({}, {"TERM": "xterm", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"})
        for flags in ([], ["--progress"])
    ]
    for running in all_running:
        output, errors = running.communicate(timeout=60)
        assert running.returncode == 0, errors
        assert b"\r" not in errors + output
        assert b"\x1b" not in errors + output
        assert b"Traceback" not in errors


def test_bar_of_a_download_to_a_pipe_is_on_the_terminal(mio: Program, put: object, client: Minio, bucket: str) -> None:
    """Standard output is a file, standard error is a terminal: the content has no bar in it."""
    client.put_object(bucket, "film", b"x" * 2 * MIB, 2 * MIB)
    command = ("cp", "--limit-download", "1MiB", f"s3://{bucket}/film", "-")
    with open(mio.directory / "copy", "wb") as copy, Terminal(mio, *command, stdout=copy.fileno()) as terminal:
        assert terminal.end().status == 0
    assert (mio.directory / "copy").read_bytes() == b"x" * 2 * MIB
