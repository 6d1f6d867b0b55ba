"""Requests to servers that issue credentials, and the errors that these return.

Connections are not kept alive: hours pass between two requests. Redirects are not followed: the request may contain a
secret.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from .._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidXMLError, TransportError
from .._core.wire.decoding import ContentDecodingError, decode_body
from .._core.wire.message import Headers, Response
from .._core.wire.redact import Secrets, proxy_secrets, redact_error, secrets_of
from ..error import InvalidResponseError, ResponseError, S3Error, ServerError, known_errors
from ._base import from_fields, read_json
from .credentials import Credentials

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_MOST = 1024 * 1024
"""The maximum size of a response body in bytes. Credentials take a few thousand."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0


def check_client(http_client: PoolManager | None) -> PoolManager | None:
    """Check that `http_client` is a urllib3 pool and return it."""
    if http_client is not None and not callable(getattr(http_client, "urlopen", None)):
        raise InvalidArgumentTypeError(f"http_client must be a urllib3.PoolManager, not {type(http_client).__name__}")
    return http_client


def check_url(name: str, url: str) -> SplitResult:
    """Parse an http or https URL and reject any other."""
    if not isinstance(url, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(url).__name__}")
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise InvalidArgumentError(f"{name} must be an http or https URL with a host and without a user")
    return parts


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def request_credentials(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    http_client: PoolManager | None = None,
    tls: Mapping[str, Any] | None = None,
    connects: int = 2,
) -> Response:
    """Send a request and return the response, whatever its status.

    A caller's `http_client` keeps its own timeouts and retries. Otherwise a connection is attempted `connects` times.

    Raises:
        TransportError: No response was received.
    """
    from urllib3.exceptions import HTTPError

    host = urlsplit(url).netloc
    sent = dict(headers or {})
    try:
        if http_client is not None:
            return _send(http_client, method, url, body, sent)
        with _pool(tls or {}, connects) as pool:
            return _send(pool, method, url, body, sent)
    except (HTTPError, OSError) as error:
        reason = getattr(error, "reason", None)
        cause = reason if isinstance(reason, Exception) else error
        redact_error(error, secrets := _secrets(url, body, sent))
        raise _transport_error(f"no credentials came from the server: {cause}", host, cause, secrets) from error
    except ContentDecodingError as error:
        raise TransportError(f"the server's response cannot be decoded: {error}", host, error) from error


def _transport_error(text: str, host: str, cause: Exception, secrets: Secrets) -> TransportError:
    made = TransportError(text, host, cause)
    redact_error(made, secrets)
    return made


def _send(pool: PoolManager, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
    answer = pool.urlopen(
        method, url, body=body, headers=headers, redirect=False, preload_content=False, decode_content=False
    )
    try:
        return _read(answer, _secrets(url, body, headers))
    finally:
        answer.close()


class Asked(Response):
    """A response with the secrets of its request, so that errors can redact them."""

    __slots__ = ("secrets",)

    secrets: Secrets


_SECRET_FIELDS = ("token", "password", "assertion", "secret")


def _secrets(url: str, body: bytes | None, headers: Mapping[str, str]) -> Secrets:
    fields = parse_qsl((body or b"").decode("utf-8", "replace"))
    named = [value for name, value in fields if name.lower().endswith(_SECRET_FIELDS)]
    return secrets_of(headers, url, (*named, *proxy_secrets(None)))


def _pool(tls: Mapping[str, Any], connects: int) -> PoolManager:
    import certifi
    import urllib3

    retries = urllib3.Retry(
        total=2,
        connect=connects - 1,
        redirect=False,
        allowed_methods=None,
        status_forcelist=(500, 502, 503, 504),
        backoff_factor=0.2,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    options: dict[str, Any] = {
        "cert_reqs": "CERT_REQUIRED",
        "ca_certs": os.environ.get("SSL_CERT_FILE") or certifi.where(),
    }
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    return urllib3.PoolManager(timeout=timeout, retries=retries, **(options | dict(tls)))


def _read(answer: BaseHTTPResponse, secrets: Secrets) -> Response:
    """Read the response and decode its body with a size limit. urllib3 would decompress without a limit."""
    headers = Headers(list(answer.headers.items()))
    body = answer.read(_MOST + 1, decode_content=False)
    if len(body) > _MOST:
        raise ContentDecodingError(f"it has more than the {_MOST} bytes that are accepted")
    body = decode_body(body, headers.get("content-encoding", ""), most=_MOST)
    response = Asked(answer.status, headers, body, answer.reason or "")
    response.secrets = secrets
    return response


def error_from(response: Response, url: str) -> ResponseError:
    """Return the exception for an unexpected response, with the secrets of its request redacted."""
    error = _refusal(response, url)
    error.host = urlsplit(url).netloc
    redact_error(error, getattr(response, "secrets", Secrets()))
    return error


def _refusal(response: Response, url: str) -> ResponseError:
    host = urlsplit(url).netloc
    error = _xml_refusal(response) or _json_refusal(response)
    if error is not None:
        return error
    if response.status >= 500:
        return ServerError(f"server {host} failed with HTTP status {response.status}", response.status)
    return malformed(response, url, response.body.decode("utf-8", "replace")[:4096])


def malformed(response: Response, url: str, text: str) -> InvalidResponseError:
    """Return the exception for a malformed response. It does not contain a body that may hold secrets."""
    error = InvalidResponseError(response.status, response.headers.get("content-type"), text)
    error.host_id = urlsplit(url).netloc
    redact_error(error, getattr(response, "secrets", Secrets()))
    return error


def _xml_refusal(response: Response) -> S3Error | None:
    from ..error import S3Error

    if not response.body.strip():
        return None
    try:
        return S3Error.fromxml(response)
    except InvalidXMLError:
        return None


def _json_refusal(response: Response) -> S3Error | None:
    fields = {name.lower(): value for name, value in (read_json(response.body) or {}).items()}
    code = fields.get("code")
    if not isinstance(code, str) or not code:
        return None
    message = str(fields.get("message") or "") or None
    return known_errors.get(code, S3Error)(response, code, message, None, None, None)


def read_sts(response: Response, url: str) -> Credentials:
    """Parse the credentials in a response from a Security Token Service."""
    from .._core.wire.xml import local, parse, texts

    if response.status != 200:
        raise error_from(response, url)
    try:
        found = next((item for item in parse(response.body).iter() if local(item) == "Credentials"), None)
    except InvalidXMLError:
        # The message of this error quotes the response.
        found = None
    if found is None:
        raise malformed(response, url, "no XML with <Credentials>")
    return _checked(texts(found), "SessionToken", response, url)


def read_metadata(response: Response, url: str) -> Credentials:
    """Parse the credentials in a response from a metadata or container service."""
    if response.status != 200:
        raise error_from(response, url)
    fields = read_json(response.body)
    if fields is None:
        raise malformed(response, url, "no JSON object")
    if fields.get("Code", "Success") != "Success":
        raise _json_refusal(response) or malformed(response, url, "a Code that is not text")
    return _checked(fields, "Token", response, url)


def _checked(fields: Mapping[str, Any], token: str, response: Response, url: str) -> Credentials:
    try:
        return from_fields(fields, token)
    except InvalidArgumentError as error:
        raise malformed(response, url, str(error)) from None
