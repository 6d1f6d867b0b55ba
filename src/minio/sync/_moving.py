# Generated from src/minio/aio/_moving.py by tools/generate_sync.py. Do not edit.
"""Moving an object: a copy on the server that is verified before the source is removed.

The laws, in the order in which they apply:

* An object is never moved onto itself: its removal would follow its copy.
* The copy has the content that was found at the beginning, or the call fails.
* The source is removed only if it is still the object that was copied. That is looked up before each try.
* If the call fails, the source is still there, unless nothing could be learnt any more after the response to its
  removal was lost.
* If the source is gone after its removal has failed in any way, the call has succeeded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from .._core.arguments import check_names
from .._core.wire.etag import if_match, is_weak, same_etag
from ..error import (
    APINotImplemented,
    InvalidArgumentError,
    InvalidResponseError,
    NoSuchKey,
    NoSuchVersion,
    PreconditionFailed,
    ResponseError,
    TransportError,
)
from ._backend import current_scope, pause, public_call
from ._copying import CopyCalls, source_of

if TYPE_CHECKING:
    from .._core.datatypes import Object, ObjectWriteResult
    from .._core.engine.call_options import CallOptions
    from .._core.ops.objects import DeleteObject
    from ..commonconfig import ObjectConditionalReadArgs
    from ..sse import Sse

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch


class MoveCalls(CopyCalls):
    """The call that moves an object."""

    @public_call
    def move_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str | ObjectConditionalReadArgs,
        sse: Sse | None = None,
        *,
        part_size: int = 0,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Move an object of any size to another name or bucket, on the server.

        The object is copied with its metadata and tags, the copy is compared with the source, and then the source is
        removed. If anything fails, the source is still there, and the copy may be. An existing object with the new name
        is replaced. Retention, legal hold and access control lists are not moved. If the connection is lost for good
        while the source is removed, the source may be gone; then the copy is complete.

        In a bucket with versioning, removing the source adds a delete marker. If the source names a version, that
        version is removed permanently.

        S3 operations: HeadObject, those of `copy_object`, and DeleteObject.

        Args:
            bucket_name: The destination bucket.
            object_name: The new name.
            source: The source: "/bucket/object", or a CopySource, without a range.
            sse: The encryption of the moved object.
            part_size: Copy in parts of this many bytes, 5 MiB to 5 GiB. 0 copies in a single request if S3 allows it.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A str that equals the ETag, with attributes such as `etag` and `version_id`.

        Raises:
            InvalidArgumentError: The source and the destination are the same object, or another argument is invalid.
            NoSuchKey: The source does not exist.
            PreconditionFailed: The source does not meet a condition, or was replaced while it was moved. The new object
                stays where it is, and so does the source.
            InvalidResponseError: The copy differs from the source, which is not removed.
            ResponseError: The server returns an error.

        Example:
            >>> client.put_object("my-bucket", "draft", b"text", 4)
            >>> client.move_object("my-bucket", "final", "/my-bucket/draft")
        """
        check_names(bucket_name, object_name)
        found = source_of(source)
        if found.offset is not None or found.length is not None:
            raise InvalidArgumentError("source must be a whole object: what is outside of the range would be lost")
        if (found.bucket_name, found.object_name) == (bucket_name, object_name):
            raise _onto_itself(bucket_name, object_name)
        look = self._look_at(found)
        if not (look.etag and look.etag.isascii() and look.etag.isprintable()):
            text = f"the server sends no valid ETag of {found.bucket_name}/{found.object_name}: {look.etag!r}"
            raise _refused(text)
        self._check_distinct(bucket_name, object_name, found, look)
        pinned = found if found.match_etag or is_weak(look.etag or "") else replace(found, match_etag=look.etag)
        written = self.copy_object(bucket_name, object_name, pinned, sse, part_size=part_size)
        self._check_copy(bucket_name, object_name, written, sse, look)
        self._remove_source(found, look)
        return written

    def _check_distinct(
        self, bucket_name: str, object_name: str, source: ObjectConditionalReadArgs, look: Object
    ) -> None:
        """Raise an error if both names may be those of one object: some servers fold slashes, or case."""
        if bucket_name != source.bucket_name or _folded(object_name) != _folded(source.object_name):
            return
        from .._core.ops.objects import HeadObject

        headers = {} if source.ssec is None else source.ssec.headers()
        try:
            other = self._call(HeadObject(bucket_name, object_name, None, headers, conditional=False))
        except NoSuchKey:
            return
        if (other.etag, other.size, other.last_modified) == (look.etag, look.size, look.last_modified):
            raise _onto_itself(bucket_name, object_name)

    def _check_copy(
        self, bucket_name: str, object_name: str, written: ObjectWriteResult, sse: Sse | None, source: Object
    ) -> None:
        from .._core.ops.objects import HeadObject
        from ..sse import SseCustomerKey

        headers = sse.headers() if isinstance(sse, SseCustomerKey) else {}
        operation = HeadObject(bucket_name, object_name, written.version_id, headers, conditional=False)
        copy = self._call(operation)
        if copy.size != source.size or not _same_content(copy, source) or not _is_written(copy, written):
            reason = f"the copy {bucket_name}/{object_name} differs from its source, which is not removed"
            raise _refused(reason)

    def _remove_source(self, source: ObjectConditionalReadArgs, look: Object) -> None:
        """Remove the source if it is still what was copied. Before each try, look whether it is.

        The engine must not repeat the removal of a current version: the lost try may have removed the source, and
        another client may have stored a new object under its name since. A named version is never another one.
        """
        retry, failed = self._session.retry, 0
        # The condition closes the gap between the look and the removal, on servers that support it.
        conditions = {} if source.version_id else if_match(look.etag)
        _check_same(source, look, self._look_at(source))
        while True:
            try:
                return self._call(_removal_of(source, conditions))
            except (ResponseError, TransportError) as error:
                there = self._is_there(source, look)
                if there is False:
                    return None
                failed += 1
                if there and conditions and isinstance(error, APINotImplemented):
                    conditions = {}
                    continue
                if not there or source.version_id or failed >= retry.tries or not _is_retryable(error):
                    raise
            pause(retry.pause(failed, self._session.chance()), current_scope())

    def _is_there(self, source: ObjectConditionalReadArgs, look: Object) -> bool | None:
        """Return whether the source is still there after its removal has failed. None if that cannot be learnt.

        Raises:
            PreconditionFailed: There is another object now.
        """
        try:
            now = self._look_at(source)
        except (ResponseError, TransportError) as error:
            return False if isinstance(error, (NoSuchKey, NoSuchVersion)) else None
        _check_same(source, look, now)
        return True


