"""A download whose process is killed, and the one that goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from live.helpers import MIB, noise
from minio import Minio
from servers.live import LiveServer

CONTENT = noise(50 * MIB)

_KILLED = """
import os, sys
from minio import Minio
from minio._core.transfer import progress
progress._INTERVAL = 0
endpoint, access, secret, bucket, path = sys.argv[1:]
def die(done, total):
    if done > 48 * 1024 * 1024:
        os._exit(9)
Minio(endpoint, access, secret, secure=False).fget_object(bucket, "object", path, progress=die)
"""


@pytest.fixture
def killed(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> Path:
    """The target of a download whose process has died far behind the first chunk."""
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    path = tmp_path / "file"
    arguments = [server.endpoint, server.access_key, server.secret_key, bucket, str(path)]
    done = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False, timeout=60)
    assert done.returncode == 9
    assert not path.exists()
    assert [item.name.endswith(".part.minio") for item in tmp_path.iterdir()] == [True]
    return path


def test_the_next_download_goes_on(client: Minio, bucket: str, killed: Path) -> None:
    told: list[int] = []
    client.fget_object(bucket, "object", killed, progress=lambda done, total: told.append(done))
    assert killed.read_bytes() == CONTENT
    assert [item.name for item in killed.parent.iterdir()] == ["file"]
    assert told[0] >= 2 * MIB
    assert told[-1] == len(CONTENT)


def test_another_version_begins_anew(client: Minio, bucket: str, killed: Path) -> None:
    client.put_object(bucket, "object", b"another", 7)
    client.fget_object(bucket, "object", killed)
    assert killed.read_bytes() == b"another"


def test_garbage_where_it_was_left_off_is_no_part_of_the_object(client: Minio, bucket: str, killed: Path) -> None:
    (part,) = killed.parent.iterdir()
    part.write_bytes(b"garbage" * 1000)
    client.fget_object(bucket, "object", killed)
    assert killed.read_bytes() == CONTENT
    assert [item.name for item in killed.parent.iterdir()] == ["file"]
