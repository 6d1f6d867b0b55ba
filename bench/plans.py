"""Show that a plan needs little memory, however many names there are: a dry run of a sync, with deletes.

    python bench/plans.py                       a million generated names on both sides
    python bench/plans.py --names 10M           ten million
    python bench/plans.py --disordered          listings that are not in the order of bytes, sorted on disk
    python bench/plans.py --real                a million objects on SeaweedFS, planned into an empty directory
    python bench/plans.py --real --files 200K   and as many files that are already there

Of the generated names, the target lacks every tenth and has as many others, so a tenth is copied, and a tenth deleted.
The plan is iterated to its end in a process of its own, so neither the server nor the creation of the objects counts.
Requires `pip install "minio[local]"` for --real.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from large import BUCKET, MIB, make_objects, peak

from minio import Minio
from minio.directories import Prefix
from minio.local import LocalServer

LIMIT = 150 * MIB
PAGE = 1000
_UNITS = {"K": 1000, "M": 1_000_000}
_ENTRY = (
    "<Contents><Key>{}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>"
    "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>4096</Size></Contents>"
)


def main() -> int:
    arguments = read_arguments()
    if arguments.serve:
        asyncio.run(serve(arguments.names, arguments.disordered))
    if arguments.child:
        return iterate(arguments.names, *arguments.child)
    with (
        tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory,
        real(arguments, Path(directory)) if arguments.real else generated() as endpoint,
    ):
        target = str(Path(directory) / "target") if arguments.real else "prefix"
        command = [sys.executable, __file__, *sys.argv[1:], "--child", endpoint, target]
        return subprocess.run(command, check=False).returncode


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=read_count, default=1_000_000, help="how many; a suffix K or M is allowed")
    parser.add_argument("--disordered", action="store_true", help="list generated names as a file system does")
    parser.add_argument("--real", action="store_true", help="store the objects on SeaweedFS")
    parser.add_argument("--files", type=read_count, default=0, help="with --real: how many files are already there")
    parser.add_argument("--directory", help="directory for temporary data (default: the system's)")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def read_count(text: str) -> int:
    unit = _UNITS.get(text[-1:].upper())
    return int(text[:-1]) * unit if unit else int(text)


def iterate(names: int, endpoint: str, target: str) -> int:
    """Iterate the plan and print its figures. Runs in the child process."""
    kinds: Counter[str] = Counter()
    begin = time.perf_counter()
    with Minio(endpoint, "minioadmin", "minioadmin", secure=False, region="us-east-1") as client:
        if target == "prefix":
            sides = Prefix("source"), Prefix("target")
        else:
            sides = Prefix(BUCKET), Path(target)
        for action in client.plan_sync(*sides, delete=True, max_delete=names):
            kinds[action.kind] += 1
    seconds = time.perf_counter() - begin
    wrong = sum(count for kind, count in kinds.items() if kind != "delete") != names
    fault = "the plan is wrong" if wrong else f"more than {LIMIT // MIB} MiB" if peak() > LIMIT else ""
    print(
        f"{names:,} names in {seconds:.0f} s ({names / seconds:,.0f} a second), {dict(kinds)}, "
        f"peak RSS {peak() / MIB:.1f} MiB: {fault or 'good'}",
        flush=True,
    )
    return 1 if fault else 0


@contextmanager
def real(arguments: argparse.Namespace, directory: Path) -> Iterator[str]:
    """A server with the objects, and a directory with some of them as files."""
    (directory / "target").mkdir()
    with LocalServer(directory / "data") as server:
        asyncio.run(make_objects(server, arguments.names))
        for number in range(arguments.files):
            path = directory / "target" / f"{number // 1000:04}" / f"object-{number:08}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
        yield server.endpoint


@contextmanager
def generated() -> Iterator[str]:
    """A server in a process of its own that makes up its listings."""
    process = subprocess.Popen([sys.executable, __file__, *sys.argv[1:], "--serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


async def serve(names: int, disordered: bool) -> None:
    """Answer listings of the buckets `source` and `target`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await head_of(reader):
            url = urlsplit(head.split(b" ")[1].decode())
            number = int(parse_qs(url.query).get("continuation-token", ["0"])[0])
            body = page(url.path.strip("/") == "source", number, names, disordered)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % len(body))
            writer.write(body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def head_of(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def page(source: bool, number: int, names: int, disordered: bool) -> bytes:
    """Return a page of a listing: the names of one directory."""
    count = min(PAGE, names - number * PAGE)
    keys = [f"{number:05}/object-{index:08}" for index in range(number * PAGE, number * PAGE + count)]
    if not source:
        keys = [key + ("-old" if not index % 10 else "") for index, key in enumerate(keys)]
    if disordered and number:  # it comes first in the order of bytes
        keys[-1] = f"{number:05}!"
    more = (number + 1) * PAGE < names
    token = f"<NextContinuationToken>{number + 1}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Prefix></Prefix><KeyCount>{count}</KeyCount><EncodingType>url</EncodingType>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(map(_ENTRY.format, keys))}</ListBucketResult>"
    ).encode()


if __name__ == "__main__":
    sys.exit(main())
