# Generated from src/minio/aio/_objects.py by tools/generate_sync.py. Do not edit.
"""Calls that read one object: its content and its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, overload

from .._core.http.body import BlockingBody
from .._core.ops.objects import GetObject, HeadObject
from ..datatypes import Object
from ..error import InvalidArgumentError, TransportError
from ..helpers import DictType, check_headers, check_names, check_query, check_range, check_ssec, check_text
from ._base import Base
from ._seam import Scope, current_scope, pause

if TYPE_CHECKING:
    from .._core.http.response import ObjectResponse
    from ..sse import SseCustomerKey


class ObjectCalls(Base):
    """Calls that read one object."""

    @overload
    def get_object(self, bucket_name: str, object_name: str, offset: DictType | None, /) -> ObjectResponse: ...
    @overload
    def get_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int = 0,
        length: int = 0,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> ObjectResponse: ...
    def get_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int | DictType | None = 0,
        length: int = 0,
        request_headers: DictType | None = None,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> ObjectResponse:
        """Get an object's content, to be read as it comes.

        S3 operation: GetObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            offset: The first byte to get. The documented API has `request_headers` in this place: a dict is taken
                as such.
            length: How many bytes to get, 0 for all up to the end.
            request_headers: Further headers of the request.
            ssec: The key that the object was encrypted with.
            version_id: The version to get.
            extra_query_params: Further parameters of the request.

        Returns:
            The response: `read()`, `stream(n)`, a context manager. The bytes are those stored.

        Raises:
            NoSuchKey: There is no such object.
            InvalidRange: `offset` lies behind its end.
            ResponseError: The server refuses.

        Example:
            >>> with client.get_object("my-bucket", "my-object") as response:
            ...     content = response.read()
        """
        if isinstance(offset, Mapping):
            request_headers, offset = offset, 0
        elif offset is None:
            offset = 0
        check_names(bucket_name, object_name)
        check_range(offset, length)
        return self._get(
            GetObject(
                bucket_name,
                object_name,
                check_text("version_id", version_id) or None,
                self._read_headers(offset, length, request_headers, ssec),
                check_query("extra_query_params", extra_query_params),
            )
        )

    def get_partial_object(
        self,
        bucket_name: str,
        object_name: str,
        offset: int = 0,
        length: int = 0,
        request_headers: DictType | None = None,
        sse: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> ObjectResponse:
        """Get a range of an object's content, to be read as it comes.

        S3 operation: GetObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            offset: The first byte to get.
            length: How many bytes to get, 0 for all up to the end.
            request_headers: Further headers of the request.
            sse: The key that the object was encrypted with.
            version_id: The version to get.
            extra_query_params: Further parameters of the request.

        Returns:
            The response: `read()`, `stream(n)`, a context manager.

        Raises:
            InvalidArgumentError: `offset` or `length` is negative.
            NoSuchKey: There is no such object.
            InvalidRange: `offset` lies behind its end.
            ResponseError: The server refuses.

        Example:
            >>> with client.get_partial_object("my-bucket", "my-object", 2, 4) as response:
            ...     four_bytes = response.read()
        """
        return self.get_object(
            bucket_name, object_name, offset, length, request_headers, sse, version_id, extra_query_params
        )

    def stat_object(
        self,
        bucket_name: str,
        object_name: str,
        ssec: SseCustomerKey | None = None,
        version_id: str | None = None,
        extra_headers: DictType | None = None,
        extra_query_params: DictType | None = None,
    ) -> Object:
        """Get an object's metadata.

        S3 operation: HeadObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            ssec: The key that the object was encrypted with.
            version_id: The version to look at.
            extra_headers: Further headers of the request.
            extra_query_params: Further parameters of the request.

        Returns:
            The object: `size` in bytes, `etag`, `content_type`, `last_modified` (aware, UTC), `version_id`, and
            `metadata`, which holds all headers of the answer by name in any case.

        Raises:
            NoSuchKey: There is no such object.
            ResponseError: The server refuses.

        Example:
            >>> found = client.stat_object("my-bucket", "my-object")
            >>> print(found.size, found.etag, found.metadata.get("x-amz-meta-colour"))
        """
        check_names(bucket_name, object_name)
        headers = check_headers("extra_headers", extra_headers)
        headers.update(self._customer_key(ssec))
        query = check_query("extra_query_params", extra_query_params)
        return self._call(
            HeadObject(bucket_name, object_name, check_text("version_id", version_id) or None, headers, query)
        )

    def _read_headers(
        self, offset: int, length: int, request_headers: DictType | None, ssec: SseCustomerKey | None
    ) -> dict[str, str]:
        headers = check_headers("request_headers", request_headers)
        if ssec is not None:
            headers.update(self._customer_key(ssec))
        if length:
            headers["Range"] = f"bytes={offset}-{offset + length - 1}"
        elif offset:
            headers["Range"] = f"bytes={offset}-"
        return headers

    def _customer_key(self, ssec: SseCustomerKey | None) -> dict[str, str]:
        if ssec is None:
            return {}
        check_ssec(ssec)
        if ssec.tls_required() and not self._session.endpoint.secure:
            raise InvalidArgumentError("ssec must not be sent without TLS: make the client with secure=True")
        return ssec.headers()

    def _get(self, operation: GetObject, scope: Scope | None = None) -> ObjectResponse:
        scope = scope or current_scope()
        response = self._call(operation, scope)
        first, last = _span(operation.headers.get("Range", ""))
        etag = response.headers.get("etag", "")

        def reopen(position: int, failures: int, error: TransportError) -> BlockingBody:
            """Ask for the rest of the very same object, behind what was read."""
            retry = self._session.retry
            if failures >= retry.tries or not etag or first is None:
                raise error
            pause(retry.pause(failures, self._session.chance()), scope)
            headers = {**operation.headers, "Range": f"bytes={first + position}-{last}", "If-Match": etag}
            again = self._call(replace(operation, headers=headers), scope)
            if again.status != 206:
                again.stream.close()
                raise error
            body: BlockingBody = again.stream
            return body

        return _response_class()(response, f"/{operation.bucket}/{operation.key}", reopen)


@cache
def _response_class() -> type[ObjectResponse]:
    # It stands on all of urllib3, which a program may do without.
    from .._core.http.response import ObjectResponse

    return ObjectResponse


def _span(value: str) -> tuple[int | None, str]:
    """Where a Range begins and, as text, ends; None when that is not told by a number."""
    if not value:
        return 0, ""
    begin, dash, end = value.removeprefix("bytes=").partition("-")
    if not value.startswith("bytes=") or not dash or not begin.isdigit() or "," in end:
        return None, ""
    return int(begin), end
