"""Requests that go through methods of the client that a program has replaced: `_url_open` and `_execute`.

The 7.2 client sends each request with these methods, so programs override them in subclasses, assign stubs, and patch
them in tests. The flow of a call is unchanged, with its retries and corrections. But instead of a signed request it
yields an `Intercepted` one, which contains the arguments of these methods: the request before it is signed. The
client's own `_url_open` then signs and sends its arguments.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from ..wire.body import Body
from ..wire.checksums import Payload
from ..wire.message import Origin, Outgoing, Request, Response
from ..wire.redact import redact_error, secrets_of
from .session import Session

if TYPE_CHECKING:
    from ...credentials import Credentials


@dataclass(slots=True)
class Corrections:
    """How a request differs from the first try: arguments of `Session.prepare`."""

    redirect_to: tuple[Origin, str, str] | None = None
    skew: float | None = None
    fold_to_first: bool = False


@dataclass(slots=True, kw_only=True)
class Intercepted(Outgoing):
    """A request that the client's replaced methods send."""

    request: Request
    region: str
    credentials: Credentials | None
    payload: Payload
    corrections: Corrections
    owner: object = None
    """The client whose methods send it."""
    scope: Any = None
    refusal: BaseException | None = None
    """The error that the client's own `_url_open` raised for `refused`."""
    refused: Response | None = None
    given: bytes = b""
    """The body that the methods received."""

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `_execute`. `_url_open` also takes the region."""
        request = self.request
        self.given = _to_bytes(request.body)
        return {
            "bucket_name": request.bucket or None,
            "object_name": request.key or None,
            "body": self.given or None,
            "headers": dict(request.headers),
            "query_params": dict(request.query),
            "preload_content": not request.stream,
        }

    def is_about(self, request: Request) -> bool:
        """Return whether this is the intercepted request, and not another one that a replaced method sends first."""
        mine = self.request
        return (mine.method, mine.bucket, mine.key) == (request.method, request.bucket, request.key)

    def sign(self, session: Session, request: Request, region: str) -> Outgoing:
        """Return the signed request for the arguments of `_url_open`."""
        same = self.is_about(request)
        corrections = self.corrections if same else Corrections()
        payload = self.payload
        if request.body == self.given and same:
            request.body = self.request.body
        else:
            payload = Payload(request.body, self.request.checksum, self.request.md5)
        request.path_style = self.request.path_style and same
        made = session.prepare(
            request,
            region,
            self.credentials,
            payload,
            corrections.redirect_to,
            corrections.skew,
            corrections.fold_to_first,
        )
        made.expect, made.repeatable = self.expect and same, self.repeatable
        if same:
            # Errors and traces must not show the secrets of what is really sent.
            self.headers, self.target = made.headers, made.target
        return made

    def redact(self, error: Exception, sent: Outgoing) -> None:
        """Remove the secrets of what was sent from an error."""
        keys = () if self.credentials is None else (self.credentials.secret_key, self.credentials.session_token)
        names = (self.request.bucket, self.request.key)
        redact_error(error, secrets_of(sent.headers, sent.target, keys, names))


def _to_bytes(body: Body) -> bytes:
    return bytes(body) if isinstance(body, (bytes, memoryview)) else b"".join(map(bytes, body.chunks()))


CURRENT: ContextVar[Intercepted | None] = ContextVar("minio_intercepted", default=None)
"""The request that replaced methods are sending on this thread or task."""


class InterceptedSession:
    """A client's session that leaves the signing to the client's methods. Changes apply to the client's session.

    Args:
        session: The session.
        owner: The client.
    """

    __slots__ = ("_owner", "_session")

    def __init__(self, session: Session, owner: object) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_owner", owner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._session, name, value)

    def prepare(
        self,
        request: Request,
        region: str,
        credentials: Credentials | None,
        payload: Payload,
        redirect_to: tuple[Origin, str, str] | None = None,
        skew: float | None = None,
        fold_to_first: bool = False,
    ) -> Intercepted:
        """Return the request, with its arguments. Errors and traces show it as signed."""
        signed = self._session.prepare(request, region, credentials, payload, redirect_to, skew, fold_to_first)
        return Intercepted(
            **{field.name: getattr(signed, field.name) for field in fields(signed)},
            request=request,
            region=region,
            credentials=credentials,
            payload=payload,
            corrections=Corrections(redirect_to, skew, fold_to_first),
            owner=self._owner,
        )


def intercepted_session(session: Session, owner: object) -> Session:
    """Return a session whose requests go through the methods of a client."""
    return cast("Session", InterceptedSession(session, owner))
