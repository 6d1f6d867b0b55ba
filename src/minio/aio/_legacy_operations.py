"""The low-level operations that clients of the 7.2 API have: one request each, with the results of that API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from .._core.arguments import DictType, check_headers, check_names, check_repeated_query
from .._core.ops.base import ALREADY_DONE
from .._core.ops.object_headers import genheaders
from .._core.wire.message import Request, Response
from ._backend import public_call
from ._legacy import AsyncLegacyCalls

if TYPE_CHECKING:
    from .._core.bucket_datatypes import Part
    from .._core.datatypes import Object, ObjectWriteResult
    from .._responses import CompleteMultipartUploadResult, ListMultipartUploadsResult, ListPartsResult
    from ..deleteobjects import DeleteObject, DeleteResult
    from ..sse import Sse, SseCustomerKey

T = TypeVar("T")
_PAGE = 1000


class AsyncLegacyOperations(AsyncLegacyCalls):
    """The low-level operations of the 7.2 API. Programs use them for uploads whose parts others send."""

    async def _raw(self, name: str, request: Request, read: Callable[[Response], T]) -> T:
        from .._core.ops.raw import RawRequest

        return await self._call(RawRequest(request, read, name))

    @public_call
    async def _create_multipart_upload(self, bucket_name: str, object_name: str, headers: DictType | None) -> str:
        """Create a multipart upload.

        S3 operation: CreateMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            headers: Headers of the object.

        Returns:
            The upload id.

        Raises:
            S3Error: The server returns an error.

        Example:
            >>> upload_id = await client._create_multipart_upload("my-bucket", "my-object", {})
            >>> await client._abort_multipart_upload("my-bucket", "my-object", upload_id)
        """
        from .._core.ops.multipart import CreateMultipartUpload

        check_names(bucket_name, object_name)
        fields = check_headers("headers", headers)
        if "content-type" not in map(str.lower, fields):
            fields["Content-Type"] = "application/octet-stream"
        return await self._call(CreateMultipartUpload(bucket_name, object_name, fields))

    @public_call
    async def _new_multipart_upload(
        self, bucket_name: str, object_name: str, metadata: DictType | None = None, sse: Sse | None = None
    ) -> str:
        """Create a multipart upload, and return its id. This is the name of 3.x to 6.x.

        S3 operation: CreateMultipartUpload.
        """
        headers = genheaders(metadata, sse, None, None, False)
        return await self._create_multipart_upload(bucket_name, object_name, headers)

    @public_call
    async def _upload_part(
        self,
        bucket_name: str,
        object_name: str,
        data: bytes,
        headers: DictType | None,
        upload_id: str,
        part_number: int,
    ) -> str:
        """Upload a part, and return its ETag.

        S3 operation: UploadPart.
        """
        from .._core.ops.multipart import UploadPart

        check_names(bucket_name, object_name)
        fields = check_headers("headers", headers)
        return await self._call(UploadPart(bucket_name, object_name, upload_id, int(part_number), data, headers=fields))

    @public_call
    async def _upload_part_copy(
        self, bucket_name: str, object_name: str, upload_id: str, part_number: int, headers: DictType
    ) -> tuple[str, datetime | None]:
        """Copy an object, or a range of it, to a part. `headers` name the source.

        S3 operation: UploadPartCopy.

        Returns:
            The ETag and the modification time of the part.
        """
        from .._core.ops.copying import copy_result
        from .._core.ops.multipart import UploadPartCopy

        check_names(bucket_name, object_name)
        fields = check_headers("headers", headers)
        request = UploadPartCopy(bucket_name, object_name, upload_id, int(part_number), fields).request()
        return await self._raw("UploadPartCopy", request, copy_result)

    @public_call
    async def _complete_multipart_upload(
        self,
        bucket_name: str,
        object_name: str,
        upload_id: str,
        parts: Sequence[Part],
        ssec: SseCustomerKey | None = None,
    ) -> CompleteMultipartUploadResult:
        """Create an object from its parts.

        S3 operation: CompleteMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            upload_id: The upload id.
            parts: The parts, in ascending order: `minio.datatypes.Part` with number and ETag.
            ssec: The customer key of the object.

        Returns:
            The response: `etag`, `version_id`, `location`.

        Raises:
            S3Error: The server returns an error.
        """
        from .._core.ops.multipart import CompleteMultipartUpload
        from .._core.wire.etag import opaque_tag
        from .._responses import CompleteMultipartUploadResult

        check_names(bucket_name, object_name)
        numbered = [(part.part_number, opaque_tag(part.etag or ""), None) for part in parts]
        headers = {} if ssec is None else ssec.headers()
        operation = CompleteMultipartUpload(bucket_name, object_name, upload_id, numbered, headers=headers)

        def read(response: Response) -> CompleteMultipartUploadResult:
            if response is ALREADY_DONE:
                # The response to an earlier try was lost, so that its ETag is not known.
                response = Response(200, response.headers, b"<CompleteMultipartUploadResult/>")
            return CompleteMultipartUploadResult(response)

        return await self._raw("CompleteMultipartUpload", operation.request(), read)

    @public_call
    async def _abort_multipart_upload(self, bucket_name: str, object_name: str, upload_id: str) -> None:
        """Abort an upload, and delete its parts.

        S3 operation: AbortMultipartUpload.
        """
        from .._core.ops.multipart import AbortMultipartUpload

        check_names(bucket_name, object_name)
        await self._call(AbortMultipartUpload(bucket_name, object_name, upload_id))

    @public_call
    async def _list_parts(
        self,
        bucket_name: str,
        object_name: str,
        upload_id: str,
        max_parts: int | None = None,
        part_number_marker: str | None = None,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
    ) -> ListPartsResult:
        """List one page of the uploaded parts.

        S3 operation: ListParts.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            upload_id: The upload id.
            max_parts: The number of parts in the page, default 1,000.
            part_number_marker: The part number after which the page begins.
            extra_headers: Headers to send.
            extra_query_params: Additional query parameters.

        Returns:
            The page: `parts`, `is_truncated`, `next_part_number_marker`.
        """
        from .._responses import ListPartsResult

        check_names(bucket_name, object_name)
        query = {"uploadId": upload_id, "max-parts": str(max_parts or _PAGE)}
        if part_number_marker:
            query["part-number-marker"] = str(part_number_marker)
        request = _get(bucket_name, object_name, query, extra_headers, extra_query_params)
        return await self._raw("ListParts", request, ListPartsResult)

    @public_call
    async def _list_multipart_uploads(
        self,
        bucket_name: str,
        delimiter: str | None = None,
        encoding_type: str | None = None,
        key_marker: str | None = None,
        max_uploads: int | None = None,
        prefix: str | None = None,
        upload_id_marker: str | None = None,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
    ) -> ListMultipartUploadsResult:
        """List one page of the incomplete uploads of a bucket.

        S3 operation: ListMultipartUploads.

        Args:
            bucket_name: The bucket.
            delimiter: Groups names up to the next delimiter.
            encoding_type: How names are encoded in the response, default `url`.
            key_marker: The name after which the page begins.
            max_uploads: The number of uploads in the page, default 1,000.
            prefix: The prefix of the names.
            upload_id_marker: The upload id after which the page begins, of the uploads named `key_marker`.
            extra_headers: Headers to send.
            extra_query_params: Additional query parameters.

        Returns:
            The page: `uploads`, `is_truncated`, `next_key_marker`, `next_upload_id_marker`.
        """
        from .._responses import ListMultipartUploadsResult

        self._check_bucket(bucket_name)
        query = {
            "uploads": "",
            "delimiter": delimiter or "",
            "max-uploads": str(max_uploads or _PAGE),
            "prefix": prefix or "",
            "encoding-type": encoding_type or "url",
        }
        query |= {"key-marker": key_marker} if key_marker else {}
        query |= {"upload-id-marker": upload_id_marker} if upload_id_marker else {}
        request = _get(bucket_name, "", query, extra_headers, extra_query_params)
        return await self._raw("ListMultipartUploads", request, ListMultipartUploadsResult)

    @public_call
    async def _put_object(
        self,
        bucket_name: str,
        object_name: str,
        data: bytes,
        headers: DictType | None = None,
        query_params: DictType | None = None,
    ) -> ObjectWriteResult:
        """Upload an object with one request.

        S3 operation: PutObject.
        """
        from .._core.datatypes import ObjectWriteResult
        from .._core.ops.objects import PutObject, header_dict

        check_names(bucket_name, object_name)
        fields = check_headers("headers", headers)
        operation = PutObject(bucket_name, object_name, data, fields, self._session.checksum)
        request = operation.request()
        request.query = check_repeated_query("query_params", query_params)

        def read(response: Response) -> ObjectWriteResult:
            made = operation.parse(response)
            return ObjectWriteResult(bucket_name, object_name, made.version_id, made.etag, header_dict(made.headers))

        return await self._raw("PutObject", request, read)

    @public_call
    async def _delete_objects(
        self,
        bucket_name: str,
        delete_object_list: Sequence[DeleteObject],
        quiet: bool = False,
        bypass_governance_mode: bool = False,
    ) -> DeleteResult:
        """Delete up to 1,000 objects with one request.

        S3 operation: DeleteObjects.

        Args:
            bucket_name: The bucket.
            delete_object_list: The objects.
            quiet: Report only what could not be deleted.
            bypass_governance_mode: Delete objects that are locked in governance mode, too.

        Returns:
            The response: `object_list` of what was deleted, `error_list` of what was not.
        """
        from .._core.ops.deletion import DeleteObjects
        from .._core.wire.marshal import marshal, unmarshal
        from ..deleteobjects import DeleteRequest, DeleteResult

        self._check_bucket(bucket_name)
        objects = list(delete_object_list)
        request = DeleteObjects(bucket_name, objects, bypass_governance_mode).request()
        request.body = marshal(DeleteRequest(objects, quiet=quiet))
        return await self._raw(
            "DeleteObjects", request, lambda response: unmarshal(DeleteResult, response.body.decode())
        )

    async def _list_objects(
        self,
        bucket_name: str,
        continuation_token: str | None = None,
        delimiter: str | None = None,
        encoding_type: str | None = None,
        fetch_owner: bool | None = None,
        include_user_meta: bool = False,
        max_keys: int | None = None,
        prefix: str | None = None,
        start_after: str | None = None,
        version_id_marker: str | None = None,
        use_api_v1: bool = False,
        include_version: bool = False,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
    ) -> AsyncIterator[Object]:
        """Iterate over the objects of a bucket, from a page on.

        S3 operation: ListObjectsV2, ListObjects with `use_api_v1`, or ListObjectVersions with `include_version`.

        Args:
            bucket_name: The bucket.
            continuation_token: The token of the page to begin with (ListObjectsV2).
            delimiter: Groups names up to the next delimiter.
            encoding_type: How names are encoded in the response, default `url`.
            fetch_owner: Ask for the owners.
            include_user_meta: Ask for the user metadata, which only MinIO sends.
            max_keys: The number of objects in a page, default 1,000.
            prefix: The prefix of the names.
            start_after: The name after which the listing begins.
            version_id_marker: The version after which it begins, of the object `start_after`.
            use_api_v1: Use version 1 of the operation.
            include_version: List all versions.
            extra_headers: Headers to send.
            extra_query_params: Additional query parameters.

        Returns:
            An iterator of objects, which requests the pages as they are needed.
        """
        from .._core.ops.listing import Listing, PageLoopGuard

        self._check_bucket(bucket_name)
        extra = {key: value for key, value in {"max-keys": max_keys and str(max_keys)}.items() if value}
        extra |= {} if encoding_type in (None, "url") else {"encoding-type": str(encoding_type)}
        listing = Listing(
            bucket_name,
            prefix or "",
            delimiter or "",
            start_after or "",
            api="versions" if include_version else "v1" if use_api_v1 else "v2",
            fetch_owner=bool(fetch_owner),
            user_meta=include_user_meta,
            headers=check_headers("extra_headers", extra_headers),
            extra=extra | _flat(extra_query_params),
            token=(continuation_token or "", version_id_marker or ""),
        )
        guard = PageLoopGuard(f"bucket {bucket_name!r}")
        while True:
            page = await self._call(listing)
            for item in page.objects:
                yield item
            if page.token is None:
                return
            guard.add(page.token, bool(page.objects))
            listing = listing.next(page)


def _get(bucket: str, key: str, query: dict[str, str], headers: DictType | None, extra: DictType | None) -> Request:
    more = check_repeated_query("extra_query_params", extra)
    fields = check_headers("extra_headers", headers)
    return Request(method="GET", bucket=bucket, key=key, query={**query, **more}, headers=fields)


def _flat(values: DictType | None) -> dict[str, Any]:
    return dict(check_repeated_query("extra_query_params", values))
