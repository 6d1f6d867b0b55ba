# Generated from src/minio/aio/_copying.py by tools/generate_sync.py. Do not edit.
"""Calls that copy on the server, without the bytes passing through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from ..error import InvalidArgumentError, InvalidArgumentTypeError, S3Error
from ..helpers import DictType, check_bucket_name, check_headers, check_names, check_object_name, check_sse, genheaders
from ._base import Base
from ._seam import Scope

if TYPE_CHECKING:
    from .._core.ops.objects import Written
    from .._core.transfer.pieces import Piece
    from ..commonconfig import ComposeSource, CopySource, ObjectConditionalReadArgs
    from ..copy_conditions import CopyConditions
    from ..datatypes import Object, ObjectWriteResult
    from ..retention import Retention
    from ..sse import Sse
    from ..tagging import Tags


_WORKERS = 4

_CONDITIONS = frozenset(
    f"x-amz-copy-source-if-{name}" for name in ("match", "none-match", "modified-since", "unmodified-since")
)


class CopyCalls(Base):
    """Calls that copy on the server."""

    @overload
    def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str,
        sse: CopyConditions | Mapping[str, str] | None = None,
        metadata: DictType | None = None,
        *,
        part_size: int = 0,
    ) -> ObjectWriteResult: ...
    @overload
    def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str,
        *,
        copy_conditions: CopyConditions | Mapping[str, str] | None,
        metadata: DictType | None = None,
        part_size: int = 0,
    ) -> ObjectWriteResult: ...
    @overload
    def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        *,
        object_source: str,
        copy_conditions: CopyConditions | Mapping[str, str] | None = None,
        metadata: DictType | None = None,
    ) -> ObjectWriteResult: ...
    @overload
    def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: CopySource,
        sse: Sse | None = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        metadata_directive: str | None = None,
        tagging_directive: str | None = None,
        *,
        part_size: int = 0,
    ) -> ObjectWriteResult: ...
    def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str | CopySource | None = None,
        sse: Any = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        metadata_directive: str | None = None,
        tagging_directive: str | None = None,
        *,
        object_source: str | CopySource | None = None,
        copy_conditions: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
        part_size: int = 0,
    ) -> ObjectWriteResult:
        """Copy an object on the server, of any size.

        S3 operations: CopyObject. For a range of the source, for more than 5 GiB, or with `part_size`: HeadObject,
        GetObjectTagging, CreateMultipartUpload, UploadPartCopy and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket to copy to.
            object_name: The new object.
            source: What to copy: "/bucket/object", or a CopySource.
            sse: How the server is to encrypt the copy. The documented API has the conditions in this place: a
                CopyConditions or dict is taken as such.
            metadata: The copy's metadata; otherwise the source's.
            tags: The copy's tags.
            retention: Until when the copy may not be removed, and how strictly.
            legal_hold: Whether the copy may not be removed until that is lifted.
            metadata_directive: "COPY" or "REPLACE": whose metadata the copy has.
            tagging_directive: "COPY" or "REPLACE": whose tags the copy has.
            object_source: The documented API's name for `source`.
            copy_conditions: Conditions that the source must meet.
            conditions: Another name for `copy_conditions`.
            part_size: Copy in parts of so many bytes, 5 MiB to 5 GiB; 0 for in one go as far as S3 allows.

        Returns:
            The result: a str that equals the ETag, with `etag`, `last_modified` and more.

        Raises:
            InvalidArgumentError: An argument is wrong.
            NoSuchKey: There is no such source.
            PreconditionFailed: A condition was not met.
            ResponseError: The server refuses.

        Example:
            >>> client.copy_object("my-bucket", "my-copy", "/my-bucket/my-object")
        """
        from .._core.ops.objects import CopyObject
        from .._core.transfer.plan import check_part_size
        from ..commonconfig import REPLACE, CopySource

        check_names(bucket_name, object_name)
        found = _source(object_source if source is None else source)
        if isinstance(sse, Mapping):
            conditions, sse = sse, None
        elif copy_conditions is not None:
            conditions = copy_conditions
        check_sse(sse)
        self._check_tls(found, sse)
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        classic = not isinstance(object_source if source is None else source, CopySource)
        directive = _directive("metadata_directive", metadata_directive)
        if directive or (classic and metadata is not None):
            headers["x-amz-metadata-directive"] = directive or REPLACE
        if tagging := _directive("tagging_directive", tagging_directive):
            headers["x-amz-tagging-directive"] = tagging
        headers.update(found.gen_copy_headers())
        headers.update(_condition_headers(conditions))
        check_part_size(part_size)
        if part_size or found.offset is not None or found.length is not None:
            return self._copy_in_parts(bucket_name, object_name, found, headers, part_size, sse)
        try:
            written = self._call(CopyObject(bucket_name, object_name, headers))
        except S3Error as error:
            if error.status != 400 or self._copyable(found):
                raise
            return self._copy_in_parts(bucket_name, object_name, found, headers, part_size, sse)
        return _result(bucket_name, object_name, written)

    def compose_object(
        self,
        bucket_name: str,
        object_name: str,
        sources: Sequence[ComposeSource],
        sse: Sse | None = None,
        metadata: DictType | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
    ) -> ObjectWriteResult:
        """Make an object out of others, or ranges of them, on the server.

        S3 operations: HeadObject, CreateMultipartUpload, UploadPartCopy, CompleteMultipartUpload; for a single whole
        source CopyObject.

        Args:
            bucket_name: The bucket of the new object.
            object_name: The new object.
            sources: What to put together, in order. Each but the last must have 5 MiB at least.
            sse: How the server is to encrypt it.
            metadata: The new object's metadata.
            tags: The new object's tags.
            retention: Until when it may not be removed, and how strictly.
            legal_hold: Whether it may not be removed until that is lifted.

        Returns:
            The result: a str that equals the ETag, with `etag`, `version_id` and more.

        Raises:
            InvalidArgumentError: A source is too small, or another argument is wrong.
            NoSuchKey: There is no such source.
            PreconditionFailed: A source does not meet its conditions, or was replaced meanwhile.
            ResponseError: The server refuses.

        Example:
            >>> from minio.commonconfig import ComposeSource
            >>> client.compose_object("my-bucket", "my-sum", [ComposeSource("my-bucket", "my-object")])
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
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        return self._join(bucket_name, object_name, sources, headers, 0, sse)

    def _copyable(self, source: ObjectConditionalReadArgs) -> bool:
        """Whether the source is small enough for one CopyObject."""
        from .._core.transfer.plan import MAX_PART_SIZE

        return ((self._look_at(source)).size or 0) <= MAX_PART_SIZE

    def _look_at(self, source: ObjectConditionalReadArgs) -> Object:
        from .._core.ops.objects import HeadObject

        headers = source.ssec.headers() if source.ssec is not None else {}
        return self._call(HeadObject(source.bucket_name, source.object_name, source.version_id, headers))

    def _copy_in_parts(
        self, bucket: str, key: str, source: CopySource, headers: dict[str, str], part_size: int, sse: Sse | None
    ) -> ObjectWriteResult:
        """Copy by parts what CopyObject does in one go: content type, metadata and tags are taken along by hand."""
        from .._core.ops.objects import kept_headers
        from ..commonconfig import COPY

        own = {name: value for name, value in headers.items() if not name.startswith("x-amz-copy-source")}
        directive = own.pop("x-amz-metadata-directive", COPY)
        tagging = own.pop("x-amz-tagging-directive", COPY)
        if directive == COPY:
            own.update(kept_headers((self._look_at(source)).metadata or {}))
        if tagging == COPY and "x-amz-tagging" not in own:
            own.update(self._tags_of(source))
        conditions = {name: value for name, value in headers.items() if name.lower() in _CONDITIONS}
        return self._join(bucket, key, [source], own, part_size, sse, conditions)

    def _tags_of(self, source: CopySource) -> dict[str, str]:
        from .._core.ops.config import GetSettings
        from ..tagging import Tagging

        query = {"versionId": source.version_id} if source.version_id else {}
        try:
            found = self._call(GetSettings(Tagging, "tagging", source.bucket_name, source.object_name, query))
        except S3Error as error:
            if error.status in (403, 404, 405, 501):
                return {}  # none, or this server or user has nothing to do with tags
            raise
        return {"x-amz-tagging": found.tags.to_header()} if found.tags else {}

    def _join(
        self,
        bucket: str,
        key: str,
        sources: Sequence[ObjectConditionalReadArgs],
        headers: dict[str, str],
        part_size: int,
        sse: Sse | None,
        conditions: Mapping[str, str] | None = None,
    ) -> ObjectWriteResult:
        from .._core.ops.multipart import CompleteMultipartUpload, UploadPartCopy
        from .._core.ops.objects import CopyObject, HeadObject
        from .._core.transfer.pieces import cut
        from .._core.transfer.threads import run_jobs
        from ..commonconfig import REPLACE
        from ..sse import SseCustomerKey

        looks = [self._look_at(source) for source in sources]
        spans = [_span(index, source, look) for index, (source, look) in enumerate(zip(sources, looks, strict=True))]
        pieces = cut(spans, part_size)
        secret = sse.headers() if isinstance(sse, SseCustomerKey) else {}
        if len(pieces) == 1 and not part_size and spans[0] == (0, looks[0].size):
            found = {**headers, **sources[0].gen_copy_headers(), **(conditions or {})}
            found["x-amz-metadata-directive"] = found["x-amz-tagging-directive"] = REPLACE
            return _result(bucket, key, self._call(CopyObject(bucket, key, found)))
        upload_id = self._create_upload(bucket, key, headers)

        def copy(piece: Piece, scope: Scope | None) -> tuple[int, str, str | None]:
            source, look = sources[piece.source], looks[piece.source]
            named = {**source.gen_copy_headers(), **(conditions or {}), **secret}
            named.setdefault("x-amz-copy-source-if-match", look.etag or "*")
            if piece.length != look.size:
                named["x-amz-copy-source-range"] = f"bytes={piece.offset}-{piece.offset + piece.length - 1}"
            etag = self._call(UploadPartCopy(bucket, key, upload_id, piece.number, named), scope)
            return piece.number, etag, None

        try:
            parts = run_jobs(pieces, copy, _WORKERS)
            written = self._call(CompleteMultipartUpload(bucket, key, upload_id, parts, headers=secret))
        except BaseException as error:
            self._give_up_upload(bucket, key, upload_id, error)
            raise
        if not written.etag:
            look = self._call(HeadObject(bucket, key, written.version_id, secret))
            written = replace(written, etag=look.etag)
        return _result(bucket, key, written)

    def _check_tls(self, source: ObjectConditionalReadArgs, sse: Sse | None) -> None:
        keys = [key for key in (source.ssec, sse) if key is not None and key.tls_required()]
        if keys and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")


