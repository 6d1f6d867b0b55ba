"""What differs between the two clients in `_legacy.py`: the HTTP client, and the responses that callers get.

Not generated.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NoReturn

from .._core.http.aio.mock_response import BufferedBody, read_mock
from .._core.wire.message import Response
from ._base import AsyncBase

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from .._core.engine.interception import Intercepted
    from .._core.http.aio.response import AsyncObjectResponse

_NO_HTTP = (
    "AsyncMinio has no _http: it does not send its requests with urllib3. Use the arguments of AsyncMinio instead "
    "(connect_timeout, read_timeout, max_connections, proxy, ca_certs), close() to close its connections, or Minio"
)


class HttpAttribute(AsyncBase):
    """The attribute `_http` of a client, which only the blocking client has."""

    @property
    def _http(self) -> NoReturn:
        """Raise AttributeError: this client does not use urllib3."""
        raise AttributeError(_NO_HTTP)

    @_http.setter
    def _http(self, http_client: object) -> NoReturn:
        raise AttributeError(_NO_HTTP)


def to_http_response(response: Response, url: str) -> BaseHTTPResponse | AsyncObjectResponse:
    """Return a response for callers: one of urllib3 if its body was read, otherwise one whose content is awaited."""
    answer: BaseHTTPResponse | AsyncObjectResponse
    if response.stream is not None:
        from .._core.http.aio.response import AsyncObjectResponse

        answer = AsyncObjectResponse(response, url, None)
    else:
        from .._core.http.legacy_response import to_urllib3_response

        answer = to_urllib3_response(response, url)
    vars(answer)["_minio_response"] = response
    return answer


async def from_http_response(answer: Any, outgoing: Intercepted) -> Response:
    """Return what a replaced method has returned: a response of `to_http_response`, or a mock."""
    if inspect.isawaitable(answer):
        answer = await answer
    response = getattr(answer, "_minio_response", None)
    if isinstance(response, Response):
        vars(answer).pop("_stream", None)  # it would be closed when `answer` is garbage-collected
        return await _fit(response, outgoing)
    return await read_mock(answer, outgoing.request.stream)


async def _fit(response: Response, outgoing: Intercepted) -> Response:
    """Return the response as the call needs it, if the method has changed `preload_content`."""
    if outgoing.request.stream and response.stream is None and 200 <= response.status < 300:
        response.stream = BufferedBody(response.body)
    elif response.stream is not None and not outgoing.request.stream:
        response.body, response.stream = await response.stream.read(), None
    return response
