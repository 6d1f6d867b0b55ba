"""Moving an object: a copy on the server that is verified before the source is removed.

The laws, in the order in which they apply:

* An object is never moved onto itself: its removal would follow its copy.
* The copy has the content that was found at the beginning, or the call fails.
* The source is removed only if it is still the object that was copied.
* If anything fails, the source is still there.
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
    PreconditionFailed,
    ResponseError,
    S3Error,
    TransportError,
)
from ._backend import public_call
from ._copying import AsyncCopyCalls, source_of

if TYPE_CHECKING:
    from .._core.datatypes import Object, ObjectWriteResult
    from .._core.engine.call_options import CallOptions
    from ..commonconfig import ObjectConditionalReadArgs
    from ..sse import Sse

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch


class AsyncMoveCalls(AsyncCopyCalls):
    """The call that moves an object."""

    @public_call
    async def move_object(
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
        is replaced. Retention, legal hold and access control lists are not moved.

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
            >>> await client.put_object("my-bucket", "draft", b"text", 4)
            >>> await client.move_object("my-bucket", "final", "/my-bucket/draft")
        """
        check_names(bucket_name, object_name)
        found = source_of(source)
        if found.offset is not None or found.length is not None:
            raise InvalidArgumentError("source must be a whole object: what is outside of the range would be lost")
        if (found.bucket_name, found.object_name) == (bucket_name, object_name):
            raise _onto_itself(bucket_name, object_name)
        look = await self._look_at(found)
        if not (look.etag and look.etag.isascii() and look.etag.isprintable()):
            text = f"the server sends no valid ETag of {found.bucket_name}/{found.object_name}: {look.etag!r}"
            raise InvalidResponseError(200, None, text)
        await self._check_distinct(bucket_name, object_name, found, look)
        pinned = found if found.match_etag or is_weak(look.etag or "") else replace(found, match_etag=look.etag)
        written = await self.copy_object(bucket_name, object_name, pinned, sse, part_size=part_size)
        await self._check_copy(bucket_name, object_name, written, sse, look)
        await self._remove_source(found, look)
        return written

    async def _check_distinct(
        self, bucket_name: str, object_name: str, source: ObjectConditionalReadArgs, look: Object
    ) -> None:
        """Raise an error if both names may be those of one object: some servers fold slashes, or case."""
        if bucket_name != source.bucket_name or _folded(object_name) != _folded(source.object_name):
            return
        from .._core.ops.objects import HeadObject

        headers = {} if source.ssec is None else source.ssec.headers()
        try:
            other = await self._call(HeadObject(bucket_name, object_name, None, headers, conditional=False))
        except NoSuchKey:
            return
        if (other.etag, other.size, other.last_modified) == (look.etag, look.size, look.last_modified):
            raise _onto_itself(bucket_name, object_name)

    async def _check_copy(
        self, bucket_name: str, object_name: str, written: ObjectWriteResult, sse: Sse | None, source: Object
    ) -> None:
        from .._core.ops.objects import HeadObject
        from ..sse import SseCustomerKey

        headers = sse.headers() if isinstance(sse, SseCustomerKey) else {}
        operation = HeadObject(bucket_name, object_name, written.version_id, headers, conditional=False)
        copy = await self._call(operation)
        if copy.size != source.size or not _same_content(copy, source) or not _is_written(copy, written):
            reason = f"the copy {bucket_name}/{object_name} differs from its source, which is not removed"
            raise InvalidResponseError(200, None, reason)

    async def _remove_source(self, source: ObjectConditionalReadArgs, look: Object) -> None:
        from .._core.ops.objects import DeleteObject

        bucket_name, object_name, version_id = source.bucket_name, source.object_name, source.version_id
        now = await self._look_at(source)
        if not same_etag(now.etag or "", look.etag or "") or now.last_modified != look.last_modified:
            text = "the object was replaced while it was moved: the copy is complete, and the source is not removed"
            raise PreconditionFailed(None, "PreconditionFailed", text, None, None, None, bucket_name, object_name)
        # The condition closes the gap between the request above and this one, on servers that support it.
        conditions = {} if version_id else if_match(look.etag)
        try:
            await self._call(DeleteObject(bucket_name, object_name, version_id, headers=conditions))
        except S3Error as error:
            if not conditions or not isinstance(error, APINotImplemented):
                raise
            await self._call(DeleteObject(bucket_name, object_name, version_id))
        except TransportError:
            # The response was lost, and the condition of the next try found no object: the source may be gone.
            if not await self._is_gone(source):
                raise

    async def _is_gone(self, source: ObjectConditionalReadArgs) -> bool:
        try:
            await self._look_at(source)
        except (ResponseError, TransportError) as error:
            return isinstance(error, NoSuchKey)
        return False


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
