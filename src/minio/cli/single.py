"""The transfer of one object: where it goes, and the flags as the library takes them."""

from __future__ import annotations

import argparse
import os

from minio._transfers import (
    Stored,
    Writing,
    copy as copy_object,
    download,
    file_name,
    is_same_server,
    upload,
)

from . import attributes
from .addresses import Address, Local, Remote, base_name
from .context import Context
from .errors import BadSource, UsageProblem
from .transfers import Place, Sides, clients, limit


def target_of(source: Place, target: Place, several: bool) -> Place:
    """Return where one source goes: below the target, or to its exact name.

    Args:
        source: The source.
        target: The target.
        several: Whether there are other sources.

    Raises:
        UsageProblem: There are several, and the target is one name.
        BadSource: The source has no name that the target can have.
    """
    if isinstance(target, Remote):
        if target.is_into:
            return target.at(target.key + _key_name(source))
        if several:
            raise UsageProblem(f"{target} is one object, and there are several sources", f"{target}/")
        return target
    if os.path.isdir(target.path) or target.path.endswith(("/", os.sep)):
        return Local(os.path.join(target.path, _local_name(source)))
    if several:
        hint = "" if os.path.lexists(target.path) else f"mkdir {target}"
        raise UsageProblem(f"{target} is not a directory, and there are several sources", hint)
    return target


def _checked_name(source: Place) -> str:
    name = base_name(source)
    if not name or name in (".", ".."):
        raise BadSource(f"{source} has no name of its own", "name the object in the target")
    return name


def _key_name(source: Place) -> str:
    """Return the name of a source as the end of a key."""
    name = _checked_name(source)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BadSource(f"the name of {source} is not UTF-8", "name the object in the target") from None
    return name


def _local_name(source: Place) -> str:
    """Return the name of a source as the name of a file."""
    name = _checked_name(source)
    try:
        return file_name(name)
    except ValueError as error:
        raise BadSource(f"{source}: {error}", "name the file in the target") from error


def copy(context: Context, source: Place, target: Place) -> Stored | None:
    """Transfer one object. Return None if --no-clobber leaves the target alone."""
    context.place = source
    context.output.resume = "the same command goes on from here"
    how = writing(context.arguments)
    version = getattr(context.arguments, "version_id", None)
    with context.progress() as progress:
        if isinstance(source, Remote) and isinstance(target, Local):
            client = context.reader(source, **limit(context.arguments.limit_download))
            return download(client, source.bucket, source.key, target.path, how, version, progress)
        reader, writer = clients(context, Sides(source, target))
        assert isinstance(target, Remote)
        assert writer is not None
        if isinstance(source, Local):
            return upload(writer, source.path, target.bucket, target.key, how, progress)
        assert reader is not None
        places = (source.bucket, source.key), (target.bucket, target.key)
        return copy_object(reader, writer, *places, how, version, progress)


def writing(given: argparse.Namespace) -> Writing:
    """Return what the flags say about what is written."""
    return Writing(
        given.content_type,
        attributes.headers(given) or None,
        dict(given.metadata) or None,
        attributes.tags(given),
        attributes.encryption(given),
        given.part_size,
        given.concurrency,
        given.no_clobber,
        given.preserve,
    )


def exists(context: Context, place: Place) -> bool:
    """Return whether there is something at an address."""
    if isinstance(place, Local):
        return os.path.lexists(place.path)
    return context.client(place).object_exists(place.bucket, place.key)


def is_same(context: Context, source: Address, target: Address) -> bool:
    """Return whether two addresses are one object, whatever they are written as."""
    if isinstance(source, Local) and isinstance(target, Local):
        return os.path.realpath(source.path) == os.path.realpath(target.path)
    if not (isinstance(source, Remote) and isinstance(target, Remote)):
        return False
    if (source.bucket, source.key) != (target.bucket, target.key):
        return False
    return is_same_server(context.client(source), context.client(target))
