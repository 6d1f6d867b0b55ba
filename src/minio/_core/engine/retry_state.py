"""The state of retries in one call: what failed, what was learned, and whether to try again. No I/O."""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

from ...error import InvalidResponseError, ResponseError, S3Error
from ...retry import CODES, STATUSES
from ..exceptions import InvalidXMLError, TransportError
from ..ops.base import Operation
from ..ops.conditions import HEADERS as CONDITIONS
from ..ops.errors import invalid_response, to_exception
from ..ops.success import check_success
from ..wire.message import Origin, Outgoing, Request, Response
from ..wire.redact import Secrets, proxy_secrets, secrets_of
from ..wire.s3error import expects_tls
from .correction import Correction, find_correction, retry_after
from .session import Session
from .trace import log_retry, trace_error, trace_response

if TYPE_CHECKING:
    from ...credentials import Credentials
    from .observer import Observer

T = TypeVar("T")
_logger = logging.getLogger("minio")
_ACCEPTED = frozenset({304, 404, 409, 412, 416})
"""Statuses that a server sends only after it has accepted the signature."""


_SLOW_DOWN = frozenset({429, 503})
"""Statuses with which a server asks for fewer requests."""


def is_retryable(error: ResponseError, codes: Collection[str] = ()) -> bool:
    """Return whether the same request may succeed later. `codes` are further codes of which this is so."""
    if isinstance(error.response, Response) and error.response.mocked:
        return False  # a mock returns the same every time
    return error.status in STATUSES or error.code in CODES or error.code in codes


def _signature_was_accepted(error: Exception) -> bool:
    return isinstance(error, S3Error) and error.status in _ACCEPTED and error.code != "NoSuchBucket"


