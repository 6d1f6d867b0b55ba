# Generated from src/minio/aio/_extensions.py by tools/generate_sync.py. Do not edit.
"""Calls that only some servers support: queries, archive uploads, appends and prompts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import DictType, check_metadata, check_names, optional_text
from .._core.engine.call_options import check_options, checked_headers
from .._core.ops.object_headers import check_one_kind
from ..error import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError, TransportError
from ._backend import public_call, run_blocking
from ._objects import ObjectCalls
from ._upload import UploadCalls

if TYPE_CHECKING:
    import os

    from .._core.datatypes import Object, ObjectWriteResult
    from .._core.engine.call_options import CallOptions, QueryOptions
    from .._core.http.sync.response import ObjectResponse
    from .._core.ops.objects import Written
    from .._core.transfer.plan import Plan
    from .._core.transfer.progress import Progress, ProgressArgument
    from .._core.transfer.source import Source
    from .._core.upload_data import UploadData
    from ..commonconfig import SnowballObject
    from ..retention import Retention
    from ..select import SelectObjectReader, SelectRequest
    from ..sse import Sse, SseCustomerKey
    from ..tagging import Tags


class ExtensionCalls(UploadCalls, ObjectCalls):
    """Calls that only some servers support."""

    @public_call
    def select_object_content(
        self, bucket_name: str, object_name: str, request: SelectRequest, **options: Unpack[CallOptions]
    ) -> SelectObjectReader:
        """Query the content of an object (CSV, JSON or Parquet) with SQL.

        S3 operation: SelectObjectContent.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            request: The query, and the formats of the input and the output.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A reader. `stream()` reads the records; `stats()` is available afterwards.

        Raises:
            InvalidArgumentTypeError: `request` is not a SelectRequest.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest
            >>> request = SelectRequest("select * from S3Object", CSVInputSerialization(), CSVOutputSerialization())
            >>> found = client.select_object_content("my-bucket", "my.csv", request)  # doctest: +SKIP
            >>> with found:  # doctest: +SKIP
            ...     for data in found.stream():
            ...         print(data)
        """
        from .._core.http.sync.response import ObjectResponse
        from .._core.ops.select import SelectObjectContent
        from .._core.wire.marshal import marshal
        from ..select import SelectObjectReader, SelectRequest

        check_names(bucket_name, object_name)
        if not isinstance(request, SelectRequest):
            raise InvalidArgumentTypeError(f"request must be a SelectRequest, not {type(request).__name__}")
        response = self._call(SelectObjectContent(bucket_name, object_name, marshal(request)))
        return SelectObjectReader(ObjectResponse(response, f"/{bucket_name}/{object_name}", None))

    @public_call
    def upload_snowball_objects(
        self,
        bucket_name: str,
        object_list: Iterable[SnowballObject] | None = None,
        metadata: DictType | None = None,
        sse: Sse | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        staging_filename: str | None = None,
        compression: bool = False,
        *,
        objects: Iterable[SnowballObject] | None = None,
        headers: DictType | None = None,
        user_metadata: DictType | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriteResult:
        """Upload many small objects in one request, as an archive that the server extracts. A MinIO extension.

        S3 operation: PutObject with `X-Amz-Meta-Snowball-Auto-Extract`.

        Args:
            bucket_name: The bucket.
            object_list: The objects to upload.
            metadata: The metadata of the archive.
            sse: The encryption of the archive.
            tags: The tags of the archive.
            retention: The retention of the archive.
            legal_hold: Place a legal hold on the archive.
            staging_filename: The path where the archive is written. The default is a temporary file. If the path is a
                link or a file of another user, a temporary file in the same directory is used instead.
            compression: Compress the archive with gzip.
            objects: Another name for `object_list`.
            headers: Headers of the archive, as they are sent. Not together with `metadata`.
            user_metadata: User metadata of the archive. Not together with `metadata`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The result of the archive upload.

        Raises:
            MissingFileError: A file does not exist.
            InvalidArgumentError: Another argument is invalid.
            ResponseError: The server returns an error.

        Example:
            >>> import io
            >>> from minio.commonconfig import SnowballObject
            >>> objects = [SnowballObject("one.txt", data=io.BytesIO(b"1"), length=1)]
            >>> client.upload_snowball_objects("my-bucket", objects)  # doctest: +SKIP
        """
        from .._core.transfer.plan import MAX_PART_SIZE
        from .._core.transfer.tarball import open_staging, write_tar

        listed = objects if object_list is None else object_list
        if listed is None:
            raise InvalidArgumentError("object_list must be given")
        if not isinstance(listed, Iterable):
            name = "objects" if object_list is None else "object_list"
            raise InvalidArgumentTypeError(f"{name} must be an iterable of SnowballObject, not {type(listed).__name__}")
        extract = {"X-Amz-Meta-Snowball-Auto-Extract": "true"}
        raw = None
        if headers is not None or user_metadata is not None:
            check_one_kind(metadata, "headers", "user_metadata")
            raw = {**checked_headers("headers", headers), **extract}
        check_metadata("metadata", metadata)
        name = "snowball.tar.gz" if compression else "snowball.tar"
        check_names(bucket_name, name)
        with open_staging(staging_filename) as staging:
            size = run_blocking(write_tar, staging, listed, compression)
            return self.put_object(
                bucket_name,
                name,
                staging,
                size,
                metadata=None if raw is not None else {**(metadata or {}), **extract},
                headers=raw,
                user_metadata=user_metadata,
                sse=sse,
                tags=tags,
                retention=retention,
                legal_hold=legal_hold,
                part_size=MAX_PART_SIZE,
                resume=False,  # each call writes a new archive
            )

    @public_call
    def append_object(
        self,
        bucket_name: str,
        object_name: str,
        data: UploadData | None = None,
        length: int | None = None,
        chunk_size: int | None = None,
        progress: ProgressArgument = None,
        extra_headers: DictType | None = None,
        *,
        filename: str | os.PathLike[str] | None = None,
        stream: UploadData | None = None,
        **options: Unpack[QueryOptions],
    ) -> ObjectWriteResult:
        """Append data to an object. Few servers support this: S3 Express and MinIO AIStor.

        S3 operations: HeadObject, PutObject with a write offset.

        Args:
            bucket_name: The bucket.
            object_name: The object, which must exist.
            data: The data to append: a stream with `read(n)`, or bytes. Exactly one of `data`, `stream` and `filename`
                must be given.
            length: The number of bytes to append. It may be left out for bytes and for a file.
            chunk_size: The number of bytes to append in each request, 5 MiB to 5 GiB. The default is one request for
                all data.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            extra_headers: Additional headers for the requests.
            filename: The path of a file to append.
            stream: The stream to append.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The result of the last append request.

        Raises:
            InvalidArgumentError: An argument is invalid.
            InvalidSizeError: `data` ended before `length` bytes.
            NoSuchKey: The object does not exist.
            ResponseError: The server returns an error, or does not support appending.
            TransportError: The response to an append request was lost. The request is not retried, because the server
                may have appended the data. Check the object's size before you append the rest.

        Example:
            >>> client.append_object("my-bucket", "my-object", b"more", 4)  # doctest: +SKIP
        """
        from .._core.datatypes import ObjectWriteResult
        from .._core.ops.objects import HeadObject, header_dict
        from .._core.transfer.plan import MAX_PART_SIZE, Plan, check_length, check_part_size
        from .._core.transfer.progress import Progress, check_progress
        from .._core.transfer.source import open_file, open_source

        check_names(bucket_name, object_name)
        given = [item for item in (data, stream, filename) if item is not None]
        if len(given) != 1:
            raise InvalidArgumentError("exactly one of data, stream and filename must be given")
        if length is None and filename is None:
            length = _length_of(given[0])
        if length is not None:
            length = check_length(length)
            if length < 0:
                raise InvalidArgumentError("length must be known to append")
        chunk_size = check_part_size(chunk_size or 0, "chunk_size")
        check_progress(progress)
        headers = checked_headers("extra_headers", extra_headers, only_framing=True)
        found_by = {name: value for name, value in headers.items() if name.lower() not in _OF_APPENDING}
        if filename is None:
            source = open_source(given[0], length or 0)
        else:
            source = open_file(filename, argument="filename")
        try:
            length = _agreed(length, source.length, filename)
            looking = HeadObject(bucket_name, object_name, headers=found_by, conditional=False)
            offset = _size_of(self._call(looking))
            plan = Plan(length, chunk_size or min(max(length, 1), MAX_PART_SIZE))
            counter = Progress(progress, object_name, length)
            last = self._append_parts((bucket_name, object_name), source, plan, headers, offset, counter)
        finally:
            source.close()
        counter.finish()
        return ObjectWriteResult(bucket_name, object_name, last.version_id, last.etag, header_dict(last.headers))

    def _append_parts(
        self,
        names: tuple[str, str],
        source: Source,
        plan: Plan,
        headers: dict[str, str],
        offset: int,
        progress: Progress,
    ) -> Written:
        """Append the parts one after another from `offset`. Return the result of the last request."""
        from .._core.ops.objects import PutObject, appending

        written = []
        for part in plan.parts():
            body = source.part(part.offset, part.size)
            body, payload = run_blocking(source.settle, body, self._session.checksum, part.offset)
            named = appending(headers, offset + part.offset)
            written.append(self._call(PutObject(*names, body, named, self._session.checksum, payload)))
            progress.add(part.size)
        return written[-1]

    @public_call
    def prompt_object(
        self,
        bucket_name: str,
        object_name: str,
        prompt: str,
        lambda_arn: str | None = None,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        *,
        region: str | None = None,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
        **kwargs: Any,
    ) -> ObjectResponse:
        """Ask a question about an object's content. A MinIO AIStor extension.

        S3 operation: MinIO's PromptObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            prompt: The question.
            lambda_arn: The ARN of the service that answers the question.
            request_headers: Additional request headers.
            ssec: The customer key with which the object is encrypted.
            version_id: The version.
            region: Sign for this region, instead of the client's or the bucket's.
            extra_headers: Additional request headers.
            extra_query_params: Additional query parameters.
            kwargs: Additional fields of the request body.

        Returns:
            The response, which can be streamed.

        Raises:
            ResponseError: The server returns an error, or does not support this call.

        Example:
            >>> answer = client.prompt_object("my-bucket", "my-object", "What is this?")  # doctest: +SKIP
        """
        import json

        from .._core.http.sync.response import ObjectResponse
        from .._core.ops.select import PromptObject

        check_names(bucket_name, object_name)
        headers = {**self._read_headers(0, 0, request_headers, ssec), "Content-Type": "application/json"}
        query = {"lambdaArn": optional_text("lambda_arn", lambda_arn)}
        if version_id:
            query["versionId"] = optional_text("version_id", version_id)
        body = json.dumps({**kwargs, "prompt": optional_text("prompt", prompt)}).encode()
        given = {"region": region, "extra_headers": extra_headers, "extra_query_params": extra_query_params}
        client = self._derive(options=check_options(given))
        response = client._call(PromptObject(bucket_name, object_name, query, headers, body))
        return ObjectResponse(response, f"/{bucket_name}/{object_name}", None)


_OF_APPENDING = frozenset({"x-amz-write-offset-bytes", "content-type", "content-encoding"})
"""Headers that are about the data to append, not about the object that is there."""


def _length_of(data: Any) -> int:
    """Return the length of data in memory."""
    try:
        return memoryview(data).nbytes
    except TypeError:
        raise InvalidArgumentError("length must be given for a stream") from None


def _agreed(length: int | None, found: int | None, filename: Any) -> int:
    """Return the number of bytes to append: the given one, which must be that of a file, or the file's."""
    if filename is not None and length is not None and length != found:
        raise InvalidSizeError(f"length {length} is not that of the file {filename!r}, which has {found} bytes")
    known = found if length is None else length
    if known is None:
        raise InvalidArgumentError(f"filename {filename!r} must be a regular file, whose length is known")
    return known


def _size_of(found: Object) -> int:
    """The offset at which the next bytes are appended."""
    if found.size is None:
        raise TransportError(f"the server does not say how long {found.object_name!r} is, so nothing can be appended")
    return found.size
