"""Transfers whose process is killed, and the calls that resume them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, Requests, content_of, is_there, noise, uploads_of
from minio import Minio
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention
from servers.live import LiveServer

CONTENT = noise(50 * MIB)

_KILLED = """
import os, sys
from minio import Minio
from minio._core.transfer import counting, progress
counting._INTERVAL = progress._INTERVAL = 0
endpoint, access, secret, bucket, path = sys.argv[1:]
def die(done, total):
    if done > 48 * 1024 * 1024:
        os._exit(9)
Minio(endpoint, access, secret, secure=False).fget_object(bucket, "object", path, progress=die)
"""


@pytest.fixture
def killed(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> Path:
    """The target of a download whose process was killed well after the first chunk."""
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    path = tmp_path / "file"
    arguments = [server.endpoint, server.access_key, server.secret_key, bucket, str(path)]
    done = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False, timeout=180)
    assert done.returncode == 9
    assert not path.exists()
    assert [item.name.endswith(".part.minio") for item in tmp_path.iterdir()] == [True]
    return path


def test_next_download_resumes(client: Minio, bucket: str, killed: Path) -> None:
    told: list[int] = []
    client.fget_object(bucket, "object", killed, progress=lambda done, total: told.append(done))
    assert killed.read_bytes() == CONTENT
    assert [item.name for item in killed.parent.iterdir()] == ["file"]
    assert told[0] >= 2 * MIB
    assert told[-1] == len(CONTENT)


def test_another_version_starts_over(client: Minio, bucket: str, killed: Path) -> None:
    client.put_object(bucket, "object", b"another", 7)
    client.fget_object(bucket, "object", killed)
    assert killed.read_bytes() == b"another"


def test_garbage_in_the_part_file_is_not_used(client: Minio, bucket: str, killed: Path) -> None:
    (part,) = killed.parent.iterdir()
    part.write_bytes(b"garbage" * 1000)
    client.fget_object(bucket, "object", killed)
    assert killed.read_bytes() == CONTENT
    assert [item.name for item in killed.parent.iterdir()] == ["file"]


# --- uploads

PART = 5 * MIB
SOURCE = noise(4 * PART + 9)
_UPLOAD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from minio import AsyncMinio, Minio
from minio._core.transfer import progress
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention
progress._INTERVAL = 0
kind, endpoint, access, secret, bucket, path, until = sys.argv[1:]
def die(done, total):
    if done >= 10 * 1024 * 1024:
        os.kill(os.getpid(), signal.SIGKILL)
options = {"num_parallel_uploads": 1, "progress": die}
if until:
    options["retention"] = Retention(GOVERNANCE, datetime.fromtimestamp(int(until), UTC))
async def main():
    async with AsyncMinio(endpoint, access, secret, secure=False) as client:
        await client.fput_object(bucket, "object", path, **options)
if kind == "async":
    asyncio.run(main())
Minio(endpoint, access, secret, secure=False).fput_object(bucket, "object", path, **options)
"""
KINDS = ["sync", "async"]


def kill_upload(server: LiveServer, kind: str, bucket: str, path: Path, until: str = "") -> None:
    """An upload whose process was killed after two parts."""
    path.write_bytes(SOURCE)
    arguments = [kind, server.endpoint, server.access_key, server.secret_key, bucket, str(path), until]
    assert subprocess.run([sys.executable, "-c", _UPLOAD, *arguments], check=False, timeout=180).returncode == -9
    assert uploads_of(server, bucket) == ["object"]


def upload(server: LiveServer, kind: str, bucket: str, path: Path, **options: Any) -> tuple[Any, Requests]:
    trace = Requests()

    async def awaited() -> Any:
        async with server.make_async_client() as client:
            client.trace_on(trace)
            return await client.fput_object(bucket, "object", path, **options)

    if kind == "async":
        return asyncio.run(awaited()), trace
    with server.make_client() as client:
        client.trace_on(trace)
        return client.fput_object(bucket, "object", path, **options), trace


