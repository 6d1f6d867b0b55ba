"""Decoded reads of objects, `read(decode_content=True)`, for both clients.

Laws: decoded and raw reads cannot be mixed. After a decoded read has failed or was interrupted, later reads raise
TransportError, because the decoder cannot go back.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..exceptions import InvalidArgumentError, TransportError


def check_decoded(decode_content: bool | None) -> None:
    """Raise an error for a raw read after a decoded read, because the decoder has already consumed some bytes."""
    if not decode_content:
        raise InvalidArgumentError("decode_content must be True in all reads once it was in one")


def broken_off(size: int) -> bytes:
    """Replace a decoder that has lost bytes: each read raises an error."""
    raise TransportError("an earlier decoded read was broken off: get the object again")


def undecodable(error: Exception, url: str | None) -> TransportError:
    """Return the error for content that cannot be decoded."""
    text = f"cannot decode the object's content: {error}; read it without decode_content"
    made = TransportError(text, urlsplit(url or "").netloc, error)
    made.final = True
    return made
