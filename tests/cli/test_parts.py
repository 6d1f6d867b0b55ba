"""`--part-size` and `--concurrency` act in every command that accepts them."""

from __future__ import annotations

import hashlib
import os
import re

import pytest

from cli.conftest import Put
from cli.program import Program
from minio import Minio

MIB = 1024 * 1024
LINES = (
    ("cp", "tree/big", "s3://{bucket}/to/big"), ("cp", "-r", "tree", "s3://{bucket}/to"),
    ("mv", "-r", "tree", "s3://{bucket}/to"), ("sync", "tree", "s3://{bucket}/to"),
    ("cp", "--files-from", "names", "tree", "s3://{bucket}/to"), ("cp", "-r", "s3://{bucket}/from", "s3://{bucket}/to"),
    ("sync", "s3://{bucket}/from", "play/{bucket}/to"),
)  # fmt: skip


@pytest.fixture
def big(mio: Program) -> bytes:
    """Make a file that takes four parts of 5 MiB, and three of 6 MiB."""
    content = os.urandom(17 * MIB)
    (mio.directory / "tree").mkdir()
    (mio.directory / "tree" / "big").write_bytes(content)
    (mio.directory / "tree" / "small").write_bytes(b"small")
    (mio.directory / "names").write_bytes(b"big\0small\0")
    return content


def etag_of(content: bytes, part: int) -> str:
    parts = [hashlib.md5(content[at : at + part]).digest() for at in range(0, len(content), part)]
    return f"{hashlib.md5(b''.join(parts)).hexdigest()}-{len(parts)}"


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_the_size_of_parts_is_that_of_the_flag(
    mio: Program, client: Minio, bucket: str, put: Put, big: bytes, line: tuple[str, ...]
) -> None:
    put.one("from/big", big)
    put("from/small")
    arguments = [word.format(bucket=bucket) for word in line]
    mio(*arguments, "--part-size", "6MiB")
    assert client.stat_object(bucket, "to/big").etag == etag_of(big, 6 * MIB)
    if client.object_exists(bucket, "to/small"):
        assert "-" not in (client.stat_object(bucket, "to/small").etag or "")


def test_sync_knows_what_it_has_written_in_parts_of_another_size(mio: Program, bucket: str, big: bytes) -> None:
    line = ("--json", "sync", "--checksum", "--part-size", "6MiB", "tree", f"s3://{bucket}/to")
    assert mio(*line).records[-1]["done"] == 2
    again = mio(*line).records[-1]
    assert (again["done"], again["skipped"]) == (0, 2)


@pytest.mark.parametrize("line", [("cp", "-r"), ("sync",), ("cp", "--files-from", "names")], ids=" ".join)
def test_the_number_of_parts_at_a_time_is_that_of_the_flag(
    mio: Program, bucket: str, put: Put, big: bytes, line: tuple[str, ...]
) -> None:
    put.one("from/big", big)
    for places in (("tree", f"s3://{bucket}/to"), (f"s3://{bucket}/from", "out")):
        refused = mio(*line, *places, "--concurrency", "300", expect=2)
        assert re.search(r"--concurrency must be a whole number from 1 to 256, not 300", refused.errors)
        mio(*line, *places, "--concurrency", "1", expect=None)
