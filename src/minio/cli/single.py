"""The transfer of one object: to a file, from a file, or from another object.

Each function returns the size, the ETag and the version, or None if --no-clobber leaves the target alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import attributes
from .addresses import Address, Local, Remote, Stream, base_name
from .context import Context
from .errors import UsageProblem
from .transfers import Place, Sides, clients

if TYPE_CHECKING:
    from minio.sync import Minio


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored."""

    size: int | None
    etag: str | None = None
    version_id: str | None = None


def target_of(source: Place, target: Place, several: bool) -> Place:
    """Return where one source goes: below the target, or to its exact name.

    Args:
        source: The source.
        target: The target.
        several: Whether there are other sources.

    Raises:
        UsageProblem: There are several, and the target is one name.
    """
    if isinstance(target, Remote):
        if target.is_into:
            return target.at(target.key + _checked_name(source))
        if several:
            raise UsageProblem(f"{target} is one object, and there are several sources", f"{target}/")
        return target
    if os.path.isdir(target.path) or target.path.endswith(("/", os.sep)):
        return Local(os.path.join(target.path, _local_name(source)))
    if several:
        raise UsageProblem(f"{target} is not a directory, and there are several sources", f"mkdir {target}")
    return target


def _checked_name(source: Place) -> str:
    name = base_name(source)
    if not name or name in (".", ".."):
        raise UsageProblem(f"{source} has no name of its own", "name the object in the target")
    return name


def _local_name(source: Place) -> str:
    """Return the name of a source as the name of a file."""
    from minio._core.transfer.directory.names import BadName, Names

    try:
        return Names(os.name == "nt", False).path_of(_checked_name(source))
    except BadName as error:
        raise UsageProblem(f"{source}: {error}", "name the file in the target") from error


def copy(context: Context, source: Place, target: Place) -> Stored | None:
    """Transfer one object."""
    context.place = source
    context.output.resume = "the same command goes on from here"
    sides = Sides(source, target)
    reader, writer = clients(context, sides)
    with context.progress() as progress:
        if isinstance(target, Local):
            assert isinstance(source, Remote)
            assert reader is not None
            return _download(context, reader, source, target.path, progress)
        assert writer is not None
        if isinstance(source, Local):
            return _upload(context, writer, source.path, target, progress)
        assert reader is not None
        return _copy(context, reader, writer, source, target, progress)


def _upload(context: Context, client: Minio, path: str, target: Remote, progress: Any) -> Stored | None:
    from minio.error import PreconditionFailed

    given = context.arguments
    options = attributes.of_object(given, path)
    if given.preserve:
        from minio._core.transfer.directory.times import to_metadata

        state = os.stat(path)
        options["user_metadata"] = {
            **to_metadata(state.st_mtime_ns, state.st_mode),
            **(options["user_metadata"] or {}),
        }
    try:
        written = client.fput_object(
            target.bucket,
            target.key,
            path,
            progress=progress,
            part_size=given.part_size,
            num_parallel_uploads=given.concurrency,
            if_none_match="*" if given.no_clobber else None,
            **options,
        )
    except PreconditionFailed:
        if given.no_clobber:
            return None
        raise
    return Stored(progress.done, written.etag, written.version_id)


def _download(context: Context, client: Minio, source: Remote, path: str, progress: Any) -> Stored | None:
    from minio._core.transfer.directory.times import from_headers

    given = context.arguments
    if given.no_clobber and os.path.lexists(path):
        return None
    parent = os.path.dirname(path)
    if parent and not os.path.isdir(parent):
        os.makedirs(parent, exist_ok=True)
    found = client.fget_object(
        source.bucket,
        source.key,
        path,
        version_id=getattr(given, "version_id", None),
        progress=progress,
        num_parallel_downloads=given.concurrency or 4,
    )
    if os.path.isfile(path):
        stored = from_headers(found.metadata or {})
        moment = stored.mtime
        if moment is None and found.last_modified is not None:
            moment = round(found.last_modified.timestamp() * 1_000_000) * 1000
        if moment is not None:
            os.utime(path, ns=(moment, moment))
        if given.preserve and stored.mode is not None:
            os.chmod(path, stored.mode)
    return Stored(found.size, found.etag, found.version_id)


