"""`mio mb`: make buckets."""

from __future__ import annotations

import argparse

from ..addresses import Remote
from ..context import Context
from ..errors import UsageProblem

EXAMPLES = (
    ("mio mb s3://mb-example && mio rb s3://mb-example", "Make a bucket, and remove it again"),
    ("mio mb -p play/my-bucket", "No error if it exists"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="BUCKET", help="s3://NAME, or ALIAS/NAME")
    parser.add_argument("-p", "--ignore-existing", action="store_true", help="no error if it exists and is yours")
    parser.add_argument("-l", "--with-lock", action="store_true", help="with object lock, and so with versions")
    parser.add_argument("--with-versioning", action="store_true", help="keep versions of objects")
    parser.add_argument("--location", metavar="REGION", dest="location", help="the region (default: of the connection)")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    for place in places:
        context.place = place
        if place.key:
            raise UsageProblem(f"{place} is not the address of a bucket", str(place.at("")))
    context.each(places, lambda place: _make(context, place, arguments))
    return 0


def _make(context: Context, place: Remote, arguments: argparse.Namespace) -> None:
    from minio.error import BucketAlreadyOwnedByYou

    client = context.client(place)
    try:
        client.make_bucket(place.bucket, location=arguments.location, object_lock=arguments.with_lock)
    except BucketAlreadyOwnedByYou:
        if not arguments.ignore_existing:
            raise
        context.output.item("bucket", "skipped", None, place, reason="it exists")
        return
    if arguments.with_versioning:
        client.enable_bucket_versioning(place.bucket)
    context.output.item("bucket", "done", None, place, key=place.bucket)
