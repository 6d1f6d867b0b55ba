"""A distant server that makes up its listings: each response takes a round trip of 20 ms.

    python bench/listings.py flat                      200,000 names in one directory
    python bench/listings.py uuid --milliseconds 50

The shape of the names is one of flat, skewed and uuid. The program prints its address, and runs until its standard
input ends. Only ListObjectsV2 without a delimiter is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
from bisect import bisect_left, bisect_right
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

COUNT, PAGE, SIZE = 200_000, 1000, 4096
SHAPES = ("flat", "skewed", "uuid")
_ENTRY = (
    "<Contents><Key>{}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>"
    "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>4096</Size></Contents>"
)


def names_of(shape: str, count: int = COUNT) -> list[str]:
    """Return the names of a shape in their order."""
    if shape == "flat":
        return [f"photos/2026/picture-{index:08}.jpg" for index in range(count)]
    if shape == "uuid":
        numbers = random.Random(7)
        return sorted(f"{numbers.getrandbits(128):032x}" for _ in range(count))
    small = count // 20  # the rest is in one directory of several
    names = [f"logs/{index % 7}/{index}" for index in range(small)]
    return sorted(names + [f"big/2026/part-{index // 500:03}/{index}" for index in range(count - small)])


class DistantServer:
    """The server, in a separate process. A context manager."""

    def __init__(self, shape: str, milliseconds: float = 20.0) -> None:
        self._command = [sys.executable, __file__, shape, "--milliseconds", str(milliseconds)]
        self.endpoint = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
        )
        assert self._process.stdout is not None
        self.endpoint = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("--milliseconds", type=float, default=20.0, help="round-trip time")
    arguments = parser.parse_args()
    asyncio.run(serve(names_of(arguments.shape), arguments.milliseconds / 1000))


async def serve(names: list[str], delay: float) -> None:
    entries = [_ENTRY.format(name) for name in names]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(delay)
                body = page(head, names, entries)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=128)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


def page(head: bytes, names: list[str], entries: list[str]) -> bytes:
    """Return the page that a request asks for. A token is the last name of the page before."""
    query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
    start = query.get("continuation-token", query.get("start-after", [""]))[0]
    prefix = query.get("prefix", [""])[0]
    first = max(bisect_right(names, start), bisect_left(names, prefix))
    end = bisect_left(names, f"{prefix}\U0010ffff")
    last = min(first + int(query.get("max-keys", [str(PAGE)])[0]), end)
    token = f"<NextContinuationToken>{names[last - 1]}</NextContinuationToken>" if last < end else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Prefix>{prefix}</Prefix><KeyCount>{last - first}</KeyCount><EncodingType>url</EncodingType>"
        f"<IsTruncated>{str(last < end).lower()}</IsTruncated>{token}{''.join(entries[first:last])}</ListBucketResult>"
    ).encode()


if __name__ == "__main__":
    main()
