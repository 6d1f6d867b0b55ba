"""The functions of `minio.signer` in the 3.x to 6.x APIs. Import them from there.

Credentials are given as in 3.x (`access_key`, `secret_key`) or as in 6.x (an object with both).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ._core.exceptions import InvalidArgumentError
from ._core.wire import sigv4
from ._core.wire.checksums import EMPTY_SHA256
from ._core.wire.dates import to_amz_date


def sign_v4(
    method: str,
    url: str | SplitResult,
    region: str | None,
    headers: Mapping[str, str] | None = None,
    access_key: Any = None,
    secret_key: str | None = None,
    content_sha256: str | None = None,
    request_datetime: datetime | None = None,
    service_name: str = "s3",
    *,
    credentials: Any = None,
) -> dict[str, str]:
    """Sign a request, and return its headers. All headers are signed.

    Args:
        method: The HTTP method.
        url: The URL, percent-encoded.
        region: The region, `us-east-1` if it is not given.
        headers: The headers of the request.
        access_key: The access key, or the credentials of the 6.x API. Without it, nothing is signed.
        secret_key: The secret key.
        content_sha256: The SHA-256 of the body in hex. By default that of an empty body, unsigned with https.
        request_datetime: The time of the signature, by default now. A naive datetime is taken as UTC.
        service_name: The service.
        credentials: The credentials, by the name that they have in the 6.x API.
    """
    if not isinstance(access_key, (str, type(None))):
        # In the 6.x API the credentials are one argument, so the others are one position further to the left.
        credentials, moved = access_key, (secret_key, content_sha256, request_datetime)
        return _sign(method, url, region, headers, credentials, None, *_earlier(*moved), service_name)
    given = access_key if credentials is None else credentials
    return _sign(method, url, region, headers, given, secret_key, content_sha256, request_datetime, service_name)


def _earlier(sha256: Any, date: Any, service: Any) -> tuple[str | None, datetime | None]:
    """Return the digest and the date, of which the first is a position further to the left if it is given so."""
    if isinstance(date, datetime):
        return sha256, date
    return sha256 or date, service


def _sign(
    method: str,
    url: str | SplitResult,
    region: str | None,
    headers: Mapping[str, str] | None,
    credentials: Any,
    secret_key: str | None,
    content_sha256: str | None,
    request_datetime: datetime | None,
    service_name: str,
) -> dict[str, str]:
    made = dict(headers or {})
    keys = _keys(credentials, secret_key)
    if keys is None:
        return made
    parts = urlsplit(url) if isinstance(url, str) else url
    sha256 = content_sha256 or (sigv4.UNSIGNED_PAYLOAD if parts.scheme == "https" else EMPTY_SHA256)
    date = to_amz_date(request_datetime or datetime.now(UTC))
    made |= {"Host": _host(parts), "X-Amz-Date": date, "X-Amz-Content-Sha256": sha256}
    if keys[2]:
        made["X-Amz-Security-Token"] = keys[2]
    names = get_signed_headers(made)
    canonical = generate_canonical_request(method, parts, made, names, sha256)
    day, region = date[:8], region or "us-east-1"
    text = sigv4.string_to_sign(canonical, date, sigv4.scope(day, region, service_name))
    signature = sigv4.sign(keys[1], text, day, region, service_name)
    scope = sigv4.scope(day, region, service_name)
    made["Authorization"] = _authorization(keys[0], scope, names, signature)
    return made


def _keys(credentials: Any, secret_key: str | None) -> tuple[str, str, str | None] | None:
    if isinstance(credentials, str) or credentials is None:
        return (credentials, secret_key, None) if credentials and secret_key else None
    for name in ("retrieve", "get"):  # a provider, or the credentials of 6.x
        if callable(getattr(credentials, name, None)) and not hasattr(credentials, "access_key"):
            credentials = getattr(credentials, name)()
    if not (getattr(credentials, "access_key", None) and getattr(credentials, "secret_key", None)):
        return None
    return credentials.access_key, credentials.secret_key, getattr(credentials, "session_token", None)


def _host(url: SplitResult) -> str:
    return url.netloc.removesuffix({"http": ":80", "https": ":443"}.get(url.scheme, ":"))


def get_signed_headers(headers: Mapping[str, str]) -> list[str]:
    """Return the names of headers in lower case, sorted."""
    return sorted(name.lower().strip() for name in headers)


def generate_canonical_request(
    method: str,
    parsed_url: SplitResult,
    headers: Mapping[str, str],
    signed_headers: Iterable[str],
    content_sha256: str,
) -> str:
    """Return the canonical request of Signature Version 4."""
    found = {name.lower(): value for name, value in headers.items()}
    names = list(signed_headers)
    missing = [name for name in names if name not in found]
    if missing:
        raise InvalidArgumentError(f"headers has no {', '.join(missing)}, which is to be signed")
    lines = "".join(f"{name}:{' '.join(str(found[name]).split())}\n" for name in names)
    query = "&".join(sorted(filter(None, parsed_url.query.split("&"))))
    return f"{method}\n{parsed_url.path or '/'}\n{query}\n{lines}\n{';'.join(names)}\n{content_sha256}"


def generate_scope_string(date: datetime, region: str, service_name: str = "s3") -> str:
    """Return the scope of a credential: `20130524/us-east-1/s3/aws4_request`."""
    return sigv4.scope(to_amz_date(date)[:8], region, service_name)


def generate_credential_string(access_key: str, date: datetime, region: str, service_name: str = "s3") -> str:
    """Return the credential with its scope."""
    return f"{access_key}/{generate_scope_string(date, region, service_name)}"


def generate_signing_key(date: datetime, region: str, secret_key: str, service_name: str = "s3") -> bytes:
    """Derive the key that signs the requests of a day in a region."""
    return sigv4.signing_key(secret_key, to_amz_date(date)[:8], region, service_name)


def generate_string_to_sign(date: datetime, region: str, canonical_request: str, service_name: str = "s3") -> str:
    """Return the string to sign for a canonical request."""
    scope = generate_scope_string(date, region, service_name)
    return sigv4.string_to_sign(canonical_request, to_amz_date(date), scope)


def generate_authorization_header(
    access_key: str,
    date: datetime,
    region: str,
    signed_headers: Iterable[str],
    signature: str,
    service_name: str = "s3",
) -> str:
    """Return the Authorization header for a signature."""
    return _authorization(access_key, generate_scope_string(date, region, service_name), signed_headers, signature)


def _authorization(access_key: str, scope: str, names: Iterable[str], signature: str) -> str:
    return f"{sigv4.ALGORITHM} Credential={access_key}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"


def post_presign_signature(date: datetime, region: str, secret_key: str, policy_str: str) -> str:
    """Sign the policy of a form, given in base64."""
    return sigv4.sign(secret_key, policy_str, to_amz_date(date)[:8], region)
