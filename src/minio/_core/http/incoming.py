"""A response as it comes in: fed with bytes, it holds the head, and the body's bytes that nobody took yet.

It knows nothing of sockets. One is made for every request; data flows `feed -> pop`.

* `head` is None until the final head is there; 1xx heads are skipped, `continued` tells that one was a 100.
* `ready` is set when the caller can go on: at the head where the body is handed out as a stream, else at the end.
* `done` is set at the body's end. What comes after that makes the connection unfit for reuse (`clean`).
"""

from __future__ import annotations

from collections import deque

from minio._core.wire.http1 import MAX_INTERIM, Head, ProtocolError, read_head

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a successful answer that is not streamed: a page of a listing is under 2 MiB."""
MAX_ERROR = 1024 * 1024
"""Bytes kept of an answer that is an error."""


class Incoming:
    """One response, coming in."""

    __slots__ = (
        "_interim",
        "_limit",
        "_method",
        "_pending",
        "_stream",
        "chunks",
        "clean",
        "continued",
        "done",
        "handed",
        "head",
        "left",
        "ready",
        "size",
        "started",
    )

    def __init__(self, method: str, stream: bool) -> None:
        self._method = method
        self._stream = stream
        self._pending: bytes | bytearray = b""
        self._limit = 0
        self._interim = 0
        self.chunks: deque[bytes | memoryview] = deque()
        self.size = 0
        """Bytes held in `chunks`."""
        self.left: int | None = None
        """Bytes still to come, None while only the end will tell."""
        self.head: Head | None = None
        self.started = False
        self.continued = False
        self.handed = False
        self.ready = False
        self.done = False
        self.clean = True

    @property
    def reusable(self) -> bool:
        """The response is over and the connection may carry another one."""
        return self.done and self.clean and self.head is not None and self.head.keep_alive

    def feed(self, data: bytes) -> None:
        """Take bytes as they came from the server.

        Raises:
            ProtocolError: They are not HTTP, or the answer is larger than can be taken.
        """
        if self.head is None:
            self.started = True
            data = self._feed_head(data)
            if not data:
                return
        self._feed_body(data)

    def feed_eof(self) -> bool:
        """Note that the server sent its last byte; tell whether the response is whole."""
        head = self.head
        if head is not None and head.length is None and head.decoder is None:
            self.done = self.ready = True
        return self.done

    def pop(self, limit: int = -1) -> bytes:
        """Take the next bytes: as many as came at once, or `limit` of them; b"" when none are there."""
        if not self.chunks:
            return b""
        chunk = self.chunks.popleft()
        if 0 <= limit < len(chunk):
            view = memoryview(chunk)
            self.chunks.appendleft(view[limit:])
            chunk = view[:limit]
        self.size -= len(chunk)
        return chunk if type(chunk) is bytes else bytes(chunk)

    def pop_all(self) -> bytes:
        """Take all bytes that are there."""
        if len(self.chunks) == 1:
            return self.pop()
        whole = b"".join(self.chunks)
        self.chunks.clear()
        self.size = 0
        return whole

    def _feed_head(self, data: bytes | bytearray) -> bytes:
        if self._pending:
            self._pending += data
            data = self._pending
        while (head := read_head(data, self._method)) is not None:
            rest = data[head.size :]
            if head.status >= 200:
                self._pending = b""
                self._begin(head)
                return bytes(rest)
            if head.status == 101:
                raise ProtocolError("the server switched protocols, unasked")
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise ProtocolError(f"the server sent more than {MAX_INTERIM} interim answers")
            self.continued = self.continued or head.status == 100
            data = rest
        self._pending = bytearray(data)
        return b""

    def _begin(self, head: Head) -> None:
        success = 200 <= head.status < 300
        self.head = head
        self.left = head.length
        self.handed = self.ready = self._stream and success
        self._limit = MAX_BODY if success else MAX_ERROR
        if head.length == 0:
            self.done = self.ready = True
        elif head.length is not None and head.length > MAX_BODY and success and not self.handed:
            raise ProtocolError(f"the answer has {head.length} bytes, more than the {MAX_BODY} that are taken")

    def _feed_body(self, data: bytes) -> None:
        head = self.head
        if self.done or head is None:
            self.clean = False
        elif head.decoder is not None:
            for chunk in head.decoder.feed(data):
                self._keep(chunk)
            if head.decoder.done:
                self.clean = self.clean and head.decoder.clean
                self.done = self.ready = True
        elif self.left is None:
            self._keep(data)
        else:
            self._feed_counted(data, self.left)

    def _feed_counted(self, data: bytes, left: int) -> None:
        if len(data) > left:
            self.clean = False
            data = data[:left]
        self.left = left = left - len(data)
        self._keep(data)
        if not left:
            self.done = self.ready = True

    def _keep(self, data: bytes) -> None:
        if not self.handed and self.size + len(data) > self._limit:
            if self._limit == MAX_BODY:
                raise ProtocolError(f"the answer has more than the {MAX_BODY} bytes that are taken")
            data = data[: self._limit - self.size]
            self.done = self.ready = True
            self.clean = False
        if data:
            self.chunks.append(data)
            self.size += len(data)
