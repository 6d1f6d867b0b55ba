"""Calls that store an object: put_object and fput_object."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .._core.ops.objects import HeadObject, PutObject, Written, header_dict
from .._core.transfer.plan import Part, Plan, check_length, check_part_size, make_plan
from .._core.transfer.progress import Progress, ProgressArgument, check_progress
from .._core.wire.checksums import Payload, check_checksum
from .._core.wire.message import Body, body_length
from ..datatypes import ObjectWriteResult
from ..error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidPart,
    InvalidPartOrder,
    InvalidSizeError,
    NoSuchUpload,
    ResponseError,
    TransportError,
)
from ..helpers import DictType, check_headers, check_names, check_sse, check_workers, genheaders
from ._listing import AsyncListingCalls
from ._seam import Scope, run_blocking

if TYPE_CHECKING:
    from .._core.transfer.source import AsyncSource
    from .._core.transfer.upload import Upload
    from ..retention import Retention
    from ..sse import Sse
    from ..tagging import Tags

_DEFAULT = "default"
_SMALL = 1024 * 1024
_TAKEN_AWAY = 2
"""How often an upload may be finished or removed by somebody else before its caller hears of it."""
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class _Target:
    """The object that is to be, and how."""

    bucket: str
    key: str
    headers: dict[str, str]
    checksum: str | None
    workers: int
    sse: Sse | None = None
    resume: bool = True
    part_size: int = 0

    @property
    def part_headers(self) -> dict[str, str]:
        """What every part must say again: the customer's key."""
        from ..sse import SseCustomerKey

        return self.sse.headers() if isinstance(self.sse, SseCustomerKey) else {}

    @property
    def declared(self) -> str | None:
        """The checksum that the parts carry and the upload declares; MD5 is no such checksum."""
        return None if self.checksum == "MD5" else self.checksum


