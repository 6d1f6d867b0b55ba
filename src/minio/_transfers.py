"""Transfers as the command line needs them: of one object to another place, and of a plan without what is unchanged.

The calls of a client transfer objects; the functions for one object add what files and other servers have: times and
modes, what is not overwritten, and the headers of a copy that the server cannot make itself.

The laws:

* Nothing is overwritten with `no_clobber`. Uploads and copies through this process look first, for servers that ignore
  the condition, and also leave it to the server, for what is written meanwhile.
* A file that changes while it is read is tried once more, and then fails, as in transfers of directories.
* A copy has the content type, the headers and the user metadata of its source, and what is given in addition.
* A downloaded file has the time that its uploader stored, else that of the object.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from .error import AccessDenied, InvalidSizeError, PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._core.datatypes import ObjectWriteResult
    from .directories import Action, Outcome
    from .sync import Minio
    from .sync._download import DownloadCalls
    from .sync._loops import Stream
    from .sync._planning import Plan

_META = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored.

    Args:
        size: The number of bytes.
        etag: The ETag of the object that was read or written.
        version_id: Its version.
    """

    size: int
    etag: str | None = None
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """How an object is written.

    Args:
        content_type: The content type. None keeps that of the source, or derives it from the name.
        headers: Headers such as Cache-Control.
        user_metadata: User metadata.
        tags: The tags, or None.
        sse: The encryption, or None.
        part_size: The size of a part in bytes; 0 for the default.
        concurrency: The number of parts under way; None for the default.
        no_clobber: Leave an object or a file alone that exists.
        preserve: Store and restore times and modes of files.
    """

    content_type: str | None = None
    headers: dict[str, str] | None = None
    user_metadata: dict[str, str] | None = None
    tags: Any = None
    sse: Any = None
    part_size: int = 0
    concurrency: int | None = None
    no_clobber: bool = False
    preserve: bool = False

    @property
    def describes(self) -> bool:
        """Whether something of the content type, the headers or the user metadata is given."""
        return bool(self.content_type or self.headers or self.user_metadata)


def changes(client: Minio, plan: Plan, jobs: int | None, checkpoint: str | None, progress: Any) -> Stream[Outcome]:
    """Carry out a plan, as `transfer` does. Names that are unchanged have no outcomes, which is much faster.

    Returns:
        An iterator of Outcome. If its action is "skip" and it has a `value`, that is the number of unchanged names.
    """
    from ._core.transfer.directory.arguments import check_run
    from .sync._loops import open_stream

    checked = check_run(jobs, checkpoint, progress, True)[:3]
    return open_stream(client, "transfer", "_transfer", plan, *checked, None, False, writes="transferred")


def planned(client: Minio, source: Any, target: Any, actions: Iterable[Action], path: str, **options: Any) -> Plan:
    """Return a plan of actions that are known. It reads neither side.

    Args:
        client: The client.
        source: A path or a `Prefix`: the keys and paths of the actions are in it.
        target: The same for what they write.
        actions: The actions.
        path: The file that holds the plan.
        options: Options of `plan_sync`.
    """
    from ._core.transfer.directory.options import SyncOptions
    from ._core.transfer.directory.planfile import PlanFile
    from .sync._planning import Plan

    places = client._place("source", source), client._place("target", target)
    plan = Plan(client, *places, SyncOptions.checked(compare=None, **options), saved=path)
    file = PlanFile(path, plan._head())
    try:
        file.add(actions)
        file.finish()
    finally:
        file.close()
    return plan


def upload(client: Minio, path: str, bucket: str, key: str, how: Writing, progress: Any) -> Stored | None:
    """Upload a file. Return None if the object exists and is left alone.

    Raises:
        MissingFileError: The file does not exist.
        InvalidSizeError: The file has changed while it was read, also at the second try.
        ResponseError: The server returns an error.
    """
    from ._core.transfer.directory.source_file import is_unchanged

    if how.no_clobber and is_taken(client, bucket, key):
        return None
    is_new = how.no_clobber
    for is_last in (False, True):
        begun = _modified(path)
        try:
            written = _send(client, path, bucket, key, how, "*" if is_new else None, progress)
        except PreconditionFailed:
            if is_new:
                return None
            raise
        except InvalidSizeError:
            if is_last:
                raise
            continue
        if begun is None or is_unchanged(path, begun):
            return Stored(progress.done, written.etag, written.version_id)
        is_new = False  # the object is what was just written
    raise InvalidSizeError(f"file {path!r} changed while it was being read")


