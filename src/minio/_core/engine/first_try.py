"""The first try of a usual call, without a flow.

Most calls succeed at once. They need no generator and no state of retries, which cost as much as the signature. If
anything is unusual, the flow of `flow.call` runs the call: either from the beginning, or from the outcome of the first
try. So only the flow knows what to do about errors, and this file only decides what is usual.
"""

from __future__ import annotations

import logging
from typing import TypeVar

from ...error import ResponseError
from ..exceptions import InvalidXMLError
from ..ops.base import Operation
from ..wire.body import body_length
from ..wire.checksums import NO_BODY, Payload
from ..wire.message import Outgoing, Response
from .effects import HASH_INLINE
from .session import Session

T = TypeVar("T")
_logger = logging.getLogger("minio")


def first_try(operation: Operation[T], session: Session) -> Outgoing | None:
    """Return the signed request of the first try. Return None if the flow has to run the call from the beginning.

    This also holds for requests for buckets, whose responses have documents that the flow has to judge.
    """
    if session.options is not None or session.trace is not None or session.doubtful:
        return None
    if session.hooks is not None:
        return None
    if _logger.isEnabledFor(logging.DEBUG):
        return None
    credentials = session.ready_credentials()
    if credentials is None:
        return None
    request = operation.request()
    region = session.known_region(request, False)
    if region is None or not request.key or request.version or request.raw:
        return None
    payload = request.payload
    if payload is None:
        body = request.body
        if not body and not request.checksum and not request.md5:
            payload = NO_BODY
        elif (len(body) if type(body) is bytes else body_length(body)) <= HASH_INLINE:
            payload = Payload(body, request.checksum, request.md5)
        else:
            return None
    return session.prepare(request, region, credentials, payload, None, None, session.fold_to_first)


def plain_result(operation: Operation[T], method: str, response: Response) -> tuple[T] | None:
    """Return the result of a usual response. Return None if the flow has to judge the response."""
    if response.body:
        return None
    if not (response.headers.get("etag") if response.status == 200 else response.status == 204 and method == "DELETE"):
        return None
    try:
        return (operation.parse(response),)
    except (InvalidXMLError, ResponseError):
        return None
