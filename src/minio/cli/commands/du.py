"""`mio du`: the sizes of objects, added up."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minio.error import ResponseError

from .. import flags, selecting
from ..addresses import Remote
from ..context import Context
from ..table import Column

if TYPE_CHECKING:
    from ..lean import Reader

EXAMPLES = (
    ("mio du s3://my-bucket", "How much a bucket holds"),
    ("mio du --depth 1 s3://my-bucket", "... and the prefixes in it"),
    ("mio du 's3://my-bucket/photos/**/*.jpg'", "How much some objects hold"),
    ("mio du play", "All buckets of a server"),
)

_COLUMNS = (Column("size", "size", 10), Column("objects", "number", 9), Column("name", "name"))


@dataclass(slots=True)
class _Sum:
    bytes: int = 0
    objects: int = 0

    def add(self, size: int | None) -> None:
        self.bytes += size or 0
        self.objects += 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="*", metavar="ADDRESS", help="a server, a bucket, a prefix, or a pattern")
    parser.add_argument("-d", "--depth", metavar="N", type=flags.whole, default=0, help="also prefixes, N levels deep")
    parser.add_argument("-r", "--recursive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-H", "--human-readable", action="store_true", help=argparse.SUPPRESS)
    flags.add_versions(parser, one=False)
    flags.add_ages(parser)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text, bucket=False) for text in arguments.places or ["s3://"]]
    context.each(places, lambda remote: _measure_all(context, remote, arguments))
    return 0


def _measure_all(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    client = context.reader(remote)
    if remote.bucket:
        _measure(context, client, remote, arguments)
    else:
        for bucket in client.list_buckets():
            _measure(context, client, Remote(remote.alias, bucket.name), arguments)


def _measure(context: Context, client: Reader, remote: Remote, arguments: argparse.Namespace) -> None:
    context.place = remote
    found = selecting.listed(
        client, remote, recursive=True, below=True, versions=arguments.all_versions, raw=arguments.raw
    )
    total = _Sum()
    below: dict[str, _Sum] = {}
    for item in selecting.existing(found, remote):
        if item.is_delete_marker or not selecting.has_age(item, arguments):
            continue
        total.add(item.size)
        segments = item.object_name[len(found.root) :].split("/")[:-1]
        for depth in range(1, min(len(segments), arguments.depth) + 1):
            below.setdefault(found.root + "/".join(segments[:depth]) + "/", _Sum()).add(item.size)
    for prefix, each in below.items():
        _show(context, remote.at(prefix), each)
    _show(context, remote, total)
    if not found.pattern and not found.literal:
        _show_uploads(context, client, remote)


def _show(context: Context, remote: Remote, total: _Sum) -> None:
    context.output.row(_COLUMNS, (total.bytes, total.objects, str(remote)))
    context.output.record("prefix", key=remote.key, source=remote, size=total.bytes, objects=total.objects)


def _show_uploads(context: Context, client: Reader, remote: Remote) -> None:
    """Show what incomplete uploads hold, apart: no listing of objects has them, but they are paid for."""
    total = _Sum()
    try:
        for upload in client.list_incomplete_uploads(remote.bucket, remote.key, recursive=True):
            total.add(upload.size)
    except ResponseError as error:
        if error.status not in (400, 403, 405, 501):  # not allowed, or the server does not know them
            raise
        return
    if total.objects:
        context.output.row(_COLUMNS, (total.bytes, total.objects, f"{remote} (incomplete uploads)"))
        context.output.record(
            "prefix", status="incomplete", key=remote.key, source=remote, size=total.bytes, objects=total.objects
        )
