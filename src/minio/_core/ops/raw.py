"""A request that the caller builds, for S3 operations for which the client has no call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from ..arguments import check_bucket_name, check_headers, check_object_name, check_repeated_query
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ..wire.body import Body
from ..wire.message import Request, Response
from .objects import appends

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RawRequest(Generic[T]):
    """Send a given request, and read the response with a function."""

    made: Request
    read: Callable[[Response], T]
    name: str = ""

    @property
    def s3_name(self) -> str:
        return self.name or f"{self.made.method} request"

    def request(self) -> Request:
        return self.made

    def parse(self, response: Response, /) -> T:
        return self.read(response)


def raw_request(
    method: str,
    bucket: str | None,
    key: str | None,
    body: Any,
    headers: Mapping[str, Any] | None,
    query: Mapping[str, Any] | None,
    *,
    stream: bool,
    region: str | None = None,
) -> Request:
    """Check the caller's arguments, and return the request. Any 2xx status of the response is a success.

    Raises:
        InvalidArgumentError: An argument is invalid; the message names it.
    """
    if not isinstance(method, str) or not method.isalpha():
        raise InvalidArgumentError(f"method must be an HTTP method, such as GET, not {method!r}")
    if key and not bucket:
        raise InvalidArgumentError(f"bucket_name must be given with object_name {key!r}")
    if bucket:
        check_bucket_name(bucket)
    if key:
        check_object_name(key)
    method, fields = method.upper(), check_headers("headers", headers)
    return Request(
        method=method,
        bucket=bucket or "",
        key=key or "",
        query=check_repeated_query("query_params", query),
        headers=fields,
        body=_body(body),
        stream=stream,
        repeatable=method != "POST" and not appends(fields),
        region=region,
        raw=True,
    )


def _body(body: Any) -> Body:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytearray):
        return bytes(body)
    if isinstance(body, (bytes, memoryview)) or (hasattr(body, "length") and hasattr(body, "chunks")):
        return cast(Body, body)
    raise InvalidArgumentTypeError(f"body must be bytes, not {type(body).__name__}")
