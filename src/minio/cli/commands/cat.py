"""`mio cat`: the content of objects."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import flags, selecting
from ..addresses import Remote
from ..context import Context
from ..errors import UsageProblem

if TYPE_CHECKING:
    from ..lean import Reader

EXAMPLES = (
    ("mio cat s3://my-bucket/notes.txt", "Write an object to standard output"),
    ("mio cat --head 4 s3://my-bucket/report.pdf", "Its first bytes"),
    ("mio cat --lines 10 s3://my-bucket/notes.txt", "Its first lines"),
    ("mio cat --range 2-5 s3://my-bucket/notes.txt", "Bytes 2 to 5, counted from 0"),
    ("mio cat 's3://my-bucket/photos/2024/*.jpg' | wc -c", "Several objects, one after another"),
)

_CHUNK = 1 << 20
_RANGE = re.compile(r"(\d*)-(\d*)").fullmatch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="ADDRESS", help="an object, or a pattern")
    parser.add_argument("--range", metavar="A-B", help="only these bytes: 0-99, 100-, or -100 for the last 100")
    parser.add_argument("--head", metavar="BYTES", type=flags.size, help="only the first bytes")
    parser.add_argument("-n", "--lines", metavar="N", type=flags.whole, help="only the first lines")
    flags.add_versions(parser, all=False)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    if context.output.json:
        raise UsageProblem("the content of an object is not JSON", "mio stat --json")
    if sum(each is not None for each in (arguments.range, arguments.head, arguments.lines)) > 1:
        raise UsageProblem("--range, --head and --lines exclude each other")
    places = [context.remote(text) for text in arguments.places]
    context.each(places, lambda remote: _write_all(context, remote, arguments))
    return 0


def _write_all(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    client = context.reader(remote)
    for place in _objects(client, remote, arguments.raw):
        context.place = place
        _write(context, client, place, arguments)


def copy(context: Context, source: Remote) -> int:
    """Write one object to standard output, for `mio cp ADDRESS -`."""
    wishes = argparse.Namespace(range=None, head=None, lines=None, version_id=context.arguments.version_id)
    context.place = source
    _write(context, context.reader(source), source, wishes)
    return 0


def _objects(client: Reader, remote: Remote, raw: bool) -> Iterator[Remote]:
    if selecting.is_literal(client, remote, raw):
        if not remote.key:
            raise UsageProblem(f"{remote} is a bucket", "name an object in it")
        yield remote
        return
    for item in selecting.existing(selecting.listed(client, remote, recursive=True), remote):
        if not item.is_dir:
            yield remote.at(item.object_name)


def _write(context: Context, client: Reader, place: Remote, arguments: argparse.Namespace) -> None:
    offset, length = _bounds(client, place, arguments)
    if length == 0:
        client.stat_object(place.bucket, place.key, version_id=arguments.version_id)
        return
    lines = arguments.lines
    response = client.get_object(place.bucket, place.key, offset, length or 0, version_id=arguments.version_id)
    with response:
        while lines != 0 and (chunk := response.read(_CHUNK if lines is None else 1 << 16)):
            if lines is not None:
                chunk, lines = _first_lines(chunk, lines)
            context.output.content(chunk)


def _bounds(client: Reader, place: Remote, arguments: argparse.Namespace) -> tuple[int, int | None]:
    """Return the offset and the length to read; None for all that is left."""
    if arguments.head is not None:
        return 0, arguments.head
    if arguments.range is None:
        return 0, 0 if arguments.lines == 0 else None
    found = _RANGE(arguments.range.strip())
    if found is None or not any(found.groups()):
        raise UsageProblem(f"--range: {arguments.range!r} is not of the form A-B", "write it like 0-99")
    first, last = found.groups()
    if not first:
        size = client.stat_object(place.bucket, place.key, version_id=arguments.version_id).size
        return max(size - int(last), 0), min(int(last), size)
    if last and int(last) < int(first):
        raise UsageProblem(f"--range: {arguments.range!r} ends before it begins")
    return int(first), int(last) - int(first) + 1 if last else None


def _first_lines(chunk: bytes, lines: int) -> tuple[bytes, int]:
    """Return the part of a chunk up to the end of so many lines, and how many lines are left."""
    end = -1
    while lines and (end := chunk.find(b"\n", end + 1)) >= 0:
        lines -= 1
    return (chunk, lines) if end < 0 else (chunk[: end + 1], lines)
