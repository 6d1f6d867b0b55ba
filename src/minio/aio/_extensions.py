"""Calls that only some servers know: queries over an object's content, and many objects in one archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ..helpers import DictType, check_headers, check_names, check_text
from ._objects import AsyncObjectCalls
from ._seam import run_blocking
from ._upload import AsyncUploadCalls

if TYPE_CHECKING:
    from .._core.http.asyncio_response import AsyncObjectResponse
    from .._core.transfer.progress import ProgressArgument
    from ..commonconfig import SnowballObject
    from ..datatypes import ObjectWriteResult
    from ..retention import Retention
    from ..select import AsyncSelectObjectReader, SelectRequest
    from ..sse import Sse, SseCustomerKey
    from ..tagging import Tags


class AsyncExtensionCalls(AsyncUploadCalls, AsyncObjectCalls):
    """Calls that only some servers know."""

    async def select_object_content(
        self, bucket_name: str, object_name: str, request: SelectRequest
    ) -> AsyncSelectObjectReader:
        """Query the content of an object (CSV, JSON, Parquet).

        S3 operation: SelectObjectContent.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            request: The query, and how to read and write records.

        Returns:
            The records, to be read with `stream()`; `stats()` afterwards.

        Raises:
            InvalidArgumentTypeError: `request` is no SelectRequest.
            ResponseError: The server refuses.

        Example:
            >>> from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest
            >>> request = SelectRequest("select * from S3Object", CSVInputSerialization(), CSVOutputSerialization())
            >>> found = await client.select_object_content("my-bucket", "my.csv", request)  # doctest: +SKIP
            >>> async with found:  # doctest: +SKIP
            ...     async for data in found.stream():
            ...         print(data)
        """
        from .._core.http.asyncio_response import AsyncObjectResponse
        from .._core.ops.select import SelectObjectContent
        from ..select import AsyncSelectObjectReader, SelectRequest
        from ..xml import marshal

        check_names(bucket_name, object_name)
        if not isinstance(request, SelectRequest):
            raise InvalidArgumentTypeError(f"request must be a SelectRequest, not {type(request).__name__}")
        response = await self._call(SelectObjectContent(bucket_name, object_name, marshal(request)))
        return AsyncSelectObjectReader(AsyncObjectResponse(response, f"/{bucket_name}/{object_name}", None))

    async def upload_snowball_objects(
        self,
        bucket_name: str,
        object_list: Iterable[SnowballObject],
        metadata: DictType | None = None,
        sse: Sse | None = None,
        tags: Tags | None = None,
        retention: Retention | None = None,
        legal_hold: bool = False,
        staging_filename: str | None = None,
        compression: bool = False,
    ) -> ObjectWriteResult:
        """Store many small objects with one request: as an archive that the server takes apart. MinIO's extension.

        S3 operation: PutObject with `X-Amz-Meta-Snowball-Auto-Extract`.

        Args:
            bucket_name: The bucket.
            object_list: The objects.
            metadata: Metadata of the archive.
            sse: How the server is to encrypt it.
            tags: Tags.
            retention: Until when it may not be removed, and how strictly.
            legal_hold: Whether it may not be removed until that is lifted.
            staging_filename: Where to write the archive; otherwise into a temporary file.
            compression: Compress the archive with gzip.

        Returns:
            The result of storing the archive.

        Raises:
            MissingFileError: A file does not exist.
            InvalidArgumentError: Another argument is wrong.
            ResponseError: The server refuses.

        Example:
            >>> import io
            >>> from minio.commonconfig import SnowballObject
            >>> objects = [SnowballObject("one.txt", data=io.BytesIO(b"1"), length=1)]
            >>> await client.upload_snowball_objects("my-bucket", objects)  # doctest: +SKIP
        """
        from .._core.transfer.plan import MAX_PART_SIZE
        from .._core.transfer.tarball import open_staging, write_tar

        name = "snowball.tar.gz" if compression else "snowball.tar"
        check_names(bucket_name, name)
        with open_staging(staging_filename) as staging:
            size = await run_blocking(write_tar, staging, object_list, compression)
            return await self.put_object(
                bucket_name,
                name,
                staging,
                size,
                metadata={**(metadata or {}), "X-Amz-Meta-Snowball-Auto-Extract": "true"},
                sse=sse,
                tags=tags,
                retention=retention,
                legal_hold=legal_hold,
                part_size=MAX_PART_SIZE,
            )

    async def append_object(
        self,
        bucket_name: str,
        object_name: str,
        data: Any,
        length: int,
        chunk_size: int | None = None,
        progress: ProgressArgument = None,
        extra_headers: DictType | None = None,
    ) -> ObjectWriteResult:
        """Append to an object. Few servers can: S3 Express, and MinIO's AIStor.

        S3 operations: HeadObject, PutObject with a write offset.

        Args:
            bucket_name: The bucket.
            object_name: The object, which must be there.
            data: What to append: anything with `read(n)`, or bytes.
            length: How many bytes.
            chunk_size: How many bytes to append at a time, 5 MiB to 5 GiB; otherwise all at once.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`.
            extra_headers: Further headers of the requests.

        Returns:
            The result of the last piece.

        Raises:
            InvalidArgumentError: An argument is wrong.
            InvalidSizeError: `data` ended before `length` bytes.
            NoSuchKey: There is no such object.
            ResponseError: The server refuses, or cannot append.

        Example:
            >>> await client.append_object("my-bucket", "my-object", b"more", 4)  # doctest: +SKIP
        """
        from .._core.ops.objects import HeadObject, PutObject, header_dict
        from .._core.transfer.plan import MAX_PART_SIZE, Plan, check_length, check_part_size
        from .._core.transfer.progress import Progress, check_progress
        from .._core.transfer.source import open_async_source
        from ..datatypes import ObjectWriteResult

        check_names(bucket_name, object_name)
        check_length(length)
        if length < 0:
            raise InvalidArgumentError("length must be known to append")
        check_part_size(chunk_size or 0)
        check_progress(progress)
        headers = check_headers("extra_headers", extra_headers)
        source = open_async_source(data, length)
        try:
            offset = (await self._call(HeadObject(bucket_name, object_name))).size or 0
            plan = Plan(length, chunk_size or min(max(length, 1), MAX_PART_SIZE))
            counter = Progress(progress, object_name, length)
            written = []
            for part in plan.parts():
                body = await source.part(part.offset, part.size)
                named = {**headers, "x-amz-write-offset-bytes": str(offset + part.offset)}
                operation = PutObject(bucket_name, object_name, body, named, self._session.checksum, repeatable=False)
                written.append(await self._call(operation))
                counter.add(part.size)
        finally:
            source.close()
        counter.finish()
        last = written[-1]
        return ObjectWriteResult(bucket_name, object_name, last.version_id, last.etag, header_dict(last.headers))

    async def prompt_object(
        self,
        bucket_name: str,
        object_name: str,
        prompt: str,
        lambda_arn: str | None = None,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        **kwargs: Any,
    ) -> AsyncObjectResponse:
        """Ask a question about an object's content. MinIO AIStor's extension.

        S3 operation: MinIO's PromptObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            prompt: The question.
            lambda_arn: Who answers.
            request_headers: Further headers of the request.
            ssec: The key that the object was encrypted with.
            version_id: The version.
            kwargs: Further fields of the question.

        Returns:
            The response, to be read as it comes.

        Raises:
            ResponseError: The server refuses, or has no such call.

        Example:
            >>> answer = await client.prompt_object("my-bucket", "my-object", "What is this?")  # doctest: +SKIP
        """
        import json

        from .._core.http.asyncio_response import AsyncObjectResponse
        from .._core.ops.select import PromptObject

        check_names(bucket_name, object_name)
        headers = {**self._read_headers(0, 0, request_headers, ssec), "Content-Type": "application/json"}
        query = {"lambdaArn": lambda_arn or ""}
        if version_id:
            query["versionId"] = check_text("version_id", version_id)
        body = json.dumps({**kwargs, "prompt": check_text("prompt", prompt)}).encode()
        response = await self._call(PromptObject(bucket_name, object_name, query, headers, body))
        return AsyncObjectResponse(response, f"/{bucket_name}/{object_name}", None)
