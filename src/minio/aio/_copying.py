"""Calls that copy on the server, without the bytes passing through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

from .._core.ops.objects import CopyObject, header_dict
from ..commonconfig import COPY, REPLACE, CopySource
from ..copy_conditions import CopyConditions
from ..datatypes import ObjectWriteResult
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ..helpers import DictType, check_bucket_name, check_headers, check_names, check_object_name, check_sse, genheaders
from ..retention import Retention
from ..sse import Sse
from ..tagging import Tags
from ._base import AsyncBase

_CONDITIONS = frozenset(
    f"x-amz-copy-source-if-{name}" for name in ("match", "none-match", "modified-since", "unmodified-since")
)


class AsyncCopyCalls(AsyncBase):
    """Calls that copy on the server."""

    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        source: str,
        sse: CopyConditions | Mapping[str, str] | None = None,
        metadata: DictType | None = None,
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
    ) -> ObjectWriteResult: ...
    @overload
    async def copy_object(
        self,
        bucket_name: str,
        object_name: str,
        *,
        object_source: str,
        copy_conditions: CopyConditions | Mapping[str, str] | None = None,
        metadata: DictType | None = None,
    ) -> ObjectWriteResult: ...
    @overload
    async def copy_object(
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
    ) -> ObjectWriteResult: ...
    async def copy_object(
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
    ) -> ObjectWriteResult:
        """Copy an object on the server.

        S3 operation: CopyObject.

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

        Returns:
            The result: a str that equals the ETag, with `etag`, `last_modified` and more.

        Raises:
            InvalidArgumentError: An argument is wrong.
            NoSuchKey: There is no such source.
            PreconditionFailed: A condition was not met.
            ResponseError: The server refuses.

        Example:
            >>> await client.copy_object("my-bucket", "my-copy", "/my-bucket/my-object")
        """
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
        written = await self._call(CopyObject(bucket_name, object_name, headers))
        return ObjectWriteResult(
            bucket_name,
            object_name,
            written.version_id,
            written.etag,
            header_dict(written.headers),
            written.last_modified,
        )

    def _check_tls(self, source: CopySource, sse: Sse | None) -> None:
        keys = [key for key in (source.ssec, sse) if key is not None and key.tls_required()]
        if keys and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")


def _source(source: str | CopySource | None) -> CopySource:
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
    if value is not None and value not in (COPY, REPLACE):
        raise InvalidArgumentError(f"{name} must be {COPY!r} or {REPLACE!r}, not {value!r}")
    return value


def _condition_headers(conditions: Mapping[str, str] | None) -> dict[str, str]:
    headers = check_headers("copy_conditions", conditions)
    for name in headers:
        if name.lower() not in _CONDITIONS:
            raise InvalidArgumentError(f"copy_conditions: {name!r} is no condition of a copy")
    return headers
