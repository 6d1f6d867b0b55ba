"""`mio diff`: in what two places differ."""

from __future__ import annotations

import argparse
import os

from .. import flags, transfers
from ..addresses import Local, Remote
from ..context import Context
from ..table import Column
from ..transfers import Place

DESCRIPTION = """\
Compares as `mio sync` does, and changes nothing. `<` is only in the first
place, `>` only in the second, and `≠` in both with other content. What cannot
be compared fails: a file that cannot be read, a key that cannot be a file. The
exit status is 1 if they differ, or if something failed."""

EXAMPLES = (
    ("mio diff album s3://my-bucket/album || true", "What a sync would upload and remove"),
    ("mio diff --checksum s3://my-bucket/photos play/my-bucket/photos/2024 || true", "Compare the contents"),
)

_COLUMNS = (Column("side", "text", 1), Column("name", "name"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("source", metavar="FIRST", help="a directory, or a prefix")
    parser.add_argument("target", metavar="SECOND", help="a directory, or a prefix")
    flags.add_compare(parser)
    flags.add_filters(parser)
    flags.add_null(parser)
    flags.add_raw(parser)
    parser.add_argument("-r", "--recursive", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(
        bad_names="error",
        case_conflict="error",
        empty_dirs=False,
        preserve=False,
        follow_symlinks=True,
        limit_upload=None,
        limit_download=None,
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    source, target = transfers.place(context, arguments.source), transfers.place(context, arguments.target)
    transfers.check_one_remote(context, source, target, (arguments.source, arguments.target))
    context.place = source
    sides = transfers.whole(context, source, target)
    if isinstance(source, Remote) and sides.include:
        transfers.nonempty(context, sides, source, below=True)
    else:
        transfers.check_exists(context, source)
    transfers.check_exists(context, target)
    plan = transfers.plan(
        context, sides, flags.compare_of(arguments), delete=True, allow_empty_source=True, max_delete="100%"
    )
    if isinstance(target, Local):
        _fail_bad_names(context, sides.include, target)
    differences = 0
    for action in plan:
        if action.kind in ("skip", "make_directory"):
            continue
        if action.kind == "warn":
            context.output.warn(action.reason, action.source)
            continue
        if action.kind == "fail":
            ends = _address(sides.source, action.source), _address(sides.target, action.target)
            context.output.fail(action.reason, "difference", *ends)
            continue
        differences += 1
        sign = ">" if action.kind == "delete" else "<" if action.replaces is None else "≠"
        context.output.row(_COLUMNS, (sign, action.name))
        context.output.record(
            "difference",
            status={"<": "source", ">": "target", "≠": "both"}[sign],
            key=action.name,
            source=_address(sides.source, action.source),
            target=_address(sides.target, action.target),
            size=action.size,
            reason=action.reason,
        )
    return 1 if differences else 0


def _fail_bad_names(context: Context, include: list[str], target: Local) -> None:
    """Report the files of the second place whose names no key can have. A plan leaves them out: they stay."""
    from minio._core.transfer.directory.order import BAD_NAME
    from minio._core.transfer.directory.patterns import Rules
    from minio._core.transfer.directory.walk import Walk

    rules = Rules.of(include, context.arguments.filters)
    for entries in Walk(target.path, rules, follow=False).batches():
        for name, _, _, reason, kind, _ in entries:
            if kind == BAD_NAME:
                context.output.fail(reason, "difference", None, Local(os.path.join(target.path, name)))


def _address(side: Place, name: str | None) -> Place | None:
    if name is None:
        return None
    return side.at(name) if isinstance(side, Remote) else Local(name)