def _refused(reason: str) -> InvalidResponseError:
    error = InvalidResponseError(200, None, None)
    error.message = reason
    return error


def _removal_of(source: ObjectConditionalReadArgs, conditions: dict[str, str]) -> DeleteObject:
    from .._core.ops.objects import DeleteObject

    version_id = source.version_id
    return DeleteObject(
        source.bucket_name, source.object_name, version_id, headers=conditions, repeatable=bool(version_id)
    )


def _is_retryable(error: ResponseError | TransportError) -> bool:
    """Return whether another try may succeed."""
    from .._core.engine.retry_state import is_retryable

    return is_retryable(error) if isinstance(error, ResponseError) else not error.final


def _check_same(source: ObjectConditionalReadArgs, look: Object, now: Object) -> None:
    """Raise PreconditionFailed if the source is not the object that was copied."""
    if not same_etag(now.etag or "", look.etag or "") or now.last_modified != look.last_modified:
        text = "the object was replaced while it was moved: the copy is complete, and the source is not removed"
        names = source.bucket_name, source.object_name
        raise PreconditionFailed(None, "PreconditionFailed", text, None, None, None, *names)


def _folded(name: str) -> str:
    """Return what may identify an object on a server whose names are paths of a file system."""
    return "/".join(part for part in name.casefold().split("/") if part)


def _onto_itself(bucket_name: str, object_name: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"source {bucket_name}/{object_name} is the destination: moving it would remove it")


def _is_written(copy: Object, written: ObjectWriteResult) -> bool:
    """Return whether HeadObject describes the object that the copy has made."""
    return not written.etag or not copy.etag or same_etag(copy.etag, written.etag)


def _same_content(copy: Object, source: Object) -> bool:
    """Return whether nothing shows that the contents differ. Checksums and ETags of parts are not comparable."""
    ours, theirs = copy.metadata or {}, source.metadata or {}
    for name in ours:
        if name.lower().startswith("x-amz-checksum-") and name in theirs and name.lower() != "x-amz-checksum-type":
            values = ours[name], theirs[name]
            if not any("-" in value for value in values) and values[0] != values[1]:
                return False
    etags = copy.etag or "", source.etag or ""
    if _is_encrypted(ours) or _is_encrypted(theirs) or not all(map(_MD5, etags)):
        return True
    return etags[0] == etags[1]


def _is_encrypted(headers: Mapping[str, str]) -> bool:
    """Return whether the ETag may be no MD5 because the object is encrypted."""
    return any(name.lower().startswith("x-amz-server-side-encryption") for name in headers)
