"""Show that a transfer needs little memory, however large it is.

    python bench/memory.py                upload 4 GiB from a stream of unknown length, download to a file
    python bench/memory.py --size 20G

Each direction runs in a separate process with four workers, so neither the server nor the comparison counts. The
program starts a local server with its data in a temporary directory, which is removed at the end. Requires
`pip install "minio[local]"`.
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
LIMIT = 96 * MIB


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
    print("the data is correct" if same else "the data is wrong", flush=True)
    return fault or not same


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=read_size, default=read_size("4G"), help="bytes, or with a suffix K, M or G")
    parser.add_argument("--workers", type=int, default=4, help="number of parts or ranges at a time")
    parser.add_argument("--directory", help="directory for temporary data (default: the system's)")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def transfer(size: int, workers: int, way: str, endpoint: str, copy: str) -> int:
    """Run one direction and print its figures. Runs in the child process."""
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
