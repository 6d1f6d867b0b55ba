"""A request body that tells when its last byte was handed to the connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .body import Body, SendfileBody, body_length

_PIECE = 256 * 1024


class TrackedBody:
    """A body that calls `on_sent` each time it has been sent completely.

    Args:
        body: The body.
        on_sent: Called on the thread that reads the body, so it must be quick and must not raise.
    """

    __slots__ = ("_body", "_on_sent", "in_memory", "length")

    def __init__(self, body: Body, on_sent: Callable[[], None]) -> None:
        self._body = body
        self._on_sent = on_sent
        self.length = body_length(body)
        self.in_memory = isinstance(body, (bytes, memoryview))

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Iterate over the bytes. The chunk before has been sent when the next one is requested."""
        if isinstance(self._body, (bytes, memoryview)):
            for start in range(0, self.length, _PIECE):
                yield self._body[start : start + _PIECE]
        else:
            yield from self._body.chunks()
        self._on_sent()


class TrackedSendfileBody(TrackedBody):
    """A tracked body that the kernel can send."""

    __slots__ = ("_sendfile",)

    def __init__(self, body: SendfileBody, on_sent: Callable[[], None]) -> None:
        super().__init__(body, on_sent)
        self._sendfile = body.send_some

    def send_some(self, descriptor: int, at: int) -> int:
        """Send bytes from position `at`. See `SendfileBody`."""
        count = self._sendfile(descriptor, at)
        if at + count >= self.length:
            self._on_sent()
        return count


def track(body: Body, on_sent: Callable[[], None]) -> Body:
    """Return a body that calls `on_sent` when it has been sent. Short bodies in memory are not worth it."""
    if isinstance(body, bytes):
        return body
    return TrackedSendfileBody(body, on_sent) if isinstance(body, SendfileBody) else TrackedBody(body, on_sent)
