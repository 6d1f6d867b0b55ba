"""The checks of what data and trust depend on, 16 to 30: transfers, removals, keys.

Checks 21 and 24 are about a million objects and a gibibyte. They have these sizes if MINIO_TEST_FULL_SIZE is set, and
are smaller otherwise.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_hex
from urllib.request import Request, urlopen

import pytest

from cli.conftest import Put, files_in, names_in, wait_for, write_files
from cli.listing import BUCKET, lister, settings_for
from cli.program import FULL_SIZE, Program
from cli.terminal import Terminal
from minio import Minio
from servers.live import LiveServer

MIB = 1 << 20
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_check_16_excluded_names_stay(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("keep/a", "keep/b/c", "old", "new")
    write_files(mio.directory / "d", "new", "keep/mine")
    mio("sync", "--delete", "--exclude", "keep/**", "d", f"s3://{bucket}")
    assert names_in(client, bucket) == ["keep/a", "keep/b/c", "new"]


def test_check_17_too_many_deletes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    names = [f"n{number:02}" for number in range(20)]
    put(*names)
    write_files(mio.directory / "d", *names[:8])
    done = mio("--json", "sync", "--delete", "d", f"s3://{bucket}", expect=1)
    assert "--max-delete" in done.errors
    assert done.records[-1]["deleted"] == 0
    assert names_in(client, bucket) == names
    mio("sync", "--delete", "--max-delete", "12", "d", f"s3://{bucket}")
    assert names_in(client, bucket) == names[:8]


def test_check_18_same_size_other_bytes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put(f=b"old!")
    path = write_files(mio.directory / "d", "f") / "f"
    path.write_bytes(b"new!")
    os.utime(path, (1e9, 1e9))
    mio("sync", "d", f"s3://{bucket}", "--checksum")
    assert client.get_object(bucket, "f").read() == b"new!"
    path.write_bytes(b"bad!")
    os.utime(path, (1e9, 1e9))
    mio("sync", f"s3://{bucket}", "d")
    assert path.read_bytes() == b"new!"


def test_check_19_touched_files_are_not_sent(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "d", "a", "b/c")
    mio("sync", "d", f"s3://{bucket}")
    later = time.time() + 60
    for name in ("a", "b/c"):
        os.utime(mio.directory / "d" / name, (later, later))
    done = mio("--json", "--debug", "sync", "d", f"s3://{bucket}")
    assert (done.records[-1]["done"], done.records[-1]["bytes"]) == (0, 0)
    assert re.search(r"\bGET ", done.errors)
    assert not re.search(r"\b(PUT|POST) ", done.errors)


def test_check_20_second_sync_changes_nothing(mio: Program, client: Minio, bucket: str) -> None:
    """SeaweedFS lists `a/b` before `a!x`."""
    names = ["a!x", "a-b", "a/b", "a/b!/c", "a/b/c-", "c"]
    files = [name for name in names if name != "a/b"]
    write_files(mio.directory / "d", *files)
    for source, target in (("d", f"s3://{bucket}"), (f"s3://{bucket}", "back")):
        mio("sync", "--delete", source, target)
        assert sorted(names_in(client, bucket)) == sorted(files)
        summary = mio("--json", "sync", "--delete", source, target).records[-1]
        assert (summary["done"], summary["deleted"], summary["failed"]) == (0, 0, 0)
        assert sorted(names_in(client, bucket)) == sorted(files)
    assert files_in(mio.directory / "back") == sorted(files)


@posix
@pytest.mark.timeout(900)
def test_check_21_memory_does_not_grow_with_the_bucket(bare: Program) -> None:
    """A dry run of a sync with a million objects, or fewer, of a server that only lists."""
    pages = 1000 if FULL_SIZE else 60
    few, many = peak_of_dry_run(bare, pages // 4), peak_of_dry_run(bare, pages)
    assert many < 150 * MIB
    assert many - few < 16 * MIB


PEAK = """\
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
"""Runs a program and prints its peak. A process starts with the peak of its parent, and pytest is large."""


