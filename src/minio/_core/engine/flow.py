"""One call from start to finish, as a generator of effects.

The generator yields effects: send a request, sleep, run a function that may block. A driver performs each effect and
sends the result back, or throws the error in. Signing, retries, regions, redirects and clock correction are therefore
written only once, and no line of this file blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from ...error import ResponseError
from ..exceptions import TransportError
from ..ops.base import ALREADY_DONE, Operation, operation_name
from ..ops.errors import complete_error
from ..wire.body import body_length
from ..wire.checksums import Payload
from ..wire.message import Outgoing, Request, Response
from ..wire.redact import redact_error
from .effects import HASH_INLINE, Fetch, Flow, blocking, sleep
from .retry_state import RetryState
from .session import Session
from .trace import trace_request

if TYPE_CHECKING:
    from ...credentials import Credentials
    from .observer import Observer

T = TypeVar("T")


def call(
    operation: Operation[T], session: Session, first: tuple[Outgoing, Response | TransportError] | None = None
) -> Flow[T]:
    """Perform one operation, including signing and retries, and return its result.

    Args:
        operation: The operation.
        session: The session of the client.
        first: The first try and its outcome, if `first_try` has made it already.
    """
    # Not `yield from`: without hooks, a call has no second generator.
    return _call(operation, session, first) if session.hooks is None else _observed(operation, session)


def _observed(operation: Operation[T], session: Session) -> Flow[T]:
    """Perform one operation, and tell the hooks of the session."""
    from .observer import Observer

    assert session.hooks is not None
    observer = Observer(session.hooks, operation_name(operation))
    try:
        result = yield from _call(operation, session, None, observer)
    except BaseException as error:
        observer.end(error)
        raise
    observer.end(None)
    return result


def _call(
    operation: Operation[T],
    session: Session,
    first: tuple[Outgoing, Response | TransportError] | None,
    observer: Observer | None = None,
) -> Flow[T]:
    request = operation.request()
    if session.options is not None:
        request = session.options.apply(request)
    attempt = RetryState(session, request, observer)
    credentials = session.ready_credentials()
    if credentials is None and session.provider is not None:
        credentials = yield from current_credentials(session)
    region = session.known_region(request, credentials is None)
    if region is None:
        region = yield from bucket_region(session, request.bucket)
    payload = request.payload
    if payload is None:
        inline = body_length(request.body) <= HASH_INLINE
        payload = Payload(request.body, request.checksum, request.md5) if inline else (yield from _digest(request))
    while True:
        if first is None:
            outcome = None
            outgoing = session.prepare(
                request, region, credentials, payload, attempt.redirect_to, attempt.skew, attempt.fold_to_first
            )
            if attempt.traced:
                trace_request(session.trace, outgoing, attempt.secrets(outgoing, credentials))
            if observer is not None:
                observer.request(request, outgoing, attempt.secrets(outgoing, credentials))
        else:
            (outgoing, outcome), first = first, None
        try:
            response: Response = (yield outgoing) if outcome is None else _known(outcome)
        except TransportError as error:
            redact_error(error, attempt.secrets(outgoing, credentials), attempt.outer)
            yield from sleep(attempt.before_retry(error, attempt.delay_after_error(error, outgoing, region)))
            continue
        attempt.response_lost = attempt.response_lost or response.resent
        if observer is not None:
            observer.response(response)
        try:
            attempt.check(response, outgoing, credentials)
            result = attempt.read(operation, response, outgoing)
            if attempt.learnt or session.doubtful:
                attempt.remember(region)
            return result
        except ResponseError as error:
            complete_error(error, operation_name(operation), str(outgoing.origin))
            redact_error(error, attempt.secrets(outgoing, credentials), attempt.outer)
            if attempt.already_applied(error):
                return operation.parse(ALREADY_DONE)
            correction = attempt.correction(error, outgoing, region)
            if correction is None:
                yield from sleep(attempt.before_retry(error, attempt.delay_after_response(error, region)))
            elif correction.region:
                region, attempt.learnt = correction.region, True
            elif correction.skew is not None:
                attempt.skew, attempt.learnt = correction.skew, True
            elif correction.fold_to_first is not None:
                attempt.fold_to_first, attempt.learnt = correction.fold_to_first, True
            else:
                attempt.redirect_to = correction.redirect_to
            if correction is not None:
                attempt.before_retry(error, 0.0)
            credentials = yield from current_credentials(session)


def _known(outcome: Response | TransportError) -> Response:
    if isinstance(outcome, TransportError):
        raise outcome
    return outcome


def _digest(request: Request) -> Flow[Payload]:
    """Compute the digests of a large body where they do not block an event loop."""
    return (yield from blocking(lambda: Payload(request.body, request.checksum, request.md5)))


def current_credentials(session: Session) -> Flow[Credentials | None]:
    """Return the current credentials. The provider may have to fetch them."""
    found = session.ready_credentials()
    if found is None and session.provider is not None:
        # Credentials that expire soon can still be used while new ones are fetched.
        usable = getattr(session.provider, "_usable", None)
        found = cast("Credentials", (yield Fetch(session.provider.retrieve, usable and usable())))
    return found


def bucket_region(session: Session, bucket: str) -> Flow[str]:
    """Return the region of a bucket, which is requested with GetBucketLocation and then cached.

    The first call that is signed for this region confirms or discards it: see `RetryState.conclude`.
    """
    from ..ops.buckets import GetBucketLocation

    try:
        region = yield from call(GetBucketLocation(bucket), session)
    except ResponseError as error:
        # Credentials without s3:GetBucketLocation may still use the bucket.
        if error.status != 403 or error.code not in ("AccessDenied", "AllAccessDisabled"):
            raise
        region = error.region or "us-east-1"
    session.doubtful.add(bucket)
    session.regions[bucket] = region
    return region
