"""Errors that say how to correct the request: region, clock, host, or white space folding in the signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit

from ...error import ResponseError
from ..wire.endpoint import is_aws_host
from ..wire.message import Origin, Outgoing
from ..wire.sigv4 import folds_differ
from .session import Session

_ELSEWHERE = frozenset({301, 307, 308, 400})
_LONGEST_SKEW = 7 * 86400.0
_REFUSED_SKEW = 600.0


@dataclass(slots=True)
class Correction:
    """What to change before the request is sent again."""

    kind: str
    region: str = ""
    skew: float | None = None
    redirect_to: tuple[Origin, str, str] | None = None
    fold_to_first: bool | None = None


def find_correction(error: ResponseError, outgoing: Outgoing, region: str, session: Session) -> Correction | None:
    """Return the correction that an error implies, or None."""
    if error.code == "RequestTimeTooSkewed":
        return _clock(error, session, 0)
    if error.status == 403 and outgoing.method == "HEAD":
        # There is no body that explains the error. If the clocks differ this much, they are the cause.
        return _clock(error, session, _REFUSED_SKEW)
    if error.code == "SignatureDoesNotMatch" and folds_differ(outgoing.headers):
        return Correction("fold", fold_to_first=not session.fold_to_first)
    if error.status in _ELSEWHERE or error.code == "AuthorizationHeaderMalformed":
        return _region(error, region) or _redirect(error, outgoing, session)
    return None


def _region(error: ResponseError, region: str) -> Correction | None:
    better = {"EU": "eu-west-1"}.get(error.region or "", error.region)
    return Correction("region", region=better) if better and better != region else None


def _redirect(error: ResponseError, outgoing: Outgoing, session: Session) -> Correction | None:
    """Return a redirect only to the same host or to S3 in AWS, and never from https to http.

    A signed request must not be sent to any other host.
    """
    location = error.response.headers.get("location", "") if error.response is not None else ""
    if error.status not in (301, 307, 308):
        return None
    try:
        url = urlsplit(location)
        host, port = url.hostname, url.port
    except ValueError:
        return None
    if not host or url.scheme not in ("http", "https"):
        return None
    here = outgoing.origin
    aws = session.endpoint.aws
    trusted = host == here.host.lower() or (aws and is_aws_host(host, error.bucket_name, aws))
    if not trusted or (here.scheme == "https" and url.scheme != "https"):
        return None
    origin = Origin(url.scheme, host, port or (443 if url.scheme == "https" else 80))
    return Correction("redirect", redirect_to=(origin, url.netloc.rpartition("@")[2], url.path or "/"))


def _clock(error: ResponseError, session: Session, least: float) -> Correction | None:
    theirs = _date(error)
    if theirs is None:
        return None
    skew = theirs - (session.now() - session.skew)
    return Correction("clock", skew=skew) if least <= abs(skew - session.skew) and abs(skew) < _LONGEST_SKEW else None


def _date(error: ResponseError) -> float | None:
    response = error.response
    return _http_date(response.headers.get("date")) if response is not None else None


def _http_date(value: str | None) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def retry_after(error: ResponseError, now: float) -> float | None:
    """Return the seconds in Retry-After, which may be a number or a date. Return None if there is none."""
    value = error.response.headers.get("retry-after") if error.response is not None else None
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    moment = _http_date(value)
    return None if moment is None else max(0.0, moment - now)