def _modified(path: str) -> int | None:
    """Return the time of a file in nanoseconds; None for what is no file, and for files such as those in /proc."""
    try:
        state = os.stat(path)
    except OSError:
        return None  # opening it raises the actual error
    return state.st_mtime_ns if S_ISREG(state.st_mode) and state.st_size else None


def _send(
    client: Minio, path: str, bucket: str, key: str, how: Writing, if_none_match: str | None, progress: Any
) -> ObjectWriteResult:
    """Upload a file as it is now."""
    from ._core.transfer.directory.content_types import content_type
    from ._core.transfer.directory.times import to_metadata

    metadata = dict(how.user_metadata or {})
    if how.preserve:
        state = os.stat(path)
        metadata = {**to_metadata(state.st_mtime_ns, state.st_mode), **metadata}
    return client.fput_object(
        bucket,
        key,
        path,
        content_type=how.content_type or content_type(path),
        headers=how.headers,
        user_metadata=metadata or None,
        tags=how.tags,
        sse=how.sse,
        progress=progress,
        part_size=how.part_size,
        num_parallel_uploads=how.concurrency,
        if_none_match=if_none_match,
    )


def is_taken(client: Minio, bucket: str, key: str) -> bool:
    """Return whether an object is known to exist. It is not for credentials that may only write."""
    try:
        return client.object_exists(bucket, key)
    except AccessDenied:
        return False


def download(
    client: DownloadCalls,
    bucket: str,
    key: str,
    path: str,
    how: Writing,
    version_id: str | None = None,
    progress: Any = None,
) -> Stored | None:
    """Download an object to a file. Return None if the file exists and is left alone.

    Raises:
        ResponseError: The server returns an error.
        OSError: The file cannot be written.
    """
    if how.no_clobber and os.path.lexists(path):
        return None
    made = _make_parents(path)
    try:
        found = client.fget_object(
            bucket,
            key,
            path,
            version_id=version_id,
            progress=progress,
            num_parallel_downloads=how.concurrency or 4,
        )
    except BaseException:
        for folder in made:  # a directory for nothing
            with suppress(OSError):
                os.rmdir(folder)
        raise
    if os.path.isfile(path):
        _restore(path, found, how.preserve)
    return Stored(found.size, found.etag, found.version_id)


def _make_parents(path: str) -> list[str]:
    """Make the directories of a file, and return those that were missing, the deepest first.

    Raises:
        NotADirectoryError: One of them is a file.
    """
    missing: list[str] = []
    folder = os.path.dirname(path)
    while folder and not os.path.isdir(folder):
        if os.path.lexists(folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder)
        missing.append(folder)
        folder = os.path.dirname(folder)
    if missing:
        os.makedirs(missing[0], exist_ok=True)
    return missing


def _restore(path: str, found: Any, mode: bool) -> None:
    """Set the time of a file, and its mode."""
    from ._core.transfer.directory.times import from_headers, to_nanoseconds

    stored = from_headers(found.metadata or {})
    moment = stored.mtime
    if moment is None and found.last_modified is not None:
        moment = to_nanoseconds(found.last_modified.timestamp())
    if moment is not None:
        os.utime(path, ns=(moment, moment))
    if mode and stored.mode is not None:
        os.chmod(path, stored.mode)


