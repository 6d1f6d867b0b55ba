"""`mio rb`: remove buckets."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .. import versions
from ..addresses import Remote
from ..context import Context
from ..errors import UsageProblem

if TYPE_CHECKING:
    from minio.sync import Minio

DESCRIPTION = """\
An empty bucket is removed at once. --force also removes everything in it, all
versions included, and asks for its name first."""

EXAMPLES = (
    ("mio mb s3://rb-example && mio rb s3://rb-example", "Remove an empty bucket"),
    ("mio rb --force --yes s3://my-bucket", "Remove a bucket with everything in it"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="BUCKET", help="s3://NAME, or ALIAS/NAME")
    parser.add_argument("--force", action="store_true", help="with everything in it")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    for place in places:
        context.place = place
        if place.key:
            raise UsageProblem(f"{place} is not the address of a bucket", f"mio rm -r {place}")
    context.each(places, lambda place: _remove(context, place, arguments.force))
    return 0


def _remove(context: Context, place: Remote, force: bool) -> None:
    client = context.client(place)
    if force:
        client.head_bucket(place.bucket)
        context.confirm(f"Remove the bucket {place} with everything in it", place.bucket)
        _empty(context, client, place)
    client.remove_bucket(place.bucket)
    context.output.item("remove", "done", place, key=place.bucket)


def _empty(context: Context, client: Minio, place: Remote) -> None:
    keeps = versions.status_of(client, place.bucket) is not None
    with context.progress() as progress:
        done = client.remove_prefix(place.bucket, "", whole_bucket=True, all_versions=keeps, progress=progress)
    context.output.counts.deleted += done.deleted
    for upload in client.list_incomplete_uploads(place.bucket, recursive=True):
        client.remove_incomplete_upload(place.bucket, upload.object_name)
