"""A transport that uses a urllib3 client, with its pools, time-outs, retries and proxy.

The client is the caller's (`http_client`, or assigned to `_http`), or one that the transport has opened because the
caller wants to have one (`pool_manager.py`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ...exceptions import ClosedError, DeadlineExceeded, InvalidArgumentTypeError, TransportError
from ...wire.body import Content
from ...wire.http1 import ProtocolError, content_length, unfold
from ...wire.message import Headers, Origin, Outgoing, Response
from ..limits import body_limit
from ..mock_response import from_mock
from ..settings import is_final, proxy_refusal
from ..shared import shared
from .buffered import BufferedBody
from .cancel import CancelScope
from .pool_manager import is_default, is_patched

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager


class Urllib3Transport:
    """Sends requests through a `urllib3.PoolManager`.

    Args:
        http_client: The client. Tests may pass a mock that has `urlopen`.
        retries: The client retries connection errors by its own rules, so urllib3 must not.
    """

    def __init__(self, http_client: PoolManager, retries: bool = True) -> None:
        self._client: PoolManager = check_urlopen("http_client", http_client)
        self._retries = retries
        self.closed = False

    nested = False
    """A response may take the only connection of the caller's pool: no other request is sent while it is read."""

    def pool_manager(self, origin: Origin) -> PoolManager:
        """Return the client."""
        return self._client

    def use(self, http_client: PoolManager) -> None:
        """Send all further requests through another client, which the caller assigned."""
        self._client, self._retries = check_urlopen("_http", http_client), True

    def options(self) -> None:
        """Return None: a copy of the client would need a copy of the caller's urllib3 client."""
        return

    def send(self, outgoing: Outgoing, scope: CancelScope | None = None) -> Response:
        """Send a request and return its response.

        Raises:
            TransportError: No usable response was received.
        """
        if self.closed:
            raise ClosedError("the client is closed")
        request = partial(self._request, outgoing, scope)
        response: Response = request() if scope is None else scope.run(request)
        if response.status == 407:
            proxy = getattr(self._client, "proxy", None)
            raise proxy_refusal("" if proxy is None else f"{proxy.host}:{proxy.port}", outgoing.origin)
        return response

    def _request(self, outgoing: Outgoing, scope: CancelScope | None) -> Response:
        from urllib3 import BaseHTTPResponse
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        origin = outgoing.origin
        try:
            answer = self._client.urlopen(
                outgoing.method,
                f"{origin.scheme}://{origin}{outgoing.target}",
                body=_body(outgoing),
                headers=outgoing.headers,
                **self._keywords(outgoing, scope),
            )
            if scope is not None and scope.is_over():
                answer.close()  # the caller has given up
                raise scope.error
            if not isinstance(answer, BaseHTTPResponse):
                return from_mock(answer, outgoing.stream)
            return read_response(answer, outgoing, scope)
        except (HTTPError, OSError, ProtocolError) as error:
            if isinstance(error, TransportError):
                raise
            not_sent = isinstance(error, (ConnectTimeoutError, NewConnectionError))
            made = TransportError(f"the HTTP client failed: {error}", str(origin), error, safe=not_sent)
            # A test that patches urlopen wants to see its own error at once.
            made.final = self._pool_retries() or is_patched() or any(is_final(cause) for cause in _causes(error))
            raise made from error

    def _keywords(self, outgoing: Outgoing, scope: CancelScope | None) -> dict[str, Any]:
        """Return the options of `urlopen`. A mock gets only those that callers of `urlopen` usually give."""
        from urllib3 import poolmanager

        if not isinstance(self._client, poolmanager.PoolManager):  # a test may have replaced `urllib3.PoolManager`
            return {"preload_content": not outgoing.stream}
        options = {"redirect": False, "preload_content": False, "decode_content": False, **_options(outgoing, scope)}
        return options if self._pool_retries() else {**options, "retries": False}

    def _pool_retries(self) -> bool:
        """Return whether the client retries: always if the caller made it, else if the caller changed its retries."""
        return self._retries or not is_default(self._client.connection_pool_kw.get("retries"))

    def close(self) -> None:
        """Close this transport. The HTTP client stays open, because it belongs to the caller."""
        self.closed = True


def check_urlopen(name: str, http_client: Any) -> Any:
    """Check that an object can send requests, and return it."""
    if not callable(getattr(http_client, "urlopen", None)):
        raise InvalidArgumentTypeError(f"{name} must be a urllib3.PoolManager, not {type(http_client).__name__}")
    return http_client


def check_pool_manager(http_client: Any) -> PoolManager:
    """Check the `http_client` of a new client, and return it."""
    from urllib3 import PoolManager

    if not isinstance(http_client, PoolManager):
        raise InvalidArgumentTypeError(f"http_client must be a urllib3.PoolManager, not {type(http_client).__name__}")
    return http_client


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error, and what urllib3 has wrapped into it."""
    wrapped = (getattr(error, "reason", None), *error.args)
    return [error, *(item for item in wrapped if isinstance(item, BaseException))]


def _body(outgoing: Outgoing) -> Any:
    body = outgoing.body
    if isinstance(body, bytes):
        return body or (b"" if outgoing.method in ("PUT", "POST") else None)
    return io.BytesIO(body) if isinstance(body, memoryview) else ContentFile(body)


def _options(outgoing: Outgoing, scope: CancelScope | None) -> dict[str, Any]:
    """Return options that override the caller's settings: the remaining time, and no retries if none are allowed."""
    from urllib3 import Timeout

    limit = math.inf if scope is None else scope.remaining(math.inf)
    options: dict[str, Any] = {} if limit == math.inf else {"timeout": Timeout(total=limit)}
    return options if outgoing.repeatable else {**options, "retries": False}


