"""Runs on directories whose process is killed again and again, or interrupted, and the runs that go on from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from live.helpers import MIB, check_prompt, enable_versioning, noise
from minio import Minio
from servers.live import LiveServer

FILES = 300
KILLS = 10
UNCERTAIN = 3
"""Objects that the server may store after the process that sent them was killed and the next one has looked."""

_UPLOAD = """
import os, signal, sys
from minio import Minio
endpoint, access, secret, bucket, source, checkpoint, most = sys.argv[1:]
client, ended = Minio(endpoint, access, secret, secure=False), 0
plan = client.plan_sync(__import__("pathlib").Path(source), client_prefix(bucket), compare=None)
for outcome in client.transfer(plan, jobs=4, checkpoint=checkpoint):
    assert outcome.ok, outcome
    ended += outcome.status == "done"
    if ended == int(most):
        os.kill(os.getpid(), signal.SIGKILL)
""".replace("client_prefix(bucket)", '__import__("minio.directories").directories.Prefix(bucket, "p")')
_DOWNLOAD = """
import sys, time
from minio import Minio
endpoint, access, secret, bucket, target = sys.argv[1:]
def begun(done, total):
    if done:
        print("begun", flush=True)
try:
    Minio(endpoint, access, secret, secure=False).download_directory(bucket, "p", target, progress=begun)
finally:
    print("stopped", time.monotonic(), flush=True)
"""


def arguments(server: LiveServer, bucket: str) -> list[str]:
    return [server.endpoint, server.access_key, server.secret_key, bucket]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.requires("versioning")
def test_a_run_that_is_killed_ten_times(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    enable_versioning(server, bucket)
    source, checkpoint = tmp_path / "source", tmp_path / "checkpoint"
    source.mkdir()
    for number in range(FILES):
        (source / f"{number:03}").write_bytes(noise(number + 1))
    command = [sys.executable, "-c", _UPLOAD, *arguments(server, bucket), str(source), str(checkpoint)]
    for _ in range(KILLS):
        done = subprocess.run([*command, "12"], check=False, timeout=180)
        assert done.returncode == -signal.SIGKILL
        assert checkpoint.exists()
    assert subprocess.run([*command, "-1"], check=False, timeout=180).returncode == 0
    assert not checkpoint.exists()
    found = list(client.list_objects(bucket, "p/", recursive=True, include_version=True))
    assert {(item.object_name, item.size) for item in found} == {
        (f"p/{number:03}", number + 1) for number in range(FILES)
    }
    assert len(found) <= FILES + UNCERTAIN, "objects that were whole were sent again"


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for one process")
def test_ctrl_c_ends_a_run_soon_and_leaves_nothing_half(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    content = noise(64 * MIB)
    for number in range(3):
        client.put_object(bucket, f"p/{number}", content, len(content))
    target = tmp_path / "target"
    command = [sys.executable, "-c", _DOWNLOAD, *arguments(server, bucket), str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    check_prompt(output, begin)
    assert process.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors or process.returncode == 0
    for path in target.iterdir():
        assert path.name.endswith(".part.minio") or path.read_bytes() == content
    client.download_directory(bucket, "p", target)
    assert sorted(path.name for path in target.iterdir()) == ["0", "1", "2"]
    assert all(path.read_bytes() == content for path in target.iterdir())
