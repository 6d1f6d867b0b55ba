"""What differs between the two clients in `_legacy.py`: the HTTP client, and the responses that callers get.

Not generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.http.sync.buffered import BufferedBody
from .._core.http.sync.transport import BlockingTransport
from .._core.wire.message import Origin, Response
from ._base import Base

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

    from .._core.engine.interception import Intercepted


class HttpAttribute(Base):
    """The attribute `_http` of a client."""

    @property
    def _http(self) -> PoolManager:
        """The urllib3 client that sends all requests from now on.

        Its settings are those of this client, and changes of them apply: `connection_pool_kw`, `clear()`. Another
        `PoolManager` can be assigned; it is then used like `http_client` of the constructor. Clients of `with_options`
        share it, as they share their connections.
        """
        return self._transport.pool_manager(self._origin())

    @_http.setter
    def _http(self, http_client: PoolManager) -> None:
        self._transport.use(http_client)
        self._http_client = http_client

    def _origin(self) -> Origin:
        endpoint = self._session.endpoint
        return Origin(endpoint.scheme, endpoint.host, endpoint.port)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickling. A copy has its own urllib3 client with the same settings."""
        options = self._transport.options()
        return super().__getstate__() | ({} if options is None else {"_pool_options": options})

    def __setstate__(self, state: dict[str, Any]) -> None:
        options = state.pop("_pool_options", None)
        super().__setstate__(state)
        if options is not None and isinstance(self._transport, BlockingTransport):
            self._transport.restore(self._origin(), options)


def to_http_response(response: Response, url: str) -> BaseHTTPResponse:
    """Return a response as urllib3 returns it: with `status`, `headers`, `data`, and `stream()` if it streams."""
    from .._core.http.sync.response import ObjectResponse

    if response.stream is not None:
        answer: BaseHTTPResponse = ObjectResponse(response, url, None)
    else:
        from .._core.http.legacy_response import to_urllib3_response

        answer = to_urllib3_response(response, url)
    vars(answer)["_minio_response"] = response
    return answer


def from_http_response(answer: Any, outgoing: Intercepted) -> Response:
    """Return what a replaced method has returned: one of `to_http_response`, one of urllib3, or a mock."""
    from urllib3 import BaseHTTPResponse

    response = getattr(answer, "_minio_response", None)
    if isinstance(response, Response):
        if response.stream is not None:
            _take_stream(vars(answer), response)
        return _fit(response, outgoing)
    if isinstance(answer, BaseHTTPResponse):
        from .._core.http.sync.urllib3_transport import read_response

        response = read_response(answer, outgoing, outgoing.scope)
        response.mocked = True
        return response
    from .._core.http.mock_response import from_mock

    return from_mock(answer, outgoing.request.stream)


def _take_stream(answer: dict[str, Any], response: Response) -> None:
    """Take the body from a response, which would close it when it is garbage-collected."""
    answer.pop("_stream", None)
    if answer.get("_content") is not None:
        response.stream = BufferedBody(answer["_content"])  # the method has read it


def _fit(response: Response, outgoing: Intercepted) -> Response:
    """Return the response as the call needs it, if the method has changed `preload_content`."""
    if outgoing.request.stream and response.stream is None and 200 <= response.status < 300:
        response.stream = BufferedBody(response.body)
    elif response.stream is not None and not outgoing.request.stream:
        response.body, response.stream = response.stream.read(), None
    return response
