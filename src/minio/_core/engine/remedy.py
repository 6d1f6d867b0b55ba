"""Errors that tell how to do better: another region, another clock, another host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit

from ...error import ResponseError
from ..wire.endpoint import is_aws_host
from ..wire.message import Origin, Outgoing
from .session import Session

_ELSEWHERE = frozenset({301, 307, 308, 400})
_LONGEST_SKEW = 7 * 86400.0
_REFUSED_SKEW = 600.0


@dataclass(slots=True)
class Remedy:
    """What to change before the request is sent once more."""

    kind: str
    region: str = ""
    skew: float | None = None
    elsewhere: tuple[Origin, str, str] | None = None


def find_remedy(error: ResponseError, outgoing: Outgoing, region: str, session: Session) -> Remedy | None:
    """What the error says would help, if it says so."""
    if error.code == "RequestTimeTooSkewed":
        return _clock(error, session, 0)
    if error.status == 403 and outgoing.method == "HEAD":
        # No body to say why: clocks that are this far apart are the reason.
        return _clock(error, session, _REFUSED_SKEW)
    if error.status in _ELSEWHERE or error.code == "AuthorizationHeaderMalformed":
        return _region(error, region) or _redirect(error, outgoing, session)
    return None


def _region(error: ResponseError, region: str) -> Remedy | None:
    better = {"EU": "eu-west-1"}.get(error.region or "", error.region)
    return Remedy("region", region=better) if better and better != region else None


def _redirect(error: ResponseError, outgoing: Outgoing, session: Session) -> Remedy | None:
    """Follow to the same host, or to S3 within AWS: a signed request is shown to nobody else, nor sent in the clear."""
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
    return Remedy("redirect", elsewhere=(origin, url.netloc.rpartition("@")[2], url.path or "/"))


def _clock(error: ResponseError, session: Session, least: float) -> Remedy | None:
    theirs = _date(error)
    if theirs is None:
        return None
    skew = theirs - (session.now() - session.skew)
    return Remedy("clock", skew=skew) if least <= abs(skew - session.skew) and abs(skew) < _LONGEST_SKEW else None


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
    """The seconds that Retry-After asks for, given as such or as a date."""
    value = error.response.headers.get("retry-after") if error.response is not None else None
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    moment = _http_date(value)
    return None if moment is None else max(0.0, moment - now)
