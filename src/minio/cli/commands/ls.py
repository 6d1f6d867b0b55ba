"""`mio ls`: buckets, and the objects in a bucket."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from .. import flags, formats, selecting
from ..addresses import Remote
from ..context import Context
from ..errors import NotFound, UsageProblem
from ..table import NAME, SIZE, TIME, VERSION, Column

if TYPE_CHECKING:
    from minio.datatypes import Object

DESCRIPTION = """\
Names are relative to the address; -0 and --json have whole keys, and
`mio find -0` has addresses, for other commands.

A prefix ends with a slash: s3://bucket/photos/ lists what is below it, and
nothing if there is nothing. Without the slash it is one object or a directory
of this name; exit status 3 if there is neither."""

EXAMPLES = (
    ("mio ls", "List the buckets"),
    ("mio ls s3://my-bucket/photos/", "List what is directly below a prefix"),
    ("mio ls -r play/my-bucket", "List all objects"),
    ("mio ls 's3://my-bucket/photos/**/*.jpg'", "List what matches a pattern"),
    ("mio ls -r0 s3://my-bucket | xargs -0 -n1 echo", "Names for another program, whatever they contain"),
    ("mio ls --json -r s3://my-bucket | head -1", "The same as JSON"),
    ("mio ls --tree s3://my-bucket", "Draw a tree"),
)

_OBJECT = (TIME, SIZE, NAME)
_BUCKET = (Column("created", "time", 16), Column("name", "name"))
_UPLOAD = (Column("initiated", "time", 16), SIZE, Column("upload", "text", 34), NAME)
_VERSION = (TIME, SIZE, VERSION, NAME)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="*", metavar="ADDRESS", help="a bucket, a prefix, an object, or a pattern")
    flags.add_recursive(parser, "everything below, not only one level")
    parser.add_argument("-1", "--names", action="store_true", help="only names, a line each")
    flags.add_null(parser)
    parser.add_argument("-l", "--long", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-H", "--human-readable", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-s", "--summarize", action="store_true", help="numbers at the end")
    parser.add_argument("--tree", action="store_true", help="draw a tree")
    parser.add_argument("--limit", metavar="N", type=flags.whole, help="no more than N rows for each address")
    _incomplete(parser)
    flags.add_versions(parser, one=False)
    flags.add_raw(parser)


def _incomplete(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-I", "--incomplete", action="store_true", help="uploads that were not completed")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    _check_names(arguments)
    if arguments.tree:
        arguments.recursive = True
    context.output.units = arguments.human_readable
    places = [context.remote(text, bucket=False) for text in arguments.places or ["s3://"]]
    context.each(places, lambda remote: _list(context, remote, arguments))
    if arguments.summarize:
        extra = context.output.counts.extra
        sizes = formats.size(extra.get("bytes_listed", 0))
        context.output.line(f"{formats.count(extra.get('objects', 0), 'object')}, {sizes}")
    return 0


def _check_names(arguments: argparse.Namespace) -> None:
    """Refuse what would be no name between names.

    Raises:
        UsageProblem: It is asked for.
    """
    for name in ("null", "names"):
        for other in ("summarize", "tree"):
            if getattr(arguments, name) and getattr(arguments, other) and not arguments.json:
                raise UsageProblem(f"{'-0' if name == 'null' else '-1'} writes names only", f"leave out --{other}")


def _list(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    if not remote.bucket:
        _list_buckets(context, remote, arguments)
    elif arguments.incomplete:
        _list_uploads(context, remote, arguments)
    else:
        _list_objects(context, remote, arguments)


def _list_buckets(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    for bucket in islice(context.reader(remote).list_buckets(), arguments.limit):
        place = Remote(remote.alias, bucket.name)
        context.output.record("bucket", key=bucket.name, source=place, created=bucket.creation_date)
        if arguments.names or arguments.null:
            context.output.row((NAME,), (bucket.name,))
        else:
            context.output.row(_BUCKET, (bucket.creation_date, bucket.name), "directory")


def _list_objects(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    found = selecting.listed(
        context.reader(remote),
        remote,
        recursive=arguments.recursive,
        below=arguments.recursive,
        versions=arguments.all_versions,
        raw=arguments.raw,
    )
    items = islice(found.items, arguments.limit)
    empty = True
    if arguments.tree and not context.output.json:
        empty = not _draw(context, found.root, items)
    else:
        for item in items:
            empty = False
            _show(context, remote, item, found.root, arguments)
    if empty and not found.may_be_empty:
        raise NotFound(
            f"{remote}: no object or prefix has this name", _prefix_hint(remote) if not found.pattern else ""
        )


def _prefix_hint(remote: Remote) -> str:
    return f"mio ls {shlex.quote(f'{remote}**')}"


def _show(context: Context, remote: Remote, item: Object, root: str, arguments: argparse.Namespace) -> None:
    output = context.output
    name = item.object_name if output.null else item.object_name[len(root) :] or item.object_name
    is_prefix = item.is_dir and item.last_modified is None and not item.is_delete_marker
    _count(context, item, is_prefix)
    if output.json:
        output.record("prefix" if is_prefix else "object", **_fields(remote, item, is_prefix))
    elif arguments.names or output.null:
        output.row((NAME,), (name,))
    elif arguments.all_versions:
        size = "(deleted)" if item.is_delete_marker else None if is_prefix else item.size
        output.row(_VERSION, (item.last_modified, size, item.version_id, name))
    elif is_prefix:
        output.row(_OBJECT, (None, None, name), "directory")
    else:
        output.row(_OBJECT, (item.last_modified, item.size, name))


def _count(context: Context, item: Object, is_prefix: bool) -> None:
    extra = context.output.counts.extra
    if not is_prefix:
        extra["objects"] = extra.get("objects", 0) + 1
        extra["bytes_listed"] = extra.get("bytes_listed", 0) + (item.size or 0)


def _fields(remote: Remote, item: Object, is_prefix: bool) -> dict[str, Any]:
    fields = {"key": item.object_name, "source": remote.at(item.object_name)}
    if is_prefix:
        return fields
    return {
        **fields,
        "size": item.size,
        "etag": item.etag,
        "modified": item.last_modified,
        "version_id": item.version_id,
        "storage_class": item.storage_class,
        "deleted": True if item.is_delete_marker else None,
    }


def _list_uploads(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    found = context.reader(remote).list_incomplete_uploads(remote.bucket, remote.key, recursive=True)
    for upload in islice(found, arguments.limit):
        if arguments.names:
            context.output.row((NAME,), (upload.object_name,))
        else:
            context.output.row(_UPLOAD, (upload.initiated, upload.size, upload.upload_id, upload.object_name))
        context.output.record(
            "upload",
            status="incomplete",
            key=upload.object_name,
            target=remote.at(upload.object_name),
            size=upload.size,
            upload_id=upload.upload_id,
            initiated=upload.initiated,
        )


def _draw(context: Context, root: str, items: Iterator[Object]) -> bool:
    """Draw a tree, and return whether there was anything.

    It needs to know whether a name is the last one at its level, so it is drawn at the end.
    """
    tree: dict[str, Any] = {}
    for item in items:
        level = tree
        for segment in item.object_name[len(root) :].split("/"):
            level = level.setdefault(segment, {})
    for line in _branches(tree, ""):
        context.output.line(line)
    return bool(tree)


def _branches(tree: dict[str, Any], indent: str) -> Iterator[str]:
    from minio._core.printable import printable

    names = [name for name in tree if name]
    for name in names:
        last = name == names[-1]
        slash = "/" if tree[name] else ""
        yield f"{indent}{'└── ' if last else '├── '}{printable(name)}{slash}"
        yield from _branches(tree[name], indent + ("    " if last else "│   "))
