"""Calls that read one object: its content and its metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack, overload

from .._core.arguments import (
    DictType,
    check_buffer,
    check_choice,
    check_names,
    check_optional_number,
    check_query,
    check_range,
    checked_list,
    optional_text,
)
from .._core.engine.call_options import checked_headers
from .._core.ops.objects import GetObject, HeadObject
from ..error import S3Error
from ._backend import public_call
from ._reading import NO_CONDITIONS, AsyncReading, asked_headers, range_of, read_into

if TYPE_CHECKING:
    from datetime import datetime

    from .._core.arguments import WritableBuffer
    from .._core.datatypes import StatObject
    from .._core.engine.call_options import CallOptions, HeaderOptions, RegionOption
    from .._core.http.aio.response import AsyncObjectResponse
    from ..objectattributes import ObjectAttributes
    from ..sse import SseCustomerKey


class AsyncObjectCalls(AsyncReading):
    """Calls that read one object."""

    @overload
    async def get_object(
        self, bucket_name: str, object_name: str, offset: DictType | None, /, **options: Unpack[CallOptions]
    ) -> AsyncObjectResponse: ...
    @overload
    async def get_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int | None = 0,
        length: int | None = 0,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        into: None = None,
        match_etag: str | None = None,
        not_match_etag: str | None = None,
        modified_since: datetime | None = None,
        unmodified_since: datetime | None = None,
        fetch_checksum: bool = False,
        **options: Unpack[HeaderOptions],
    ) -> AsyncObjectResponse: ...
    @overload
    async def get_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int = 0,
        length: int | None = 0,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        into: WritableBuffer,
        match_etag: str | None = None,
        not_match_etag: str | None = None,
        modified_since: datetime | None = None,
        unmodified_since: datetime | None = None,
        fetch_checksum: bool = False,
        **options: Unpack[HeaderOptions],
    ) -> int: ...
    @public_call
    async def get_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int | DictType | None = 0,
        length: int | None = 0,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        into: WritableBuffer | None = None,
        match_etag: str | None = None,
        not_match_etag: str | None = None,
        modified_since: datetime | None = None,
        unmodified_since: datetime | None = None,
        fetch_checksum: bool = False,
        **options: Unpack[HeaderOptions],
    ) -> AsyncObjectResponse | int:
        """Get an object's content as a stream.

        S3 operation: GetObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            offset: The first byte to get. In the documented API this position holds `request_headers`, so a dict is
                taken as those.
            length: The number of bytes to get. 0 or None means up to the end.
            request_headers: Additional request headers.
            ssec: The customer key with which the object is encrypted.
            version_id: The version to get.
            extra_query_params: Additional query parameters.
            into: A writable, contiguous buffer to read the content into, such as a bytearray. The call then returns the
                number of bytes instead of a response.
            match_etag: Read only if the object has this ETag.
            not_match_etag: Read only if the object does not have this ETag.
            modified_since: Read only if the object was modified after this time.
            unmodified_since: Read only if the object was not modified after this time.
            fetch_checksum: Request the object's checksums, which are headers of the response.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The response, a context manager with `read()` and `stream(n)`. Its bytes are not decoded. If the server
            ignores the range and sends the whole object, the status is 200, but only the bytes of the range are
            returned. With `into`, the number of bytes that were written to the beginning of the buffer.

        Raises:
            NoSuchKey: The object does not exist.
            InvalidRange: `offset` is beyond the end of the object.
            NotModified: `not_match_etag` or `modified_since`, or such a condition in `request_headers`, is not
                satisfied.
            PreconditionFailed: `match_etag` or `unmodified_since`, or such a condition in `request_headers`, is not
                satisfied.
            InvalidSizeError: The content does not fit into the buffer `into`, which is left as it was. If the server
                does not say how long the content is, the buffer is filled first.
            InvalidResponseError: The response is not an object, or contains another range.
            ResponseError: The server returns an error.

        Example:
            >>> async with await client.get_object("my-bucket", "my-object") as response:
            ...     content = await response.read()
        """
        if type(offset) is not int and isinstance(offset, Mapping):
            request_headers, offset = offset, 0
        check_names(bucket_name, object_name)
        offset, length = check_range(offset, length)
        view = None if into is None else check_buffer("into", into)
        headers = self._read_headers(offset, length, request_headers, ssec)
        if fetch_checksum or (match_etag, not_match_etag, modified_since, unmodified_since) != NO_CONDITIONS:
            headers |= asked_headers(
                headers, match_etag, not_match_etag, modified_since, unmodified_since, fetch_checksum
            )
        operation = GetObject(
            bucket_name,
            object_name,
            None if version_id is None else optional_text("version_id", version_id) or None,
            headers,
            None if extra_query_params is None else check_query("extra_query_params", extra_query_params),
        )
        if view is not None:
            return await read_into(await self._get(operation), view)
        return await self._respond(operation)

    @public_call
    async def get_partial_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int = 0,
        length: int = 0,
        request_headers: DictType | None = None,
        sse: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        **options: Unpack[HeaderOptions],
    ) -> AsyncObjectResponse:
        """Get a range of an object's content as a stream.

        S3 operation: GetObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            offset: The first byte to get.
            length: The number of bytes to get. 0 means up to the end.
            request_headers: Additional request headers.
            sse: The customer key with which the object is encrypted.
            version_id: The version to get.
            extra_query_params: Additional query parameters.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The response, a context manager with `read()` and `stream(n)`.

        Raises:
            InvalidArgumentError: `offset` or `length` is negative.
            NoSuchKey: The object does not exist.
            InvalidRange: `offset` is beyond the end of the object.
            ResponseError: The server returns an error.

        Example:
            >>> async with await client.get_partial_object("my-bucket", "my-object", 2, 4) as response:
            ...     four_bytes = await response.read()
        """
        return await self.get_object(
            bucket_name, object_name, offset, length, request_headers, sse, version_id, extra_query_params
        )

    @public_call
    async def stat_object(
        self,
        bucket_name: str,
        object_name: str,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
        *,
        offset: int = 0,
        length: int | None = None,
        match_etag: str | None = None,
        not_match_etag: str | None = None,
        modified_since: datetime | None = None,
        unmodified_since: datetime | None = None,
        fetch_checksum: bool = False,
        **options: Unpack[RegionOption],
    ) -> StatObject:
        """Get an object's metadata.

        S3 operation: HeadObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            ssec: The customer key with which the object is encrypted.
            version_id: The version.
            extra_headers: Additional request headers.
            extra_query_params: Additional query parameters.
            offset: The first byte of a range. S3 then describes the range: `size` is its length.
            length: The number of bytes of the range. 0 or None means up to the end.
            match_etag: Read only if the object has this ETag.
            not_match_etag: Read only if the object does not have this ETag.
            modified_since: Read only if the object was modified after this time.
            unmodified_since: Read only if the object was not modified after this time.
            fetch_checksum: Request the object's checksums, which are headers of the response.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The object, with `size` in bytes (None if the server does not report it), `etag`, `content_type`,
            `last_modified` (an aware datetime in UTC), `version_id`, and `metadata`: all response headers, with
            case-insensitive names.

        Raises:
            NoSuchKey: The object does not exist.
            NotModified: `not_match_etag` or `modified_since`, or such a condition in `extra_headers`, is not satisfied.
            PreconditionFailed: `match_etag` or `unmodified_since`, or such a condition in `extra_headers`, is not
                satisfied.
            ResponseError: The server returns an error.

        Example:
            >>> found = await client.stat_object("my-bucket", "my-object")
            >>> print(found.size, found.etag, found.metadata.get("x-amz-meta-colour"))
        """
        check_names(bucket_name, object_name)
        headers = {}
        if extra_headers is not None:
            headers = checked_headers("extra_headers", extra_headers, only_framing=True)
        if ssec is not None:
            headers.update(self._customer_key(ssec))
        if offset or length:
            check_range(offset, length or 0)
            headers["Range"] = range_of(offset, length or 0)
        if fetch_checksum or (match_etag, not_match_etag, modified_since, unmodified_since) != NO_CONDITIONS:
            headers |= asked_headers(
                headers, match_etag, not_match_etag, modified_since, unmodified_since, fetch_checksum
            )
        query = None if extra_query_params is None else check_query("extra_query_params", extra_query_params)
        version = None if version_id is None else optional_text("version_id", version_id) or None
        return await self._call(HeadObject(bucket_name, object_name, version, headers, query))

    @public_call
    async def object_exists(
        self,
        bucket_name: str,
        object_name: str,
        version_id: str | None = None,
        *,
        ssec: SseCustomerKey | None = None,
        **options: Unpack[CallOptions],
    ) -> bool:
        """Return whether an object, or one version of it, exists.

        S3 operation: HeadObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version. By default the latest, which a delete marker hides.
            ssec: The customer key with which the object is encrypted.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            True if the object exists. False if it does not, or if the version is a delete marker. False also if the
            bucket does not exist, because HeadObject does not tell the difference; see `bucket_exists`.

        Raises:
            AccessDenied: The credentials do not allow to read the object. Without the permission to list the bucket, S3
                also answers this for objects that do not exist.
            ResponseError: The server returns another error.

        Example:
            >>> await client.object_exists("my-bucket", "my-object")
            True
        """
        check_names(bucket_name, object_name)
        headers = {} if ssec is None else self._customer_key(ssec)
        version = None if version_id is None else optional_text("version_id", version_id) or None
        try:
            await self._call(HeadObject(bucket_name, object_name, version, headers))
        except S3Error as error:
            marker = error.response is not None and error.response.headers.get("x-amz-delete-marker") == "true"
            if error.status == 404 or (error.status == 405 and (marker or version is not None)):
                return False
            raise
        return True

    @public_call
    async def get_object_attributes(
        self,
        bucket_name: str,
        object_name: str,
        version_id: str | None = None,
        ssec: SseCustomerKey | None = None,
        object_attributes: Sequence[str] | None = None,
        max_parts: int | None = None,
        part_number_marker: int | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectAttributes:
        """Get attributes of an object: its ETag, checksum, size, storage class and parts.

        S3 operation: GetObjectAttributes.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version.
            ssec: The customer key with which the object is encrypted.
            object_attributes: Any of "ETag", "Checksum", "ObjectParts", "StorageClass" and "ObjectSize". None requests
                all of them.
            max_parts: The maximum number of parts to list, 1 or more. None means the server's limit, 1,000.
            part_number_marker: List only the parts after this number.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The attributes. Those that were not requested, or that the object does not have, are None.

        Raises:
            InvalidArgumentError: An argument is invalid.
            NoSuchKey: The object does not exist.
            InvalidResponseError: The server sends something else, such as the object itself. Servers without this
                operation do this (JuiceFS, Ceph).
            ResponseError: The server returns an error.

        Example:
            >>> found = await client.get_object_attributes("my-bucket", "my-object", object_attributes=["ObjectSize"])
            >>> found.object_size
            24
        """
        from .._core.ops.attributes import GetObjectAttributes
        from ..objectattributes import ATTRIBUTES

        check_names(bucket_name, object_name)
        wanted = ATTRIBUTES if object_attributes is None else checked_list("object_attributes", object_attributes, str)
        for name in wanted:
            check_choice("each of object_attributes", name, ATTRIBUTES)
        limits = {
            "x-amz-max-parts": check_optional_number("max_parts", max_parts, 1),
            "x-amz-part-number-marker": check_optional_number("part_number_marker", part_number_marker),
        }
        headers = {name: str(value) for name, value in limits.items() if value is not None}
        headers.update(self._customer_key(ssec))
        version = optional_text("version_id", version_id) or None
        return await self._call(GetObjectAttributes(bucket_name, object_name, wanted, version, headers))
