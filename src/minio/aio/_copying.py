"""Calls that copy objects on the server, without downloading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from .._core.arguments import DictType, check_bucket_name, check_headers, check_names, check_object_name
from .._core.ops.conditions import CONDITIONS
from .._core.ops.object_headers import check_sse, genheaders, one_metadata
from ..error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    S3Error,
)
from ._backend import public_call
from ._multipart_copy import AsyncMultipartCopy, Kept, copy_result

if TYPE_CHECKING:
    from .._core.datatypes import ObjectWriteResult
    from .._core.engine.call_options import CallOptions
    from ..commonconfig import ObjectConditionalReadArgs
    from ..copy_conditions import CopyConditions
    from ..retention import Retention
    from ..sse import Sse, SseCustomerKey
    from ..tagging import Tags


J = TypeVar("J")


class AsyncCopyCalls(AsyncMultipartCopy):
    """Calls that copy objects on the server."""

    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str,
        sse: CopyConditions | Mapping[str, str] | None = None,
        metadata: DictType | None = None,
        *,
        part_size: int = 0,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult: ...
    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str,
        *,
        copy_conditions: CopyConditions | Mapping[str, str] | None,
        metadata: DictType | None = None,
        part_size: int = 0,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult: ...
    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        *,
        object_source: str,
        copy_conditions: CopyConditions | Mapping[str, str] | None = None,
        source_sse: SseCustomerKey | None = None,
        metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult: ...
    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: ObjectConditionalReadArgs,
        sse: Sse | None = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        metadata_directive: str | None = None,
        tagging_directive: str | None = None,
        *,
        part_size: int = 0,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult: ...
    @public_call
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str | ObjectConditionalReadArgs | None = None,
        sse: Any = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        metadata_directive: str | None = None,
        tagging_directive: str | None = None,
        *,
        object_source: str | ObjectConditionalReadArgs | None = None,
        copy_conditions: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
        source_sse: SseCustomerKey | None = None,
        part_size: int = 0,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Copy an object of any size on the server.

        S3 operations: CopyObject. For a range of the source, a source above 5 GiB, or with `part_size`: HeadObject,
        GetObjectTagging, CreateMultipartUpload, UploadPartCopy and CompleteMultipartUpload.

        Args:
            bucket_name: The destination bucket.
            object_name: The name of the new object.
            source: The source: "/bucket/object", or a CopySource.
            sse: The encryption of the copy. In the documented API this position holds the conditions, so a
                CopyConditions or a dict is taken as `copy_conditions`.
            metadata: The metadata of the copy. The default is the metadata of the source.
            tags: The tags of the copy.
            retention: The retention of the copy.
            legal_hold: Place a legal hold on the copy.
            metadata_directive: "COPY" to copy the metadata of the source, or "REPLACE" to use `metadata`.
            tagging_directive: "COPY" to copy the tags of the source, or "REPLACE" to use `tags`.
            object_source: The documented API's name for `source`.
            copy_conditions: Conditions that the source must meet.
            conditions: Another name for `copy_conditions`.
            source_sse: The customer key with which the source is encrypted. A CopySource has it as `ssec`.
            part_size: Copy in parts of this many bytes, 5 MiB to 5 GiB. 0 copies in a single request if S3 allows it.
            user_metadata: User metadata; each name gets the prefix `x-amz-meta-`. Not together with `metadata`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A str that equals the ETag, with attributes such as `etag` and `last_modified`.

        Raises:
            InvalidArgumentError: An argument is invalid.
            NoSuchKey: The source does not exist.
            PreconditionFailed: The source does not meet a condition.
            ResponseError: The server returns an error.

        Example:
            >>> await client.copy_object("my-bucket", "my-copy", "/my-bucket/my-object")
        """
        from .._core.ops.copying import CopyObject
        from .._core.transfer.plan import check_part_size
        from ..commonconfig import REPLACE

        check_names(bucket_name, object_name)
        found = source_of(object_source if source is None else source, source_sse)
        if isinstance(sse, Mapping):
            conditions, sse = sse, None
        elif copy_conditions is not None:
            conditions = copy_conditions
        check_sse(sse)
        self._check_tls(found, sse)
        metadata = one_metadata(metadata, user_metadata)
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        classic = isinstance(object_source if source is None else source, str)
        directive = check_directive("metadata_directive", metadata_directive)
        if directive or (classic and metadata is not None):
            headers["x-amz-metadata-directive"] = directive or REPLACE
        if tagging := check_directive("tagging_directive", tagging_directive):
            headers["x-amz-tagging-directive"] = tagging
        headers.update(found.gen_copy_headers())
        headers.update(_condition_headers(conditions))
        part_size = check_part_size(part_size)
        if part_size or found.offset is not None or found.length is not None:
            return await self._copy_in_parts(bucket_name, object_name, found, headers, part_size, sse)
        try:
            written = await self._copy_once(CopyObject(bucket_name, object_name, headers), found, bucket_name)
        except S3Error as error:
            if error.status != 400 or await self._copyable(found):
                raise
            return await self._copy_in_parts(bucket_name, object_name, found, headers, part_size, sse)
        return copy_result(bucket_name, object_name, written)

    @public_call
    async def compose_object(
        self,
        bucket_name: str,
        object_name: str,
        sources: Sequence[ObjectConditionalReadArgs],
        sse: Sse | None = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        *,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Compose an object from other objects, or ranges of them, on the server.

        S3 operations: HeadObject, CreateMultipartUpload, UploadPartCopy, CompleteMultipartUpload; CopyObject for a
        single whole source.

        Args:
            bucket_name: The destination bucket.
            object_name: The name of the new object.
            sources: The sources, in order. Each except the last must have at least 5 MiB.
            sse: The encryption of the new object.
            metadata: The metadata of the new object. Without it, a copy of one whole source keeps the metadata of the
                source.
            tags: The tags of the new object. Without them, a copy of one whole source keeps the tags of the source.
            retention: The retention of the new object.
            legal_hold: Place a legal hold on the new object.
            user_metadata: User metadata; each name gets the prefix `x-amz-meta-`. Not together with `metadata`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A str that equals the ETag, with attributes such as `etag` and `version_id`.

        Raises:
            InvalidArgumentError: A source is too small, or another argument is invalid.
            NoSuchKey: The source does not exist.
            PreconditionFailed: A source does not meet its conditions, or was replaced during the copy.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import ComposeSource
            >>> await client.compose_object("my-bucket", "my-sum", [ComposeSource("my-bucket", "my-object")])
        """
        from ..commonconfig import ObjectConditionalReadArgs

        check_names(bucket_name, object_name)
        check_sse(sse)
        if not isinstance(sources, (list, tuple)) or not sources:
            raise InvalidArgumentError("sources must be a list of at least one ComposeSource")
        for source in sources:
            if not isinstance(source, ObjectConditionalReadArgs):
                raise InvalidArgumentTypeError(f"sources must hold ComposeSource, not {type(source).__name__}")
            self._check_tls(source, sse)
        metadata = one_metadata(metadata, user_metadata)
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        kept = Kept(metadata is None, tags is None)
        return await self._join(bucket_name, object_name, sources, headers, 0, sse, kept=kept)


def source_of(
    source: str | ObjectConditionalReadArgs | None, ssec: SseCustomerKey | None = None
) -> ObjectConditionalReadArgs:
    """Return the source of a copy, which may be given as a text."""
    from ..commonconfig import CopySource, ObjectConditionalReadArgs

    if isinstance(source, ObjectConditionalReadArgs):
        check_bucket_name(source.bucket_name)
        check_object_name(source.object_name)
        return source if ssec is None else replace(source, ssec=ssec)
    if not isinstance(source, str):
        raise InvalidArgumentTypeError(f'source must be "/bucket/object" or a CopySource, not {type(source).__name__}')
    bucket, slash, key = source.removeprefix("/").partition("/")
    if not slash or not key:
        raise InvalidArgumentError(f'source {source!r} must be "/bucket/object"')
    try:
        check_bucket_name(bucket)
        check_object_name(key)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"source {source!r}: {error.message}") from error
    return CopySource(bucket, key, ssec=ssec)


def check_directive(name: str, value: str | None) -> str | None:
    from ..commonconfig import COPY, REPLACE

    if value is not None and value not in (COPY, REPLACE):
        raise InvalidArgumentError(f"{name} must be {COPY!r} or {REPLACE!r}, not {value!r}")
    return value


def _condition_headers(conditions: Mapping[str, str] | None) -> dict[str, str]:
    headers = check_headers("copy_conditions", conditions)
    for name in headers:
        if name.lower() not in CONDITIONS:
            raise InvalidArgumentError(f"copy_conditions: {name!r} is not a condition of a copy")
    return {name.lower(): value for name, value in headers.items()}
