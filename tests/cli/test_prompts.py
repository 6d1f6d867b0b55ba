"""What is asked on a terminal, and what is not asked anywhere else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli.conftest import Put, names_in
from cli.program import Program
from cli.terminal import Terminal
from minio import Minio
from servers.live import LiveServer, Servers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no pseudoterminals")


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """Questions do not depend on the server."""
    return servers.get("seaweedfs")


@pytest.mark.parametrize(
    ("answer", "removed"),
    [(b"\n", False), (b"n\n", False), (b"yes please\n", False), (b"\x04", False), (b"y\n", True), (b"YES\n", True)],
)
def test_removal_below_a_prefix_asks(
    answer: bytes, removed: bool, mio: Program, put: Put, client: Minio, bucket: str
) -> None:
    put("d/x", "y")
    with Terminal(mio, "rm", "-r", f"s3://{bucket}/d") as terminal:
        shown = terminal.wait_for(b"[y/N] ")
        assert f"s3://{bucket}/d".encode() in shown
        assert names_in(client, bucket) == ["d/x", "y"]
        terminal.type(answer)
        assert terminal.end().status == (0 if removed else 2)
    assert names_in(client, bucket) == (["y"] if removed else ["d/x", "y"])


def test_removal_of_a_pattern_asks(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "b")
    with Terminal(mio, "rm", f"s3://{bucket}/*") as terminal:
        terminal.wait_for(b"[y/N] ")
        terminal.type(b"n\n")
        assert terminal.end().status == 2
    assert names_in(client, bucket) == ["a", "b"]


def test_removal_of_all_objects_asks_for_the_name(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "b")
    for answer, status in ((b"y\n", 2), (bucket.encode() + b"\n", 0)):
        with Terminal(mio, "rm", "-r", f"s3://{bucket}") as terminal:
            terminal.wait_for(f"Type {bucket} to confirm: ".encode())
            terminal.type(answer)
            assert terminal.end().status == status
        assert names_in(client, bucket) == ([] if status == 0 else ["a", "b"])


def test_removal_of_a_bucket_asks_for_its_name(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a")
    for answer in (b"y\n", b"yes\n", bucket[:-1].encode() + b"\n"):
        with Terminal(mio, "rb", "--force", f"s3://{bucket}") as terminal:
            terminal.wait_for(f"Type {bucket} to confirm: ".encode())
            terminal.type(answer)
            assert terminal.end().status == 2
        assert names_in(client, bucket) == ["a"]
    with Terminal(mio, "rb", "--force", f"s3://{bucket}") as terminal:
        terminal.wait_for(b"to confirm: ")
        terminal.type(bucket.encode() + b"\n")
        assert terminal.end().status == 0
    assert not client.bucket_exists(bucket)


def test_one_object_and_yes_and_dry_runs_do_not_ask(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "d/x", "k")
    for arguments in ([f"s3://{bucket}/a"], ["-r", "-y", f"s3://{bucket}/d"], ["-r", "--dry-run", f"s3://{bucket}"]):
        with Terminal(mio, "rm", *arguments) as terminal:
            done = terminal.end()
        assert (done.status, "?" in done.text) == (0, False)
    assert names_in(client, bucket) == ["k"]


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_keys_of_an_alias_are_asked_for_and_the_secret_is_not_shown(environ: dict[str, str], bare: Program) -> None:
    with Terminal(bare, "alias", "set", "xx", "http://127.0.0.1:9000", **environ) as terminal:
        terminal.wait_for(b"access key: ")
        terminal.type(b"my-key\n")
        terminal.wait_for(b"secret key: ")
        terminal.type(b"my-secret\n")
        done = terminal.end()
    assert done.status == 0
    assert "my-key" in done.text
    assert "my-secret" not in done.text
    assert b'"my-secret"' in (Path(bare.environ["HOME"]) / ".mc" / "config.json").read_bytes()


def test_ctrl_c_at_a_question_removes_nothing(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/x")
    with Terminal(mio, "rm", "-r", f"s3://{bucket}/d") as terminal:
        terminal.wait_for(b"[y/N] ")
        terminal.type(b"\x03")
        assert terminal.end().status == 130
    assert names_in(client, bucket) == ["d/x"]


def test_ctrl_c_at_a_secret_leaves_the_terminal_with_echo(bare: Program) -> None:
    with Terminal(bare, "alias", "set", "xx", "http://127.0.0.1:9000") as terminal:
        terminal.wait_for(b"access key: ")
        terminal.type(b"my-key\n")
        terminal.wait_for(b"secret key: ")
        terminal.type(b"\x03")
        assert terminal.end().status == 130
        assert terminal.echoes()
    assert not (Path(bare.environ["HOME"]) / ".mc" / "config.json").exists()


def test_without_a_terminal_nothing_is_asked(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/x")
    for data in (None, b"", b"y\n", bucket.encode() + b"\n"):
        for command in (["rm", "-r", f"s3://{bucket}/d"], ["rb", "--force", f"s3://{bucket}"]):
            done = mio(*command, input=data, expect=2)
            assert "--yes" in done.errors
            assert "[y/N]" not in done.errors
    running = mio.start("rm", "-r", f"s3://{bucket}/d", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.wait(60) == 2  # it does not wait for its input
    running.communicate()
    assert names_in(client, bucket) == ["d/x"]
