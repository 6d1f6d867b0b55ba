# Generated from src/minio/aio/_reading.py by tools/generate_sync.py. Do not edit.
"""Reading one object: its bytes are those that were requested, of one version, and reading resumes if it is cut off."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from .._core.arguments import DictType, check_headers
from .._core.datatypes import Object
from .._core.http.sync.body import ResponseBody
from .._core.http.sync.content import ObjectContent
from .._core.ops.object_headers import check_ssec
from .._core.ops.objects import GetObject
from .._core.ops.partial import check_partial, pinned
from .._core.wire.byte_range import WHOLE, ByteRange, Kept, asked_range, body_size
from ..error import InvalidArgumentError, InvalidSizeError, PreconditionFailed, ResponseError, TransportError
from ._backend import CancelScope, current_scope, pause
from ._base import Base

if TYPE_CHECKING:
    from datetime import datetime

    from .._core.http.sync.response import ObjectResponse
    from .._core.wire.message import Response
    from ..sse import SseCustomerKey

C = TypeVar("C", bound=ObjectContent)


class Reading(Base):
    """The base class of the calls that read an object."""

    def _read_headers(
        self, offset: int, length: int, request_headers: DictType | None, ssec: SseCustomerKey | None
    ) -> dict[str, str]:
        headers = {} if request_headers is None else check_headers("request_headers", request_headers)
        if ssec is not None:
            headers.update(self._customer_key(ssec))
        if offset or length:
            headers["Range"] = range_of(offset, length)
        return headers

    def _customer_key(self, ssec: SseCustomerKey | None) -> dict[str, str]:
        if ssec is None:
            return {}
        check_ssec(ssec)
        if ssec.tls_required() and not self._session.endpoint.secure:
            raise InvalidArgumentError("ssec must not be sent without TLS: make the client with secure=True")
        return ssec.headers()

    def _respond(self, operation: GetObject) -> ObjectResponse:
        """Return a response with exactly the requested bytes, for the caller of this package."""
        scope = current_scope()
        return self._open(self._call(operation, scope), operation, scope, _response_class())

    def _get(self, operation: GetObject, scope: CancelScope | None = None) -> ObjectContent:
        """Return exactly the requested bytes."""
        scope = scope or current_scope()
        return self._open(self._call(operation, scope), operation, scope, ObjectContent)

    def _open(self, response: Response, operation: GetObject, scope: CancelScope | None, kind: type[C]) -> C:
        """Return what reads exactly the requested bytes of a response of the server."""
        kept = _EVERYTHING
        if operation.headers or operation.query or operation.expected is not None or response.status != 200:
            response, kept = self._agree(response, operation, scope)
            response.stream = _cut(response.stream, kept)

        def reopen(position: int, failures: int, error: TransportError) -> ResponseBody:
            """Request the rest of the same object version, from the current position."""
            retry = self._session.retry
            version = response.headers.get("etag", "")
            if failures >= retry.tries or not version or kept.start is None:
                raise error
            pause(retry.pause(failures, self._session.chance()), scope)
            size = kept.total if kept.total is not None else body_size(response)
            expected = Object(operation.bucket, operation.key, etag=version, size=size)
            rest = ByteRange(kept.start + position, kept.last)
            headers = pinned(operation.headers, version, rest)
            following = replace(operation, headers=headers, expected=expected, cut=True)
            return self._rest(following, scope, failures)

        return kind(response, f"/{operation.bucket}/{operation.key}", reopen)

    def _rest(self, operation: GetObject, scope: CancelScope | None, failures: int) -> ResponseBody:
        try:
            again = self._call(operation, scope)
            again, kept = self._agree(again, operation, scope, failures)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being read", cause=error) from error
        return _cut(again.stream, kept)

    def _agree(
        self, response: Response, operation: GetObject, scope: CancelScope | None, failures: int = 0
    ) -> tuple[Response, Kept]:
        """Return the response and the bytes of it to keep. Retry the request if the length is wrong."""
        retry = self._session.retry
        while True:
            try:
                return response, self._check(response, operation)
            except TransportError:
                failures += 1
                if failures >= retry.tries:
                    raise
            pause(retry.pause(failures, self._session.chance()), scope)
            response = self._call(operation, scope)

    def _check(self, response: Response, operation: GetObject) -> Kept:
        """Return which bytes of the response to keep. Raise an error if it is not what was requested."""
        expected = operation.expected
        etag, size = (expected.etag or "", expected.size) if expected is not None else ("", None)
        asked = asked_range(operation.headers)
        if "partNumber" in (operation.query or ()):
            asked = None
        elif response.status == 200 and not operation.cut:
            asked = WHOLE
        try:
            return check_partial(response, asked, etag, size, str(self._session.endpoint))
        except (ResponseError, TransportError) as error:
            response.stream.close()
            if isinstance(error, ResponseError):
                error.method, error.bucket_name, error.object_name = "GET", operation.bucket, operation.key
            raise


_EVERYTHING = Kept()
NO_CONDITIONS = (None, None, None, None)


def range_of(offset: int, length: int) -> str:
    return f"bytes={offset}-{offset + length - 1}" if length else f"bytes={offset}-"


def asked_headers(
    headers: dict[str, str],
    match_etag: str | None,
    not_match_etag: str | None,
    modified_since: datetime | None,
    unmodified_since: datetime | None,
    fetch_checksum: bool,
) -> dict[str, str]:
    """Return the headers of the conditions and of the request for checksums. They replace the caller's own."""
    from .._core.ops.conditions import read_conditions

    asked = read_conditions(match_etag, not_match_etag, modified_since, unmodified_since)
    if fetch_checksum:
        asked["x-amz-checksum-mode"] = "ENABLED"
    for name in [name for name in headers if name.lower() in map(str.lower, asked)]:
        del headers[name]
    return asked


def read_into(response: ObjectContent, view: memoryview) -> int:
    """Read a response into a buffer, and return the number of bytes."""
    with response:
        size = response.length_remaining
        if size is not None and size > len(view):
            raise _too_small(size, view)
        done = 0
        while data := response.read1(max(len(view) - done, 1)):
            if done == len(view):
                raise _too_small(done + 1, view)
            view[done : done + len(data)] = data
            done += len(data)
    return done


def _too_small(size: int, view: memoryview) -> InvalidSizeError:
    return InvalidSizeError(f"into has {len(view)} bytes, but the content has {size} or more: use a larger buffer")


@cache
def _response_class() -> type[ObjectResponse]:
    # Import this late: it needs urllib3, which some programs never load.
    from .._core.http.sync.response import ObjectResponse

    return ObjectResponse


def _cut(body: ResponseBody, kept: Kept) -> ResponseBody:
    """Return the body, cut to the wanted range. The length of the body need not be known."""
    if not kept.skip and kept.length in (None, body.remaining):
        return body
    from .._core.http.sync.cut import CutBody

    return cast("ResponseBody", CutBody(body, kept))