class AsyncUploadCalls(AsyncListingCalls):
    """Calls that store an object."""

    async def put_object(
        self,
        bucket_name: str,
        object_name: str,
        data: Any,
        length: int,
        content_type: str = "application/octet-stream",
        metadata: DictType | None = None,
        sse: Sse | None = None,
        progress: ProgressArgument = None,
        part_size: int = 0,
        num_parallel_uploads: int = 4,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        write_offset: int | None = None,
        *,
        checksum: str | None = _DEFAULT,
        resume: bool = True,
    ) -> ObjectWriteResult:
        """Store an object from a stream or from memory.

        Up to 5 MiB (or `part_size`) go in one request; more goes in parts, several at a time. The object appears
        whole or not at all. When something fails, the parts that were sent stay for the next try if `data` can be read
        again (a file, bytes), and are removed otherwise.

        S3 operations: PutObject; or CreateMultipartUpload, UploadPart and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            data: What to store: anything with `read(n)`, bytes, or an iterable of bytes; awaitable or not.
            length: How many bytes, -1 for all up to the end of `data`; at most 5 TiB.
            content_type: The object's content type.
            metadata: The user's metadata and headers such as Cache-Control.
            sse: How the server is to encrypt it.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            part_size: Bytes of a part, 5 MiB to 5 GiB; 0 for as small as S3 allows.
            num_parallel_uploads: How many parts are sent at a time.
            tags: The object's tags.
            retention: Until when it may not be removed, and how strictly.
            legal_hold: Whether it may not be removed until that is lifted.
            write_offset: Append at this position in bytes, where the server can do that.
            checksum: What the server is to verify, as in the constructor; otherwise as said there.
            resume: Leave the parts of an interrupted upload on the server and go on with them next time, where the
                data can be read again. A part is only used again when its digest is that of our bytes.

        Returns:
            The result: a str that equals the ETag, with `etag`, `version_id` and more.

        Raises:
            InvalidArgumentError: An argument is wrong; nothing was sent.
            InvalidSizeError: `data` ended before `length` bytes.
            ResponseError: The server refuses.
            TransportError: The server could not be reached, or was lost.

        Example:
            >>> import io
            >>> result = await client.put_object("my-bucket", "my-object", io.BytesIO(b"hello"), 5)
            >>> print(result.etag)
            5d41402abc4b2a76b9719d911017c592
        """
        check_names(bucket_name, object_name)
        check_length(length)
        if write_offset is not None and (not isinstance(write_offset, int) or write_offset < 0):
            raise InvalidArgumentError(f"write_offset must be a position of at least 0, not {write_offset!r}")
        if write_offset is not None and length < 0:
            raise InvalidArgumentError("length must be known to append with write_offset")
        target = self._target(
            bucket_name,
            object_name,
            _with_type(metadata, content_type),
            sse,
            tags,
            retention,
            legal_hold,
            num_parallel_uploads,
            checksum,
            resume,
        )
        if write_offset is not None:
            target.headers["x-amz-write-offset-bytes"] = str(write_offset)
        check_part_size(part_size)
        target.part_size = part_size
        check_progress(progress)
        body = _small_body(data, length)
        if body is not None:
            return await self._store_whole(target, body, Progress(progress, object_name, length))
        from .._core.transfer.source import open_async_source

        source = open_async_source(data, length)
        try:
            return await self._store(target, source, part_size, progress, single=write_offset is not None)
        finally:
            source.close()

    async def fput_object(
        self,
        bucket_name: str,
        object_name: str,
        file_path: str | os.PathLike[str],
        content_type: str = "application/octet-stream",
        metadata: DictType | None = None,
        sse: Sse | None = None,
        progress: ProgressArgument = None,
        part_size: int = 0,
        num_parallel_uploads: int = 4,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        *,
        checksum: str | None = _DEFAULT,
        resume: bool = True,
    ) -> ObjectWriteResult:
        """Store an object from a file. See `put_object`.

        S3 operations: PutObject; or CreateMultipartUpload, UploadPart and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            file_path: The file.
            content_type: The object's content type.
            metadata: The user's metadata and headers such as Cache-Control.
            sse: How the server is to encrypt it.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            part_size: Bytes of a part, 5 MiB to 5 GiB; 0 for as small as S3 allows.
            num_parallel_uploads: How many parts are sent at a time.
            tags: The object's tags.
            retention: Until when it may not be removed, and how strictly.
            legal_hold: Whether it may not be removed until that is lifted.
            checksum: What the server is to verify, as in the constructor; otherwise as said there.
            resume: Leave the parts of an interrupted upload on the server and go on with them next time, where the
                data can be read again. A part is only used again when its digest is that of our bytes.

        Returns:
            The result: a str that equals the ETag, with `etag`, `version_id` and more.

        Raises:
            MissingFileError: There is no such file (a FileNotFoundError).
            InvalidPathError: It is a directory, or cannot be read (an OSError).
            InvalidSizeError: It changed while it was being sent.
            ResponseError: The server refuses.
            TransportError: The server could not be reached, or was lost.

        Example:
            >>> result = await client.fput_object("my-bucket", "my-object", "photo.jpg", content_type="image/jpeg")
        """
        check_names(bucket_name, object_name)
        target = self._target(
            bucket_name,
            object_name,
            _with_type(metadata, content_type),
            sse,
            tags,
            retention,
            legal_hold,
            num_parallel_uploads,
            checksum,
            resume,
        )
        check_part_size(part_size)
        target.part_size = part_size
        check_progress(progress)
        from .._core.transfer.source import open_async_file

        source = open_async_file(file_path)
        try:
            return await self._store(target, source, part_size, progress)
        finally:
            source.close()

    def _target(
        self,
        bucket_name: str,
        object_name: str,
        metadata: DictType,
        sse: Sse | None,
        tags: Tags | None,
        retention: Retention | None,
        legal_hold: bool,
        workers: int,
        checksum: str | None,
        resume: bool,
    ) -> _Target:
        check_sse(sse)
        check_workers("num_parallel_uploads", workers)
        if sse is not None and sse.tls_required() and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        algorithm = self._session.checksum if checksum == _DEFAULT else check_checksum(checksum)
        return _Target(bucket_name, object_name, headers, algorithm, workers, sse, bool(resume))

    async def _store(
        self, target: _Target, source: AsyncSource, part_size: int, progress: ProgressArgument, single: bool = False
    ) -> ObjectWriteResult:
        length = -1 if source.length is None else source.length
        plan = make_plan(length, part_size)
        counter = Progress(progress, target.key, length)
        first, whole = None, False
        if plan.length is None:
            first = await source.part(0, plan.part_size)
            whole = body_length(first) < plan.part_size
        elif single or plan.length <= plan.part_size:
            first, whole = await source.part(0, plan.length), True
        if first is not None and whole:
            result = await self._store_whole(target, first, counter)
            source.check_unchanged()
            return result
        written = await self._put_parts(target, source, plan, first, counter)
        counter.finish()
        return _result(target, written)

    async def _store_whole(self, target: _Target, body: Body, progress: Progress) -> ObjectWriteResult:
        """Store an object in one request."""
        written = await self._call(PutObject(target.bucket, target.key, body, target.headers, target.checksum))
        progress.add(body_length(body))
        progress.finish()
        return _result(target, written)

    async def _put_parts(
        self, target: _Target, source: AsyncSource, plan: Plan, first: Body | None, progress: Progress
    ) -> Written:
        """Send the parts: into an upload that was left unfinished, where its parts are ours, else into a new one."""
        from .._core.transfer.resume import can_be_told, is_ours

        resume = target.resume and source.repeatable and can_be_told(target.headers)
        earlier = await self._find_earlier(target, source, plan) if resume else None
        for _ in range(_TAKEN_AWAY if resume else 0):
            upload = earlier or await self._begin_upload(target, plan)
            try:
                written = await self._fill_upload(target, source, upload, first, progress, resume)
                ours = await run_blocking(is_ours, source, upload, written.etag or "")
                if ours and (earlier is None or await self._as_meant(target, written)):
                    return written
            except (NoSuchUpload, InvalidPart, InvalidPartOrder):
                pass  # somebody else has finished, removed or written to it meanwhile
            progress.reset()
            earlier = None
        upload = await self._begin_upload(target, plan)
        written = await self._fill_upload(target, source, upload, first, progress, resume)
        if not await run_blocking(is_ours, source, upload, written.etag or ""):
            raise TransportError(f"the object was stored, but its ETag is not that of the parts sent ({upload.etag})")
        return written

    async def _begin_upload(self, target: _Target, plan: Plan) -> Upload:
        from .._core.transfer.upload import Upload

        headers = dict(target.headers)
        if target.declared:
            headers["x-amz-checksum-algorithm"] = target.declared
        return Upload(plan, await self._create_upload(target.bucket, target.key, headers))

    async def _as_meant(self, target: _Target, written: Written) -> bool:
        """Whether an object that was begun earlier has the metadata that are wanted now: its beginning decided them."""
        from .._core.transfer.resume import same_metadata

        found = await self._call(HeadObject(target.bucket, target.key, written.version_id, target.part_headers))
        return same_metadata(target.headers, found.metadata or {})

    async def _fill_upload(
        self,
        target: _Target,
        source: AsyncSource,
        upload: Upload,
        first: Body | None,
        progress: Progress,
        resume: bool,
    ) -> Written:
        from .._core.ops.multipart import CompleteMultipartUpload, UploadPart
        from .._core.transfer.tasks import run_upload

        async def send(part: Part, body: Body, payload: Payload, scope: Scope | None) -> str:
            operation = UploadPart(
                target.bucket, target.key, upload.upload_id, part.number, body, payload, target.part_headers
            )
            return await self._call(operation, scope)

        progress.add(upload.uploaded)
        try:
            await run_upload(upload, source, send, target.checksum, target.workers, progress.add, first)
            source.check_unchanged()
            written = await self._call(
                CompleteMultipartUpload(
                    target.bucket,
                    target.key,
                    upload.upload_id,
                    upload.completed(),
                    target.declared,
                    target.part_headers,
                )
            )
        except BaseException as error:
            if not resume or not upload.sent or isinstance(error, InvalidSizeError):
                await self._give_up_upload(target.bucket, target.key, upload.upload_id, error)
            raise
        return written if written.etag else await self._confirm(target, upload, written)

    async def _find_earlier(self, target: _Target, source: AsyncSource, plan: Plan) -> Upload | None:
        """The newest unfinished upload of this object, if some of its parts are proven to be ours."""
        from .._core.transfer.resume import adopt, proof
        from .._core.transfer.upload import Upload

        try:
            found = [
                upload
                async for upload in self._incomplete(target.bucket, target.key, "", sized=False)
                if upload.object_name == target.key
            ]
            if not found or plan.length is None:
                return None
            newest = max(found, key=lambda upload: upload.initiated or _EPOCH)
            parts = {part.part_number: part async for part in self._parts(newest)}
        except ResponseError:
            return None  # who may not list uploads begins a new one
        adopted = adopt(plan, parts, fixed=target.part_size > 0)
        proven = {}
        for number, part in sorted(parts.items()) if adopted is not None else ():
            sent = await run_blocking(proof, source, plan if adopted is None else adopted, part, target.checksum)
            if sent is not None:
                proven[number] = sent
        return Upload(adopted, newest.upload_id, proven) if adopted is not None and proven else None

    async def _confirm(self, target: _Target, upload: Upload, written: Written) -> Written:
        """Look at the object: some servers complete an upload without telling its ETag, or their answer was lost."""
        found = await self._call(HeadObject(target.bucket, target.key, written.version_id, target.part_headers))
        if found.size != upload.uploaded:
            raise TransportError("the answer to CompleteMultipartUpload was lost, and the object is not the one sent")
        return replace(written, etag=found.etag, version_id=written.version_id or found.version_id)


