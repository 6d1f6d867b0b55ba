"""`mv`: what is moved, and what stays."""

from __future__ import annotations

import os
import subprocess

import pytest

from cli.conftest import Put, files_in, names_in, wait_for, write_files
from cli.program import Program
from minio import Minio

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_mv(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "d/b", "d/e/c")
    write_files(mio.directory, "f", "up/g", "up/h/i")
    mio("mv", f"s3://{bucket}/a", f"s3://{bucket}/moved")
    mio("mv", "f", f"s3://{bucket}/")
    mio("mv", f"s3://{bucket}/moved", "here")
    assert names_in(client, bucket) == ["d/b", "d/e/c", "f"]
    mio("mv", "-r", f"s3://{bucket}/d", f"s3://{bucket}/e")
    assert names_in(client, bucket) == ["e/b", "e/e/c", "f"]
    mio("mv", "-r", "up", f"s3://{bucket}/up")
    assert not (mio.directory / "up").exists()
    mio("mv", "-r", f"s3://{bucket}/up", "down")
    assert files_in(mio.directory) == ["down/g", "down/h/i", "here"]
    assert names_in(client, bucket) == ["e/b", "e/e/c", "f"]
    put("down")
    mio("mv", "-n", "here", f"s3://{bucket}/f")
    if (mio.directory / "here").exists():
        assert client.get_object(bucket, "f").read() == b"f"


@posix
def test_mv_keeps_what_links_to_directories_lead_to(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory, "elsewhere/data", "m/own", "m/sub/deep")
    (mio.directory / "m" / "link").symlink_to("../elsewhere")
    (mio.directory / "m" / "file").symlink_to("../elsewhere/data")
    (mio.directory / "m" / "empty").mkdir()
    done = mio("mv", "-r", "m", f"s3://{bucket}/m")
    assert names_in(client, bucket) == ["m/file", "m/link/data", "m/own", "m/sub/deep"]
    assert (mio.directory / "elsewhere" / "data").read_bytes() == b"elsewhere/data"
    assert sorted(path.name for path in (mio.directory / "m").iterdir()) == ["empty", "link"]
    assert "links to directories" in done.errors
    write_files(mio.directory / "h", "a")
    (mio.directory / "h" / "c").symlink_to("a")
    os.link(mio.directory / "h" / "a", mio.directory / "h" / "b")
    mio("mv", "-r", "h", f"s3://{bucket}/h")
    assert names_in(client, bucket, "h") == ["h/a", "h/b", "h/c"]
    assert not (mio.directory / "h").exists()
    write_files(mio.directory / "n", "again")
    mio._run(["sh", "-c", f"cd n && mio mv -r . s3://{bucket}/n"], None, 0, {})
    assert list((mio.directory / "n").iterdir()) == []


@posix
def test_mv_keeps_what_was_changed_meanwhile(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "m", "a", "b")
    (mio.directory / "m" / "big").write_bytes(b"x" * (8 << 20))
    running = mio.start(
        "mv", "-r", "-j", "1", "--limit-upload", "4MiB", "m", f"s3://{bucket}/m", stderr=subprocess.PIPE
    )
    wait_for(lambda: any(True for _ in client.list_incomplete_uploads(bucket, recursive=True)))
    os.utime(mio.directory / "m" / "big", (1e9, 1e9))
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1, errors
    assert files_in(mio.directory / "m") == ["big"]


def test_mv_patterns(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a.txt", "b.txt", "c", "d/e.txt")
    mio("mv", f"s3://{bucket}/*.txt", f"s3://{bucket}/old/")
    assert names_in(client, bucket) == ["c", "d/e.txt", "old/a.txt", "old/b.txt"]
    mio("mv", f"s3://{bucket}/old/*", f"play/{bucket}/")
    assert names_in(client, bucket) == ["a.txt", "b.txt", "c", "d/e.txt"]
    mio("mv", f"s3://{bucket}/d/**", f"s3://{bucket}/", expect=2)
