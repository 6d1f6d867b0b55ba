"""Kill a large transfer again and again, and show that only what had not arrived is sent anew.

    python bench/kill.py                          1 GiB up and down, each killed 20 times, on SeaweedFS
    python bench/kill.py --server ceph            the same on Ceph (needs radosgw, ceph-mon, ceph-osd)
    python bench/kill.py --size 256M --kills 5    a short one

The transfer runs in a process of its own, which is killed with SIGKILL at random moments and started again until it
ends. The bytes are counted on the way, by a proxy. Allowed are 1.15 times the size, and a part per worker and kill.
All data is in a temporary directory that is removed again. Needs `pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from large import MIB, RandomStream, read_size

from minio import Minio
from minio.local import LocalServer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fakes.cable import Cable
from servers.ceph import CephServer

BUCKET, KEY = "killed", "object"
WORKERS = 4
PARTS = {"up": 5 * MIB, "down": 16 * MIB}
"""What is lost of each worker when it is killed: a part of an upload, a chunk of a download."""
PATIENCE = 120.0
"""Seconds in which a transfer must get on."""


def main() -> int:
    arguments = read_arguments()
    if arguments.child:
        return transfer(*arguments.child)
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory:
        folder = Path(directory)
        with running(arguments.server, folder, arguments.size) as server, Cable(server.endpoint) as cable:
            return run(arguments, folder, server, cable)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=("seaweedfs", "ceph"), default="seaweedfs")
    parser.add_argument("--size", type=read_size, default=read_size("1G"), help="bytes, or with K, M, G behind")
    parser.add_argument("--kills", type=int, default=20, help="how often each transfer is killed")
    parser.add_argument("--seed", type=int, default=1, help="for the moments of the kills")
    parser.add_argument("--directory", help="where the temporary data goes; otherwise the system's place for it")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def transfer(way: str, endpoint: str, access_key: str, secret_key: str, path: str) -> int:
    """In the child: one try."""
    with Minio(endpoint, access_key, secret_key, secure=False) as client:
        if way == "up":
            client.fput_object(BUCKET, KEY, path, num_parallel_uploads=WORKERS)
        else:
            client.fget_object(BUCKET, KEY, path, num_parallel_downloads=WORKERS)
    return 0


@contextmanager
def running(name: str, folder: Path, size: int) -> Iterator[LocalServer | CephServer]:
    if name == "seaweedfs":
        with LocalServer(folder / "data") as server:
            yield server
        return
    # The object, its parts once more while they are joined, and as much again for the store's own sake.
    os.environ.update(RGW_STORE="bluestore", RGW_DISK=str(max(3 * size, 2048 * MIB)), TMPDIR=str(folder))
    tempfile.tempdir = None
    ceph = CephServer().start()
    try:
        yield ceph
    finally:
        ceph.stop()


def run(arguments: argparse.Namespace, folder: Path, server: LocalServer | CephServer, cable: Cable) -> int:
    source, copy = folder / "source", folder / "copy"
    digest = make_file(source, arguments.size)
    keys = server.access_key, server.secret_key
    faults = []
    with Minio(server.endpoint, *keys, secure=False) as client:
        client.make_bucket(BUCKET)
        for way, path, count in (
            ("up", source, lambda: cable.bytes_up),
            ("down", copy, lambda: cable.bytes_down),
        ):
            faults += one_way(arguments, [way, cable.endpoint, *keys, str(path)], count)
            faults += check(client, way, copy, digest)
    for fault in faults:
        print(f"WRONG: {fault}", flush=True)
    return 1 if faults else 0


def make_file(path: Path, size: int) -> str:
    stream = RandomStream(size)
    with path.open("wb") as file:
        while block := stream.read(MIB):
            file.write(block)
    return stream.digest.hexdigest()


def one_way(arguments: argparse.Namespace, child: list[str], count: Callable[[], int]) -> list[str]:
    way, begin = child[0], time.perf_counter()
    start = count()
    kills = sum(start_and_kill(child, moment, count) for moment in moments(arguments, start))
    if start_and_kill(child, ("bytes", float("inf")), count):
        return [f"{way}: the last try did not end"]
    carried = count() - start
    allowed = int(1.15 * arguments.size) + WORKERS * PARTS[way] * kills
    print(
        f"{arguments.server} {way}: {arguments.size / MIB:,.0f} MiB, {kills} kills, "
        f"{carried / MIB:,.0f} MiB carried ({carried / arguments.size:.3f} times), "
        f"allowed {allowed / MIB:,.0f} MiB, {time.perf_counter() - begin:.0f} s",
        flush=True,
    )
    faults = [] if carried <= allowed else [f"{way}: too many bytes"]
    return faults if kills == arguments.kills else [*faults, f"{way}: {kills} kills, {arguments.kills} wanted"]


def moments(arguments: argparse.Namespace, start: int) -> Iterator[tuple[str, float]]:
    """When to kill: mostly after so many bytes in all, and now and then so soon that there were none yet."""
    early = arguments.kills // 4
    places = sorted(random.uniform(0, 0.98 * arguments.size) for _ in range(arguments.kills - early))
    kinds = [("seconds", random.uniform(0.05, 1.5)) for _ in range(early)]
    kinds += [("bytes", start + place) for place in places]
    for index in range(early):  # spread them
        kinds.insert(index * (len(kinds) // max(1, early)), kinds.pop(0))
    yield from kinds


def start_and_kill(child: list[str], moment: tuple[str, float], count: Callable[[], int]) -> bool:
    """One try, killed at a moment. Tells whether it was killed; otherwise it came to its end."""
    kind, limit = moment
    process = subprocess.Popen([sys.executable, __file__, "--child", *child])
    begin = last = time.monotonic()
    seen = count()
    while process.poll() is None:
        now = time.monotonic()
        if (count() if kind == "bytes" else now - begin) >= limit:
            process.kill()
            process.wait()
            return True
        if count() != seen:
            seen, last = count(), now
        if now - last > PATIENCE:
            process.kill()
            process.wait()
            raise SystemExit("nothing moves any more")
        time.sleep(0.001)
    if process.returncode:
        raise SystemExit(f"the transfer failed: {process.returncode}")
    return False


def check(client: Minio, way: str, copy: Path, digest: str) -> list[str]:
    if way == "up":
        found = hashlib.sha256()
        with client.get_object(BUCKET, KEY) as response:
            for block in response.stream(MIB):
                found.update(block)
        faults = ["up: the object is not the file"] if found.hexdigest() != digest else []
        left = list(client.list_incomplete_uploads(BUCKET, recursive=True))
        return faults + [f"up: {len(left)} unfinished uploads are left"] * bool(left)
    with copy.open("rb") as file:
        faults = (
            ["down: the file is not the object"] if hashlib.file_digest(file, "sha256").hexdigest() != digest else []
        )
    left = [path.name for path in copy.parent.glob("*.part.minio")]
    return faults + [f"down: {left} is left"] * bool(left)


if __name__ == "__main__":
    sys.exit(main())