def copy(
    reader: Minio,
    writer: Minio,
    source: tuple[str, str],
    target: tuple[str, str],
    how: Writing,
    version_id: str | None = None,
    progress: Any = None,
) -> Stored | None:
    """Copy an object: on the server if one client reaches both, else through this process.

    Args:
        reader: The client of the source.
        writer: The client of the target.
        source: Its bucket and key.
        target: Its bucket and key.
        how: What is changed.
        version_id: The version of the source.
        progress: As in `put_object`, for what goes through this process.

    Returns:
        What was stored, or None if the target exists and is left alone.

    Raises:
        ResponseError: A server returns an error.
    """
    found = reader.stat_object(*source, version_id=version_id)
    if how.no_clobber and writer.object_exists(*target):
        return None
    if is_same_account(reader, writer):
        return _copy_on_server(writer, found, source, target, how, version_id)
    headers, metadata = _described(found)
    try:
        with reader.get_object(*source, version_id=version_id, match_etag=found.etag) as response:
            written = writer.put_object(
                *target,
                response,
                found.size,
                content_type=how.content_type or found.content_type,
                headers={**headers, **(how.headers or {})} or None,
                user_metadata={**metadata, **(how.user_metadata or {})} or None,
                tags=how.tags,
                sse=how.sse,
                part_size=how.part_size,
                num_parallel_uploads=how.concurrency,
                if_none_match="*" if how.no_clobber else None,
                progress=progress,
            )
    except PreconditionFailed:
        if how.no_clobber:
            return None
        raise
    return Stored(found.size, written.etag, written.version_id)


def _copy_on_server(
    client: Minio,
    found: Any,
    source: tuple[str, str],
    target: tuple[str, str],
    how: Writing,
    version_id: str | None,
) -> Stored:
    from .commonconfig import CopySource

    # S3 refuses to copy an object onto itself if nothing is replaced, and some servers then forget the tags.
    onto_itself = source == target
    replaces = how.describes or onto_itself
    headers, metadata = _described(found)
    written = client.copy_object(
        *target,
        CopySource(*source, version_id=version_id, match_etag=found.etag),
        sse=how.sse,
        metadata=_replaced(found, headers, metadata, how) if replaces else None,
        tags=how.tags,
        metadata_directive="REPLACE" if replaces else None,
        tagging_directive="REPLACE" if how.tags else None,
        part_size=how.part_size,
    )
    if onto_itself and how.tags:
        client.set_object_tags(*target, how.tags)
    return Stored(found.size, written.etag, written.version_id)


def _replaced(found: Any, headers: dict[str, str], metadata: dict[str, str], how: Writing) -> dict[str, str]:
    user = {**metadata, **(how.user_metadata or {})}
    return {
        "Content-Type": how.content_type or found.content_type or "application/octet-stream",
        **headers,
        **(how.headers or {}),
        **{f"{_META}{name}": value for name, value in user.items()},
    }


def _described(found: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and the user metadata of an object."""
    from ._core.ops.copying import copyable_headers

    kept = copyable_headers({name.lower(): value for name, value in (found.metadata or {}).items()})
    headers = {name: value for name, value in kept.items() if not name.lower().startswith((_META, "content-type"))}
    return headers, {name[len(_META) :]: value for name, value in kept.items() if name.lower().startswith(_META)}


def is_same_account(one: Minio, other: Minio) -> bool:
    """Return whether two clients reach the same server as the same user, so that it can copy between them."""
    if one is other:
        return True
    ours, theirs = one._session, other._session
    if str(ours.endpoint) != str(theirs.endpoint) or ours.provider is None or theirs.provider is None:
        return False
    return ours.provider.retrieve().access_key == theirs.provider.retrieve().access_key


def is_same_server(one: Minio, other: Minio) -> bool:
    """Return whether the endpoints of two clients lead to one server, whatever their names are."""
    from ._core.http.resolve import lead_to_one_server

    return lead_to_one_server(one._session.endpoint, other._session.endpoint)


def file_name(name: str) -> str:
    """Return the path of a name below a directory.

    Raises:
        ValueError: It cannot be a file: it leads out of the directory, or the system does not allow it.
    """
    from ._core.transfer.directory.names import BadName, Names

    try:
        return Names(os.name == "nt", False).path_of(name)
    except BadName as error:
        raise ValueError(str(error)) from error


def url_of(client: Any) -> str:
    """Return the URL of a client's endpoint."""
    endpoint = client._session.endpoint
    return f"{endpoint.scheme}://{endpoint}"
