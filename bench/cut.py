"""Upload and download a large object over connections that are cut.

    python bench/cut.py                  200 MiB up and down, on SeaweedFS; a connection carries 3 MiB down, 8 MiB up
    python bench/cut.py --up 6 --size 1G

A proxy resets each connection after it has transferred the given amount. For uploads, the amount must be more than one
part, for which S3 requires at least 5 MiB. For downloads it can be any amount, because received data is kept. Requires
`pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from large import MIB, read_size

from minio import Minio, Retry
from minio.local import LocalServer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fakes.cable import Cable

BUCKET, KEY = "cut", "object"


def main() -> int:
    arguments = read_arguments()
    with (
        tempfile.TemporaryDirectory(prefix="minio-bench-") as directory,
        LocalServer(Path(directory) / "data") as server,
        Cable(server.endpoint) as cable,
    ):
        source, target = Path(directory) / "source", Path(directory) / "target"
        with Path("/dev/urandom").open("rb") as noise, source.open("wb") as file:
            for _ in range(arguments.size // MIB):
                file.write(noise.read(MIB))
        server.client().make_bucket(BUCKET)
        cable.live_only(down=int(arguments.down * MIB), up=int(arguments.up * MIB))
        with Minio(cable.endpoint, server.access_key, server.secret_key, secure=False, retries=Retry()) as client:
            tell("up", cable, arguments.size, lambda: client.fput_object(BUCKET, KEY, source))
            tell("down", cable, arguments.size, lambda: client.fget_object(BUCKET, KEY, target))
        same = digest(source) == digest(target)
    print("the data is correct" if same else "the data is wrong")
    return not same


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=read_size, default=read_size("200M"), help="bytes, or with a suffix K, M or G")
    parser.add_argument("--down", type=float, default=3, help="MiB that a connection transfers to the client")
    parser.add_argument("--up", type=float, default=8, help="MiB that a connection transfers to the server")
    return parser.parse_args()


def tell(way: str, cable: Cable, size: int, work: Callable[[], object]) -> None:
    lost, carried, begin = cable.lost, cable.bytes_up + cable.bytes_down, time.perf_counter()
    work()
    seconds = time.perf_counter() - begin
    carried = cable.bytes_up + cable.bytes_down - carried
    print(
        f"{way}: {size / MIB:,.0f} MiB in {seconds:.1f} s, {cable.lost - lost} connections lost, "
        f"{carried / MIB:,.0f} MiB transferred",
        flush=True,
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
