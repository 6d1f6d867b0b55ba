"""Kill a large transfer repeatedly, and show that only the missing data is sent again.

    python bench/kill.py                          1 GiB up and down, each killed 20 times, on SeaweedFS
    python bench/kill.py --server ceph            the same on Ceph (needs radosgw, ceph-mon, ceph-osd)
    python bench/kill.py --size 200M --kills 5    a short run
    python bench/kill.py --ways up deleted        only some of the ways

The transfer runs in a separate process, which is killed with SIGKILL at random moments and restarted until it finishes.
A proxy counts the bytes. The limit is 1.15 times the size, plus one part per worker and kill.

In further kinds of upload, the journal is damaged, deleted, made unusable or replaced by that of another upload after
each kill. Then the object must equal the file, and the amount sent is only printed.

All data is in a temporary directory, which is removed at the end. Requires `pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
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
"""What each worker loses when it is killed: one part of an upload, or one chunk of a download."""
DAMAGES = ("damaged", "deleted", "unusable", "replaced")
"""What happens to the journal of an upload after each kill."""
WAYS = ("up", *DAMAGES, "down")
PATIENCE = 120.0
"""Seconds within which a transfer must make progress."""


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
    parser.add_argument("--size", type=read_size, default=read_size("1G"), help="bytes, or with a suffix K, M or G")
    parser.add_argument("--kills", type=int, default=20, help="number of times that each transfer is killed")
    parser.add_argument("--seed", type=int, default=1, help="seed for the times of the kills")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="up, down, or an upload whose journal is")
    parser.add_argument("--directory", help="directory for temporary data (default: the system's)")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def transfer(way: str, endpoint: str, access_key: str, secret_key: str, path: str) -> int:
    """Make one try. Runs in the child process."""
    with Minio(endpoint, access_key, secret_key, secure=False) as client:
        if way == "down":
            client.fget_object(BUCKET, KEY, path, num_parallel_downloads=WORKERS)
        else:
            client.fput_object(BUCKET, KEY, path, num_parallel_uploads=WORKERS, resume=str(journals(path)))
    return 0


def journals(source: str | Path) -> Path:
    """The directory of the upload's journal, next to the file."""
    return Path(source).parent / "journals"


@contextmanager
def running(name: str, folder: Path, size: int) -> Iterator[LocalServer | CephServer]:
    if name == "seaweedfs":
        with LocalServer(folder / "data") as server:
            yield server
        return
    # Space for the object, its parts while they are joined, uploads left by damaged journals, and the store.
    os.environ.update(RGW_STORE="bluestore", RGW_DISK=str(max(6 * size, 2048 * MIB)), TMPDIR=str(folder))
    tempfile.tempdir = None
    ceph = CephServer().start()
    try:
        yield ceph
    finally:
        ceph.stop()


def run(arguments: argparse.Namespace, folder: Path, server: LocalServer | CephServer, cable: Cable) -> int:
    source, copy = folder / "source", folder / "copy"
    digest = make_file(source, arguments.size)
    arguments.keys = server.access_key, server.secret_key
    faults = []
    with Minio(server.endpoint, *arguments.keys, secure=False) as client:
        client.make_bucket(BUCKET)
        for way in sorted(arguments.ways, key=WAYS.index):
            faults += play(arguments, way, source, cable, client)
            faults += check(client, way, copy, digest)
    for fault in faults:
        print(f"WRONG: {fault}", flush=True)
    return 1 if faults else 0


def play(arguments: argparse.Namespace, way: str, source: Path, cable: Cable, client: Minio) -> list[str]:
    """Run one kind of transfer."""
    keys = arguments.keys
    if way == "down":
        client.fput_object(BUCKET, KEY, source, resume=False)
        child = [way, cable.endpoint, *keys, str(source.with_name("copy"))]
        return one_way(arguments, child, lambda: cable.bytes_down, None)
    client.remove_object(BUCKET, KEY)
    child = [way, cable.endpoint, *keys, str(source)]
    damage = Damage(way, arguments, child, lambda: cable.bytes_up) if way in DAMAGES else None
    return one_way(arguments, child, lambda: cable.bytes_up, damage)


class Damage:
    """Change the journal of the upload after a kill."""

    def __init__(self, way: str, arguments: argparse.Namespace, child: list[str], count: Callable[[], int]) -> None:
        self.way = way
        self.source = Path(child[-1])
        self.folder = journals(self.source)
        self.other = self._other_journal(arguments, child, count) if way == "replaced" else b""

    def _other_journal(self, arguments: argparse.Namespace, child: list[str], count: Callable[[], int]) -> bytes:
        """Return the journal of an interrupted upload of another file to the same object."""
        other = self.source.parent / "other" / "source"
        other.parent.mkdir()
        with self.source.open("rb") as file, other.open("wb") as reversed_file:
            while block := file.read(MIB):
                reversed_file.write(block[::-1])
        if not start_and_kill([*child[:-1], str(other)], ("bytes", count() + arguments.size / 2), count):
            raise SystemExit("the other upload was not killed in time")
        (path,) = journals(other).iterdir()
        content = path.read_bytes()
        shutil.rmtree(other.parent)
        return content

    def __call__(self) -> None:
        if self.way == "unusable":
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.touch()  # root ignores permission bits, but cannot create a file inside a file
            return
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if self.way == "deleted":
                path.unlink()
            else:
                path.write_bytes(self.other or damaged(path.read_bytes()))


