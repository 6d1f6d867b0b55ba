"""Windows, on any system: its paths, and a Python without the modules and functions that Windows does not have."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
from pathlib import Path

import pytest

import minio.cli
from cli.conftest import files_in, names_in, wait_for, write_files
from cli.program import SOURCE, Program
from minio import Minio
from minio.cli.addresses import Local, Remote, base_name, is_path, parse
from servers.live import LiveServer, Servers

ALIASES = {"play", "C", "c", "x", "srv", "C:"}
TESTS = str(Path(__file__).parent.parent)


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """What differs here is the client's system."""
    return servers.get("seaweedfs")


@pytest.mark.parametrize(
    "path",
    [
        *("C:", "C:\\", "C:/", "c:\\x", "C:/x/y", "C:\\x\\y/z", "Z:\\play\\b"),
        *("\\\\srv\\share", "\\\\srv\\share\\x", "\\\\?\\C:\\x", "\\\\.\\pipe\\x", "\\x", "//srv/share/x"),
        *("~", "~/x", "~\\x", "~user/x", "~user\\x"),
        *(".", "..", "./x", ".\\x", "../x", "..\\x", "..\\..\\x", "./play/b", ".\\play\\b"),
    ],
)
def test_paths_are_paths_whatever_the_aliases(path: str) -> None:
    assert is_path(path)
    assert parse(path, ALIASES, lambda each: True) == Local(path)


@pytest.mark.parametrize(
    "path", ["play\\b", "play\\b\\k", "srv\\x", "sub\\play/b", "C", "C/b", "c/b", "x", "x/y", "C:x"]
)
def test_backslashes_and_single_letters_are_never_aliases(path: str) -> None:
    assert parse(path, ALIASES) == Local(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://b/C:\\x", Remote(None, "b", "C:\\x")),
        ("s3://b/a\\b", Remote(None, "b", "a\\b")),
        ("s3://b/~/x", Remote(None, "b", "~/x")),
        ("play/b/C:/x", Remote("play", "b", "C:/x")),
        ("play/b/..\\x", Remote("play", "b", "..\\x")),
    ],
)
def test_keys_that_look_like_paths_stay_as_they_are(text: str, expected: Remote) -> None:
    assert parse(text, ALIASES) == expected


@pytest.mark.parametrize(
    ("path", "on_windows", "elsewhere"),
    [
        ("a\\b", "b", "a\\b"),
        ("a/b\\c", "c", "b\\c"),
        ("..\\b", "b", "..\\b"),
        ("C:b", "b", "C:b"),
        ("C:\\a\\b", "b", "b"),
        ("C:/a/b", "b", "b"),
        ("\\\\srv\\share\\b", "b", "b"),
        ("a/b", "b", "b"),
        ("a\\", "", "a\\"),
    ],
)
def test_names_of_paths(path: str, on_windows: str, elsewhere: str) -> None:
    assert base_name(Local(path), windows=True) == on_windows
    assert base_name(Local(path), windows=False) == elsewhere


def test_names_of_keys_know_no_backslashes() -> None:
    assert base_name(Remote(None, "b", "a/b\\c"), windows=True) == "b\\c"


ABSENT = {"fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "readline", "curses", "syslog"}


def test_command_line_imports_nothing_that_windows_lacks() -> None:
    """Also not within functions."""
    for path in Path(minio.cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found = {each.name for each in node.names} if isinstance(node, ast.Import) else set()
            found |= {node.module or ""} if isinstance(node, ast.ImportFrom) and not node.level else set()
            assert not found & ABSENT, path


@pytest.fixture
def poor(mio: Program, tmp_path: Path) -> Program:
    """The program in a Python without what Windows lacks."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("import fakes.poor_console\n")
    mio.environ["PYTHONPATH"] = os.pathsep.join((str(tmp_path / "site"), SOURCE, TESTS))
    return mio


def test_commands_work(poor: Program, client: Minio, bucket: str) -> None:
    place = f"s3://{bucket}"
    write_files(poor.directory / "d", "a", "b/c")
    (poor.directory / "big").write_bytes(b"x" * (12 << 20))
    poor("alias", "set", "xx", "http://127.0.0.1:9000", input=b"key\nsecret-key\n")
    poor("cp", "-r", "--progress", "d", f"{place}/d")
    poor("cp", "big", place)
    poor("sync", "--delete", f"{place}/d", "back")
    poor("cp", "--preserve", f"{place}/big", "back/")
    assert files_in(poor.directory / "back") == ["a", "b/c", "big"]
    assert poor("cat", f"{place}/d/a").output == b"a"
    poor("pipe", f"{place}/p", input=b"data")
    poor("pipe", f"{place}/q", "--", "printf", "data")
    poor("mv", f"{place}/p", "p")
    poor("mv", "-r", "d", f"{place}/moved")
    assert poor("ls", "-r1", place).lines == ["big", "d/a", "d/b/c", "moved/a", "moved/b/c", "q"]
    for command in (["du"], ["find"], ["stat"], ["ls", "--tree"], ["--json", "ls"], ["diff", "back"]):
        poor(*command, place, expect=None)
    poor("ping")
    poor("rm", "-r", place, expect=2)
    poor("rb", "--force", "--yes", place)
    assert poor("ls", place, expect=3).output == b""
    assert poor("nonsense", expect=2).errors


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to one process")
def test_interrupts_work(poor: Program, client: Minio, bucket: str) -> None:
    (poor.directory / "film").write_bytes(b"x" * (20 << 20))
    running = poor.start("cp", "--limit-upload", "2MiB", "film", f"s3://{bucket}/", stderr=subprocess.PIPE)
    wait_for(lambda: any(True for _ in client.list_incomplete_uploads(bucket, recursive=True)))
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"same command" in errors
    assert names_in(client, bucket) == []
