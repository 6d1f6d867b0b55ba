"""The program as a whole: connections, usage, settings, signals, `ping`, `serve` and completion."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from cli.conftest import Put, wait_for
from cli.program import Program
from servers.live import LiveServer

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_endpoint_of_the_flags_is_for_the_default_connection(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    elsewhere = ["--endpoint-url", "http://127.0.0.1:9", "--retries", "0"]
    mio("ls", *elsewhere, f"play/{bucket}", expect=2)
    done = mio("cp", *elsewhere, f"play/{bucket}/a", f"s3://{bucket}/b", expect=5)
    assert "127.0.0.1:9" in done.errors


def test_ping(mio: Program, bare: Program, server: LiveServer, bucket: str) -> None:
    done = mio("ping", f"s3://{bucket}")
    rows = dict(line.split("\t") for line in done.lines)
    assert rows["endpoint"] == f"{server.url} (from AWS_ENDPOINT_URL)"
    assert rows["keys"] == "AWS_ACCESS_KEY_ID"
    assert rows["clock"] == "right"
    assert rows["latency"].endswith(" ms")
    assert dict(line.split("\t") for line in mio("ping", "play").lines)["keys"] == "MC_HOST_play"
    done = mio("ping", AWS_SECRET_ACCESS_KEY="wrong-secret", expect=4)
    assert "wrong-secret" not in done.text + done.errors
    mio("ping", "--retries", "0", AWS_ENDPOINT_URL="http://127.0.0.1:9", expect=5)


def test_no_credentials(bare: Program) -> None:
    done = bare("ls", "s3://bucket", expect=4)
    assert "mio alias set" in done.errors
    assert len(done.errors.splitlines()) == 1
    bare("ls", "--profile", "absent", "s3://bucket", expect=2)


def test_usage_errors(bare: Program) -> None:
    assert "mio sync" in bare("snyc", expect=2).errors
    assert "--recursive" in bare("cp", "--recursiv", "a", "s3://b", expect=2).errors
    assert bare(expect=2).text.startswith("usage: mio")
    bare("--help")
    bare("help", "cp")
    bare("cp", "a", expect=2)
    bare("cp", "--part-size", "many", "a", "s3://b/", expect=2)


def test_settings(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    config = Path(mio.environ["HOME"]) / ".config" / "mio" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('color = "always"\ndefault_alias = "play"\n')
    put("d/b")
    assert "\x1b[31m" in mio("ls", f"s3://{bucket}/none", expect=3).errors
    assert "\x1b" not in mio("ls", "--no-color", f"s3://{bucket}/none", expect=3).errors
    kept = {name: value for name, value in mio.environ.items() if not name.startswith("AWS_")}
    mio.environ = {**kept, "AWS_EC2_METADATA_DISABLED": "true"}
    assert mio("ls", "-1", f"s3://{bucket}/a").lines == ["a"]
    for text in ("jobs = [", "delete = true", "yes = true", "default_alais = 'play'", 'color = "blue"'):
        config.write_text(text)
        mio("ls", "-1", f"s3://{bucket}", expect=2)


@posix
def test_sigterm(mio: Program, bucket: str) -> None:
    (mio.directory / "film").write_bytes(b"x" * (20 << 20))
    running = mio.start("cp", "--limit-upload", "2MiB", "film", f"s3://{bucket}/", stderr=subprocess.PIPE)
    time.sleep(1.5)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 143


def test_debug_shows_requests_without_secrets(mio: Program, server: LiveServer, bucket: str) -> None:
    done = mio("--debug", "ls", f"s3://{bucket}")
    assert "GET " in done.errors
    assert "AWS4-HMAC-SHA256" in done.errors or "Authorization" in done.errors
    assert not re.search(r"Signature=[0-9a-f]{20}", done.errors)


def test_completion_of_names(mio: Program, put: Put, bucket: str) -> None:
    put("photos/a", "photos/b", "x")
    assert mio("__complete", "--", "pl").lines == ["play/"]
    assert mio("__complete", "--", f"play/{bucket[:-2]}").lines == [f"play/{bucket}/"]
    assert mio("__complete", "--", f"s3://{bucket}/p").lines == [f"s3://{bucket}/photos/"]
    assert mio("__complete", "--", f"s3://{bucket}/photos/").lines == [f"s3://{bucket}/photos/{n}" for n in "ab"]
    assert mio("__complete", "--", "s3://pl").lines == ["s3://play@"]
    assert mio("__complete", "--", f"s3://play@{bucket[:-2]}").lines == [f"s3://play@{bucket}/"]
    assert mio("__complete", "--", f"s3://play@{bucket}/p").lines == [f"s3://play@{bucket}/photos/"]
    assert mio("__complete", "--", "s3://pl", AWS_ENDPOINT_URL="http://127.0.0.1:9").lines == ["s3://play@"]
    assert mio("__complete", "--", "s3://x/", AWS_ENDPOINT_URL="http://127.0.0.1:9").lines == []


@posix
def test_serve(bare: Program) -> None:
    """The server has an alias while it runs."""
    running = bare.start("serve", "data", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert running.stdout is not None
        assert b"endpoint" in running.stdout.readline()
        wait_for(lambda: bare("alias", "ls", "here", expect=None).status == 0)
        bare("mb", "here/bucket")
        assert "bucket" in bare("ls", "here").text
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    bare("alias", "ls", "here", expect=3)


@posix
def test_bash_completion(mio: Program, put: Put, bucket: str) -> None:
    put("photos/a")
    (mio.directory / "mio.bash").write_bytes(mio("completion", "bash").output)
    script = """source ./mio.bash
        complete_line() { COMP_LINE="$1"; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"
          COMP_CWORD=$((${#COMP_WORDS[@]}-1)); compopt() { :; }; COMPREPLY=(); _mio; printf '%s\\n' "${COMPREPLY[@]}"; }
        complete_line "mio sy"; complete_line "mio cp --rec"; complete_line "mio ls play/BUCKET/ph"
    """.replace("BUCKET", bucket)
    done = mio._run(["bash", "-c", script], None, 0, {})
    assert done.lines == ["sync", "--recursive", f"play/{bucket}/photos/"]
