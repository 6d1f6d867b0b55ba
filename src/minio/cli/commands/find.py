"""`mio find`: objects by name, size and age."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import flags, selecting, wildcards
from ..context import Context
from ..table import NAME, VERSION

if TYPE_CHECKING:
    from minio.datatypes import Object

DESCRIPTION = """\
Prints the addresses of the objects that fulfil all conditions. There is no
--exec: use -0 and xargs. With --all-versions the version is in front of each
address."""

EXAMPLES = (
    ("mio find s3://my-bucket --name '*.jpg'", "By the last part of the name"),
    ("mio find s3://my-bucket --path 'photos/**' --smaller 1MiB", "By the whole name, and by size"),
    ("mio find play/my-bucket --larger 10 --newer-than 7d", "By size and age"),
    ("mio find s3://my-bucket --name '*.jpg' -0 | xargs -0 mio stat", "Run another program"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="ADDRESS", help="a bucket, a prefix, or a pattern")
    parser.add_argument(
        "--name", metavar="P", action="append", default=[], help="a pattern of the last part of the key"
    )
    parser.add_argument("--path", metavar="P", action="append", default=[], help="a pattern of the key below ADDRESS")
    parser.add_argument(
        "--regex", metavar="R", action="append", default=[], help="a regular expression that the key contains"
    )
    parser.add_argument("--ignore", metavar="P", action="append", default=[], help="leave out keys of this pattern")
    parser.add_argument("--larger", metavar="SIZE", type=flags.size, help="larger than this")
    parser.add_argument("--smaller", metavar="SIZE", type=flags.size, help="smaller than this")
    flags.add_recursive(parser, argparse.SUPPRESS)  # always
    flags.add_ages(parser)
    flags.add_null(parser)
    parser.add_argument("--limit", metavar="N", type=flags.whole, help="end after N objects")
    flags.add_versions(parser, one=False)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    fits = _conditions(arguments)
    left = arguments.limit
    for remote in places:
        context.place = remote
        found = selecting.listed(
            context.reader(remote),
            remote,
            recursive=True,
            below=True,
            versions=arguments.all_versions,
            raw=arguments.raw,
        )
        for item in selecting.existing(found, remote):
            if left == 0:
                return 0
            if fits(item, item.object_name[len(found.root) :]):
                left = None if left is None else left - 1
                place = remote.at(item.object_name)
                if arguments.all_versions:
                    context.output.row((VERSION, NAME), (item.version_id, str(place)))
                else:
                    context.output.row((NAME,), (str(place),))
                context.output.record(
                    "object",
                    key=item.object_name,
                    source=place,
                    size=item.size,
                    etag=item.etag,
                    modified=item.last_modified,
                    version_id=item.version_id,
                    deleted=True if item.is_delete_marker else None,
                )
    return 0


def _conditions(arguments: argparse.Namespace) -> Callable[[Object, str], bool]:
    """Return what decides about an object and its name below the address."""
    import re

    from ..errors import UsageProblem

    names = [wildcards.matcher(pattern) for pattern in arguments.name]
    paths = [wildcards.matcher(pattern) for pattern in arguments.path]
    ignored = [wildcards.matcher(pattern) for pattern in arguments.ignore]
    try:
        expressions = [re.compile(text) for text in arguments.regex]
    except re.error as error:
        raise UsageProblem(f"--regex: {error}") from error

    def fits(item: Object, name: str) -> bool:
        size = item.size or 0
        return (
            (not names or any(matches(name.rstrip("/").rpartition("/")[2]) for matches in names))
            and (not paths or any(matches(name) for matches in paths))
            and all(expression.search(name) for expression in expressions)
            and not any(matches(name) for matches in ignored)
            and (arguments.larger is None or size > arguments.larger)
            and (arguments.smaller is None or size < arguments.smaller)
            and selecting.has_age(item, arguments)
        )

    return fits
