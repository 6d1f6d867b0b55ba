"""`rm`, `undo`, `mb` and `rb`."""

from __future__ import annotations

import os

import pytest

from cli.conftest import Put, names_in
from cli.program import Program
from cli.terminal import run_in_terminal
from minio import Minio

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_rm_of_transfers_looks_at_its_flags(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k", "d/x")
    mio("rm", "--older-than", "7d", f"s3://{bucket}/k")
    mio("rm", "--exclude", "k", f"s3://{bucket}/k")
    mio("rm", "-r", "-y", "--version-id", "x", f"s3://{bucket}/d", expect=2)
    mio("cp", "-r", "--version-id", "x", f"s3://{bucket}/d", "out", expect=2)
    assert names_in(client, bucket) == ["d/x", "k"]


@pytest.mark.requires("keys_prefix_of_each_other")
def test_dry_run_of_rm_shows_what_is_removed(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "a/x", "ab")
    assert mio("rm", "-r", "--dry-run", f"s3://{bucket}/a").lines == [f"would remove s3://{bucket}/a/x"]
    assert mio("ls", "-1", f"s3://{bucket}/a").lines == ["a", "a/"]
    mio("rm", "-r", "-y", f"s3://{bucket}/a")
    assert names_in(client, bucket) == ["a", "ab"]
    mio("rm", "-r", "-y", f"s3://{bucket}/a")
    assert names_in(client, bucket) == ["ab"]
    for flags in (["-y"], ["--dry-run"], ["-y", "-v"]):
        mio("rm", "-r", *flags, f"s3://{bucket}/a", expect=3)


def test_rm(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "b", "d/x", "d/y", "dd", "l/1.jpg", "l/2.txt", "m.jpg/kept")
    mio("rm", "--yes", f"s3://{bucket}/m*", expect=3)
    mio("rm", "-r", "--yes", f"s3://{bucket}/m*")
    mio("rm", f"s3://{bucket}/a", f"s3://{bucket}/b")
    mio("rm", f"s3://{bucket}/a", expect=3)
    mio("rm", "-f", f"s3://{bucket}/a")
    mio("rm", "-r", "--yes", f"s3://{bucket}/d")
    mio("rm", "--yes", f"s3://{bucket}/**.jpg")
    assert names_in(client, bucket) == ["dd", "l/2.txt"]
    mio("rm", "--yes", "--files-from", "-", input=f"s3://{bucket}/dd\0".encode())
    assert names_in(client, bucket) == ["l/2.txt"]
    mio("rm", "-y", f"s3://{bucket}/l/2.txt", f"s3://{bucket}", expect=2)
    assert names_in(client, bucket) == ["l/2.txt"]
    mio("rm", "-r", "-y", f"s3://{bucket}")
    assert names_in(client, bucket) == []
    mio("rm", "-r", "-y", "s3://absent-bucket-here/x", expect=3)


def test_rm_counts_each_address_by_itself(mio: Program, put: Put, bucket: str) -> None:
    put("a/1", "a/2", "b/1")
    done = mio("rm", "-r", "-y", f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert done.errors.splitlines() == ["mio: rm: 2 objects removed", "mio: rm: 1 object removed"]


@posix
def test_rm_asks_on_a_terminal(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/x")
    done = run_in_terminal(mio, "rm", "-r", f"s3://{bucket}/d", typed=b"n\n")
    assert done.status == 2
    assert names_in(client, bucket) == ["d/x"]
    done = run_in_terminal(mio, "rm", "-r", f"s3://{bucket}/d", typed=b"y\n")
    assert done.status == 0, done
    assert names_in(client, bucket) == []


@pytest.mark.requires("versioning")
def test_versions_and_undo(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    mio("attr", "set", "versioning", f"s3://{bucket}", "enabled")
    put("d/a")
    put("d/a", "d/b")
    mio("rm", f"s3://{bucket}/d/a")
    assert names_in(client, bucket) == ["d/b"]
    rows = mio("ls", "-r", "--all-versions", f"s3://{bucket}").rows
    found = sorted((row[3], row[1]) for row in rows)
    assert found == [("d/a", "(deleted)"), ("d/a", "3"), ("d/a", "3"), ("d/b", "3")]
    versions = [[row[2], f"s3://{bucket}/{row[3]}"] for row in rows]
    assert mio("find", "--all-versions", f"s3://{bucket}").rows == versions
    assert mio("find", "-0", "--all-versions", f"s3://{bucket}").text == "".join(f"{row[1]}\0" for row in versions)
    for _, size, version, key in rows:
        if size == "3":
            assert mio("cat", "--version-id", version, f"s3://{bucket}/{key}").text == key
    assert mio("undo", "--dry-run", f"s3://{bucket}/d/a").errors == ""
    assert mio("undo", f"s3://{bucket}/d/a").errors == "mio: undo: 1 delete marker removed\n"
    assert names_in(client, bucket) == ["d/a", "d/b"]
    assert len(mio("undo", f"s3://{bucket}/d/a", expect=3).errors.splitlines()) == 1
    mio("rm", "-r", "-y", f"s3://{bucket}/d")
    mio("undo", "-r", f"s3://{bucket}/d")
    assert names_in(client, bucket) == ["d/a", "d/b"]
    mio("rm", "-r", "-y", "--all-versions", f"s3://{bucket}/d")
    assert mio("ls", "-r", "--all-versions", f"s3://{bucket}").output == b""


def test_mb_and_rb(mio: Program, client: Minio, bucket_name: str) -> None:
    mio("mb", f"s3://{bucket_name}")
    mio("mb", "-p", f"s3://{bucket_name}")
    mio("mb", "s3://Bad_Name_", expect=2)
    mio("mb", f"s3://{bucket_name}/key", expect=2)
    client.put_object(bucket_name, "data", b"", 0)
    client.put_object(bucket_name, "database", b"", 0)
    mio("rb", "--force", "--yes", f"s3://{bucket_name}/data", expect=2)
    mio("rb", f"s3://{bucket_name}", expect=1)
    mio("rb", "--force", f"s3://{bucket_name}", expect=2)
    assert names_in(client, bucket_name) == ["data", "database"]
    mio("rb", "--force", "--yes", f"s3://{bucket_name}")
    mio("rb", f"s3://{bucket_name}", expect=3)
