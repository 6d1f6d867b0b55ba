"""A parser for one response. It does no I/O. Bytes go in through `feed`, and the body comes out through `pop`.

* `head` is None until the final head is complete. 1xx heads are skipped; a 100 sets `got_continue`.
* `ready` is set when the caller can continue: after the head if the body streams, otherwise after the body.
* `done` is set at the end of the body. If more bytes follow, the connection cannot be reused (`clean` is False).
"""

from __future__ import annotations

from collections import deque

from minio._core.wire.head_memory import HeadMemory
from minio._core.wire.http1 import Head, ProtocolError
from minio._core.wire.message import MAX_BODY

from .limits import body_limit


class ResponseParser:
    """Parses one response."""

    __slots__ = (
        "_heads",
        "_interim",
        "_limit",
        "_method",
        "_pending",
        "_stream",
        "chunks",
        "clean",
        "done",
        "endless",
        "got_continue",
        "head",
        "ready",
        "remaining",
        "size",
        "started",
        "streaming",
    )

    def __init__(self, method: str, stream: bool, heads: HeadMemory | None = None) -> None:
        self._heads = heads or HeadMemory()
        self._method = method
        self._stream = stream
        self._pending = b""
        self._limit = 0
        self._interim: list[int] = []
        self.chunks: deque[bytes | memoryview] = deque()
        self.size = 0
        """The number of bytes in `chunks`."""
        self.remaining: int | None = None
        """The number of bytes still to arrive, or None if it is not known in advance."""
        self.head: Head | None = None
        self.started = False
        self.got_continue = False
        self.streaming = False
        self.endless = False
        """True if the body does not end until it is closed."""
        self.ready = False
        self.done = False
        self.clean = True

    @property
    def reusable(self) -> bool:
        """True if the response is complete and the connection can be reused."""
        return self.done and self.clean and self.head is not None and self.head.keep_alive

    def feed(self, data: bytes) -> None:
        """Parse bytes from the server.

        Raises:
            ProtocolError: The bytes are not HTTP, or the response is too large.
        """
        if self.head is None:
            self.started = True
            head, data = self._heads.read_final_head(self._pending + data, self._method, self._interim)
            if head is None:
                self._pending = data
                self.got_continue = 100 in self._interim
                return
            self._pending = b""
            self._begin(head)
            if not data:
                return
        self._feed_body(data)

    def feed_eof(self) -> bool:
        """Signal the end of the stream. Return whether the response is complete."""
        head = self.head
        if head is not None and head.length is None and head.decoder is None:
            self.done = self.ready = True
        return self.done

    def pop(self, limit: int = -1) -> bytes:
        """Remove and return the next chunk, or at most `limit` bytes of it. Return b"" if there is none."""
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
        """Remove and return all chunks."""
        if len(self.chunks) == 1:
            return self.pop()
        whole = b"".join(self.chunks)
        self.chunks.clear()
        self.size = 0
        return whole

    def _begin(self, head: Head) -> None:
        success = 200 <= head.status < 300
        self.head = head
        self.remaining = head.length
        self.streaming = self.ready = self._stream and success
        if head.length == 0:
            self.done = self.ready = True
        elif self.streaming:
            return
        self._limit = body_limit(head.status)
        if head.length is not None and head.length > MAX_BODY and success:
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
        elif self.remaining is None:
            self._keep(data)
        else:
            self._feed_counted(data, self.remaining)

    def _feed_counted(self, data: bytes, left: int) -> None:
        if len(data) > left:
            self.clean = False
            data = data[:left]
        self.remaining = left = left - len(data)
        self._keep(data)
        if not left:
            self.done = self.ready = True

    def _keep(self, data: bytes) -> None:
        if not self.streaming and self.size + len(data) > self._limit:
            if self._limit == MAX_BODY:
                raise ProtocolError(f"the answer has more than the {MAX_BODY} bytes that are taken")
            data = data[: self._limit - self.size]
            self.done = self.ready = True
            self.clean = False
        if data:
            self.chunks.append(data)
            self.size += len(data)
