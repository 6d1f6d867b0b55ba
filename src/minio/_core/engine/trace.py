"""Trace requests and responses to a stream (`trace_on`) and to the logger `minio`. Secrets are removed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TextIO

from ...error import ResponseError
from ..exceptions import TransportError
from ..printable import printable, printable_lines
from ..wire.message import Outgoing, Request, Response
from ..wire.redact import REDACTED, Secrets, is_secret_name, redact

_logger = logging.getLogger("minio")
_MOST = 4096
"""The number of characters shown of an error body."""


def _header_lines(headers: Mapping[str, str], secrets: Secrets) -> str:
    shown = (
        f"{printable(name)}: {REDACTED if is_secret_name(name) else printable(redact(value, secrets))}"
        for name, value in headers.items()
    )
    return "\n".join(shown)


def trace_request(stream: TextIO | None, outgoing: Outgoing, secrets: Secrets) -> None:
    """Trace a request before it is sent."""
    target = redact(outgoing.target, secrets)
    _logger.debug("%s %s://%s%s", outgoing.method, outgoing.origin.scheme, outgoing.origin, target)
    if stream is not None:
        lines = _header_lines(outgoing.headers, secrets)
        stream.write(f"---------START-HTTP---------\n{outgoing.method} {target} HTTP/1.1\n{lines}\n\n")


def trace_response(stream: TextIO | None, response: Response, outgoing: Outgoing, secrets: Secrets) -> None:
    """Trace a response, including the body of an error."""
    shown, request_id = redact(outgoing.target, secrets), response.headers.get("x-amz-request-id")
    _logger.debug("%s %s: %s%s", outgoing.method, shown, response.status, _identified(request_id, secrets))
    if stream is not None:
        body = response.body.decode("utf-8", "replace") if response.status >= 300 else ""
        shown = printable_lines(redact(body, secrets)[:_MOST].replace("\r\n", "\n"))
        stream.write(
            f"HTTP/1.1 {response.status} {printable(redact(response.reason, secrets))}\n"
            f"{_header_lines(response.headers, secrets)}\n{shown}\n----------END-HTTP----------\n"
        )


def log_retry(error: TransportError | ResponseError, request: Request, delay: float) -> None:
    """Log that a request will be sent again. Secrets have already been removed from the error, which has the ids."""
    where = printable("/".join(filter(None, (request.bucket, request.key))))
    _logger.info("%s %s is sent again in %.2f s: %s", request.method, where, delay, printable(str(error)))


def _identified(request_id: str | None, secrets: Secrets) -> str:
    return f" (request id {printable(redact(request_id, secrets))})" if request_id else ""


def trace_error(stream: TextIO | None, error: TransportError, outgoing: Outgoing, secrets: Secrets) -> None:
    """Trace the reason why a request got no response. Secrets have already been removed from the error."""
    _logger.debug("%s %s: %s", outgoing.method, redact(outgoing.target, secrets), error)
    if stream is not None:
        stream.write(f"{error}\n----------END-HTTP----------\n")
