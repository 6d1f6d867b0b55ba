"""`mio rm`: remove objects."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from minio.error import MethodNotAllowed, NoSuchKey, NoSuchVersion

from .. import flags, formats, removing, selecting, wildcards
from ..addresses import Remote
from ..context import Context
from ..errors import DeleteRefused, NotFound, UsageProblem

if TYPE_CHECKING:
    from minio.datatypes import Object
    from minio.sync import Minio

DESCRIPTION = """\
Never touches local files. -r and patterns ask before they remove; without a
terminal they need --yes. In a bucket with versions, an object is hidden by a
delete marker, which `mio undo` takes away; --all-versions removes for good."""

EXAMPLES = (
    ("mio rm s3://my-bucket/report.pdf", "Remove an object"),
    ("mio rm --dry-run -r s3://my-bucket/photos/", "See what would be removed"),
    ("mio rm -r --yes play/my-bucket/photos", "Remove everything below a prefix"),
    ("mio rm --yes 's3://my-bucket/photos/**/*.jpg'", "Remove what matches a pattern"),
    ("mio find s3://my-bucket --name '*.jpg' -0 | mio rm --yes --files-from -", "Remove what was found"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="*", metavar="ADDRESS", help="an object, or a pattern; with -r a prefix")
    flags.add_recursive(parser)
    parser.add_argument("-f", "--force", action="store_true", help="no error if an object does not exist")
    parser.add_argument("--dangerous", action="store_true", help=argparse.SUPPRESS)
    flags.add_dry_run(parser)
    flags.add_versions(parser)
    parser.add_argument("--bypass", action="store_true", help="also versions locked in governance mode")
    parser.add_argument("-I", "--incomplete", action="store_true", help="uploads that were not completed instead")
    parser.add_argument("--files-from", metavar="FILE", help="- or a file: addresses, each followed by NUL")
    parser.add_argument("-j", "--jobs", metavar="N", type=flags.positive, help="requests at a time")
    flags.add_ages(parser)
    flags.add_filters(parser)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    if arguments.files_from is not None:
        places += [context.remote(text) for text in _listed(arguments.files_from)]
        arguments.raw = True
        if not arguments.dry_run:
            context.place = None
            context.confirm(f"Remove {formats.count(len(places), 'object')}")
    if not places:
        if arguments.files_from is not None:
            return 0
        raise UsageProblem("the address is missing", "mio rm --help")
    _check_version(arguments, places)
    for place in places:
        if not (place.key or arguments.recursive or arguments.incomplete):
            context.place = None
            raise UsageProblem(f"{place} is a bucket", f"use `mio rm -r {place}` or `mio rb {place}`")
    context.each(places, lambda place: _remove(context, context.client(place), place, arguments))
    return 0


def _check_version(arguments: argparse.Namespace, places: list[Remote]) -> None:
    """Refuse a version of what is not one object.

    Raises:
        UsageProblem: It is.
    """
    several = len(places) > 1 or any(not arguments.raw and wildcards.is_pattern(place.key) for place in places)
    if arguments.version_id and (arguments.recursive or arguments.all_versions or several):
        raise UsageProblem("--version-id is for one object", "name one object, without -r and --all-versions")


def _listed(file: str) -> Iterator[str]:
    import os

    from ..listed_files import records

    return (os.fsdecode(record) for record in records(file) if record)


def _remove(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    if arguments.incomplete:
        _remove_uploads(context, client, place, arguments)
        return
    literal = selecting.is_literal(client, place, arguments.raw)
    if literal and place.key and not arguments.recursive:
        if not arguments.raw and wildcards.is_pattern(place.key):
            context.output.note(f"mio: rm: {place} is the name of an object; only this one is removed")
        _remove_one(context, client, place, arguments)
        return
    if literal:
        _check_prefix(client, place)
    found = _found(client, place, arguments)
    items = _selected(found, arguments)
    if arguments.dry_run:
        removing.would(context, place, items)
        return
    _confirm(context, place, arguments, literal)
    counts = context.output.counts
    before = counts.deleted
    if literal and not found.literal and _is_plain(context, arguments):
        _remove_prefix(context, client, place, arguments)
    else:
        removing.remove(context, client, place, items, arguments.bypass, arguments.jobs)
    context.output.note(f"mio: rm: {formats.count(counts.deleted - before, 'object')} removed")


def _check_prefix(client: Minio, place: Remote) -> None:
    """Find out whether the bucket exists: removing nothing from a mistyped one is not a success."""
    client.head_bucket(place.bucket)


def _confirm(context: Context, place: Remote, arguments: argparse.Namespace, literal: bool) -> None:
    versions = ", all versions," if arguments.all_versions else ""
    if literal and not place.key:
        context.confirm(f"Remove all objects{versions} in {place}", place.bucket)
    elif literal:
        context.confirm(f"Remove everything{versions} below {place}")
    else:
        context.confirm(f"Remove what matches {place}{versions}")


def _remove_one(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    if arguments.all_versions:
        _remove_versions(context, client, place, arguments)
        return
    version = arguments.version_id
    try:
        found = client.stat_object(place.bucket, place.key, version_id=version)
    except (NoSuchKey, NoSuchVersion):
        if arguments.force:
            return
        raise NotFound(f"{place}: the object does not exist", f"mio ls {shlex.quote(f'{place}**')}") from None
    except MethodNotAllowed:  # the version is a delete marker
        found = None
    name = place.key.rpartition("/")[2]
    if found is not None and not (selecting.has_age(found, arguments) and selecting.names(arguments)(name)):
        context.output.item("remove", "skipped", place, reason="the flags leave it alone", key=place.key)
        return
    if arguments.dry_run:
        context.output.item("remove", "would", place, key=place.key, version_id=version)
        return
    item = (place.key, version) if version else place.key
    for error in client.remove_objects(place.bucket, [item], bypass_governance_mode=arguments.bypass):
        context.output.fail(DeleteRefused(str(error.code), str(error.message)), "remove", place)
        return
    context.output.item("remove", "done", place, key=place.key, version_id=version)


def _remove_versions(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    found = client.list_objects(place.bucket, place.key, include_version=True)
    items = [item for item in found if item.object_name == place.key and selecting.has_age(item, arguments)]
    if not items and not arguments.force:
        raise NotFound(f"{place}: the object does not exist")
    if arguments.dry_run:
        removing.would(context, place, items)
    elif items:
        context.confirm(f"Remove all {formats.count(len(items), 'version')} of {place}")
        removing.remove(context, client, place, items, arguments.bypass)


def _found(client: Minio, place: Remote, arguments: argparse.Namespace) -> selecting.Listed:
    """Return the objects that the address means.

    Raises:
        NotFound: There are none, the address is not a prefix, and --force is not given.
    """
    found = selecting.listed(
        client,
        place,
        recursive=True,
        below=arguments.recursive,
        versions=arguments.all_versions,
        raw=arguments.raw,
    )
    return found if arguments.force else replace(found, items=selecting.existing(found, place))


def _selected(found: selecting.Listed, arguments: argparse.Namespace) -> Iterator[Object]:
    """Return the objects that the flags select."""
    selects = selecting.names(arguments)
    return (
        item
        for item in found.items
        if selecting.has_age(item, arguments) and selects(item.object_name[len(found.root) :] or item.object_name)
    )


def _is_plain(context: Context, arguments: argparse.Namespace) -> bool:
    """Return whether everything below a prefix goes, and no object needs a line of its own."""
    filters = (arguments.filters, arguments.older_than, arguments.newer_than)
    return not any(filters) and not context.output.verbose and not context.output.json


def _remove_prefix(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    with context.progress() as progress:
        summary = client.remove_prefix(
            place.bucket,
            place.key,
            all_versions=arguments.all_versions,
            whole_bucket=not place.key,
            bypass_governance_mode=arguments.bypass,
            jobs=arguments.jobs,
            progress=progress,
            raise_errors=False,
        )
    context.output.counts.deleted += summary.deleted
    for failure in summary.failures:
        context.output.fail(failure.error or failure.reason, "remove", place.at(failure.target or ""))


def _remove_uploads(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    uploads = list(client.list_incomplete_uploads(place.bucket, place.key, recursive=True))
    if not arguments.recursive and place.key:
        uploads = [upload for upload in uploads if upload.object_name == place.key]
    if not arguments.dry_run and uploads:
        context.confirm(f"Abort {formats.count(len(uploads), 'upload')} in {place}")
    for name in dict.fromkeys(upload.object_name for upload in uploads):
        if not arguments.dry_run:
            client.remove_incomplete_upload(place.bucket, name)
        status = "would" if arguments.dry_run else "done"
        context.output.item("remove", status, place.at(name), key=name, reason="incomplete upload")
