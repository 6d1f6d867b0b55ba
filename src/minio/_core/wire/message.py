"""What goes over the wire, as plain values.

An operation makes a `Request` (what is asked of S3). The engine signs it into an `Outgoing` (what is sent to a host).
A transport answers with a `Response`. None of these does anything by itself.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from .checksums import Payload


class Content(Protocol):
    """A body that is not in memory: a range of a file, say. It can be read any number of times."""

    @property
    def length(self) -> int:
        """Bytes in all."""

    def chunks(self) -> Iterator[bytes | memoryview]:
        """The bytes from the first on; a chunk is valid until the next one is asked for."""


@runtime_checkable
class SystemSent(Content, Protocol):
    """A body that the system can send by itself: its bytes need not pass through this process."""

    def send_some(self, descriptor: int, at: int) -> int:
        """Send bytes from `at` on to a socket that does not block; returns how many went, more than none.

        Raises:
            BlockingIOError: Nothing goes at the moment.
            OSError: The connection broke; or, with a number of `NOT_BY_SYSTEM`, this is not to be had here.
        """


NOT_BY_SYSTEM = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})
"""Why a file system or a kernel does not send a file by itself."""

Body: TypeAlias = "bytes | memoryview | Content"
Query: TypeAlias = "Mapping[str, str | Sequence[str]]"


def body_length(body: Body) -> int:
    """How many bytes a body has."""
    return len(body) if isinstance(body, bytes) else body.nbytes if isinstance(body, memoryview) else body.length


class Headers(dict[str, str]):
    """Headers by lower-case name. The pairs as they came are in `raw`."""

    __slots__ = ("raw",)

    def __init__(self, raw: Sequence[tuple[str, str]] = ()) -> None:
        self.raw = raw
        super().__init__({name.lower(): value for name, value in raw})
        if len(self) != len(raw):
            self._join()

    def _join(self) -> None:
        """Values of one name become one, with commas."""
        self.clear()
        for name, value in self.raw:
            name = name.lower()
            before = self.get(name)
            self[name] = value if before is None else f"{before}, {value}"

    def __reduce__(self) -> tuple[Any, ...]:
        return Headers, (list(self.raw),)


@dataclass(slots=True, kw_only=True)
class Request:
    """What is asked of S3, before it is addressed and signed."""

    method: str
    bucket: str = ""
    key: str = ""
    query: Query = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = b""
    stream: bool = False
    """Hand out the answer's body unread."""
    repeatable: bool = True
    """May be sent again although the first one may have had its effect."""
    region: str | None = None
    """Sign for this region, whatever the bucket's is."""
    path_style: bool = False
    """Name the bucket in the path even where it would go into the host."""
    md5: bool = False
    """The operation demands Content-MD5."""
    checksum: str | None = None
    """Algorithm of the x-amz-checksum header that goes with the body."""
    payload: Payload | None = None
    """The body's digests, when they are known already."""
    expect: bool = False
    """Let the server refuse before the body is sent."""
    echoes: frozenset[str] = frozenset()
    """Error codes that say, when the answer to an earlier try was lost, that the earlier try had worked."""


class Origin(NamedTuple):
    """Where a request goes: the key of a connection pool."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(slots=True)
class Outgoing:
    """A signed request for one host. `target` is the quoted path and query; Host is among the headers."""

    method: str
    origin: Origin
    target: str
    headers: dict[str, str]
    body: Body
    stream: bool = False
    expect: bool = False
    resent: bool = False
    """The transport has sent it twice, since a kept connection ended: the first one may have had its effect."""


@dataclass(slots=True)
class Response:
    """An answer. `body` is whole; for a success that was asked to stream, `stream` reads it instead."""

    status: int
    headers: Headers
    body: bytes = b""
    reason: str = ""
    stream: Any = None

    @property
    def data(self) -> bytes:
        """The body: code that catches errors asks for it by this name."""
        return self.body

    def __reduce__(self) -> tuple[Any, ...]:
        return Response, (self.status, self.headers, self.body, self.reason)