def damaged(content: bytes) -> bytes:
    """Return the journal with one of several kinds of damage."""
    at = random.randrange(len(content) or 1)
    lines = content.split(b"\n")
    random.shuffle(lines)
    return random.choice(
        (
            content[:at],
            content[at:],
            content[:at] + random.randbytes(1) + content[at + 1 :],
            content[:at] + bytes(len(content) - at),
            random.randbytes(len(content)),
            b"\n".join(lines),
            content + content,
        )
    )


def make_file(path: Path, size: int) -> str:
    stream = RandomStream(size)
    with path.open("wb") as file:
        while block := stream.read(MIB):
            file.write(block)
    return stream.digest.hexdigest()


def one_way(
    arguments: argparse.Namespace, child: list[str], count: Callable[[], int], damage: Damage | None
) -> list[str]:
    way, begin = child[0], time.perf_counter()
    start, kills = count(), 0
    for moment in moments(arguments, start):
        kills += start_and_kill(child, moment, count, arguments.size / 20)
        if damage is not None:
            damage()
    if start_and_kill(child, ("bytes", float("inf")), count):
        return [f"{way}: the last try did not end"]
    carried = count() - start
    allowed = int(1.15 * arguments.size) + WORKERS * PARTS.get(way, 0) * kills
    limit = "" if damage else f", allowed {allowed / MIB:,.0f} MiB"
    print(
        f"{arguments.server} {way}: {arguments.size / MIB:,.0f} MiB, {kills} kills, "
        f"{carried / MIB:,.0f} MiB transferred ({carried / arguments.size:.3f} times){limit}, "
        f"{time.perf_counter() - begin:.0f} s",
        flush=True,
    )
    if damage is not None:
        return []  # an upload that started again may finish before the last kill
    faults = [] if carried <= allowed else [f"{way}: too many bytes"]
    return faults if kills == arguments.kills else [*faults, f"{way}: {kills} kills, {arguments.kills} wanted"]


def moments(arguments: argparse.Namespace, start: int) -> Iterator[tuple[str, float]]:
    """Choose the moments of the kills: mostly after a number of bytes in total, and sometimes before the first byte."""
    early = arguments.kills // 4
    places = sorted(random.uniform(0, 0.95 * arguments.size) for _ in range(arguments.kills - early))
    soon = max(0.3, 1.5 * min(1.0, arguments.size / 1024**3))
    kinds = [("seconds", random.uniform(0.05, soon)) for _ in range(early)]
    kinds += [("bytes", start + place) for place in places]
    for index in range(early):  # spread the kills
        kinds.insert(index * (len(kinds) // max(1, early)), kinds.pop(0))
    yield from kinds


def start_and_kill(
    child: list[str], moment: tuple[str, float], count: Callable[[], int], most: float = float("inf")
) -> bool:
    """Run one try and kill it at a given moment. Return whether it was killed before it finished.

    A moment in seconds comes earlier if `most` bytes were transferred: a fast transfer must not finish before it.
    """
    kind, limit = moment
    process = subprocess.Popen([sys.executable, __file__, "--child", *child])
    begin = last = time.monotonic()
    seen = first = count()
    while process.poll() is None:
        now = time.monotonic()
        if count() >= limit if kind == "bytes" else now - begin >= limit or count() - first >= most:
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
    return check_file(copy, digest) if way == "down" else check_object(client, way, copy.parent / "source", digest)


def check_object(client: Minio, way: str, source: Path, digest: str) -> list[str]:
    found = hashlib.sha256()
    with client.get_object(BUCKET, KEY) as response:
        for block in response.stream(MIB):
            found.update(block)
    faults = [f"{way}: the object is not the file"] if found.hexdigest() != digest else []
    left = list(client.list_incomplete_uploads(BUCKET, recursive=True))
    kept = [path.name for path in journals(source).iterdir()] if journals(source).is_dir() else []
    if way == "up":
        faults += [f"up: {len(left)} unfinished uploads are left"] * bool(left)
        faults += [f"up: the journal is left: {kept}"] * bool(kept)
    else:
        print(f"    {len(left)} unfinished uploads are left that no journal knows", flush=True)
        client.remove_incomplete_upload(BUCKET, KEY)
        journals(source).unlink() if journals(source).is_file() else shutil.rmtree(journals(source))
    return faults


def check_file(copy: Path, digest: str) -> list[str]:
    with copy.open("rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    left = [path.name for path in copy.parent.glob("*.part.minio")]
    return ["down: the file is not the object"] * (not same) + [f"down: {left} is left"] * bool(left)


if __name__ == "__main__":
    sys.exit(main())
