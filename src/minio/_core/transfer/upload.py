"""The state machine of a multipart upload: it decides which part to send next. No threads, no tasks, no sockets.

`take()` returns the next part, or None if no part can start now. `done()` and `failed()` record results in any order.

The laws:

* Each part is returned once, in ascending order.
* `completed()` lists every part of the body exactly once, in order.
* After a failure, no more parts are returned.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from .plan import MAX_PARTS, Part, Plan

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch


@dataclass(frozen=True, slots=True)
class Sent:
    """A part that the server has stored: its ETag, size and checksum (base64)."""

    etag: str
    size: int
    checksum: str | None = None
    md5: str | None = None
    """The MD5 of the bytes sent, in hex, if it was computed."""


@dataclass(slots=True)
class Upload:
    """The state of one upload. `sent` may initially contain parts that the server has been verified to hold."""

    plan: Plan
    upload_id: str = ""
    sent: dict[int, Sent] = field(default_factory=dict)
    last: int | None = None
    """The number of the last part, once known."""
    failure: BaseException | None = None
    tells_md5s: bool | None = None
    """Whether this server's part ETags are MD5s; None until that is known."""
    _next: int = 1
    _running: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.last = self.plan.count

    def take(self) -> Part | None:
        """Return the next part to send, or None if no parts are left or the upload has failed."""
        while self.failure is None and self._next in self.sent:
            self._next += 1
        if self.failure is not None or self._next > (self.last or MAX_PARTS):
            return None
        part = self.plan.part(self._next)
        self._running.add(part.number)
        self._next += 1
        return part

    def ends_with(self, number: int) -> None:
        """Record that a body of unknown length ends with this part."""
        self.last = number

    def drop(self, number: int) -> None:
        """Skip this part: the body ended before it."""
        self._running.discard(number)
        self.last = number - 1

    def done(self, number: int, sent: Sent) -> None:
        """Record that the server has stored this part."""
        self._running.discard(number)
        self.sent[number] = sent

    def failed(self, number: int, error: BaseException) -> None:
        """Record that this part could not be sent, which fails the upload. Only the first error is kept."""
        self._running.discard(number)
        if self.failure is None:
            self.failure = error

    @property
    def uploaded(self) -> int:
        """The number of bytes that the server has stored."""
        return sum(item.size for item in self.sent.values())

    @property
    def complete(self) -> bool:
        """Whether every part has been sent."""
        return self.failure is None and self.last is not None and len(self.sent) == self.last and not self._running

    def completed(self) -> list[tuple[int, str, str | None]]:
        """Return the parts for CompleteMultipartUpload as (number, etag, checksum)."""
        return [(number, item.etag, item.checksum) for number, item in sorted(self.sent.items())]

    @property
    def etag(self) -> str | None:
        """The expected ETag of the object if part ETags are MD5s; None if they do not look like MD5s."""
        parts = [item for _, item in sorted(self.sent.items())]
        if not parts or not all(_MD5(item.etag) for item in parts):
            return None
        whole = hashlib.md5(b"".join(bytes.fromhex(item.etag) for item in parts), usedforsecurity=False)
        return f"{whole.hexdigest()}-{len(parts)}"
