"""Asking the servers that hand out credentials, and telling what they refuse.

Connections are not kept: hours lie between two questions. Redirects are not followed: the question may hold a secret.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from .._core.wire.message import Headers, Response
from ..error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidResponseError,
    InvalidXMLError,
    ResponseError,
    S3Error,
    ServerError,
    TransportError,
    known_errors,
)
from ._base import from_fields, read_json
from .credentials import Credentials

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0


def check_client(http_client: PoolManager | None) -> PoolManager | None:
    """Refuse what is no urllib3 pool."""
    if http_client is not None and not callable(getattr(http_client, "urlopen", None)):
        raise InvalidArgumentTypeError(f"http_client must be a urllib3.PoolManager, not {type(http_client).__name__}")
    return http_client


def check_url(name: str, url: str) -> SplitResult:
    """Read an http or https URL, and refuse anything else."""
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


def ask(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    http_client: PoolManager | None = None,
    tls: Mapping[str, Any] | None = None,
    connects: int = 2,
) -> Response:
    """Send a request and return the answer, whatever its status.

    A caller's own `http_client` is used with its own time-outs and retries. Else a connection is tried `connects`
    times.

    Raises:
        TransportError: There was no answer.
    """
    from urllib3.exceptions import HTTPError

    host = urlsplit(url).netloc
    try:
        if http_client is not None:
            answer = http_client.urlopen(method, url, body=body, headers=dict(headers or {}), redirect=False)
        else:
            with _pool(tls or {}, connects) as pool:
                answer = pool.urlopen(method, url, body=body, headers=dict(headers or {}), redirect=False)
    except (HTTPError, OSError) as error:
        reason = getattr(error, "reason", None)
        cause = reason if isinstance(reason, Exception) else error
        raise TransportError(f"no credentials came from the server: {cause}", host, cause) from error
    return _read(answer)


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


def _read(answer: BaseHTTPResponse) -> Response:
    return Response(answer.status, Headers(list(answer.headers.items())), answer.data, answer.reason or "")


def refusal(response: Response, url: str) -> ResponseError:
    """The exception for an answer that is none of the hoped-for."""
    host = urlsplit(url).netloc
    error = _xml_refusal(response) or _json_refusal(response)
    if error is not None:
        return error
    if response.status >= 500:
        return ServerError(f"server {host} failed with HTTP status {response.status}", response.status)
    return unreadable(response, url, response.body[:4096].decode("utf-8", "replace"))


def unreadable(response: Response, url: str, text: str) -> InvalidResponseError:
    """The exception for an answer that cannot be understood; a body that may hold secrets is not in it."""
    error = InvalidResponseError(response.status, response.headers.get("content-type"), text)
    error.host_id = urlsplit(url).netloc
    return error


def _xml_refusal(response: Response) -> S3Error | None:
    from .._core.wire.errors import read_error
    from .._core.wire.xml import parse, text

    if not response.body.strip():
        return None
    try:
        error = read_error(response)
        error.request_id = error.request_id or text(parse(response.body), "RequestId")
    except InvalidXMLError:
        return None
    return error


def _json_refusal(response: Response) -> S3Error | None:
    fields = {name.lower(): value for name, value in (read_json(response.body) or {}).items()}
    code = fields.get("code")
    if not isinstance(code, str) or not code:
        return None
    message = str(fields.get("message") or "") or None
    return known_errors.get(code, S3Error)(response, code, message, None, None, None)


def read_sts(response: Response, url: str) -> Credentials:
    """The credentials in an answer of the Security Token Service."""
    from .._core.wire.xml import local, parse, texts

    if response.status != 200:
        raise refusal(response, url)
    try:
        found = next((item for item in parse(response.body).iter() if local(item) == "Credentials"), None)
    except InvalidXMLError:
        # Its text quotes the answer.
        found = None
    if found is None:
        raise unreadable(response, url, "no XML with <Credentials>")
    return _checked(texts(found), "SessionToken", response, url)


def read_metadata(response: Response, url: str) -> Credentials:
    """The credentials in an answer of a metadata or container service."""
    if response.status != 200:
        raise refusal(response, url)
    fields = read_json(response.body)
    if fields is None:
        raise unreadable(response, url, "no JSON object")
    if fields.get("Code", "Success") != "Success":
        raise _json_refusal(response) or unreadable(response, url, "a Code that is no text")
    return _checked(fields, "Token", response, url)


def _checked(fields: Mapping[str, Any], token: str, response: Response, url: str) -> Credentials:
    try:
        return from_fields(fields, token)
    except InvalidArgumentError as error:
        raise unreadable(response, url, str(error)) from None