def _headers(answer: BaseHTTPResponse) -> Headers:
    headers = Headers([(name, unfold(value)) for name, value in answer.headers.items()])
    if "," in headers.get("content-length", ""):
        length = content_length(headers["content-length"])
        headers["content-length"] = str(length)
        original: Any = getattr(answer, "_original_response", None)
        if original is not None and original.length is None and not original.chunked:
            original.length = (
                length  # http.client does not support such a value, and would read to the end of the stream
            )
    return headers


def read_response(answer: BaseHTTPResponse, outgoing: Outgoing, scope: CancelScope | None) -> Response:
    """Return the response of urllib3 as a Response. Read its body, unless it is to be streamed.

    Raises:
        ProtocolError: The response is malformed.
        urllib3.exceptions.HTTPError: The connection was lost.
    """
    try:
        headers = _headers(answer)
    except ProtocolError:
        answer.close()
        raise
    reason = answer.reason or ""
    if outgoing.stream and 200 <= answer.status < 300:
        if isinstance(getattr(answer, "_body", None), bytes):
            return Response(answer.status, headers, b"", reason, BufferedBody(answer.data))
        return Response(answer.status, headers, b"", reason, Urllib3Body(answer, str(outgoing.origin), headers, scope))
    data = _read_all(answer)
    return Response(answer.status, headers, data, reason)


def _read_all(answer: BaseHTTPResponse) -> bytes:
    """Read the body without decoding it, within the limits of the other transports."""
    limit = body_limit(answer.status)
    read = getattr(answer, "_body", None)
    if isinstance(read, bytes):
        return read[:limit]  # a patched urlopen returned a response that was already read
    data = answer.read(limit + 1, decode_content=False)
    if len(data) <= limit:
        answer.drain_conn()
        answer.release_conn()
        return data
    answer.close()
    if answer.status < 300:
        raise ProtocolError(f"the answer has more than the {limit} bytes that are taken")
    return data[:limit]


class ContentFile(io.RawIOBase):
    """A body in chunks, as a seekable file, which urllib3 needs for its retries."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._chunks: Iterator[bytes | memoryview] = iter(self._content.chunks())
        self._rest = memoryview(b"")
        self._position = 0
        while self._position < offset and self.read(min(offset - self._position, 1 << 20)):
            pass
        return self._position

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        self._position += count
        return count


class Urllib3Body:
    """A body read by urllib3, with the interface of `ResponseBody`."""

    at_hand = 0

    def __init__(self, answer: BaseHTTPResponse, host: str, headers: Headers, scope: CancelScope | None) -> None:
        self._answer = answer
        self._host = host
        self._scope = scope
        self.finished = False
        length = headers.get("content-length")
        try:
            self.remaining = content_length(length) if length is not None else None
        except ProtocolError:
            answer.close()
            raise
        if scope is not None:
            scope.attach(self)

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, or fewer only at the end."""
        parts: list[bytes] = []
        left = size
        while left and (part := self.read_some(left)):
            parts.append(part)
            left -= len(part) if size >= 0 else 0
        return b"".join(parts)

    def read_some(self, limit: int = -1) -> bytes:
        """Read the bytes that have arrived, at least one except at the end."""
        from urllib3.exceptions import HTTPError

        if self.finished:
            return b""
        size = 1 << 18 if limit < 0 else min(limit, 1 << 18)
        read = partial(self._answer.read, size, decode_content=False)
        try:
            data: bytes = read() if self._scope is None else self._scope.run(read)
        except DeadlineExceeded:
            self.abort()
            self._leave()
            shared(self._drop)  # it waits for the thread that still reads, if that could not be aborted
            raise
        except (HTTPError, OSError) as error:
            self.close()
            self._check_scope()
            raise TransportError(f"the HTTP client failed: {error}", self._host, error) from error
        if not data:
            self._check_scope()
        if self.remaining is not None:
            self.remaining -= len(data)
        if not data or self.remaining == 0:
            self._end()
        return data

    def readinto(self, view: memoryview) -> int:
        """Read into a buffer."""
        data = self.read_some(len(view))
        view[: len(data)] = data
        return len(data)

    def _check_scope(self) -> None:
        if self._scope is not None and self._scope.is_over():
            raise self._scope.error

    def _leave(self) -> None:
        self.finished = True
        if self._scope is not None:
            self._scope.detach(self)

    def _end(self) -> None:
        cut_short = bool(self.remaining)
        self._leave()
        self._answer.drain_conn()
        self._answer.release_conn()
        if cut_short:
            raise TransportError(f"the answer's body was cut short, {self.remaining} bytes before its end", self._host)

    def abort(self) -> None:
        """Make a read on another thread fail immediately, if urllib3 supports it (since 2.3)."""
        shutdown = getattr(self._answer, "shutdown", None)
        if shutdown is not None:
            with suppress(ValueError, OSError, RuntimeError):
                shutdown()

    def close(self) -> None:
        """Stop reading, and discard the unread rest together with the connection."""
        if not self.finished:
            self._leave()
            self._drop()

    def _drop(self) -> None:
        """Close the connection and give its place back to the pool, which may be waiting for it."""
        self._answer.close()
        self._answer.release_conn()