def _source(source: str | CopySource | None) -> CopySource:
    from ..commonconfig import CopySource

    if isinstance(source, CopySource):
        check_bucket_name(source.bucket_name)
        check_object_name(source.object_name)
        return source
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
    return CopySource(bucket, key)


def _directive(name: str, value: str | None) -> str | None:
    from ..commonconfig import COPY, REPLACE

    if value is not None and value not in (COPY, REPLACE):
        raise InvalidArgumentError(f"{name} must be {COPY!r} or {REPLACE!r}, not {value!r}")
    return value


def _condition_headers(conditions: Mapping[str, str] | None) -> dict[str, str]:
    headers = check_headers("copy_conditions", conditions)
    for name in headers:
        if name.lower() not in _CONDITIONS:
            raise InvalidArgumentError(f"copy_conditions: {name!r} is no condition of a copy")
    return {name.lower(): value for name, value in headers.items()}


def _result(bucket: str, key: str, written: Written) -> ObjectWriteResult:
    from .._core.ops.objects import header_dict
    from ..datatypes import ObjectWriteResult

    return ObjectWriteResult(
        bucket,
        key,
        written.version_id,
        written.etag,
        header_dict(written.headers),
        written.last_modified,
        written.location,
    )


def _span(index: int, source: ObjectConditionalReadArgs, look: Object) -> tuple[int, int]:
    """Where in its object a source lies."""
    size = look.size or 0
    offset = source.offset or 0
    length = source.length if source.length is not None else size - offset
    if offset + length > size or length < 0 or (offset and not length):
        raise InvalidArgumentError(
            f"sources[{index}]: offset {offset} and length {length} lie outside of its {size} bytes"
        )
    return offset, length
