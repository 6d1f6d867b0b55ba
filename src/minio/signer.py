"""AWS Signature Version 4 over URLs and headers: what a caller needs who sends requests of his own.

    from datetime import UTC, datetime
    from urllib.parse import urlsplit

    from minio.credentials import Credentials
    from minio.signer import presign_v4

    keys = Credentials("access key", "secret key")
    url = urlsplit("https://play.example.com/bucket/object")
    signed = presign_v4(
        method="GET", url=url, region="us-east-1", credentials=keys, date=datetime.now(UTC), expires=3600
    )

URLs are taken as they will be sent: paths and queries percent-encoded.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote

from ._core.wire import sigv4
from ._core.wire.url import canonical_query
from .error import InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    from .credentials.credentials import Credentials

# Values are texts, or lists or tuples of texts.
_Headers = TypeVar("_Headers", bound="MutableMapping[str, Any]")

SIGN_V4_ALGORITHM = sigv4.ALGORITHM

_PORTS = {"http": 80, "https": 443}


def get_credential_string(access_key: str, date: datetime, region: str) -> str:
    """Name a key and what its signature is good for: ``key/20130524/us-east-1/s3/aws4_request``.

    Args:
        access_key: The access key.
        date: The time of the signature; without a zone it is UTC.
        region: The region, such as ``us-east-1``.
    """
    return f"{access_key}/{sigv4.scope(_amz_date(date)[:8], region)}"


def post_presign_v4(data: str, secret_key: str, date: datetime, region: str) -> str:
    """Sign a form's policy (PostObject).

    Args:
        data: The policy document in base64.
        secret_key: The secret key.
        date: The time of the signature; without a zone it is UTC.
        region: The region, such as ``us-east-1``.

    Returns:
        The signature in hex.
    """
    return sigv4.sign(secret_key, data, _amz_date(date)[:8], region)


def presign_v4(
    *, method: str, url: SplitResult, region: str, credentials: Credentials, date: datetime, expires: int
) -> SplitResult:
    """Make a URL that carries its own signature. Only the host is signed.

    Args:
        method: The HTTP method that the URL will be used with.
        url: The URL, with the query parameters that are to be signed.
        region: The region, such as ``us-east-1``.
        credentials: The keys; their session token goes into the URL.
        date: The time from which the URL is good; without a zone it is UTC.
        expires: How long it is good, in seconds.

    Returns:
        The URL with the signature in its query.

    Raises:
        InvalidArgumentError: The URL has no host, or `expires` is not positive.
    """
    if expires < 1:
        raise InvalidArgumentError(f"expires must be 1 second or more, not {expires}")
    query = sigv4.presign(
        method,
        url.path or "/",
        _parameters(url.query),
        _host(url),
        access_key=credentials.access_key,
        secret_key=credentials.secret_key,
        session_token=credentials.session_token,
        region=region,
        date=_amz_date(date),
        expires=expires,
    )
    return url._replace(path=url.path or "/", query=query)


def sign_v4_s3(
    *,
    method: str,
    url: SplitResult,
    region: str,
    headers: _Headers,
    credentials: Credentials,
    content_sha256: str,
    date: datetime,
) -> _Headers:
    """Sign a request for S3.

    Args:
        method: The HTTP method.
        url: The URL, as it will be sent.
        region: The region, such as ``us-east-1``.
        headers: The request's headers. Those that the signature needs and that are missing are put in: Host,
            x-amz-date, x-amz-content-sha256 and the session token.
        credentials: The keys.
        content_sha256: SHA-256 of the body in hex, or ``UNSIGNED-PAYLOAD``.
        date: The time of the signature; without a zone it is UTC.

    Returns:
        The same headers, with Authorization.
    """
    _complete(headers, "x-amz-content-sha256", content_sha256)
    return _sign("s3", method, url, region, headers, credentials, content_sha256, date)


def sign_v4_sts(
    *,
    method: str,
    url: SplitResult,
    region: str,
    headers: _Headers,
    credentials: Credentials,
    content_sha256: str,
    date: datetime,
) -> _Headers:
    """Sign a request for the Security Token Service; arguments and result are those of `sign_v4_s3`."""
    return _sign("sts", method, url, region, headers, credentials, content_sha256, date)


def _sign(
    service: str,
    method: str,
    url: SplitResult,
    region: str,
    headers: _Headers,
    credentials: Credentials,
    content_sha256: str,
    date: datetime,
) -> _Headers:
    amz_date = _amz_date(date)
    _complete(headers, "Host", _host(url))
    _complete(headers, "x-amz-date", amz_date)
    _complete(headers, "x-amz-security-token", credentials.session_token)
    headers["Authorization"] = sigv4.authorization(
        method,
        url.path or "/",
        canonical_query(_parameters(url.query)),
        _flat(headers),
        content_sha256,
        access_key=credentials.access_key,
        secret_key=credentials.secret_key,
        region=region,
        date=amz_date,
        service=service,
    )
    return headers


def _complete(headers: MutableMapping[str, Any], name: str, value: str | None) -> None:
    if value and name.lower() not in {given.lower() for given in headers}:
        headers[name] = value


def _flat(headers: Mapping[str, Any]) -> dict[str, str]:
    """One text per header: several values are signed with commas between them."""
    return {name: value if isinstance(value, str) else ",".join(map(_trim, value)) for name, value in headers.items()}


def _trim(value: str) -> str:
    return " ".join(value.split())


def _parameters(query: str) -> dict[str, Sequence[str]]:
    # A `+` of a URL that is sent to S3 is a plus sign, so the form rules of urllib.parse.parse_qs do not apply.
    found: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        name, _, value = item.partition("=")
        found.setdefault(unquote(name), []).append(unquote(value))
    return dict(found)


def _host(url: SplitResult) -> str:
    """The Host header: a port that the scheme implies is not in it."""
    if not url.hostname:
        raise InvalidArgumentError("url must name a host")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return host if url.port in (None, _PORTS.get(url.scheme)) else f"{host}:{url.port}"


def _amz_date(date: datetime) -> str:
    if not isinstance(date, datetime):
        raise InvalidArgumentTypeError(f"date must be a datetime, not {type(date).__name__}")
    utc = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    return utc.strftime("%Y%m%dT%H%M%SZ")
