"""`mio watch`: what happens in a bucket."""

from __future__ import annotations

import argparse
from typing import Any
from urllib.parse import unquote_plus

from .. import flags
from ..addresses import Remote
from ..context import Context
from ..table import SIZE, Column

DESCRIPTION = """\
Prints a line for each event until Ctrl-C. MinIO and the gateway of JuiceFS
can do this; other servers refuse it."""

EXAMPLES = (
    ("timeout 5 mio watch s3://my-bucket || true", "All events of a bucket"),
    ("timeout 5 mio watch --events put --suffix .jpg play/my-bucket || true", "Some of them"),
)

_EVENTS = {"put": "s3:ObjectCreated:*", "delete": "s3:ObjectRemoved:*", "get": "s3:ObjectAccessed:*"}
_COLUMNS = (Column("time", "text", 24), Column("event", "text", 28), SIZE, Column("name", "name"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("place", metavar="ADDRESS", help="a bucket, or a prefix")
    parser.add_argument(
        "--events", metavar="LIST", default="put,delete", help="put, delete, get, or S3's names (put,delete)"
    )
    parser.add_argument("--suffix", metavar="TEXT", default="", help="only keys that end like this")
    parser.add_argument("--count", metavar="N", type=flags.whole, help="end after N events")
    parser.add_argument("-r", "--recursive", action="store_true", help=argparse.SUPPRESS)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command until Ctrl-C."""
    place = context.remote(arguments.place)
    events = [_EVENTS.get(name, name) for name in arguments.events.split(",")]
    seen = 0
    found = context.client(place).listen_bucket_notification(place.bucket, place.key, arguments.suffix, events)
    with found:
        for event in found:
            for record in event.get("Records", []):
                _show(context, place, record)
                seen += 1
                if arguments.count and seen >= arguments.count:
                    return 0
    return 0


def _show(context: Context, place: Remote, record: dict[str, Any]) -> None:
    item = record.get("s3", {}).get("object", {})
    key = unquote_plus(item.get("key", ""))
    name, moment = record.get("eventName", ""), record.get("eventTime", "")
    context.output.row(_COLUMNS, (moment, name, item.get("size"), key))
    context.output.record(
        "event", key=key, source=place.at(key), event=name, time=moment, size=item.get("size"), etag=item.get("eTag")
    )
    context.output.flush()
