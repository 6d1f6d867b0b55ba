"""Responses of the low-level methods of the 7.2 API, as urllib3 returns them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ..wire.message import Response

if TYPE_CHECKING:
    from urllib3 import HTTPResponse


def to_urllib3_response(response: Response, url: str) -> HTTPResponse:
    """Return a response whose body was read, as a response of urllib3."""
    from urllib3 import HTTPHeaderDict, HTTPResponse

    return HTTPResponse(
        io.BytesIO(response.body),
        headers=HTTPHeaderDict(response.headers.raw),
        status=response.status,
        reason=response.reason,
        decode_content=False,
        request_url=url,
    )