def _small_body(data: Any, length: int) -> bytes | None:
    """What is in memory and goes in one small request; None for everything else."""
    if not 0 <= length <= _SMALL:
        return None
    if type(data) is io.BytesIO:
        body = data.read(length)
    elif type(data) is bytes:
        body = data[:length]
    else:
        return None
    if len(body) != length:
        raise InvalidSizeError(f"data ends after {len(body)} bytes, but length says {length}")
    return body


def _result(target: _Target, written: Written) -> ObjectWriteResult:
    return ObjectWriteResult(
        target.bucket,
        target.key,
        written.version_id,
        written.etag,
        header_dict(written.headers),
        written.last_modified,
        written.location,
    )


@lru_cache(maxsize=256)
def _type_header(content_type: str) -> str:
    return check_headers("content_type", {"Content-Type": content_type})["Content-Type"]


def _with_type(metadata: DictType | None, content_type: str) -> dict[str, Any]:
    if content_type and not isinstance(content_type, str):
        raise InvalidArgumentTypeError(f"content_type must be a str, not {type(content_type).__name__}")
    kind = {"Content-Type": _type_header(content_type or "application/octet-stream")}
    if metadata is None:
        return kind
    if not isinstance(metadata, Mapping):
        raise InvalidArgumentTypeError(f"metadata must be a dict, not {type(metadata).__name__}")
    rest = {key: value for key, value in metadata.items() if str(key).lower() != "content-type"}
    return {**rest, **kind}
