"""Check that a response contains the requested bytes of an object.

Every response to a request for object data passes `check_partial`. Laws:

* Bytes are returned to the caller only if they are the requested bytes of the requested version.
* If a server ignores Range and sends the whole object, it is not an error: the result says which bytes to keep.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...error import InvalidRange, PreconditionFailed
from ..exceptions import InvalidXMLError, TransportError
from ..wire.byte_range import WHOLE, ByteRange, Kept, body_size, given_range
from ..wire.etag import if_match, same_etag
from ..wire.message import Response
from .errors import invalid_response


def pinned(headers: Mapping[str, str], etag: str | None, asked: ByteRange | None = None) -> dict[str, str]:
    """Return the headers of a request for bytes of one version. They override the caller's headers of the same name."""
    new = if_match(etag) if asked is None else {**if_match(etag), "Range": str(asked)}
    names = {name.lower() for name in new}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **new}


def check_partial(
    response: Response, asked: ByteRange | None, etag: str = "", size: int | None = None, host: str = ""
) -> Kept:
    """Compare a successful response with the request.

    Args:
        response: The response, with its body unread.
        asked: The requested range. None if it cannot be compared.
        etag: The ETag of the requested version, or '' for any.
        size: The size of the object in bytes, if known.
        host: The server, for the error message.

    Returns:
        The bytes of the body to keep.

    Raises:
        PreconditionFailed: The response is for another version: If-Match was ignored or not sent.
        InvalidRange: The server ignored Range, and the object ends before the first requested byte.
        InvalidResponseError: The response contains another range.
        TransportError: The lengths in the response contradict each other or the known size. A retry may help.
    """
    found = response.headers.get("etag", "")
    if etag and found and not same_etag(found, etag):
        raise _failed(response, etag, found)
    try:
        if asked is None:
            return Kept(start=None)
        if etag and not found:
            raise InvalidXMLError("the response has no ETag, so its version is unknown")
        if response.status == 206:
            return _part(response, asked, size)
        return _whole(response, asked, size)
    except InvalidXMLError as error:
        raise invalid_response(response, host, str(error)) from error


def _part(response: Response, asked: ByteRange, size: int | None) -> Kept:
    value = response.headers.get("content-range")
    if value is None:
        raise InvalidXMLError("the response is partial (206), but has no Content-Range")
    first, last, total = given_range(value)
    if size is not None and total not in (None, size):
        raise _another_size(size, total)
    total = size if total is None else total
    if (first, last) != asked.within(total):
        raise InvalidXMLError(f"the response brings another range than was asked for: {value!r}")
    length = body_size(response)
    if length not in (None, last - first + 1):
        raise TransportError(f"the response has {length} bytes, but its Content-Range says {value!r}")
    return Kept(0, last - first + 1, first, total, exact=True)


def _whole(response: Response, asked: ByteRange, size: int | None) -> Kept:
    total = body_size(response)
    if size is not None and total not in (None, size):
        raise _another_size(size, total)
    total = size if total is None else total
    if asked == WHOLE:
        return Kept(0, size, 0, total, exact=True) if size is not None else Kept(total=total)
    first, last = asked.within(total)
    if first is None:
        raise InvalidXMLError("the server ignores Range and does not say how long the object is")
    if total is not None and first >= total:
        raise _beyond(response, first, total)
    return Kept(first, None if last is None else last - first + 1, first, total)


def _failed(response: Response, etag: str, found: str) -> PreconditionFailed:
    text = f"the object was replaced: its ETag is {found[:100]}, no longer {etag}"
    return PreconditionFailed(response, "PreconditionFailed", text, None, None, None)


def _another_size(size: int, total: int | None) -> TransportError:
    more = "more" if (total or 0) > size else "fewer"
    return TransportError(f"the object has {size} bytes, but the server sends {more} bytes ({total})")


def _beyond(response: Response, first: int, total: int) -> InvalidRange:
    text = f"byte {first} lies outside the object, which has {total} bytes"
    return InvalidRange(response, "InvalidRange", text, None, None, None)
