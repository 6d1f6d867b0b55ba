# Generated from src/minio/aio/_extensions.py by tools/generate_sync.py. Do not edit.
"""Calls that only some servers know: queries over an object's content, and many objects in one archive."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.http.response import ObjectResponse
from .._core.ops.select import SelectObjectContent
from .._core.transfer.plan import MAX_PART_SIZE
from .._core.transfer.tarball import open_staging, write_tar
from ..commonconfig import SnowballObject
from ..datatypes import ObjectWriteResult
from ..error import InvalidArgumentTypeError
from ..helpers import DictType, check_names
from ..retention import Retention
from ..select import SelectObjectReader, SelectRequest
from ..sse import Sse
from ..tagging import Tags
from ..xml import marshal
from ._seam import run_blocking
from ._upload import UploadCalls


class ExtensionCalls(UploadCalls):
    """Calls that only some servers know."""

    def select_object_content(self, bucket_name: str, object_name: str, request: SelectRequest) -> SelectObjectReader:
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
            >>> found = client.select_object_content("my-bucket", "my.csv", request)  # doctest: +SKIP
            >>> with found:  # doctest: +SKIP
            ...     for data in found.stream():
            ...         print(data)
        """
        check_names(bucket_name, object_name)
        if not isinstance(request, SelectRequest):
            raise InvalidArgumentTypeError(f"request must be a SelectRequest, not {type(request).__name__}")
        response = self._call(SelectObjectContent(bucket_name, object_name, marshal(request)))
        return SelectObjectReader(ObjectResponse(response, f"/{bucket_name}/{object_name}", None))

    def upload_snowball_objects(
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
            >>> client.upload_snowball_objects("my-bucket", objects)  # doctest: +SKIP
        """
        name = "snowball.tar.gz" if compression else "snowball.tar"
        check_names(bucket_name, name)
        with open_staging(staging_filename) as staging:
            size = run_blocking(write_tar, staging, object_list, compression)
            return self.put_object(
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
