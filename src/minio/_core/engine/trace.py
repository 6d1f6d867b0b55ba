"""What went over the wire, for people: to a stream (`trace_on`) and to the logger `minio`. Secrets are taken out."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TextIO

from ...error import TransportError
from ..wire.message import Outgoing, Response
from ..wire.printable import printable, printable_lines

_logger = logging.getLogger("minio")

_SECRET = re.compile(
    r"(Signature=|X-Amz-Signature=|X-Amz-Security-Token=|X-Amz-Credential=|Credential=)[^&,\s]+", re.IGNORECASE
)
# A refused signature comes back with what was signed, a token and a customer's key among it.
_SECRET_XML = re.compile(
    r"(<(?:AWSAccessKeyId|SignatureProvided|CanonicalRequestBytes|Token-0)>|(?:security-token|customer-key):\s*)[^\s<][^<\n]*",
    re.IGNORECASE,
)
_SECRET_HEADERS = re.compile(r"security-token|customer-key|cookie|proxy-authorization", re.IGNORECASE)


def redact(text: str) -> str:
    """The text without credentials, signatures and tokens."""
    return _SECRET_XML.sub(r"\1*REDACTED*", _SECRET.sub(r"\1*REDACTED*", text))


def _header_lines(headers: Mapping[str, str]) -> str:
    shown = (
        f"{printable(name)}: {'*REDACTED*' if _SECRET_HEADERS.search(name) else printable(redact(value))}"
        for name, value in headers.items()
    )
    return "\n".join(shown)


def trace_request(stream: TextIO | None, outgoing: Outgoing) -> None:
    """Tell of a request that is about to be sent."""
    target = redact(outgoing.target)
    _logger.debug("%s %s://%s%s", outgoing.method, outgoing.origin.scheme, outgoing.origin, target)
    if stream is not None:
        lines = _header_lines(outgoing.headers)
        stream.write(f"---------START-HTTP---------\n{outgoing.method} {target} HTTP/1.1\n{lines}\n\n")


def trace_response(stream: TextIO | None, response: Response, outgoing: Outgoing) -> None:
    """Tell of an answer; of an error its body too."""
    _logger.debug("%s %s: %s", outgoing.method, redact(outgoing.target), response.status)
    if stream is not None:
        body = response.body[:4096].decode("utf-8", "replace") if response.status >= 300 else ""
        shown = redact(printable_lines(body.replace("\r\n", "\n")))
        stream.write(
            f"HTTP/1.1 {response.status} {printable(response.reason)}\n{_header_lines(response.headers)}\n"
            f"{shown}\n----------END-HTTP----------\n"
        )


def trace_fault(stream: TextIO | None, error: TransportError, outgoing: Outgoing) -> None:
    """Tell of a request that got no answer."""
    _logger.debug("%s %s: %s", outgoing.method, redact(outgoing.target), error)
    if stream is not None:
        stream.write(f"{error}\n----------END-HTTP----------\n")
