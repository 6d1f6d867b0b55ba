"""One call, start to finish, as a generator of effects.

The generator says what it wants done: send this, sleep so long, run this function that may block. A driver does it and
sends the outcome back, or throws the fault in. So signing, retries, regions, redirects and the clock are written
here, once, and no line of this file waits for anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from ...error import InvalidXMLError, ResponseError, TransportError
from ...retry import CODES, STATUSES
from ..ops.base import Operation
from ..wire.checksums import Payload
from ..wire.errors import misread, to_exception
from ..wire.message import Headers, Origin, Outgoing, Request, Response, body_length
from .remedy import Remedy, find_remedy, retry_after
from .session import Session
from .trace import trace_fault, trace_request, trace_response

if TYPE_CHECKING:
    from ...credentials import Credentials

T = TypeVar("T")
_logger = logging.getLogger("minio")
_HASH_INLINE = 64 * 1024
"""Bodies up to so many bytes are hashed at once; larger ones where they do not hold up an event loop."""


@dataclass(slots=True)
class Sleep:
    """Wait so many seconds."""

    seconds: float


@dataclass(slots=True)
class Blocking:
    """Run a function that may take its time."""

    function: Callable[[], Any]


Effect: TypeAlias = "Outgoing | Sleep | Blocking"
Flow: TypeAlias = Generator[Effect, Any, T]


def sleep(seconds: float) -> Flow[None]:
    """Wait."""
    yield Sleep(seconds)


def blocking(function: Callable[[], T]) -> Flow[T]:
    """Run a function that may block, get its result."""
    return cast(T, (yield Blocking(function)))


def call(operation: Operation[T], session: Session) -> Flow[T]:
    """Carry out one operation: everything between asking and the result."""
    request = operation.request()
    attempt = _Attempts(session, request)
    credentials = session.ready_credentials()
    if credentials is None and session.provider is not None:
        credentials = yield from current_credentials(session)
    region = session.known_region(request, credentials is None)
    if region is None:
        region = yield from bucket_region(session, request.bucket)
    payload = request.payload
    if payload is None:
        inline = body_length(request.body) <= _HASH_INLINE
        payload = Payload(request.body, request.checksum, request.md5) if inline else (yield from _digest(request))
    while True:
        outgoing = session.prepare(request, region, credentials, payload, attempt.elsewhere)
        if attempt.traced:
            trace_request(session.trace, outgoing)
        try:
            response: Response = yield outgoing
        except TransportError as error:
            yield from sleep(attempt.after_fault(error, outgoing))
            continue
        attempt.lost = attempt.lost or outgoing.resent
        try:
            attempt.check(response, outgoing)
            return attempt.read(operation, response, outgoing)
        except ResponseError as error:
            if attempt.had_worked(error):
                return operation.parse(Response(200, Headers()))
            remedy = attempt.remedy(error, outgoing, region)
            if remedy is None:
                yield from sleep(attempt.after_refusal(error))
            elif remedy.region:
                region = remedy.region
                if request.bucket:
                    session.regions[request.bucket] = region
            elif remedy.skew is not None:
                session.skew = remedy.skew
            else:
                attempt.elsewhere = remedy.elsewhere
            credentials = yield from current_credentials(session)


def _digest(request: Request) -> Flow[Payload]:
    """The digests of a large body, made where they do not hold up an event loop."""
    return (yield from blocking(lambda: Payload(request.body, request.checksum, request.md5)))


def current_credentials(session: Session) -> Flow[Credentials | None]:
    """The caller's credentials of this moment; a provider may have to fetch them."""
    found = session.ready_credentials()
    if found is None and session.provider is not None:
        found = yield from blocking(session.provider.retrieve)
    return found


def bucket_region(session: Session, bucket: str) -> Flow[str]:
    """The region of a bucket, asked of the server (GetBucketLocation) once and then remembered."""
    from ..ops.buckets import GetBucketLocation

    try:
        region = yield from call(GetBucketLocation(bucket), session)
    except ResponseError as error:
        # Who may not ask for the region may still use the bucket.
        if error.status != 403 or error.code not in ("AccessDenied", "AllAccessDisabled"):
            raise
        region = error.region or "us-east-1"
    session.regions[bucket] = region
    return region


class _Attempts:
    """The tries of one call: what failed so far, and what may still be done."""

    __slots__ = ("elsewhere", "failed", "lost", "request", "session", "traced", "used")

    def __init__(self, session: Session, request: Request) -> None:
        self.session = session
        self.request = request
        self.failed = 0
        self.lost = False
        self.traced = session.trace is not None or _logger.isEnabledFor(logging.DEBUG)
        self.used: set[str] = set()
        self.elsewhere: tuple[Origin, str, str] | None = None

    def check(self, response: Response, outgoing: Outgoing) -> None:
        """Raise unless the status is a success."""
        if self.traced:
            trace_response(self.session.trace, response, outgoing)
        if response.status in (200, 204, 206):
            return
        request = self.request
        raise to_exception(response, request.method, request.bucket, request.key, str(outgoing.origin))

    def read(self, operation: Operation[T], response: Response, outgoing: Outgoing) -> T:
        """What a success says. A page of a proxy or a console may come with status 200, too."""
        try:
            return operation.parse(response)
        except ResponseError:
            raise
        except InvalidXMLError as fault:
            error = misread(response, str(outgoing.origin))
            error.response, error.method = response, self.request.method
            error.bucket_name, error.object_name = self.request.bucket or None, self.request.key or None
            raise error from fault

    def after_fault(self, error: TransportError, outgoing: Outgoing) -> float:
        """How long to wait before the next try after a transport fault; raises it when there is none."""
        if self.traced:
            trace_fault(self.session.trace, error, outgoing)
        self.failed += 1
        error.tries = self.failed
        self.lost = self.lost or outgoing.resent or not error.unsent
        session = self.session
        may_repeat = session.retry_transport and not error.final and (error.unsent or self.request.repeatable)
        if not may_repeat or self.failed >= session.retry.tries:
            raise error
        return session.retry.pause(self.failed, session.chance())

    def had_worked(self, error: ResponseError) -> bool:
        """An earlier try whose answer was lost has done it: this error says so."""
        return self.lost and error.code in self.request.echoes

    def remedy(self, error: ResponseError, outgoing: Outgoing, region: str) -> Remedy | None:
        """What would make the same request succeed at once; each kind is tried once a call."""
        found = find_remedy(error, outgoing, region, self.session)
        if found is None or found.kind in self.used:
            return None
        self.used.add(found.kind)
        return found

    def after_refusal(self, error: ResponseError) -> float:
        """How long to wait before the next try after an error answer; raises it when there is none."""
        self.failed += 1
        session, request = self.session, self.request
        if error.code == "NoSuchBucket":
            session.regions.pop(request.bucket, None)
        passing = error.status in STATUSES or error.code in CODES
        if not passing or not request.repeatable or self.failed >= session.retry.tries:
            raise error
        return session.retry.pause(self.failed, session.chance(), retry_after(error, session.now()))
