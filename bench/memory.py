"""Show that a large transfer needs little memory, however large it is.

    python bench/memory.py                4 GiB of a stream of unknown length up, and down into a file
    python bench/memory.py --size 20G

Each way runs in a process of its own with four workers; neither the server nor the comparing counts. A local server
is started, with its data in a temporary directory that is removed again. Needs `pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from large import MIB, RandomStream, peak, read_size

from minio import Minio
from minio.local import LocalServer

BUCKET, KEY = "large", "object"
LIMIT = 128 * MIB


def main() -> int:
    arguments = read_arguments()
    if arguments.child:
        return transfer(arguments.size, arguments.workers, *arguments.child)
    with (
        tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory,
        LocalServer(Path(directory) / "data") as server,
    ):
        server.client().make_bucket(BUCKET)
        copy = Path(directory) / "copy"
        command = [sys.executable, __file__, "--size", str(arguments.size), "--workers", str(arguments.workers)]
        fault = 0
        for way in ("up", "down"):
            fault |= subprocess.run([*command, "--child", way, server.endpoint, str(copy)], check=False).returncode
        same = digest_of(copy) == digest_of_stream(arguments.size)
    print("what came back is what was sent" if same else "what came back is something else", flush=True)
    return fault or not same


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=read_size, default=read_size("4G"), help="bytes, or with K, M, G behind")
    parser.add_argument("--workers", type=int, default=4, help="parts, or ranges, at a time")
    parser.add_argument("--directory", help="where the temporary data goes; otherwise the system's place for it")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def transfer(size: int, workers: int, way: str, endpoint: str, copy: str) -> int:
    """In the child: one way, and what it took."""
    begin = time.perf_counter()
    with Minio(endpoint, "minioadmin", "minioadmin", secure=False) as client:
        if way == "up":
            client.put_object(BUCKET, KEY, RandomStream(size), -1, num_parallel_uploads=workers)
        else:
            client.fget_object(BUCKET, KEY, copy, num_parallel_downloads=workers)
    seconds = time.perf_counter() - begin
    good = peak() <= LIMIT
    print(
        f"{way}: {size / MIB:,.0f} MiB in {seconds:.1f} s, {size / MIB / seconds:,.0f} MiB/s, "
        f"peak RSS {peak() / MIB:.1f} MiB: {'good' if good else f'more than {LIMIT // MIB} MiB'}",
        flush=True,
    )
    return 0 if good else 1


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_stream(size: int) -> str:
    stream = RandomStream(size)
    while stream.read(MIB):
        pass
    return stream.digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
