"""Requests and responses as plain values.

An operation builds a `Request` for S3. The engine addresses and signs it, which results in an `Outgoing`. A transport
sends that and returns a `Response`. None of these classes performs I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from .body import Body
from .checksums import Payload
from .url import Query

MAX_BODY = 64 * 1024 * 1024
"""The maximum size of a successful response that is not streamed. A page of a listing is under 2 MiB."""
MAX_ERROR = 1024 * 1024
"""The number of bytes kept of an error response."""


class Headers(dict[str, str]):
    """Headers by lower-case name. `raw` contains the pairs as received."""

    __slots__ = ("_raw", "_split")

    def __init__(self, raw: Sequence[tuple[str, str]] = ()) -> None:
        self._raw = raw
        self._split: tuple[Sequence[str], Sequence[str]] | None = None
        super().__init__({name.lower(): value for name, value in raw})
        if len(self) != len(raw):
            self._join()

    @classmethod
    def of(cls, names: Sequence[str], lower: Sequence[str], values: Sequence[str]) -> Headers:
        """Return headers with these names, each once. `lower` are the names in lower case."""
        made = cls.__new__(cls)
        made.update(zip(lower, values, strict=True))
        made._split = names, values
        return made

    @property
    def raw(self) -> Sequence[tuple[str, str]]:
        """The pairs as received."""
        split = self._split
        if split is not None:
            self._raw = list(zip(*split, strict=True))
            self._split = None
        return self._raw

    def _join(self) -> None:
        """Join the values of repeated names with commas."""
        self.clear()
        for name, value in self._raw:
            name = name.lower()
            before = self.get(name)
            self[name] = value if before is None else f"{before}, {value}"

    def __reduce__(self) -> tuple[Any, ...]:
        return Headers, (list(self.raw),)


@dataclass(slots=True, kw_only=True, eq=False)
class Request:
    """A request to S3 before it is addressed and signed."""

    method: str
    bucket: str = ""
    key: str = ""
    query: Query = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = b""
    stream: bool = False
    """Return the response with its body unread."""
    repeatable: bool = True
    """The request may be sent again even if an earlier one may have taken effect."""
    region: str | None = None
    """Sign for this region, regardless of the bucket's region."""
    path_style: bool = False
    """Put the bucket in the path even where virtual-hosted style is the default."""
    md5: bool = False
    """The operation requires Content-MD5."""
    checksum: str | None = None
    """The algorithm of the x-amz-checksum header for the body."""
    payload: Payload | None = None
    """The digests of the body, if already known."""
    expect: bool = False
    """Send Expect: 100-continue, so that the server can reject the request before the body is sent."""
    required_header: str = ""
    """A header that S3 always sends with a success. A response without it is not a success."""
    may_be_empty: bool = False
    """A successful GET may have no content (204), because it reads a setting that is not set."""
    reads_object: bool = False
    """A success describes an object, so it may have any content type."""
    signs_itself: bool = False
    """The body is a form that contains a signature, so the request itself is not signed."""
    conditional: bool = False
    """The request reads or writes the object itself, so it carries the caller's If-Match and its like."""
    version: str = ""
    """The requested version. A successful response must be for this version."""
    retry_codes: frozenset[str] = frozenset()
    """Error codes of this operation that another try may overcome."""
    raw: bool = False
    """The caller reads the response, so it may have any 2xx status and any content."""
    already_done_codes: frozenset[str] = frozenset()
    """Error codes that mean, if the response to an earlier try was lost, that the earlier try succeeded."""


class Origin(NamedTuple):
    """The destination of a request: scheme, host and port. Connection pools use it as their key."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(slots=True, eq=False)
class Outgoing:
    """A signed request for one host. `target` is the quoted path and query. The headers include Host."""

    method: str
    origin: Origin
    target: str
    headers: dict[str, str]
    body: Body
    stream: bool = False
    expect: bool = False
    repeatable: bool = True
    """A transport may send the request again even if part of it may have reached the server."""

    head: ClassVar[bytes] = b""
    """The head, if it is already formatted."""


class LaidOut(Outgoing):
    """A signed request whose head is already formatted. Its headers are parsed from the head when somebody looks."""

    __slots__ = ("_headers", "head")

    def __init__(
        self,
        method: str,
        origin: Origin,
        target: str,
        head: bytes,
        body: Body,
        stream: bool,
        expect: bool,
        repeatable: bool,
    ) -> None:
        self.method = method
        self.origin = origin
        self.target = target
        self.head: bytes = head  # type: ignore[misc]
        self.body = body
        self.stream = stream
        self.expect = expect
        self.repeatable = repeatable
        self._headers: dict[str, str] | None = None

    @property
    def headers(self) -> dict[str, str]:  # type: ignore[override]
        """The headers of the request."""
        if self._headers is None:
            lines = self.head.decode("latin-1").split("\r\n")[1:-2]
            self._headers = dict(line.split(": ", 1) for line in lines)
        return self._headers


@dataclass(slots=True, eq=False)
class Response:
    """A response. `body` is complete. If a streaming request succeeds, `stream` reads the body instead."""

    status: int
    headers: Headers
    body: bytes = b""
    reason: str = ""
    stream: Any = None
    resent: bool = False
    """The request was sent twice because a reused connection was closed. The first one may have taken effect."""
    mocked: bool = False
    """It comes from a mock of the HTTP client, which may lack what S3 always sends."""

    @property
    def data(self) -> bytes:
        """The body, under the name that code which handles errors uses."""
        return self.body

    def __reduce__(self) -> tuple[Any, ...]:
        return Response, (self.status, self.headers, self.body, self.reason)
