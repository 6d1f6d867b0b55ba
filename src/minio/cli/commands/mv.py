"""`mio mv`: move files and objects."""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

from minio._transfers import Stored, is_same_account

from .. import attributes, flags, single, transfers
from ..addresses import Local, Remote
from ..context import Context
from ..errors import Failed, UsageProblem
from ..moving import LocalRemoval, RemoteRemoval
from ..transfers import Place
from . import cp

DESCRIPTION = """\
Sources and targets are as in `mio cp`. A source is removed when its target is
complete and verified, and is still what was copied. Moving something onto
itself is refused, also through two addresses of one server."""

EXAMPLES = (
    ("mio mv s3://my-bucket/report.pdf s3://my-bucket/old/report.pdf", "Rename an object"),
    ("mio mv film.mkv s3://my-bucket/", "Upload a file and remove it"),
    ("mio mv -r s3://my-bucket/photos play/my-bucket/pictures", "Move what is below a prefix"),
    ("mio mv --dry-run 's3://my-bucket/photos/*.jpg' pictures/", "Only show what would be moved"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="a file, a directory, an object, or a pattern")
    parser.add_argument("target", metavar="TARGET", help="where it goes")
    flags.add_recursive(parser)
    flags.add_dry_run(parser)
    flags.add_raw(parser)
    flags.add_transfer(parser)
    flags.add_filters(parser)
    flags.add_ages(parser)
    flags.add_attributes(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    target = transfers.place(context, arguments.target)
    sources = [transfers.place(context, text) for text in arguments.sources]
    for source, text in zip(sources, arguments.sources, strict=True):
        transfers.check_one_remote(context, source, target, (text, arguments.target))
        cp.check_kind(context, source)
        _check_file(context, source)
    cp.check_distinct(context, sources, target)
    context.each(sources, lambda source: _move(context, source, target, len(sources) > 1))
    transfers.sum_up(context, "moved")
    return 0


def _check_file(context: Context, source: Place) -> None:
    """Refuse pipes and devices: they are read by their names, and the names are not to be removed.

    Raises:
        UsageProblem: The source is one.
    """
    path = source.path if isinstance(source, Local) else ""
    if path and os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
        context.place = None
        raise UsageProblem(f"{source} is neither a file nor a directory, and cannot be moved", "mio cp")


def _move(context: Context, source: Place, target: Place, several: bool) -> None:
    context.place = source
    sides = cp.sides_of(context, source, target)
    if sides is not None:
        _move_all(context, sides)
        return
    place = single.target_of(source, target, several)
    if single.is_same(context, source, place):
        raise UsageProblem(f"{source} and {place} are the same object: moving it would remove it")
    _move_one(context, source, place)


def _move_one(context: Context, source: Place, target: Place) -> None:
    if isinstance(source, Remote) and isinstance(target, Remote) and _may_move_on_server(context, source, target):
        _move_on_server(context, source, target)
        return
    before = None if context.arguments.dry_run else _look(context, source)
    stored = cp.copy_one(context, source, target)
    if stored is None:
        return
    if isinstance(target, Remote):
        _verify(context, target, stored)
    if _look(context, source) != before:
        raise Failed(f"{source} was changed while it was moved: it is copied, and not removed")
    _remove(context, source, stored)


def _may_move_on_server(context: Context, source: Remote, target: Remote) -> bool:
    given = context.arguments
    plain = not (given.dry_run or given.no_clobber or given.filters or given.older_than or given.newer_than)
    return plain and not attributes.are_given(given) and is_same_account(context.client(source), context.client(target))


def _move_on_server(context: Context, source: Remote, target: Remote) -> None:
    from minio.commonconfig import CopySource

    began = time.monotonic()
    moved = context.client(target).move_object(
        target.bucket, target.key, CopySource(source.bucket, source.key), part_size=context.arguments.part_size
    )
    size = context.client(target).stat_object(target.bucket, target.key).size
    context.output.item(
        "copy",
        "done",
        source,
        target,
        size=size,
        etag=moved.etag,
        version_id=moved.version_id,
        seconds=time.monotonic() - began,
    )


def _look(context: Context, place: Place) -> tuple[Any, ...]:
    """Return what tells whether a source is still the same."""
    if isinstance(place, Local):
        state = os.stat(place.path)
        return state.st_ino, state.st_size, state.st_mtime_ns
    found = context.client(place).stat_object(place.bucket, place.key)
    return found.etag, found.size, found.last_modified, found.version_id


def _verify(context: Context, target: Remote, stored: Stored) -> None:
    found = context.client(target).stat_object(target.bucket, target.key)
    if found.size != stored.size or (stored.etag and found.etag != stored.etag):
        raise Failed(f"{target} is not what was written: the source is not removed")


def _remove(context: Context, source: Place, stored: Stored) -> None:
    if isinstance(source, Local):
        os.unlink(source.path)
    else:
        context.client(source).remove_object(source.bucket, source.key)


def _move_all(context: Context, sides: transfers.Sides) -> None:
    _check_apart(context, sides)
    compare = "exists" if context.arguments.no_clobber else None
    plan = transfers.plan(context, sides, compare)
    if context.arguments.dry_run:
        transfers.show(context, sides, plan)
    elif isinstance(sides.source, Local):
        removal = LocalRemoval(context, sides.source.path)
        transfers.carry_out(context, sides, plan, removal.add)
        removal.finish()
    else:
        objects = RemoteRemoval(context, context.client(sides.source), sides.source)
        transfers.carry_out(context, sides, plan, objects.add)
        objects.finish()


def _check_apart(context: Context, sides: transfers.Sides) -> None:
    """Refuse sides that overlap, so that what was just written could be moved again or be removed.

    A pattern may move what it selects into a directory below its root, which the copy leaves out, or out of a directory
    of which it selects only the names themselves.

    Raises:
        UsageProblem: They overlap.
    """
    source, target = sides.source, sides.target
    if not (isinstance(source, Remote) and isinstance(target, Remote)) or source.bucket != target.bucket:
        return
    inside, outside = target.key.startswith(source.key), source.key.startswith(target.key)
    allowed = bool(sides.include) and source.key != target.key and (inside or sides.shallow)
    if (inside or outside) and not allowed and single.is_same(context, source.at(""), target.at("")):
        raise UsageProblem(f"{source} and {target} overlap: moving would remove what was just written")
