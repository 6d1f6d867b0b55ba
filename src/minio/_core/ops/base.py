"""The shape every S3 operation has: a request to build, an answer to read. No I/O."""

from __future__ import annotations

from typing import Protocol, TypeVar

from ..wire.message import Request, Response

T_co = TypeVar("T_co", covariant=True)


class Operation(Protocol[T_co]):
    """One call of the S3 API."""

    def request(self) -> Request:
        """What to ask."""

    def parse(self, response: Response, /) -> T_co:
        """What the answer means. May raise a ResponseError: some successes carry an error in their body."""