def peak_of_dry_run(bare: Program, pages: int) -> int:
    """The peak memory of `sync --dry-run` from a bucket with a thousand objects a page."""
    with (
        lister(lambda number: [f"d{number:03}/{each:03}" for each in range(1000)], pages) as server,
        open(bare.directory / "plan", "wb") as plan,
    ):
        command = ("sync", "--dry-run", f"s3://{BUCKET}", "out")
        environ = {**bare.environ, **settings_for(server)}
        measured = subprocess.run(
            [sys.executable, "-c", PEAK, *bare.command, *command],
            cwd=bare.directory,
            env=environ,
            stdout=plan,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    with open(bare.directory / "plan", "rb") as plan:
        assert sum(1 for _ in plan) == pages * 1000
    return int(measured.stderr) * (1 if sys.platform == "darwin" else 1024)


@posix
def test_check_22_links_and_special_files(mio: Program, client: Minio, bucket: str) -> None:
    root = write_files(mio.directory / "d", "good")
    (root / "loop").symlink_to(root)
    (root / "broken").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    special = ["broken", "loop", "pipe", "sock"]
    excludes = [word for name in special for word in ("--exclude", name)]
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        here = os.getcwd()
        os.chdir(root)  # the names of sockets are short
        try:
            listener.bind("sock")
        finally:
            os.chdir(here)
        for command in (["cp", "-r"], ["sync"]):
            done = mio("--json", *command, "d", f"s3://{bucket}")
            warned = [record["source"] for record in done.records if record["type"] == "warning"]
            assert sorted(name.rpartition("/")[2] for name in warned) == special
            assert done.records[-1]["warnings"] == 4
            named = [name for line in done.errors.splitlines() for name in special if f"d/{name}" in line]
            assert sorted(named) == special
            assert names_in(client, bucket) == ["good"]
            done = mio("--json", *command, *excludes, "d", f"s3://{bucket}")
            assert [record for record in done.records if record["type"] == "warning"] == []
            assert not any(name in done.errors for name in special)
        mio("cp", "-r", "--strict", "d", f"s3://{bucket}", expect=1)


@posix
def test_check_23_a_pipe_stores_only_what_succeeded(mio: Program, client: Minio, bucket: str) -> None:
    mio.shell(f"(printf x; exit 3) | mio pipe s3://{bucket}/k")
    assert client.get_object(bucket, "k").read() == b"x"
    done = mio("pipe", f"s3://{bucket}/other", "--", "sh", "-c", "printf x; exit 3", expect=1)
    assert "exit status 3" in done.errors
    big = f"head -c {20 * MIB} /dev/zero; exit 3"
    mio("pipe", f"s3://{bucket}/big", "--", "sh", "-c", big, expect=1)
    mio("pipe", f"s3://{bucket}/k", "--", "sh", "-c", "printf y; kill -9 $$", expect=1)
    assert names_in(client, bucket) == ["k"]
    assert client.get_object(bucket, "k").read() == b"x"
    assert list(client.list_incomplete_uploads(bucket, recursive=True)) == []


@posix
@pytest.mark.timeout(600)
def test_check_24_interrupted_upload_goes_on(mio: Program, client: Minio, server: LiveServer, bucket: str) -> None:
    size = 1024 * MIB if FULL_SIZE else 160 * MIB
    with open(mio.directory / "film", "wb") as file:
        file.truncate(size)
    limit = "--limit-upload", "100MiB" if FULL_SIZE else "20MiB"
    running = mio.start("cp", *limit, "film", f"s3://{bucket}/film", stderr=subprocess.PIPE)
    wait_for(lambda: any(upload.size >= size // 8 for upload in client.list_incomplete_uploads(bucket, recursive=True)))
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert time.monotonic() - began < 4  # two seconds, and room for a busy machine
    assert b"same command" in errors
    kept = parts_of(server, client, bucket)
    done = mio("--debug", "cp", "film", f"s3://{bucket}/film")
    sent = [int(number) for number in re.findall(r"PUT \S*partNumber=(\d+)", done.errors)]
    assert kept
    assert not kept & set(sent)
    # A part that was under way is stored by some servers although its connection is gone, after `kept` was listed.
    late = set(range(1, max(sent))) - kept - set(sent)
    assert len(late) <= 4
    assert len(sent) == len(set(sent))
    assert client.stat_object(bucket, "film").size == size


def parts_of(server: LiveServer, client: Minio, bucket: str) -> set[int]:
    """The numbers of the parts of the only incomplete upload."""
    (upload,) = client.list_incomplete_uploads(bucket, recursive=True)
    answer = server.raw.request("GET", f"/{bucket}/{upload.object_name}", {"uploadId": upload.upload_id or ""})
    assert answer.status == 200
    return {int(number) for number in answer.texts("PartNumber")}


@pytest.mark.requires("if_none_match_put")
def test_check_25_one_of_two_stores(mio: Program, client: Minio, bucket: str) -> None:
    for number in range(2):
        (mio.directory / "f").write_bytes(b"x" * 1000)
        command = ("--json", "cp", "-n", "f", f"s3://{bucket}/k{number}")
        running = [mio.start(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        outputs = [each.communicate(timeout=60)[0] for each in running]
        assert [each.returncode for each in running] == [0, 0], outputs
        statuses = [json.loads(output.splitlines()[0])["status"] for output in outputs]
        assert sorted(statuses) == ["done", "skipped"]
        assert client.stat_object(bucket, f"k{number}").size == 1000


def test_check_26_removal_needs_a_bucket_and_a_yes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("p/a", "x")
    mio("rm", "-r", "--yes", "s3:///x", expect=2)
    mio("rm", "-r", "--yes", "play//x", expect=2)
    if os.name != "nt":
        mio.shell("mio rm -r --yes s3://$UNSET/x", expect=2)
    for arguments in (("-r", f"s3://{bucket}/p"), (f"s3://{bucket}/*",), ("-r", "--force", f"s3://{bucket}")):
        done = mio("rm", *arguments, expect=2)
        assert "--yes" in done.errors
    assert names_in(client, bucket) == ["p/a", "x"]
    mio("rm", "-r", "-y", f"s3://{bucket}/p")
    assert names_in(client, bucket) == ["x"]


def test_check_27_a_key_that_is_a_pattern(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("*", "a", "b")
    done = mio("rm", f"s3://{bucket}/*")
    assert "only this one" in done.errors
    assert names_in(client, bucket) == ["a", "b"]
    put("*")
    mio("rm", "--raw", f"s3://{bucket}/*")
    mio("rm", "--raw", f"s3://{bucket}/*", expect=3)
    assert names_in(client, bucket) == ["a", "b"]


@posix
@pytest.mark.parametrize("way", ["lines", "terminal", "environment"])
def test_check_28_secrets_are_no_arguments(way: str, bare: Program) -> None:
    """While the program runs, no process has the secret in its arguments, and no terminal shows it."""
    key, secret = f"key-{token_hex(8)}", f"secret-{token_hex(16)}"
    typed = f"{key}\n{secret}\n".encode()
    command = ("alias", "set", "xx", "http://127.0.0.1:9000")
    if way == "terminal":
        with Terminal(bare, *command) as terminal:
            for question, line in ((b"access key: ", key), (b"secret key: ", secret)):
                terminal.wait_for(question)
                terminal.type(f"{line}\n".encode())
                assert_nowhere(secret)
            done = terminal.end()
        assert (done.status, secret in done.text) == (0, False)
    else:
        given = {"MINIO_ACCESS_KEY": key, "MINIO_SECRET_KEY": secret} if way == "environment" else {}
        running = bare.start(*command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, environ=given)
        assert running.stdin is not None
        wait_for(lambda: not given or b"alias" in Path(f"/proc/{running.pid}/cmdline").read_bytes())
        running.stdin.write(b"" if given else typed)
        running.stdin.flush()
        assert_nowhere(secret)
        errors = running.communicate(timeout=60)[1]
        assert (running.returncode, secret.encode() in errors) == (0, False)
    path = Path(bare.environ["HOME"]) / ".mc" / "config.json"
    stored = json.loads(path.read_text())["aliases"]["xx"]
    assert (stored["accessKey"], stored["secretKey"]) == (key, secret)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in bare("alias", "ls").text
    assert secret not in bare("--json", "alias", "ls").text


def assert_nowhere(secret: str) -> None:
    """Check the arguments of all processes."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            assert secret.encode() not in path.read_bytes(), path


def test_check_28_mc_reads_the_aliases(bare: Program, server: LiveServer) -> None:
    keys = f"{server.access_key}\n{server.secret_key}\n".encode()
    bare("alias", "set", "xx", server.url, input=keys)
    bare("alias", "test", "xx")
    path = Path(bare.environ["HOME"]) / ("mc" if os.name == "nt" else ".mc") / "config.json"
    with Minio.from_alias("xx", str(path)) as found:
        found.list_buckets()
    stored = json.loads(path.read_text())
    assert stored["version"] == "10"
    assert stored["aliases"]["xx"] == {
        "url": server.url,
        "accessKey": server.access_key,
        "secretKey": server.secret_key,
        "api": "S3v4",
        "path": "auto",
    }
    if program := os.environ.get("MINIO_TEST_MC"):
        subprocess.run([program, "ls", "xx"], env=bare.environ, check=True)


def test_check_29_progress_in_a_log(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "d", *(f"n{number}" for number in range(20)))
    for color in ((), ("--color", "always")):
        done = mio("cp", "-r", "d", f"s3://{bucket}", "--progress", *color, TERM="xterm")
        assert "20/20 items" in done.errors
        assert done.errors.endswith("\n")
        assert all(re.fullmatch(r"mio: \S.*", line) for line in done.errors.split("\n")[:-1])
        assert "\r" not in done.errors
        assert "\x1b" not in done.errors
        assert done.output == b""


@pytest.mark.requires("presigned")
def test_check_30_presigned_upload(mio: Program, client: Minio, bucket: str) -> None:
    (mio.directory / "f").write_bytes(b"data")
    url = mio("presign", "--method", "PUT", f"s3://{bucket}/k").text.strip()
    if shutil.which("curl"):
        subprocess.run(["curl", "--fail", "-sS", "-T", mio.directory / "f", url], check=True, capture_output=True)
    else:
        request = Request(url, b"data", {"Content-Type": "application/octet-stream"}, method="PUT")
        with urlopen(request) as response:
            assert response.status == 200
    assert client.get_object(bucket, "k").read() == b"data"
    done = mio("presign", "-v", f"s3://{bucket}/k")
    with urlopen(done.lines[0]) as response:
        assert response.read() == b"data"
    assert done.lines[1].startswith("curl ")


@posix
@pytest.mark.requires("presigned")
def test_check_30_lines_of_curl_work(mio: Program, client: Minio, bucket: str) -> None:
    """The lines that -v shows run in a shell as they are."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    write_files(mio.directory, "it's k")
    put = mio("presign", "-v", "--method", "PUT", "--content-type", "text/x-test", f"s3://{bucket}/d/it's k").lines[1]
    mio.shell(put.replace("curl", "curl --fail", 1))
    assert client.get_object(bucket, "d/it's k").read() == b"it's k"
    assert client.stat_object(bucket, "d/it's k").content_type == "text/x-test"
    (mio.directory / "it's k").unlink()
    mio.shell(mio("presign", "-v", f"s3://{bucket}/d/it's k").lines[1])
    assert (mio.directory / "it's k").read_bytes() == b"it's k"
