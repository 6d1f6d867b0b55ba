"""`mio sync`: make a target like its source."""

from __future__ import annotations

import argparse
import os

from .. import flags, transfers
from ..addresses import Local, Remote
from ..context import Context
from ..errors import NotFound, UsageProblem

DESCRIPTION = """\
Transfers what is missing or differs; the contents of the source go under the
target. Sizes, times and, where these do not tell, contents are compared.
--delete also removes what the source does not have, after everything else and
only if nothing failed: never if the source is empty, and not more than half of
the target unless --max-delete allows it."""

EXAMPLES = (
    ("mio sync album s3://my-bucket/album", "Upload what is new or changed"),
    ("mio sync --delete --dry-run album play/my-bucket/album", "See what would be removed as well"),
    ("mio sync --delete --exclude 'keep/**' album s3://my-bucket/album", "Leave some names alone"),
    ("mio sync s3://my-bucket/photos photos", "Download"),
    ("mio sync --checksum s3://my-bucket/photos play/my-bucket/backup", "Copy; compare the contents"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("source", metavar="SOURCE", help="a directory, or a prefix")
    parser.add_argument("target", metavar="TARGET", help="a directory, or a prefix")
    flags.add_dry_run(parser)
    flags.add_compare(parser)
    flags.add_delete(parser)
    flags.add_raw(parser)
    parser.add_argument("--last", metavar="P", action="append", default=[], help="names to transfer after all others")
    parser.add_argument("--checkpoint", metavar="FILE", help="record what is done, to go on from there")
    parser.add_argument("-r", "--recursive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--overwrite", action="store_true", help=argparse.SUPPRESS)
    flags.add_filters(parser)
    flags.add_ages(parser)
    flags.add_transfer(parser)
    flags.add_attributes(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    source, target = transfers.place(context, arguments.source), transfers.place(context, arguments.target)
    context.place = source
    transfers.check_one_remote(context, source, target, (arguments.source, arguments.target))
    if isinstance(source, Local) and not os.path.isdir(source.path):
        problem = (
            f"the source {source} is not a directory"
            if os.path.lexists(source.path)
            else f"the source {source} does not exist"
        )
        missing = not os.path.lexists(source.path) and not arguments.delete
        raise NotFound(problem) if missing else UsageProblem(problem)
    sides = transfers.whole(context, source, target)
    if isinstance(source, Remote) and not arguments.allow_empty_source:
        _check_prefix(context, sides, source)
    plan = transfers.plan(
        context,
        sides,
        flags.compare_of(arguments),
        delete=arguments.delete,
        delete_excluded=arguments.delete_excluded,
        max_delete=arguments.max_delete,
        allow_empty_source=arguments.allow_empty_source,
        last=arguments.last,
    )
    if arguments.dry_run:
        transfers.show(context, sides, plan)
    else:
        transfers.carry_out(context, sides, plan)
    transfers.sum_up(context, "transferred")
    return 0


def _check_prefix(context: Context, sides: transfers.Sides, source: Remote) -> None:
    """Refuse a source that is no prefix. One that ends with a slash may be empty, if nothing is removed.

    Raises:
        NotFound: Nothing is below it, or nothing matches its pattern.
        UsageProblem: It is one object, or names would be removed because nothing is below it.
    """
    if sides.include:
        transfers.nonempty(context, sides, source, below=True)
        return
    try:
        transfers.check_exists(context, source)
    except NotFound as error:
        if context.arguments.delete:
            raise UsageProblem(str(error)) from error
        raise
