"""`mio undo`: bring back what was removed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import flags, formats, removing, selecting
from ..addresses import Remote
from ..context import Context
from ..errors import NotFound, UsageProblem

if TYPE_CHECKING:
    from minio.datatypes import Object
    from minio.sync import Minio

DESCRIPTION = """\
In a bucket with versions, removing an object only hides it behind a delete
marker. This removes the marker if it is the newest version, so the object is
there again. Nothing else is changed; content that was overwritten is in
`mio ls --all-versions`."""

EXAMPLES = (
    ("mio undo s3://my-bucket/notes.txt || true", "Bring an object back"),
    ("mio undo -r --dry-run s3://my-bucket/photos/", "See what would come back"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="ADDRESS", help="an object, or a pattern; with -r a prefix")
    flags.add_recursive(parser, "everything below")
    flags.add_dry_run(parser)
    flags.add_ages(parser)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    for place in places:
        context.place = place
        if place.is_into and not arguments.recursive:
            raise UsageProblem(f"{place} is not one object", "mio undo -r")
        client = context.client(place)
        markers = _markers(client, place, arguments)
        if arguments.dry_run:
            removing.would(context, place, markers)
        else:
            removing.remove(context, client, place, markers)
    counts = context.output.counts
    if counts.deleted or (arguments.recursive and not arguments.dry_run):
        context.output.note(f"mio: undo: {formats.count(counts.deleted, 'delete marker')} removed")
    if not counts.deleted and not counts.extra.get("would") and not counts.failed and not arguments.recursive:
        raise NotFound(f"{places[0]}: there is no delete marker to remove", f"mio ls --all-versions {places[0]}")
    return 0


def _markers(client: Minio, place: Remote, arguments: argparse.Namespace) -> Iterator[Object]:
    below = arguments.recursive
    one = not below and selecting.is_literal(client, place, arguments.raw)
    found = selecting.listed(client, place, recursive=True, below=below, versions=True, raw=arguments.raw)
    return (
        item
        for item in found.items
        if item.is_delete_marker
        and (not one or item.object_name == place.key)
        and str(item.is_latest).lower() == "true"
        and selecting.has_age(item, arguments)
    )
