"""`mio` beside s5cmd and aws on the same inputs: where they differ, and that ours is the right one.

| case | mio | s5cmd 2.3 | aws 1.x |
|---|---|---|---|
| odd names go up and come down | the same | the same | the same |
| `sync --delete` from an absent prefix | refused (2), nothing removed | files removed, 0 | files removed, 0 |
| `mv X X` | refused (2) | the object is gone, 0 | refused, 255 |
| a broken link in a directory | warning, the rest is stored, 0 | nothing is stored, 1 | warning, 2 |
| same size, other bytes, older time | stored with --checksum | left alone, 0 | left alone, 0 |
| a line feed in a key, listed | `-0`: one record an object | two lines | two lines |
| `rm` of a pattern or prefix without a match | 3 | 1 | 0, silent |
| a program that fails in a pipe | nothing is stored with `--` | half is stored | half is stored |

The programs run if they are installed. `MINIO_TEST_S5CMD` and `MINIO_TEST_AWS` name them, if they are not in the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Put, names_in, write_files
from cli.program import Done, Program
from minio import Minio
from servers.live import LiveServer, Servers

ODD = ("a b", "100%", "ä/ö", "quote'\"", "#hash", "semi;colon", "plus+and&", "deep/er/and/deeper", "-dash")

Run = Callable[..., Done]


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """What differs here is not the server."""
    return servers.get("seaweedfs")


@pytest.fixture(params=["s5cmd", "aws"])
def rival(request: pytest.FixtureRequest, mio: Program, server: LiveServer) -> Run:
    """Another program: `rival(s5cmd=[...], aws=[...])` runs its own arguments."""
    found = os.environ.get(f"MINIO_TEST_{request.param.upper()}") or shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    environ = {**mio.environ, "AWS_REGION": "us-east-1", "S3_ENDPOINT_URL": server.url}
    environ.pop("PYTHONWARNINGS")
    environ.pop("PYTHONPATH")

    def run(input: bytes | None = None, **commands: list[str]) -> Done:
        arguments = commands[request.param]
        if not arguments:
            pytest.skip(f"{request.param} does not do that")
        head = [found] if request.param == "s5cmd" else [found, "s3", "--endpoint-url", server.url]
        done = subprocess.run(
            [*head, *arguments],
            cwd=mio.directory,
            env=environ,
            stdin=subprocess.DEVNULL if input is None else None,
            input=input,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    run.__name__ = request.param
    return run


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_odd_names(mio: Program, rival: Run, client: Minio, bucket: str) -> None:
    """What one program stores, the other one reads."""
    expected = contents(write_files(mio.directory / "d", *ODD))
    (mio.directory / "d" / "big").write_bytes(os.urandom(12 << 20))
    expected["big"] = (mio.directory / "d" / "big").read_bytes()
    mio("cp", "-r", "d", f"s3://{bucket}/ours")
    down = f"s3://{bucket}/ours/"
    assert rival(s5cmd=["cp", f"{down}*", "theirs/"], aws=["cp", "--recursive", down, "theirs"]).status == 0
    assert contents(mio.directory / "theirs") == expected
    up = f"s3://{bucket}/theirs/"
    assert rival(s5cmd=["cp", "d/", up], aws=["cp", "--recursive", "d", up]).status == 0
    mio("cp", "-r", up, "ours")
    assert contents(mio.directory / "ours") == expected
    assert mio("diff", "--checksum", "d", f"s3://{bucket}/theirs").output == b""


def test_absent_source(mio: Program, rival: Run, bucket: str) -> None:
    write_files(mio.directory / "full", "f")
    mio("sync", "--delete", f"s3://{bucket}/none/", "full", expect=2)
    assert contents(mio.directory / "full") == {"f": b"f"}
    source = f"s3://{bucket}/none/"
    rival(s5cmd=["sync", "--delete", f"{source}*", "full/"], aws=["sync", source, "full/", "--delete"])
    assert contents(mio.directory / "full") == {}


def test_move_onto_itself(mio: Program, rival: Run, put: Put, client: Minio, bucket: str) -> None:
    put("k")
    place = f"s3://{bucket}/k"
    mio("mv", place, place, expect=2)
    assert names_in(client, bucket) == ["k"]
    done = rival(s5cmd=["mv", place, place], aws=["mv", place, place])
    kept = names_in(client, bucket) == ["k"]
    assert (done.status, kept) == ((0, False) if rival.__name__ == "s5cmd" else (done.status, True))


def test_broken_link(mio: Program, rival: Run, client: Minio, bucket: str) -> None:
    root = write_files(mio.directory / "d", "good")
    (root / "broken").symlink_to("nowhere")
    done = mio("cp", "-r", "d", f"s3://{bucket}/ours")
    assert "broken" in done.errors
    assert names_in(client, bucket) == ["ours/good"]
    target = f"s3://{bucket}/theirs/"
    assert rival(s5cmd=["cp", "d/", target], aws=["cp", "--recursive", "d", target]).status != 0


def test_other_bytes_of_the_same_size(mio: Program, rival: Run, put: Put, client: Minio, bucket: str) -> None:
    put(f=b"old!")
    path = write_files(mio.directory / "d", "f") / "f"
    path.write_bytes(b"new!")
    os.utime(path, (1e9, 1e9))
    target = f"s3://{bucket}"
    assert rival(s5cmd=["sync", "d/", f"{target}/"], aws=["sync", "d", target]).status == 0
    assert client.get_object(bucket, "f").read() == b"old!"
    mio("sync", "--checksum", "d", target)
    assert client.get_object(bucket, "f").read() == b"new!"


def test_line_feed_in_a_key(mio: Program, rival: Run, put: Put, bucket: str) -> None:
    put("a\nb")
    assert mio("ls", "-0", f"s3://{bucket}").output == b"a\nb\0"
    assert len(mio("ls", f"s3://{bucket}").lines) == 1
    assert len(rival(s5cmd=["ls", f"s3://{bucket}"], aws=["ls", f"s3://{bucket}"]).lines) == 2


def test_nothing_to_remove(mio: Program, rival: Run, put: Put, bucket: str) -> None:
    put("k")
    mio("rm", "--yes", f"s3://{bucket}/none*", expect=3)
    pattern = f"s3://{bucket}/none"
    done = rival(s5cmd=["rm", f"{pattern}*"], aws=["rm", "--recursive", f"{pattern}/"])
    assert done.status == (1 if rival.__name__ == "s5cmd" else 0)


def test_half_of_a_stream(mio: Program, rival: Run, client: Minio, bucket: str) -> None:
    """The others cannot see that what wrote the stream has failed."""
    mio("pipe", f"s3://{bucket}/ours", "--", "sh", "-c", "printf half; exit 3", expect=1)
    target = f"s3://{bucket}/theirs"
    assert rival(b"half", s5cmd=["pipe", target], aws=["cp", "-", target]).status == 0
    assert names_in(client, bucket) == ["theirs"]
