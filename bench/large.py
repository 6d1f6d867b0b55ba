"""Run large operations, and show how little memory they need.

    python bench/large.py list                  list 100,000 objects
    python bench/large.py object --size 5G      upload one object from a stream and download it
    python bench/large.py object --size 5G --unknown

The program starts a local server with its data in a temporary directory, which is removed at the end. A separate
process runs the measured operation, so neither the server nor the creation of the objects counts. Requires
`pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from minio import AsyncMinio, Minio
from minio.local import LocalServer

BUCKET = "large"
MIB = 1024 * 1024
LIMIT = 200 * MIB
_UNITS = {"K": 1024, "M": MIB, "G": 1024 * MIB}


def main() -> int:
    arguments = read_arguments()
    if arguments.what == "list":
        return measure(arguments, lambda server: asyncio.run(make_objects(server, arguments.keys)))
    return measure(arguments, lambda server: server.client().make_bucket(BUCKET))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="what", required=True)
    listing = kinds.add_parser("list", help="list many objects")
    listing.add_argument("--keys", type=int, default=100_000, help="how many")
    single = kinds.add_parser("object", help="upload and download one large object")
    single.add_argument("--size", type=read_size, default=read_size("5G"), help="bytes, or with a suffix K, M or G")
    single.add_argument("--unknown", action="store_true", help="do not pass the length to put_object")
    for kind in (listing, single):
        kind.add_argument("--directory", help="directory for temporary data (default: the system's)")
        kind.add_argument("--endpoint", help=argparse.SUPPRESS)
    return parser.parse_args()


def read_size(text: str) -> int:
    unit = _UNITS.get(text[-1:].upper())
    return int(text[:-1]) * unit if unit else int(text)


def measure(arguments: argparse.Namespace, prepare: object) -> int:
    """Prepare and start the child process or, in the child, do the work."""
    if arguments.endpoint:
        client = Minio(arguments.endpoint, "minioadmin", "minioadmin", secure=False)
        return list_all(client, arguments.keys) if arguments.what == "list" else round_trip(client, arguments)
    with (
        tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory,
        LocalServer(Path(directory) / "data") as server,
    ):
        assert callable(prepare)
        prepare(server)
        command = [sys.executable, __file__, *sys.argv[1:], "--endpoint", server.endpoint]
        return subprocess.run(command, check=False).returncode


async def make_objects(server: LocalServer, count: int) -> None:
    begin = time.perf_counter()
    async with server.async_client() as client:
        await client.make_bucket(BUCKET)
        numbers = iter(range(count))
        await asyncio.gather(*(make_some(client, numbers) for _ in range(32)))
    print(f"{count:,} objects created in {time.perf_counter() - begin:.0f} s", flush=True)


async def make_some(client: AsyncMinio, numbers: Iterator[int]) -> None:
    for number in numbers:
        await client.put_object(BUCKET, f"{number // 1000:04}/object-{number:08}", b"x", 1)


def list_all(client: Minio, expected: int) -> int:
    found = 0
    begin = time.perf_counter()
    print(f"{'keys':>10} {'RSS MiB':>8} {'keys/s':>8}", flush=True)
    for found, _ in enumerate(client.list_objects(BUCKET, recursive=True), 1):
        if found in (1000, 10_000) or found % 50_000 == 0:
            speed = found / (time.perf_counter() - begin)
            print(f"{found:>10,} {resident() / MIB:>8.1f} {speed:>8,.0f}", flush=True)
    return verdict("" if found == expected else f"{found} keys listed, {expected} created")


def round_trip(client: Minio, arguments: argparse.Namespace) -> int:
    size = arguments.size
    stream = RandomStream(size)
    begin = time.perf_counter()
    client.put_object(BUCKET, "object", stream, -1 if arguments.unknown else size)
    report("put", size, begin)
    sent = stream.digest.hexdigest()
    digest = hashlib.sha256()
    begin = time.perf_counter()
    with client.get_object(BUCKET, "object") as response:
        for block in response.stream(MIB):
            digest.update(block)
    report("get", size, begin)
    return verdict("" if digest.hexdigest() == sent else "the data is wrong")


def report(what: str, size: int, begin: float) -> None:
    seconds = time.perf_counter() - begin
    print(f"{what}: {size / MIB:,.0f} MiB in {seconds:.1f} s, {size / MIB / seconds:,.0f} MiB/s", end=", ")
    print(f"peak RSS so far {peak() / MIB:.1f} MiB", flush=True)


class RandomStream:
    """A stream of reproducible random bytes, generated and hashed while it is read."""

    def __init__(self, size: int) -> None:
        self.digest = hashlib.sha256()
        self._left = size
        self._block = random.Random(1).randbytes(MIB)
        self._count = 0

    def read(self, size: int) -> bytes:
        size = min(size, self._left, MIB)
        if not size:
            return b""
        # Each block starts with its own number and continues at a different place in the same random bytes.
        self._count += 1
        begin = self._count * 7919 % MIB
        data = (self._count.to_bytes(8, "big") + self._block[begin:] + self._block[:begin])[:size]
        self._left -= size
        self.digest.update(data)
        return data


def resident() -> int:
    """Return this process's current memory in bytes, or its peak if the system does not show the current value."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak()
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """Return this process's peak memory in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def verdict(fault: str) -> int:
    if not fault and peak() > LIMIT:
        fault = f"more than {LIMIT // MIB} MiB"
    print(f"peak RSS {peak() / MIB:.1f} MiB: {fault or 'good'}", flush=True)
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
