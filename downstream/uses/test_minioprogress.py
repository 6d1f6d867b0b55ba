"""MinioProgress: the bar that the client tells of the bytes it has sent."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from MinioProgress import Progress

from conftest import Server
from minio import Minio


@pytest.fixture
def client(server: Server) -> Minio:
    return Minio(server.endpoint, secure=False, **server.keys)


def finish(progress: Progress, out: StringIO) -> list[str]:
    """Wait for the thread, which ends when all bytes were reported, and return its output."""
    progress.join(timeout=10)
    assert not progress.is_alive(), f"not all bytes were reported: {out.getvalue()!r}"
    return out.getvalue().split("\r")[1:]


def test_put_object(client: Minio, server: Server, bucket: str) -> None:
    out = StringIO()
    progress = Progress(interval=0.1, stdout=out)
    client.put_object(bucket, "small", BytesIO(b"x" * 1000), 1000, progress=progress)
    lines = finish(progress, out)
    assert lines[-1].startswith("small: |")
    assert "100%" in lines[-1]
    assert server.body(bucket, "small") == b"x" * 1000


def test_fput_object(client: Minio, server: Server, bucket: str, tmp_path: Path) -> None:
    out = StringIO()
    path = tmp_path / "file"
    path.write_bytes(b"y" * (3 << 20))
    progress = Progress(interval=0.1, stdout=out)
    client.fput_object(bucket, "file", str(path), progress=progress)
    assert "3.00 MB/3.00 MB 100%" in finish(progress, out)[-1]
    assert server.body(bucket, "file") == path.read_bytes()


def test_parts_are_told_one_after_the_other(client: Minio, server: Server, bucket: str, tmp_path: Path) -> None:
    """The first part is told at once. Later ones may be told together: there are at most 20 reports a second."""
    out = StringIO()
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * (12 << 12))
    progress = Progress(interval=0.1, stdout=out)
    client.fput_object(bucket, "large", str(path), part_size=5 << 20, num_parallel_uploads=1, progress=progress)
    shares = [int(found) for found in re.findall(r"(\d+)%", "".join(finish(progress, out)))]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert len({share for share in shares if 0 < share < 100}) >= 1
    assert server.body(bucket, "large") == path.read_bytes()
