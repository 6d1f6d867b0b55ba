"""A caller's own urllib3 client as the transport, used as it is: its pools, its time-outs, its retries, its proxy."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...error import ClosedError, InvalidArgumentTypeError, TransportError
from ..wire.http1 import ProtocolError, content_length
from ..wire.message import Content, Headers, Outgoing, Response
from .scope import Scope

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_LIMIT = 64 * 1024 * 1024


class BorrowedTransport:
    """Sends requests through a `urllib3.PoolManager` that belongs to somebody else."""

    def __init__(self, http_client: PoolManager) -> None:
        from urllib3 import PoolManager

        if not isinstance(http_client, PoolManager):
            raise InvalidArgumentTypeError(
                f"http_client must be a urllib3.PoolManager, not {type(http_client).__name__}"
            )
        self._client = http_client
        self.closed = False

    def send(self, outgoing: Outgoing, scope: Scope | None = None) -> Response:
        """Send a request and return its answer.

        Raises:
            TransportError: No usable answer came.
        """
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        if self.closed:
            raise ClosedError("the client is closed")
        limit = math.inf if scope is None else scope.left(math.inf)
        options = {} if limit == math.inf else {"timeout": Timeout(total=limit)}
        origin = outgoing.origin
        try:
            answer = self._client.urlopen(
                outgoing.method,
                f"{origin.scheme}://{origin}{outgoing.target}",
                body=_body(outgoing),
                headers=outgoing.headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
                **options,
            )
            return _response(answer, outgoing)
        except (HTTPError, OSError, ProtocolError) as error:
            raise TransportError(f"the HTTP client failed: {error}", str(origin), error) from error

    def close(self) -> None:
        """Make no more calls. The HTTP client stays open: it is its owner's."""
        self.closed = True


def _body(outgoing: Outgoing) -> Any:
    body = outgoing.body
    if isinstance(body, bytes):
        return body or (b"" if outgoing.method in ("PUT", "POST") else None)
    return io.BytesIO(body) if isinstance(body, memoryview) else ContentFile(body)


def _response(answer: BaseHTTPResponse, outgoing: Outgoing) -> Response:
    headers = Headers(list(answer.headers.items()))
    reason = answer.reason or ""
    if outgoing.stream and 200 <= answer.status < 300:
        return Response(answer.status, headers, b"", reason, BorrowedBody(answer, str(outgoing.origin)))
    data = answer.read(_LIMIT, decode_content=False)
    answer.drain_conn()
    answer.release_conn()
    return Response(answer.status, headers, data, reason)


class ContentFile(io.RawIOBase):
    """A body that is read in chunks, as the file that urllib3 wants: it can be read again from any place."""

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


class BorrowedBody:
    """The body of an answer that urllib3 reads. The same face as our own."""

    at_hand = 0

    def __init__(self, answer: BaseHTTPResponse, host: str) -> None:
        self._answer = answer
        self._host = host
        self.finished = False
        length = answer.headers.get("content-length")
        try:
            self.remaining = content_length(length) if length is not None else None
        except ProtocolError:
            answer.close()
            raise

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only at the end."""
        parts: list[bytes] = []
        left = size
        while left and (part := self.read_some(left)):
            parts.append(part)
            left -= len(part) if size >= 0 else 0
        return b"".join(parts)

    def read_some(self, limit: int = -1) -> bytes:
        """Read some bytes, none only at the end."""
        from urllib3.exceptions import HTTPError

        if self.finished:
            return b""
        size = 1 << 18 if limit < 0 else min(limit, 1 << 18)
        try:
            data = self._answer.read(size, decode_content=False)
        except (HTTPError, OSError) as error:
            self.close()
            raise TransportError(f"the HTTP client failed: {error}", self._host, error) from error
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

    def _end(self) -> None:
        cut_short = bool(self.remaining)
        self.finished = True
        self._answer.drain_conn()
        self._answer.release_conn()
        if cut_short:
            raise TransportError(f"the answer's body was cut short, {self.remaining} bytes before its end", self._host)

    def abort(self) -> None:
        """End reading: whether a read on another thread ends at once is the HTTP client's business."""
        self.close()

    def close(self) -> None:
        """End reading; what is unread is dropped with its connection."""
        if not self.finished:
            self.finished = True
            self._answer.close()
