"""Server-side copies in parts, and the checks of the sources before and after a copy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .._core.ops.conditions import CONDITIONS, is_met
from .._core.wire.etag import is_weak, same_etag
from ..error import (
    InvalidArgumentError,
    InvalidRange,
    MinioException,
    NoSuchBucket,
    PreconditionFailed,
    S3Error,
)
from ._backend import CancelScope, shelter
from ._base import T
from ._multipart import AsyncMultipart

if TYPE_CHECKING:
    from .._core.datatypes import Object, ObjectWriteResult
    from .._core.ops.base import Operation
    from .._core.ops.objects import Written
    from .._core.transfer.copy_plan import CopyPart
    from ..commonconfig import ObjectConditionalReadArgs
    from ..sse import Sse


J = TypeVar("J")

_WORKERS = 4


class Kept(NamedTuple):
    """The properties that a copy of one whole source keeps."""

    metadata: bool = False
    tags: bool = False

    def headers(self, look: Object, headers: dict[str, str]) -> dict[str, str]:
        """Return the headers of the new object, including those kept from the source."""
        from .._core.ops.copying import copyable_headers

        return {**copyable_headers(look.metadata or {}), **headers} if self.metadata else headers

    def directives(self, look: Object, headers: dict[str, str], itself: bool) -> dict[str, str]:
        """Return the headers for CopyObject. S3 rejects a copy of an object onto itself that changes nothing."""
        from ..commonconfig import COPY, REPLACE

        found = self.headers(look, headers) if itself else headers
        return {
            **found,
            "x-amz-metadata-directive": COPY if self.metadata and not itself else REPLACE,
            "x-amz-tagging-directive": COPY if self.tags else REPLACE,
        }


_NOTHING = Kept()


class AsyncMultipartCopy(AsyncMultipart):
    """The base class for copying and composing."""

    async def _copy_once(
        self,
        operation: Operation[T],
        source: ObjectConditionalReadArgs,
        target: str,
        scope: CancelScope | None = None,
    ) -> T:
        """Run one copy operation. If the source is missing, the error names it."""
        from .._core.ops.errors import name_source

        try:
            return await self._call(operation, scope)
        except S3Error as error:
            if await self._lacks_source(error, target, source):
                name_source(error, source.bucket_name, source.object_name)
            raise

    async def _lacks_source(self, error: S3Error, target: str, source: ObjectConditionalReadArgs) -> bool:
        """Return whether the source is missing. For two buckets, no server reports which one is missing."""
        from .._core.ops.buckets import HeadBucket

        if error.code != "NoSuchBucket" or source.bucket_name == target:
            return error.code in ("NoSuchKey", "NoSuchVersion")
        try:
            await self._call(HeadBucket(source.bucket_name))
        except NoSuchBucket:
            return True
        except MinioException:
            pass  # the first error is raised
        return False

    async def _copyable(self, source: ObjectConditionalReadArgs) -> bool:
        """Return whether the source is small enough for one CopyObject, or its size is unknown."""
        from .._core.transfer.plan import MAX_PART_SIZE

        return ((await self._look_at(source)).size or 0) <= MAX_PART_SIZE

    async def _look_at(self, source: ObjectConditionalReadArgs, scope: CancelScope | None = None) -> Object:
        from .._core.ops.objects import HeadObject

        headers = source.ssec.headers() if source.ssec is not None else {}
        operation = HeadObject(source.bucket_name, source.object_name, source.version_id, headers, conditional=False)
        return await self._call(operation, scope)

    async def _measure_all(self, sources: Sequence[ObjectConditionalReadArgs]) -> list[Object]:
        """Return the properties of all sources. Each distinct source is requested once."""
        distinct = {_identity(source): source for source in reversed(sources)}
        order = list(dict.fromkeys(map(_identity, sources)))
        first = [distinct[identity] for identity in order]
        if len(first) == 1:
            looks = [await self._measure(first[0])]
        else:
            looks = await shelter(_each, first, self._measure)
        found = dict(zip(order, looks, strict=True))
        return [found[_identity(source)] for source in sources]

    async def _measure(self, source: ObjectConditionalReadArgs, scope: CancelScope | None = None) -> Object:
        """Return the properties of a source. If HeadObject reports no size, get it from a range request."""
        from .._core.ops.objects import GetObject
        from .._core.ops.partial import check_partial, pinned
        from .._core.wire.byte_range import ByteRange

        look = await self._look_at(source, scope)
        if look.size is not None:
            return look
        asked = ByteRange(0, 0)
        headers = pinned(source.ssec.headers() if source.ssec is not None else {}, look.etag, asked)
        operation = GetObject(source.bucket_name, source.object_name, source.version_id, headers, conditional=False)
        try:
            response = await self._call(operation, scope)
        except InvalidRange:
            return replace(look, size=0)
        response.stream.close()
        return replace(look, size=check_partial(response, asked, look.etag or "").total)

    async def _check_unchanged(
        self, pair: tuple[ObjectConditionalReadArgs, Object], scope: CancelScope | None = None
    ) -> None:
        """Raise PreconditionFailed if a source was replaced. Some servers ignore the ETag condition of a part copy."""
        source, look = pair
        if source.version_id and source.version_id != "null":
            return
        now = await self._look_at(source, scope)
        same = same_etag(now.etag, look.etag) if look.etag and now.etag else now.last_modified == look.last_modified
        if not same:
            raise _unmet(source, "was replaced while it was being copied")

    async def _copy_in_parts(
        self,
        bucket: str,
        key: str,
        source: ObjectConditionalReadArgs,
        headers: dict[str, str],
        part_size: int,
        sse: Sse | None,
    ) -> ObjectWriteResult:
        """Copy in parts. Unlike CopyObject, this has to read and set the content type, metadata and tags itself."""
        from .._core.ops.copying import copyable_headers
        from ..commonconfig import COPY

        own = {name: value for name, value in headers.items() if not name.startswith("x-amz-copy-source")}
        directive = own.pop("x-amz-metadata-directive", COPY)
        tagging = own.pop("x-amz-tagging-directive", COPY)
        looks = None
        if directive == COPY:
            looks = [await self._measure(source)]
            own.update(copyable_headers(looks[0].metadata or {}))
        if tagging == COPY and "x-amz-tagging" not in own:
            own.update(await self._tags_of(source))
        conditions = {name: value for name, value in headers.items() if name.lower() in CONDITIONS}
        return await self._join(bucket, key, [source], own, part_size, sse, conditions, looks=looks)

    async def _tags_of(self, source: ObjectConditionalReadArgs) -> dict[str, str]:
        from .._core.ops.subresources import OBJECT_TAGGING, GetSubresource

        query = {"versionId": source.version_id} if source.version_id else {}
        operation = GetSubresource(OBJECT_TAGGING, source.bucket_name, source.object_name, query)
        try:
            found = await self._call(operation)
        except S3Error as error:
            if error.status in (403, 404, 405, 501):
                return {}  # there are no tags, or the server or the credentials do not support them
            raise
        return {"x-amz-tagging": found.tags.to_header()} if found is not None and found.tags else {}

    async def _join(
        self,
        bucket: str,
        key: str,
        sources: Sequence[ObjectConditionalReadArgs],
        headers: dict[str, str],
        part_size: int,
        sse: Sse | None,
        conditions: Mapping[str, str] | None = None,
        kept: Kept = _NOTHING,
        looks: list[Object] | None = None,
    ) -> ObjectWriteResult:
        from .._core.ops.copying import CopyObject
        from .._core.ops.objects import HeadObject
        from .._core.transfer.copy_plan import copy_plan
        from ..sse import SseCustomerKey

        looks = await self._measure_all(sources) if looks is None else looks
        spans = [_span(index, source, look) for index, (source, look) in enumerate(zip(sources, looks, strict=True))]
        parts_to_copy = copy_plan(spans, part_size)
        secret = sse.headers() if isinstance(sse, SseCustomerKey) else {}
        whole = len(spans) == 1 and _is_whole(sources[0], spans[0], looks[0])
        if whole and len(parts_to_copy) == 1 and not part_size:
            itself = (sources[0].bucket_name, sources[0].object_name) == (bucket, key)
            found = {
                **kept.directives(looks[0], headers, itself),
                **sources[0].gen_copy_headers(),
                **(conditions or {}),
            }
            return copy_result(bucket, key, await self._copy_once(CopyObject(bucket, key, found), sources[0], bucket))
        for source, look in zip(sources, looks, strict=True):
            if not is_met({**source.gen_copy_headers(), **(conditions or {})}, look):
                raise _unmet(source, "does not meet a condition")
        if whole:
            headers = kept.headers(looks[0], headers)
            if kept.tags:
                headers = {**await self._tags_of(sources[0]), **headers}

        def source_headers(copy_part: CopyPart) -> dict[str, str]:
            source, look = sources[copy_part.source], looks[copy_part.source]
            named = {**source.gen_copy_headers(), **(conditions or {}), **secret}
            if look.etag and not is_weak(look.etag):
                named.setdefault("x-amz-copy-source-if-match", look.etag)
            if not _is_whole(source, (copy_part.offset, copy_part.length), look):
                named["x-amz-copy-source-range"] = f"bytes={copy_part.offset}-{copy_part.offset + copy_part.length - 1}"
            return named

        pairs = list(zip(sources, looks, strict=True))
        written = await shelter(self._copy_pieces, bucket, key, headers, parts_to_copy, source_headers, secret, pairs)
        if not written.etag:
            head = HeadObject(bucket, key, written.version_id, secret, conditional=False)
            written = await self._look_up_etag(head, written, sum(length for _, length in spans), None)
        return copy_result(bucket, key, written)

    async def _copy_pieces(
        self,
        bucket: str,
        key: str,
        headers: dict[str, str],
        parts_to_copy: list[CopyPart],
        source_headers: Callable[[CopyPart], dict[str, str]],
        secret: dict[str, str],
        sources: Sequence[tuple[ObjectConditionalReadArgs, Object]],
    ) -> Written:
        """Copy the parts of an upload and complete it. Abort the upload on failure."""
        from .._core.ops.multipart import CompleteMultipartUpload, UploadPartCopy
        from .._core.transfer.aio.workers import run_jobs

        upload_id = await self._create_upload(bucket, key, headers)

        async def copy(copy_part: CopyPart, scope: CancelScope | None) -> tuple[int, str, str | None]:
            operation = UploadPartCopy(bucket, key, upload_id, copy_part.number, source_headers(copy_part))
            etag = await self._copy_once(operation, sources[copy_part.source][0], bucket, scope)
            return copy_part.number, etag, None

        try:
            parts = await run_jobs(parts_to_copy, copy, _WORKERS)
            await _each({_identity(source): (source, look) for source, look in sources}.values(), self._check_unchanged)
            return await self._call(CompleteMultipartUpload(bucket, key, upload_id, parts, headers=secret))
        except BaseException as error:
            await self._give_up_upload(bucket, key, upload_id, error)
            raise

    def _check_tls(self, source: ObjectConditionalReadArgs, sse: Sse | None) -> None:
        keys = [key for key in (source.ssec, sse) if key is not None and key.tls_required()]
        if keys and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")


async def _each(jobs: Collection[J], work: Callable[[J, CancelScope | None], Any]) -> list[Any]:
    """Run `work` for each job, several at a time. If several fail, raise the error of the first job in order.

    Jobs start in order. No job starts after one has failed. Started jobs run to the end.
    """
    from .._core.transfer.aio.workers import run_jobs

    errors: list[tuple[int, MinioException]] = []

    async def one(numbered: tuple[int, J], scope: CancelScope | None) -> Any:
        if any(number < numbered[0] for number, _ in errors):
            return None
        try:
            return await work(numbered[1], scope)
        except MinioException as error:
            errors.append((numbered[0], error))
            return None

    results = await run_jobs(list(enumerate(jobs)), one, _WORKERS)
    if errors:
        raise min(errors, key=itemgetter(0))[1]
    return results


def _identity(source: ObjectConditionalReadArgs) -> tuple[Any, ...]:
    """Return a key that is equal for sources with the same object, version and customer key."""
    secret = () if source.ssec is None else tuple(sorted(source.ssec.headers().items()))
    return source.bucket_name, source.object_name, source.version_id, secret


def copy_result(bucket: str, key: str, written: Written) -> ObjectWriteResult:
    from .._core.datatypes import ObjectWriteResult
    from .._core.ops.objects import header_dict

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
    """Return the offset and the length of a source within its object."""
    from .._core.transfer.plan import MIN_PART_SIZE

    offset, length, size = source.offset or 0, source.length, look.size
    if size is None:
        if offset and length is None:
            raise InvalidArgumentError(
                f"sources[{index}]: length must be given with offset, since the server does not say the object's size"
            )
        # The whole source is one part, whatever its size; the server checks it.
        return offset, MIN_PART_SIZE if length is None else length
    if length is None:
        length = size - offset
    if offset + length > size or length < 0 or (offset and not length):
        raise InvalidArgumentError(
            f"sources[{index}]: offset {offset} and length {length} lie outside of its {size} bytes"
        )
    return offset, length


def _is_whole(source: ObjectConditionalReadArgs, span: tuple[int, int], look: Object) -> bool:
    """Return whether the range of a source covers its whole object."""
    if look.size is None:
        return source.offset is None and source.length is None
    return span == (0, look.size)


def _unmet(source: ObjectConditionalReadArgs, what: str) -> PreconditionFailed:
    text = f"the source {source.bucket_name}/{source.object_name} {what}"
    return PreconditionFailed(
        None, "PreconditionFailed", text, None, None, None, source.bucket_name, source.object_name
    )
