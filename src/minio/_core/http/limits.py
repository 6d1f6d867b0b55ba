"""Limits of both transports."""

from __future__ import annotations

from ..wire.message import MAX_BODY, MAX_ERROR

SMALL_BODY = 64 * 1024
"""Request bodies up to this many bytes are sent in one write with the head."""
CONTINUE_SECONDS = 1.0
"""Seconds to wait for `100 Continue` before the body is sent anyway, because many servers never send it."""


def body_limit(status: int) -> int:
    """Return the maximum number of bytes of a response body that does not stream."""
    return MAX_BODY if status < 300 else MAX_ERROR