def _copy(
    context: Context, reader: Minio, writer: Minio, source: Remote, target: Remote, progress: Any
) -> Stored | None:
    from minio.error import PreconditionFailed

    given = context.arguments
    version = getattr(given, "version_id", None)
    if given.no_clobber and writer.object_exists(target.bucket, target.key):
        reader.stat_object(source.bucket, source.key, version_id=version)
        return None
    if reads_and_writes_one_server(reader, writer):
        return _copy_on_server(context, writer, source, target)
    found = reader.stat_object(source.bucket, source.key, version_id=version)
    headers = _described(found)
    own = attributes.of_object(given, target.key)
    try:
        with reader.get_object(source.bucket, source.key, version_id=version, match_etag=found.etag) as response:
            written = writer.put_object(
                target.bucket,
                target.key,
                response,
                found.size,
                content_type=given.content_type or found.content_type,
                headers={**headers[0], **(own["headers"] or {})} or None,
                user_metadata={**headers[1], **(own["user_metadata"] or {})} or None,
                tags=own["tags"],
                sse=own["sse"],
                part_size=given.part_size,
                num_parallel_uploads=given.concurrency,
                if_none_match="*" if given.no_clobber else None,
                progress=progress,
            )
    except PreconditionFailed:
        if given.no_clobber:
            return None
        raise
    return Stored(found.size, written.etag, written.version_id)


def _described(found: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and the user metadata of an object."""
    from minio._core.ops.objects import copyable_headers

    kept = copyable_headers({name.lower(): value for name, value in (found.metadata or {}).items()})
    prefix = "x-amz-meta-"
    headers = {name: value for name, value in kept.items() if not name.lower().startswith((prefix, "content-type"))}
    return headers, {name[len(prefix) :]: value for name, value in kept.items() if name.lower().startswith(prefix)}


def _copy_on_server(context: Context, client: Minio, source: Remote, target: Remote) -> Stored:
    from minio.commonconfig import CopySource

    given = context.arguments
    version = getattr(given, "version_id", None)
    found = client.stat_object(source.bucket, source.key, version_id=version)
    origin = CopySource(source.bucket, source.key, version_id=version, match_etag=found.etag)
    own = attributes.of_object(given, target.key)
    # S3 refuses to copy an object onto itself if nothing is replaced.
    onto_itself = (source.bucket, source.key) == (target.bucket, target.key)
    replaces = bool(given.metadata or given.content_type or attributes.headers(given)) or onto_itself
    metadata = None
    if replaces:
        headers, user = _described(found)
        metadata = {
            "Content-Type": given.content_type or found.content_type or own["content_type"],
            **headers,
            **(own["headers"] or {}),
            **{f"x-amz-meta-{name}": value for name, value in {**user, **dict(given.metadata)}.items()},
        }
    written = client.copy_object(
        target.bucket,
        target.key,
        origin,
        sse=own["sse"],
        metadata=metadata,
        tags=own["tags"],
        metadata_directive="REPLACE" if replaces else None,
        tagging_directive="REPLACE" if own["tags"] else None,
        part_size=given.part_size,
    )
    return Stored(found.size, written.etag, written.version_id)


def reads_and_writes_one_server(reader: Minio, writer: Minio) -> bool:
    """Return whether one client can copy from the other's server: same server, same user."""
    if reader is writer:
        return True
    ours, theirs = reader._session, writer._session
    if str(ours.endpoint) != str(theirs.endpoint) or ours.provider is None or theirs.provider is None:
        return False
    return ours.provider.retrieve().access_key == theirs.provider.retrieve().access_key


def is_same(context: Context, source: Address, target: Address) -> bool:
    """Return whether two addresses are one object, whatever they are written as."""
    if isinstance(source, Stream) or isinstance(target, Stream) or type(source) is not type(target):
        return False
    if isinstance(source, Local) and isinstance(target, Local):
        return os.path.realpath(source.path) == os.path.realpath(target.path)
    assert isinstance(source, Remote)
    assert isinstance(target, Remote)
    if (source.bucket, source.key) != (target.bucket, target.key):
        return False
    return _is_one_server(context.client(source), context.client(target))


def _is_one_server(one: Minio, other: Minio) -> bool:
    """Return whether two endpoints lead to one server: they are equal, or have an address and port in common."""
    from socket import getaddrinfo

    ours, theirs = one._session.endpoint, other._session.endpoint
    if ours.host == theirs.host and ours.port == theirs.port:
        return True
    if ours.port != theirs.port:
        return False
    try:
        found = [{info[4][0] for info in getaddrinfo(each.host, each.port)} for each in (ours, theirs)]
    except OSError:
        return False
    return bool(found[0] & found[1])
