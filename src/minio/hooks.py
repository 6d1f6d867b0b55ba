"""What the hooks of a client receive: `on_request`, `on_response` and `on_retry`.

A hook is a function with one argument. It is called where the call runs: on the thread of a blocking call, on the event
loop of an asynchronous one. It must return soon, and it must not be a coroutine function. An exception that it raises
ends the call. Secrets are removed from everything that a hook receives.

Example:
    >>> def log_slow(event):
    ...     if event.seconds > 1:
    ...         print(event.request.operation, event.request.url, event.status, event.request_id)
    >>> client = Minio("127.0.0.1:9000", "access key", "secret key", secure=False, on_response=log_slow)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ._core.display import shows

__all__ = ["RequestEvent", "ResponseEvent", "RetryEvent"]


@shows()
@dataclass(frozen=True, kw_only=True)
class RequestEvent:
    """A request that is about to be sent."""

    call: int
    """A number that all requests of one S3 operation have, and no other request of this process."""
    operation: str
    """The S3 operation, such as "GetObject"."""
    bucket_name: str | None
    object_name: str | None
    method: str
    url: str
    """The URL without signatures and other secrets."""
    attempt: int
    """1 for the first request of the operation, 2 for the first retry, and so on."""
    body_size: int
    """The number of bytes of the body."""


@shows("request", "status", "seconds", "error", "final")
@dataclass(frozen=True, kw_only=True)
class ResponseEvent:
    """The response to a request, or the error of a request without one.

    Each request has exactly one such event. If an operation ends during the pause before a retry, for example because
    it is cancelled, there is one more for the last request.
    """

    request: RequestEvent
    status: int | None
    """The status, or None if there is no response."""
    headers: Mapping[str, str]
    """The headers of the response, with lower-case names."""
    seconds: float
    """The time from the request to the head of the response, or, if it does not stream, to its end."""
    error: BaseException | None
    """Why the request failed, or None if it succeeded."""
    final: bool
    """Whether the operation has ended. Otherwise the request is sent again."""

    @property
    def request_id(self) -> str | None:
        """The request id of the server, for its logs and its support."""
        return self.headers.get("x-amz-request-id")

    @property
    def host_id(self) -> str | None:
        """The host id of the server."""
        return self.headers.get("x-amz-id-2")

    @property
    def body_size(self) -> int | None:
        """The number of bytes of the response's body, or None if the server does not announce it."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() else None


@shows("request", "delay", "error")
@dataclass(frozen=True, kw_only=True)
class RetryEvent:
    """A request that will be sent again."""

    request: RequestEvent
    """The request that failed."""
    delay: float
    """The seconds until then. 0 if the request is corrected, for example for another region."""
    error: BaseException
    """Why the request failed."""
