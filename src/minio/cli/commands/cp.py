"""`mio cp`: copy files and objects."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, replace

from minio._transfers import Stored, is_same_server

from .. import attributes, flags, single, transfers, wildcards
from ..addresses import Local, Remote, Stream, base_name
from ..context import Context
from ..errors import BadSource, NotFound, UsageProblem
from ..selecting import has_age, has_time, is_literal
from ..transfers import Place

DESCRIPTION = """\
With -r the contents of the source go under the target. A slash at the end of
the source changes nothing, and nothing depends on whether the target exists.
Without -r, a target that ends with a slash, a bucket or an existing directory
takes the source under its own name; any other target is the exact name.
Nothing is compared: see `mio sync` for that."""

EXAMPLES = (
    ("mio cp report.pdf s3://my-bucket/", "Upload a file"),
    ("mio cp s3://my-bucket/report.pdf copy.pdf", "Download an object under another name"),
    ("mio cp -r album play/my-bucket/album", "Upload a directory"),
    ("mio cp -r s3://my-bucket/photos photos", "Download what is below a prefix"),
    ("mio cp 's3://my-bucket/photos/**/*.jpg' pictures/", "Download what matches a pattern"),
    ("mio cp s3://my-bucket/report.pdf play/my-bucket/copy.pdf", "Copy between servers"),
    ("mio cp -n report.pdf s3://my-bucket/", "Leave an object alone that exists"),
    ("mio cp --metadata author=me --tags state=new report.pdf s3://my-bucket/", "With metadata and tags"),
    ("mio cp -r --dry-run --exclude '*.tmp' album s3://my-bucket/album", "Only show what would be done"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="a file, a directory, an object, or a pattern")
    parser.add_argument("target", nargs="?", metavar="TARGET", help="where it goes")
    flags.add_recursive(parser)
    flags.add_dry_run(parser)
    flags.add_versions(parser, all=False)
    flags.add_raw(parser)
    parser.add_argument(
        "--files-from",
        metavar="FILE",
        help="- or a file: names below SOURCE, each followed by NUL, or JSON lines with source and target",
    )
    parser.add_argument("--checkpoint", metavar="FILE", help="with -r: record what is done, to go on from there")
    flags.add_transfer(parser)
    flags.add_filters(parser)
    flags.add_ages(parser)
    flags.add_attributes(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.target is None and arguments.sources:  # the parser gives the first list all that it can
        arguments.target = arguments.sources.pop()
    if arguments.files_from is not None:
        from ..listed_files import run as run_listed

        return run_listed(context, arguments)
    if not arguments.sources or arguments.target is None:
        raise UsageProblem("the source or the target is missing", "mio cp SOURCE TARGET")
    if "-" in (*arguments.sources, arguments.target):
        return _stream(context, arguments)
    target = transfers.place(context, arguments.target)
    sources = [transfers.place(context, text) for text in arguments.sources]
    for source, text in zip(sources, arguments.sources, strict=True):
        transfers.check_one_remote(context, source, target, (text, arguments.target))
        check_kind(context, source)
    check_distinct(context, sources, target)
    context.each(sources, lambda source: _copy(context, source, target, len(sources) > 1))
    transfers.sum_up(context, "copied")
    return 0


def check_kind(context: Context, source: Place) -> None:
    """Refuse a directory or a prefix without -r, and a version with it.

    Raises:
        UsageProblem: It is one.
    """
    context.place = source
    if context.arguments.recursive:
        if getattr(context.arguments, "version_id", None):
            raise UsageProblem("--version-id is for one object, and -r for all", "leave out one of them")
        return
    if isinstance(source, Local) and os.path.isdir(source.path):
        raise UsageProblem(f"{source} is a directory", f"mio {context.output.command} -r")
    if isinstance(source, Remote) and source.is_into:
        raise UsageProblem(f"{source} is not one object", f"mio {context.output.command} -r")


def check_distinct(context: Context, sources: list[Place], target: Place) -> None:
    """Refuse several sources of which two have the same target, or of which one would be replaced before it is read.

    Raises:
        UsageProblem: There are such sources.
    """
    if len(sources) < 2:
        return
    taken: dict[str, Place] = {}
    read: dict[str, Place] = {}
    for source in sources:
        context.place = source
        if isinstance(source, Local) and not os.path.lexists(source.path):
            continue  # it fails by itself
        try:
            steps = list(_steps(context, source, target, sides_of(context, source, target)))
        except (NotFound, BadSource):
            continue
        for origin, name in steps:
            if taken.setdefault(name, source) is not source:
                raise _clash(context, f"{taken[name]} and {source} both go to {name}")
            read[origin] = source
    for name in taken.keys() & read.keys():
        if read[name] is not taken[name]:
            raise _clash(context, f"{taken[name]} goes to {name}, which is a source too")


def _clash(context: Context, problem: str) -> UsageProblem:
    context.place = None
    return UsageProblem(problem, "copy them one by one")


def _steps(context: Context, source: Place, target: Place, sides: transfers.Sides | None) -> Iterator[tuple[str, str]]:
    """Return what is read and what is written. On the server of the target, both are addresses of the same form."""
    if sides is None:
        place = single.target_of(source, target, True)
        yield _named(context, source, target), _named(context, place, target)
        return
    for action in transfers.plan(context, sides, None):
        if action.target is not None and action.kind not in ("skip", "warn", "fail"):
            ends = _at(sides.source, action.source or ""), _at(sides.target, action.target)
            yield _named(context, ends[0], target), _named(context, ends[1], target)


def _at(side: Place, name: str) -> Place:
    return side.at(name) if isinstance(side, Remote) else Local(name)


def _named(context: Context, place: Place, target: Place) -> str:
    if isinstance(place, Local):
        return os.path.abspath(place.path)
    if isinstance(target, Remote) and is_same_server(context.client(place), context.client(target)):
        return str(replace(place, alias=target.alias))
    return str(place)


def _copy(context: Context, source: Place, target: Place, several: bool) -> None:
    context.place = source
    sides = sides_of(context, source, target)
    if sides is not None:
        compare = "exists" if context.arguments.no_clobber else None
        plan = transfers.plan(context, sides, compare)
        if context.arguments.dry_run:
            transfers.show(context, sides, plan)
        else:
            transfers.carry_out(context, sides, plan)
        return
    if context.arguments.checkpoint:
        raise UsageProblem(f"--checkpoint is for several objects, and {source} is one", "leave it out")
    place = single.target_of(source, target, several)
    changes = context.arguments.version_id or attributes.are_given(context.arguments)
    if single.is_same(context, source, place) and not changes:
        raise UsageProblem(f"{source} and {place} are the same object")
    copy_one(context, source, place)


def sides_of(context: Context, source: Place, target: Place) -> transfers.Sides | None:
    """Return the sides if a source means several names: a directory, a prefix or a pattern; None for one object.

    Raises:
        UsageProblem: There may be several, and the target is one name.
    """
    given = context.arguments
    if isinstance(source, Local):
        return transfers.whole(context, source, target) if given.recursive and os.path.isdir(source.path) else None
    client = context.reader(source)
    if not is_literal(client, source, given.raw):
        if given.recursive:
            return transfers.nonempty(context, transfers.whole(context, source, target), source, below=True)
        wildcards.matcher(source.key)
        _check_into(source, target)
        return transfers.nonempty(context, transfers.matching(source, target), source)
    if not given.recursive:
        return None
    if source.is_into or next(iter(client.list_objects(source.bucket, f"{source.key}/", max_keys=1)), None):
        return transfers.whole(context, source, target)
    return None


def _check_into(source: Remote, target: Place) -> None:
    if isinstance(target, Remote):
        if not target.is_into:
            raise UsageProblem(f"{source} may be several objects, and {target} is one", f"{target}/")
    elif os.path.lexists(target.path) and not os.path.isdir(target.path):
        raise UsageProblem(f"{source} may be several objects, and {target} is a file")


def copy_one(context: Context, source: Place, target: Place) -> Stored | None:
    """Copy one object, and report it."""
    kind = transfers.Sides(source, target).direction
    if not _is_selected(context, source):
        context.output.item(kind, "skipped", source, target, reason="the flags leave it alone")
        return None
    if not _has_age(context, source):
        context.output.item(kind, "skipped", source, target, reason="its age")
        return None
    if context.arguments.dry_run:
        _show(context, kind, source, target)
        return None
    began = time.monotonic()
    stored = single.copy(context, source, target)
    if stored is None:
        context.output.item(kind, "skipped", source, target, reason="it exists")
        return None
    seconds = time.monotonic() - began
    context.output.item(kind, "done", source, target, **asdict(stored), seconds=seconds)
    return stored


def _show(context: Context, kind: str, source: Place, target: Place) -> None:
    """Show what would be done. A source that does not exist, and a target that is left alone, are found out."""
    from stat import S_ISREG

    if isinstance(source, Local):
        found = os.stat(source.path)
        size = found.st_size if S_ISREG(found.st_mode) else None
    else:
        version = getattr(context.arguments, "version_id", None)
        size = context.client(source).stat_object(source.bucket, source.key, version_id=version).size
    if context.arguments.no_clobber and single.exists(context, target):
        context.output.item(kind, "skipped", source, target, reason="it exists")
    else:
        context.output.item(kind, "would", source, target, size=size)


def _is_selected(context: Context, source: Place) -> bool:
    from .. import selecting

    return not context.arguments.filters or selecting.names(context.arguments)(base_name(source))


def _has_age(context: Context, source: Place) -> bool:
    given = context.arguments
    if given.older_than is None and given.newer_than is None:
        return True
    if isinstance(source, Local):
        return has_time(os.stat(source.path).st_mtime_ns, given)
    version = getattr(given, "version_id", None)
    return has_age(context.reader(source).stat_object(source.bucket, source.key, version_id=version), given)


def _stream(context: Context, arguments: argparse.Namespace) -> int:
    """Copy from standard input or to standard output, as `pipe` and `cat` do."""
    from . import cat, pipe

    if len(arguments.sources) != 1:
        raise UsageProblem("- stands for one object")
    _check_stream_flags(arguments)
    source, target = context.address(arguments.sources[0]), context.address(arguments.target)
    if isinstance(source, Stream) and isinstance(target, Remote):
        arguments.target = str(target)
        return pipe.run(context, arguments)
    if isinstance(source, Remote) and isinstance(target, Stream):
        if context.output.json:
            raise UsageProblem("the content of an object is not JSON", "mio stat --json")
        if arguments.dry_run:
            copy_one(context, source, Local("-"))
            return 0
        return cat.copy(context, source)
    raise UsageProblem("one side must be an object", "s3://BUCKET/KEY")


def _check_stream_flags(given: argparse.Namespace) -> None:
    """Refuse flags about several names, or about a name or a time, which a stream does not have.

    Raises:
        UsageProblem: There are such flags.
    """
    wrong = {
        "-r": given.recursive,
        "--checkpoint": given.checkpoint,
        "--include and --exclude": given.filters,
        "--older-than and --newer-than": given.older_than is not None or given.newer_than is not None,
    }
    for name, value in wrong.items():
        if value:
            raise UsageProblem(f"- stands for one object: {name} cannot be given with it")
