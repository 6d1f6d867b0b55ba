"""The interface of S3 operations: build a request, parse the response. No I/O."""

from __future__ import annotations

from typing import Protocol, TypeVar

from ..wire.message import Headers, Request, Response

T_co = TypeVar("T_co", covariant=True)


ALREADY_DONE = Response(200, Headers())
"""A placeholder for the lost response to an earlier try that succeeded."""


class Operation(Protocol[T_co]):
    """One call of the S3 API.

    The class has the name of the S3 operation. A class for several operations has a property `s3_name`.
    """

    def request(self) -> Request:
        """Return the request to send."""

    def parse(self, response: Response, /) -> T_co:
        """Return the result of a successful response."""


def operation_name(operation: object) -> str:
    """Return the S3 name of an operation, such as GetBucketTagging, for use in errors."""
    return getattr(operation, "s3_name", type(operation).__name__)
