"""AWS Signature Version 4 for URLs and headers, for callers that send their own requests.

    from datetime import UTC, datetime
    from urllib.parse import urlsplit

    from minio.credentials import Credentials
    from minio.signer import presign_v4

    keys = Credentials("access key", "secret key")
    url = urlsplit("https://play.example.com/bucket/object")
    signed = presign_v4(
        method="GET", url=url, region="us-east-1", credentials=keys, date=datetime.now(UTC), expires=3600
    )

URLs must be in the form in which they are sent, with percent-encoded paths and queries.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote

from ._core.arguments import check_encodable
from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ._core.wire import sigv4
from ._core.wire.dates import to_amz_date
from ._core.wire.url import canonical_query
from ._legacy_signer import (
    generate_authorization_header as generate_authorization_header,
    generate_canonical_request as generate_canonical_request,
    generate_credential_string as generate_credential_string,
    generate_scope_string as generate_scope_string,
    generate_signing_key as generate_signing_key,
    generate_string_to_sign as generate_string_to_sign,
    get_signed_headers as get_signed_headers,
    post_presign_signature as post_presign_signature,
    sign_v4 as sign_v4,
)

if TYPE_CHECKING:
    from .credentials.credentials import Credentials

# Values are strings, or lists or tuples of strings.
_Headers = TypeVar("_Headers", bound="MutableMapping[str, Any]")

SIGN_V4_ALGORITHM = sigv4.ALGORITHM

_PORTS = {"http": 80, "https": 443}


def get_credential_string(access_key: str, date: datetime, region: str) -> str:
    """Return the credential with its scope, such as ``key/20130524/us-east-1/s3/aws4_request``.

    Args:
        access_key: The access key.
        date: The time of the signature. A naive datetime is taken as UTC.
        region: The region, such as ``us-east-1``.
    """
    check_encodable("access_key", access_key)
    return f"{access_key}/{sigv4.scope(_amz_date(date)[:8], region)}"


def post_presign_v4(data: str, secret_key: str, date: datetime, region: str) -> str:
    """Sign the policy of a form (PostObject).

    Args:
        data: The policy document in base64.
        secret_key: The secret key.
        date: The time of the signature. A naive datetime is taken as UTC.
        region: The region, such as ``us-east-1``.

    Returns:
        The signature in hex.
    """
    check_encodable("data", data)
    check_encodable("secret_key", secret_key, secret=True)
    return sigv4.sign(secret_key, data, _amz_date(date)[:8], region)


def presign_v4(
    *, method: str, url: SplitResult, region: str, credentials: Credentials, date: datetime, expires: int
) -> SplitResult:
    """Create a presigned URL. Of the headers, only Host is signed.

    Args:
        method: The HTTP method for which the URL is used.
        url: The URL, with the query parameters to sign.
        region: The region, such as ``us-east-1``.
        credentials: The credentials. A session token is added to the URL.
        date: The time from which the URL is valid. A naive datetime is taken as UTC.
        expires: The validity in seconds.

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
        url: The URL in the form in which it is sent.
        region: The region, such as ``us-east-1``.
        headers: The request headers. Missing headers that the signature needs are added: Host, x-amz-date,
            x-amz-content-sha256 and the session token.
        credentials: The credentials.
        content_sha256: The SHA-256 of the body in hex, or ``UNSIGNED-PAYLOAD``.
        date: The time of the signature. A naive datetime is taken as UTC.

    Returns:
        The headers, with Authorization added.
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
    """Sign a request to the Security Token Service. The arguments and the result are those of `sign_v4_s3`."""
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
    """Return one string per header. Several values are joined with commas."""
    return {name: value if isinstance(value, str) else ",".join(map(_trim, value)) for name, value in headers.items()}


def _trim(value: str) -> str:
    return " ".join(value.split())


def _parameters(query: str) -> dict[str, Sequence[str]]:
    # In a URL for S3, `+` is a plus sign, so the form rules of urllib.parse.parse_qs do not apply.
    found: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        name, _, value = item.partition("=")
        found.setdefault(_unquote(name), []).append(_unquote(value))
    return dict(found)


def _unquote(text: str) -> str:
    # `quote` restores bytes that are not UTF-8.
    return unquote(text, errors="surrogateescape")


def _host(url: SplitResult) -> str:
    """Return the Host header, without the default port of the scheme."""
    check_encodable("url", url.geturl())
    if not url.hostname:
        raise InvalidArgumentError("url must name a host")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return host if url.port in (None, _PORTS.get(url.scheme)) else f"{host}:{url.port}"


def _amz_date(date: datetime) -> str:
    if not isinstance(date, datetime):
        raise InvalidArgumentTypeError(f"date must be a datetime, not {type(date).__name__}")
    return to_amz_date(date)