class RetryState:
    """The state of retries in one call.

    A response may suggest a region, a clock offset or a way to fold white space. The next try uses it. The session
    keeps it only if the response to that try shows that the server accepted the signature, because a single response
    may be wrong, for example if it comes from a cache.
    """

    __slots__ = (
        "failed",
        "fold_to_first",
        "learnt",
        "observer",
        "outer",
        "redirect_to",
        "request",
        "response_lost",
        "session",
        "skew",
        "traced",
        "used",
    )

    def __init__(self, session: Session, request: Request, observer: Observer | None = None) -> None:
        self.observer = observer
        self.session = session
        self.request = request
        self.failed = 0
        self.response_lost = False
        self.traced = session.trace is not None or _logger.isEnabledFor(logging.DEBUG)
        self.used: set[str] = set()
        self.redirect_to: tuple[Origin, str, str] | None = None
        self.learnt = False
        self.skew: float | None = None
        self.fold_to_first = session.fold_to_first
        self.outer = sys.exc_info()[1]
        """The exception that the caller is handling. It is not part of this call."""

    def remember(self, region: str) -> None:
        """Store what was learned in the session, because the server has accepted the signature."""
        session, bucket = self.session, self.request.bucket
        if self.skew is not None:
            session.skew = self.skew
        if "fold" in self.used:
            session.fold_to_first = self.fold_to_first
        if "region" in self.used and bucket:
            session.regions[bucket] = region
        if self.request.region is None:
            session.doubtful.discard(bucket)

    def conclude(self, error: Exception, region: str) -> None:
        """Store or discard what was learned, because the call fails with this error."""
        session, bucket = self.session, self.request.bucket
        if _signature_was_accepted(error):
            self.remember(region)
        elif self.request.region is None and bucket in session.doubtful:
            session.doubtful.discard(bucket)
            session.regions.pop(bucket, None)

    def secrets(self, outgoing: Outgoing, credentials: Credentials | None) -> Secrets:
        """Return what errors and traces of this request must not show. The caller's names are not secrets."""
        keys = () if credentials is None else (credentials.secret_key, credentials.session_token)
        request, proxy = self.request, proxy_secrets(self.session.proxy)
        keep = (request.bucket, request.key, *request.already_done_codes)
        return secrets_of(outgoing.headers, outgoing.target, (*keys, *proxy), keep)

    def check(self, response: Response, outgoing: Outgoing, credentials: Credentials | None) -> None:
        """Decode the body, and raise an error unless the status is a success."""
        if response.body and "content-encoding" in response.headers:
            self._decode(response, outgoing)
        if self.traced:
            trace_response(self.session.trace, response, outgoing, self.secrets(outgoing, credentials))
        if 200 <= response.status < 300:
            return
        request = self.request
        if response.status == 400 and outgoing.origin.scheme == "http" and expects_tls(response):
            text = "the server expects https on this port: make the client with secure=True"
            error = TransportError(text, str(outgoing.origin), safe=True)
            error.final = True
            raise error
        raise to_exception(response, request.method, request.bucket, request.key, str(outgoing.origin))

    def _decode(self, response: Response, outgoing: Outgoing) -> None:
        """Decode the body. No content coding was requested, but some proxies compress anyway."""
        from ..wire.decoding import ContentDecodingError, decode_body

        header = response.headers["content-encoding"]
        try:
            response.body = decode_body(response.body, header, is_error=response.status >= 300)
        except ContentDecodingError as error:
            # The encoded bytes would not help the reader of the error.
            response.body = str(error).encode()
            raise self._misread(response, outgoing) from error

    def _misread(self, response: Response, outgoing: Outgoing, reason: str = "") -> InvalidResponseError:
        error = invalid_response(response, str(outgoing.origin), reason)
        error.response, error.method = response, self.request.method
        error.bucket_name, error.object_name = self.request.bucket or None, self.request.key or None
        return error

    def read(self, operation: Operation[T], response: Response, outgoing: Outgoing) -> T:
        """Return the result of a success. Pages of proxies and consoles may also have status 200, so it is checked."""
        request = self.request
        try:
            # Most successes have an ETag and no buffered body, or are the 204 of a DELETE. They need no further checks.
            status, headers, method = response.status, response.headers, request.method
            plain = (status == 200 and "etag" in headers and headers["etag"]) or (status == 204 and method == "DELETE")
            if not plain or response.body or request.version:
                check_success(request, response)
            return operation.parse(response)
        except ResponseError:
            raise
        except InvalidXMLError as error:
            raise self._misread(response, outgoing, str(error)) from error

    def delay_after_error(self, error: TransportError, outgoing: Outgoing, region: str) -> float:
        """Return the delay before the next try after a transport error, or raise the error if there is no next try."""
        if self.traced:
            trace_error(self.session.trace, error, outgoing, secrets_of(outgoing.headers, outgoing.target))
        self.failed += 1
        error.tries, error.url = self.failed, outgoing.target.partition("?")[0]
        self.response_lost = self.response_lost or not error.unsent
        session = self.session
        may_repeat = session.retry_transport and not error.final and (error.unsent or self.request.repeatable)
        if not may_repeat or self.failed >= session.retry.tries:
            self.conclude(error, region)
            if not (self.request.repeatable or error.unsent):
                error.message = f"{error.message}; the server may have applied the request, which is not sent again"
            raise error
        return session.retry.pause(self.failed, session.chance())

    def before_retry(self, error: TransportError | ResponseError, delay: float) -> float:
        """Log that the request will be sent again, and tell the hooks. Return the delay."""
        if _logger.isEnabledFor(logging.INFO):
            log_retry(error, self.request, delay)
        if self.observer is not None:
            self.observer.retry(error, delay)
        return delay

    def already_applied(self, error: ResponseError) -> bool:
        """Return whether this error means that an earlier try, whose response was lost, succeeded."""
        return self.response_lost and error.code in self.request.already_done_codes

    def correction(self, error: ResponseError, outgoing: Outgoing, region: str) -> Correction | None:
        """Return the correction with which the request may succeed immediately. Each kind is tried once per call."""
        found = find_correction(error, outgoing, region, self.session)
        if found is None or found.kind in self.used:
            return None
        self.used.add(found.kind)
        return found

    def delay_after_response(self, error: ResponseError, region: str) -> float:
        """Return the delay before the next try after an error response, or raise the error if there is no next try."""
        self.failed += 1
        session, request = self.session, self.request
        if error.code == "NoSuchBucket":
            session.regions.pop(request.bucket, None)
            session.doubtful.discard(request.bucket)
        if not is_retryable(error, request.retry_codes) or not request.repeatable or self.failed >= session.retry.tries:
            self.conclude(error, region)
            if self.response_lost and self._writes_conditionally() and error.status in (409, 412):
                raise self._unclear(error) from error
            raise error
        if session.on_slow_down is not None and (error.status in _SLOW_DOWN or error.code == "SlowDown"):
            session.on_slow_down()
        return session.retry.pause(self.failed, session.chance(), retry_after(error, session.now()))

    def _writes_conditionally(self) -> bool:
        request = self.request
        return request.method not in ("GET", "HEAD") and not CONDITIONS.isdisjoint(map(str.lower, request.headers))

    def _unclear(self, error: ResponseError) -> TransportError:
        """Return the error of a conditional write whose first response was lost and whose condition no longer holds.

        The first try may be the reason. The error must not say that the condition failed: a program that concludes
        that another client was first would discard what it has stored itself.
        """
        text = (
            "the response to a conditional write was lost, and now its condition does not hold: "
            "either the lost try has stored the object, or another client has"
        )
        return TransportError(text, error.host, error, self.failed)