@pytest.mark.parametrize("kind", KINDS)
def test_next_upload_sends_the_rest(server: LiveServer, bucket: str, tmp_path: Path, kind: str) -> None:
    kill_upload(server, kind, bucket, tmp_path / "source")
    _, trace = upload(server, kind, bucket, tmp_path / "source")
    assert content_of(server, bucket, "object") == SOURCE
    assert (trace.count("partNumber="), trace.count("uploads=")) == (3, 0)
    assert uploads_of(server, bucket) == []


@pytest.mark.requires("object_lock")
@pytest.mark.parametrize("kind", KINDS)
def test_lock_of_the_killed_upload_is_not_inherited(
    server: LiveServer, client: Minio, bucket_name: str, tmp_path: Path, kind: str
) -> None:
    client.make_bucket(bucket_name, object_lock=True)
    until = datetime.now(UTC) + timedelta(days=1)
    kill_upload(server, kind, bucket_name, tmp_path / "source", str(int(until.timestamp())))
    stored, _ = upload(server, kind, bucket_name, tmp_path / "source")
    headers = client.stat_object(bucket_name, "object").metadata or {}
    assert not [name for name in headers if name.lower().startswith("x-amz-object-lock")]
    versions = list(client.list_objects(bucket_name, include_version=True))
    assert [version.version_id for version in versions] == [stored.version_id]
    client.remove_object(bucket_name, "object", version_id=stored.version_id)
    assert not is_there(server, bucket_name, "object")


@pytest.mark.requires("object_lock", "multipart_lock")
def test_killed_upload_with_a_lock_is_resumed(
    server: LiveServer, client: Minio, bucket_name: str, tmp_path: Path
) -> None:
    client.make_bucket(bucket_name, object_lock=True)
    until = datetime.fromtimestamp(int((datetime.now(UTC) + timedelta(days=1)).timestamp()), UTC)
    kill_upload(server, "sync", bucket_name, tmp_path / "source", str(int(until.timestamp())))
    _, trace = upload(server, "sync", bucket_name, tmp_path / "source", retention=Retention(GOVERNANCE, until))
    assert trace.count("partNumber=") == 3
    found = client.get_object_retention(bucket_name, "object")
    assert found is not None
    assert (found.mode, found.retain_until_date) == (GOVERNANCE, until)


_NO_ROOM = """
import asyncio, resource, sys
from minio import AsyncMinio, Minio
from minio._core.transfer import progress
progress._INTERVAL = 0
kind, endpoint, access, secret, bucket, path, folder = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
def fail(done, total):
    if done >= 10 * 1024 * 1024:
        raise RuntimeError
options = {"num_parallel_uploads": 1, "resume": folder}
async def main():
    async with AsyncMinio(endpoint, access, secret, secure=False) as client:
        await client.fput_object(bucket, "object", path, **options)
        await client.fput_object(bucket, "interrupted", path, progress=fail, **options)
if kind == "async":
    asyncio.run(main())
client = Minio(endpoint, access, secret, secure=False)
client.fput_object(bucket, "object", path, **options)
client.fput_object(bucket, "interrupted", path, progress=fail, **options)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_no_space_for_a_journal(server: LiveServer, bucket: str, tmp_path: Path, kind: str) -> None:
    """No file can be written: uploads work, and interrupted ones are aborted."""
    (tmp_path / "source").write_bytes(SOURCE)
    keys = server.access_key, server.secret_key
    arguments = [kind, server.endpoint, *keys, bucket, str(tmp_path / "source"), str(tmp_path / "journals")]
    child = subprocess.run(
        [sys.executable, "-c", _NO_ROOM, *arguments], check=False, timeout=180, capture_output=True, text=True
    )
    assert child.stderr.rstrip().endswith("RuntimeError"), child.stderr
    assert content_of(server, bucket, "object") == SOURCE
    assert uploads_of(server, bucket) == []
    assert list((tmp_path / "journals").iterdir()) == []
