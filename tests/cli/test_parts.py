"""`--part-size` and `--concurrency` act in every command that accepts them."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from cli.conftest import Put
from cli.program import Program
from minio import Minio
from minio.aio import AsyncMinio

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
    found = client.stat_object(bucket, "to/big").etag or ""
    # SeaweedFS makes ETags of copied parts otherwise.
    assert found.endswith("-3") if "/from" in arguments[-2] else found == etag_of(big, 6 * MIB)
    assert client.get_object(bucket, "to/big").read() == big
    if client.object_exists(bucket, "to/small"):
        assert "-" not in (client.stat_object(bucket, "to/small").etag or "")


def test_sync_knows_what_it_has_written_in_parts_of_another_size(mio: Program, bucket: str, big: bytes) -> None:
    line = ("--json", "sync", "--checksum", "--part-size", "6MiB", "tree", f"s3://{bucket}/to")
    assert mio(*line).records[-1]["done"] == 2
    again = mio(*line).records[-1]
    assert (again["done"], again["skipped"]) == (0, 2)


@pytest.mark.parametrize("line", [("cp", "-r"), ("sync",), ("cp", "--files-from", "names")], ids=" ".join)
def test_the_number_of_parts_at_a_time_is_checked(
    mio: Program, bucket: str, put: Put, big: bytes, line: tuple[str, ...]
) -> None:
    put.one("from/big", big)
    put("from/small")
    for places in (("tree", f"s3://{bucket}/to"), (f"s3://{bucket}/from", "out")):
        refused = mio(*line, *places, "--concurrency", "300", expect=2)
        assert "--concurrency must be a whole number from 1 to 256, not 300" in refused.errors
        mio(*line, *places, "--concurrency", "1")


def test_the_number_of_parts_at_a_time_reaches_each_large_file(
    monkeypatch: pytest.MonkeyPatch, mio: Program, client: Minio, bucket: str, big: bytes
) -> None:
    seen: list[int] = []
    upload, download = AsyncMinio.fput_object, AsyncMinio._fetch_file

    def fput_object(self: AsyncMinio, *args: Any, **kwargs: Any) -> Any:
        seen.append(kwargs["num_parallel_uploads"])
        return upload(self, *args, **kwargs)

    def fetch_file(self: AsyncMinio, *args: Any) -> Any:
        seen.append(args[-1])
        return download(self, *args)

    monkeypatch.setattr(AsyncMinio, "fput_object", fput_object)
    monkeypatch.setattr(AsyncMinio, "_fetch_file", fetch_file)
    client.upload_directory(bucket, "to", mio.directory / "tree", concurrency=2)
    client.download_directory(bucket, "to", mio.directory / "out", concurrency=3)
    assert seen == [2, 3]
