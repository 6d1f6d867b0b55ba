# Generated from src/minio/aio/_upload.py by tools/generate_sync.py. Do not edit.
"""Calls that upload an object: `put_object` and `fput_object`."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import DictType, check_headers, check_names, check_optional_number, check_workers
from .._core.datatypes import ObjectWriteResult
from .._core.engine.call_options import checked_headers
from .._core.ops.conditions import HEADERS as CONDITIONS, write_conditions
from .._core.ops.object_headers import check_one_kind, check_sse, genheaders, user_headers
from .._core.ops.objects import appending
from .._core.transfer.plan import check_length, check_part_size
from .._core.transfer.progress import Progress, ProgressArgument, check_progress
from .._core.transfer.upload_target import UploadTarget
from .._core.wire.checksums import check_checksum
from ..error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidSizeError,
)
from ._backend import current_scope, public_call
from ._storing import Storing

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from .._core.upload_data import UploadData
    from ..retention import Retention
    from ..sse import Sse
    from ..tagging import Tags

DEFAULT = "default"
_SMALL = 1024 * 1024
_TYPE = "application/octet-stream"
_NOTHING = (None,) * 10
_USUAL = (True, DEFAULT, 0, None, False)
"""The options of a usual `put_object`, which needs no checks but those of names, length and content type."""


class UploadCalls(Storing):
    """Calls that upload an object."""

    @public_call
    def put_object(
        self,
        bucket_name: str,
        object_name: str,
        data: UploadData,
        length: int,
        content_type: str | None = "application/octet-stream",
        metadata: DictType | None = None,
        sse: Sse | None = None,
        progress: ProgressArgument = None,
        part_size: int = 0,
        num_parallel_uploads: int | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        write_offset: int | None = None,
        *,
        checksum: str | None = DEFAULT,
        resume: bool | str | os.PathLike[str] = True,
        headers: DictType | None = None,
        user_metadata: DictType | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Upload an object from a stream or from memory.

        Up to 5 MiB (or `part_size`) are uploaded in one request. Larger data is uploaded in parts, several in parallel.
        An incomplete object never appears. If the upload fails and `data` can be read again (a file, bytes), the
        uploaded parts stay on the server and the same call resumes the upload. Otherwise they are removed.

        S3 operations: PutObject; for uploads in parts CreateMultipartUpload, UploadPart and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            data: The content: a stream with `read(n)`, bytes, or an iterable of bytes.
            length: The number of bytes, at most 5 TiB. -1 means up to the end of `data`.
            content_type: The object's content type. None derives it from the ending of the object's name, for example
                `image/png` for `.png`; an unknown ending means `application/octet-stream`.
            metadata: User metadata, and headers such as Cache-Control.
            sse: The encryption of the object.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            part_size: The size of a part in bytes, 5 MiB to 5 GiB. 0 means 5 MiB, and 8 MiB for files and bytes of
                more than 256 MiB; more if the object would need more than 10,000 parts.
            num_parallel_uploads: The number of parts whose content is sent at the same time. Two more requests are
                under way, which wait for their responses; with 1, there is one request at a time. The default is 4, and
                up to 8 while that makes the whole upload faster.
            tags: The object's tags.
            retention: The retention of the object.
            legal_hold: Place a legal hold on the object.
            write_offset: Append at this position in bytes, if the server supports it. If the response is lost, the
                request is not retried, because the server may have appended the data; TransportError is raised.
            checksum: The checksum that the server verifies, as in the constructor. The default is the client's.
            resume: Resume an interrupted upload of a file or of bytes. True keeps a journal of each upload in
                `$XDG_STATE_HOME/minio/uploads` (`~/.local/state/minio/uploads`); the path of a directory keeps it
                there. False keeps none. An upload is resumed only if this user started it for the same content and the
                same properties. Without a journal, an interrupted upload is aborted.
            headers: Headers of the object, such as Cache-Control, as they are sent. Not together with `metadata`.
            user_metadata: User metadata; each name gets the prefix `x-amz-meta-`. Not together with `metadata`.
            if_match: Store only if the object exists and has this ETag. Some servers ignore it (JuiceFS).
            if_none_match: "*" stores only if the object does not exist. Some servers ignore it (JuiceFS), or let
                several uploads in parts succeed that end at the same moment (SeaweedFS).
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A str that equals the ETag, with attributes such as `etag` and `version_id`.

        Raises:
            InvalidArgumentError: An argument is invalid; nothing was sent.
            InvalidSizeError: `data` ended before `length` bytes.
            PreconditionFailed: The object does not meet `if_match` or `if_none_match`; nothing was stored.
            ConditionalRequestConflict: Other conditional writes of the object are under way.
            ResponseError: The server returns an error.
            TransportError: The server is unreachable, or the connection was lost. With a condition also: the response
                was lost, and it is unknown who has stored the object.

        Example:
            >>> import io
            >>> result = client.put_object("my-bucket", "my-object", io.BytesIO(b"hello"), 5)
            >>> print(result.etag)
            5d41402abc4b2a76b9719d911017c592
        """
        check_names(bucket_name, object_name)
        if content_type is None:
            content_type = guess_type(metadata, object_name)
        length = check_length(length)
        write_offset = check_optional_number("write_offset", write_offset)
        if write_offset is not None and length < 0:
            raise InvalidArgumentError("length must be known to append with write_offset")
        given = metadata, sse, progress, tags, retention, headers, user_metadata, if_match, if_none_match, write_offset
        others = resume, checksum, part_size, num_parallel_uploads, legal_hold
        if given == _NOTHING and all(map(is_, others, _USUAL)):  # 1 is equal to True, but refused
            kind = _content_type(content_type)
            body = _small_body(data, length)
            if body is not None:
                return self._store_small(bucket_name, object_name, body, kind)
        target = self._target(
            bucket_name,
            object_name,
            with_type(metadata, content_type),
            sse,
            tags,
            retention,
            legal_hold,
            num_parallel_uploads,
            checksum,
            resume,
        )
        self._refine(target, metadata, headers, user_metadata, if_match, if_none_match)
        if write_offset is not None:
            target.headers = appending(target.headers, write_offset)
        part_size = check_part_size(part_size)
        check_progress(progress)
        body = _small_body(data, length)
        if body is not None:
            return self._store_whole(target, body, Progress(progress, object_name, length))
        from .._core.transfer.source import open_source

        source = open_source(data, length)
        try:
            return self._store(target, source, part_size, progress)
        finally:
            source.close()

    @public_call
    def fput_object(
        self,
        bucket_name: str,
        object_name: str,
        file_path: str | os.PathLike[str],
        content_type: str | None = "application/octet-stream",
        metadata: DictType | None = None,
        sse: Sse | None = None,
        progress: ProgressArgument = None,
        part_size: int = 0,
        num_parallel_uploads: int | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        *,
        checksum: str | None = DEFAULT,
        resume: bool | str | os.PathLike[str] = True,
        headers: DictType | None = None,
        user_metadata: DictType | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Upload an object from a file. See `put_object`.

        The object has the content of the file at the start of the call. Data that is appended during the call is
        ignored. If the file is truncated or rewritten during the call, an error is raised and nothing is stored. A
        FIFO, a character device and a file without a size, as in /proc, are read to the end.

        S3 operations: PutObject; for uploads in parts CreateMultipartUpload, UploadPart and CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            file_path: The path of the file.
            content_type: The object's content type. None derives it from the ending of the object's name, or else of
                the file's name; an unknown ending means `application/octet-stream`.
            metadata: User metadata, and headers such as Cache-Control.
            sse: The encryption of the object.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            part_size: The size of a part in bytes, 5 MiB to 5 GiB. 0 means 5 MiB, and 8 MiB for files and bytes of
                more than 256 MiB; more if the object would need more than 10,000 parts.
            num_parallel_uploads: The number of parts whose content is sent at the same time. Two more requests are
                under way, which wait for their responses; with 1, there is one request at a time. The default is 4, and
                up to 8 while that makes the whole upload faster.
            tags: The object's tags.
            retention: The retention of the object.
            legal_hold: Place a legal hold on the object.
            checksum: The checksum that the server verifies, as in the constructor. The default is the client's.
            resume: Resume an interrupted upload of a file or of bytes. True keeps a journal of each upload in
                `$XDG_STATE_HOME/minio/uploads` (`~/.local/state/minio/uploads`); the path of a directory keeps it
                there. False keeps none. An upload is resumed only if this user started it for the same content and the
                same properties. Without a journal, an interrupted upload is aborted.
            headers: Headers of the object, such as Cache-Control, as they are sent. Not together with `metadata`.
            user_metadata: User metadata; each name gets the prefix `x-amz-meta-`. Not together with `metadata`.
            if_match: Store only if the object exists and has this ETag. Some servers ignore it (JuiceFS).
            if_none_match: "*" stores only if the object does not exist. Some servers ignore it (JuiceFS), or let
                several uploads in parts succeed that end at the same moment (SeaweedFS).
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A str that equals the ETag, with attributes such as `etag` and `version_id`.

        Raises:
            MissingFileError: The file does not exist. It is also a FileNotFoundError.
            InvalidPathError: The file is a directory, a socket or a block device, or cannot be read. It is also an
                OSError.
            InvalidSizeError: The file was truncated or rewritten during the upload.
            PreconditionFailed: The object does not meet `if_match` or `if_none_match`; nothing was stored.
            ConditionalRequestConflict: Other conditional writes of the object are under way.
            ResponseError: The server returns an error.
            TransportError: The server is unreachable, or the connection was lost. With a condition also: the response
                was lost, and it is unknown who has stored the object.

        Example:
            >>> result = client.fput_object("my-bucket", "my-object", "photo.jpg", content_type="image/jpeg")
        """
        check_names(bucket_name, object_name)
        if content_type is None:
            content_type = guess_type(metadata, object_name, file_path)
        target = self._target(
            bucket_name,
            object_name,
            with_type(metadata, content_type),
            sse,
            tags,
            retention,
            legal_hold,
            num_parallel_uploads,
            checksum,
            resume,
        )
        self._refine(target, metadata, headers, user_metadata, if_match, if_none_match)
        part_size = check_part_size(part_size)
        check_progress(progress)
        from .._core.transfer.source import open_file

        source = open_file(file_path, current_scope())
        try:
            return self._store(target, source, part_size, progress)
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
        workers: int | None,
        checksum: str | None,
        resume: bool | str | os.PathLike[str],
    ) -> UploadTarget:
        if resume is not True and resume is not False:
            from .._core.transfer.journal import check_resume

            resume = check_resume(resume)
        check_sse(sse)
        if workers is not None:
            workers = check_workers("num_parallel_uploads", workers)
        if sse is not None and sse.tls_required() and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")
        headers = genheaders(metadata, sse, tags, retention, legal_hold)
        algorithm = self._session.checksum if checksum == DEFAULT else check_checksum(checksum)
        return UploadTarget(bucket_name, object_name, headers, algorithm, workers, sse, resume)

    def _refine(
        self,
        target: UploadTarget,
        metadata: DictType | None,
        headers: DictType | None,
        user_metadata: DictType | None,
        if_match: str | None,
        if_none_match: str | None,
    ) -> None:
        """Add raw headers, user metadata and conditions to the target of an upload."""
        if headers is not None or user_metadata is not None:
            check_one_kind(metadata, "headers", "user_metadata")
            raw = checked_headers("headers", headers)
            target.conditions = {name: value for name, value in raw.items() if name.lower() in CONDITIONS}
            own = {name: value for name, value in raw.items() if name not in target.conditions}
            if target.headers["Content-Type"] != _TYPE:
                own.pop("Content-Type", None)
            target.headers = {**target.headers, **own, **user_headers(user_metadata)}
        if if_match is not None or if_none_match is not None:
            target.conditions = write_conditions(if_match, if_none_match)


def _small_body(data: Any, length: int) -> bytes | None:
    """Return the body of a small upload from memory, or None for all other uploads."""
    if not 0 <= length <= _SMALL:
        return None
    if type(data) is io.BytesIO:
        body = data.read(length)
    elif type(data) is bytes:
        body = data[:length]
    else:
        return None
    if len(body) != length:
        from .._core.transfer.part_buffer import ended_early

        raise InvalidSizeError(ended_early(len(body), length, stream=type(data) is io.BytesIO))
    return body


@lru_cache(maxsize=256)
def _type_header(content_type: str) -> str:
    return check_headers("content_type", {"Content-Type": content_type})["Content-Type"]


def _content_type(content_type: str) -> str:
    if content_type and not isinstance(content_type, str):
        raise InvalidArgumentTypeError(f"content_type must be a str, not {type(content_type).__name__}")
    return _type_header(content_type or _TYPE)


def guess_type(metadata: DictType | None, *names: Any) -> str:
    """Return the content type in the metadata, or else the one that the ending of a name stands for."""
    from .._core.transfer.directory.content_types import DEFAULT, content_type

    given = metadata if isinstance(metadata, Mapping) else {}
    found = (str(value) for name, value in given.items() if str(name).lower() == "content-type")
    guesses = (content_type(os.fspath(name)) for name in names if isinstance(name, (str, os.PathLike)))
    return next((kind for kind in (*found, *guesses) if kind != DEFAULT), DEFAULT)


def with_type(metadata: DictType | None, content_type: str) -> dict[str, Any]:
    kind = {"Content-Type": _content_type(content_type)}
    if metadata is None:
        return kind
    if not isinstance(metadata, Mapping):
        raise InvalidArgumentTypeError(f"metadata must be a dict, not {type(metadata).__name__}")
    rest = {key: value for key, value in metadata.items() if str(key).lower() != "content-type"}
    return {**rest, **kind}
