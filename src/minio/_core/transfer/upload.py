"""An upload in parts as a machine that is asked what may start next. No threads, no tasks, no sockets.

`take()` hands out the next part, or None when nothing may start now. `done()` and `failed()` take outcomes in any
order. Laws: a part is handed out once; parts are handed out in ascending order; `completed()` names every part of the
body exactly once, in order; after a failure nothing more is handed out.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from .plan import MAX_PARTS, Part, Plan

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch


@dataclass(frozen=True, slots=True)
class Sent:
    """A part that the server holds: its ETag, size and checksum (base64)."""

    etag: str
    size: int
    checksum: str | None = None
    md5: str | None = None
    """The MD5 of what was sent, in hex, if it was computed."""


@dataclass(slots=True)
class Upload:
    """The state of one upload. `sent` may begin with parts that the server was proven to hold."""

    plan: Plan
    upload_id: str = ""
    sent: dict[int, Sent] = field(default_factory=dict)
    last: int | None = None
    """The number of the last part, once known."""
    failure: BaseException | None = None
    _next: int = 1
    _running: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.last = self.plan.count

    def take(self) -> Part | None:
        """The next part to send, None when there is none, or none any more."""
        while self.failure is None and self._next in self.sent:
            self._next += 1
        if self.failure is not None or self._next > (self.last or MAX_PARTS):
            return None
        part = self.plan.part(self._next)
        self._running.add(part.number)
        self._next += 1
        return part

    def ends_with(self, number: int) -> None:
        """The body of unknown length was seen to end with this part."""
        self.last = number

    def drop(self, number: int) -> None:
        """This part is not to be sent after all: the body had ended before it."""
        self._running.discard(number)
        self.last = number - 1

    def done(self, number: int, sent: Sent) -> None:
        """The server holds this part."""
        self._running.discard(number)
        self.sent[number] = sent

    def failed(self, number: int, error: BaseException) -> None:
        """This part could not be sent, and will not be: the upload has failed. The first failure counts."""
        self._running.discard(number)
        if self.failure is None:
            self.failure = error

    @property
    def uploaded(self) -> int:
        """Bytes that the server holds."""
        return sum(item.size for item in self.sent.values())

    @property
    def complete(self) -> bool:
        """Every part has been sent."""
        return self.failure is None and self.last is not None and len(self.sent) == self.last and not self._running

    def completed(self) -> list[tuple[int, str, str | None]]:
        """What CompleteMultipartUpload names: (number, etag, checksum)."""
        return [(number, item.etag, item.checksum) for number, item in sorted(self.sent.items())]

    @property
    def etag(self) -> str | None:
        """The ETag that the object must have if its parts' are MD5s; None when they do not look like that."""
        parts = [item for _, item in sorted(self.sent.items())]
        if not parts or not all(_MD5(item.etag) for item in parts):
            return None
        whole = hashlib.md5(b"".join(bytes.fromhex(item.etag) for item in parts), usedforsecurity=False)
        return f"{whole.hexdigest()}-{len(parts)}"
