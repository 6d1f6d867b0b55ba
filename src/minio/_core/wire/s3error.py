"""Read an error from a response: from its XML, or else from its headers and status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from ..exceptions import InvalidXMLError
from .endpoint import parse_region


class ErrorResponse(Protocol):
    """The parts of a response that an error is read from: status, headers and body."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def data(self) -> bytes: ...


# The messages of S3 for its commonest errors. Programs compare them.
_MESSAGES = {
    "AccessDenied": "Access Denied",
    "BucketNotEmpty": "The bucket you tried to delete is not empty.",
    "InvalidRange": "The requested range cannot be satisfied.",
    "MethodNotAllowed": "The specified method is not allowed against this resource",
    "NoSuchBucket": "The specified bucket does not exist.",
    "NoSuchBucketPolicy": "The specified bucket does not have a bucket policy.",
    "NoSuchKey": "The specified key does not exist.",
    "PreconditionFailed": "At least one of the preconditions you specified did not hold.",
}

# The code and message for a status if the response has no body (HEAD, and some proxies). Messages of S3 come first.
_CODES = {
    301: ("PermanentRedirect", "the bucket lives at another endpoint"),
    304: ("NotModified", "the object was not modified, as the request's condition has it"),
    307: ("Redirect", "the request must go to another endpoint for now"),
    400: ("BadRequest", "the request was refused"),
    403: ("AccessDenied", ""),
    405: ("MethodNotAllowed", ""),
    409: ("Conflict", "the request conflicts with the state of the resource"),
    411: ("MissingContentLength", "a Content-Length is required"),
    412: ("PreconditionFailed", ""),
    413: (
        "EntityTooLarge",
        "the request body is larger than the server, or a proxy before it (client_max_body_size in nginx), allows",
    ),
    416: ("InvalidRange", ""),
    429: ("SlowDown", "too many requests"),
    501: ("MethodNotAllowed", ""),
    500: ("InternalError", "the server failed"),
    503: ("ServiceUnavailable", "the server is busy"),
}


def error_fields(
    response: ErrorResponse, bucket_name: str | None = None, object_name: str | None = None
) -> dict[str, str | None]:
    """Return the attributes of an error: from the XML, or else from the headers and status.

    Raises:
        InvalidXMLError: There is a body, but it is not an S3 error.
    """
    headers = response.headers
    xml = error_texts(response.data) if response.data.strip() else {}
    code, message = _CODES.get(response.status, ("UnknownException", f"HTTP status {response.status}"))
    if response.status == 404:
        code = "NoSuchKey" if object_name else "NoSuchBucket"
    sent = xml.get("Message") if xml else headers.get("x-minio-error-desc", "").strip('"')
    code = xml.get("Code") or headers.get("x-minio-error-code") or code
    return {
        "code": code,
        "message": _usual_message(code, sent) or _MESSAGES.get(code, sent if xml else message),
        "resource": xml.get("Resource"),
        "request_id": xml.get("RequestId") or headers.get("x-amz-request-id"),
        "host_id": xml.get("HostId") or headers.get("x-amz-id-2"),
        "bucket_name": bucket_name or xml.get("BucketName"),
        "object_name": object_name or xml.get("Key"),
        "region": parse_region(xml.get("Region")) or parse_region(headers.get("x-amz-bucket-region")),
    }


def _usual_message(code: str, sent: str | None) -> str | None:
    """Return the message of the server. If it is that of S3 in another spelling, return the spelling of S3."""
    usual = _MESSAGES.get(code)
    if not sent or not usual or sent == usual:
        return sent
    return usual if _letters(sent) == _letters(usual) else sent


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text)).lower()


def error_texts(body: bytes) -> dict[str, str]:
    """Return the texts of an error document, by the names of its elements.

    Raises:
        InvalidXMLError: The body is not an error.
    """
    from .xml import child, is_error, local, parse, texts

    if body.lstrip()[:1] == b"{":
        return _json_texts(body)
    root = parse(body)
    # STS-style services wrap the error and put the request id next to it: <ErrorResponse><Error>.
    found = root if local(root) == "Error" else child(root, "Error")
    if found is not None:
        values, around = texts(found), texts(root)
        request_id = values.get("RequestId") or around.get("RequestId") or around.get("RequestID") or ""
        return {**values, "RequestId": request_id}
    if not is_error(root) or not (values := texts(root)).get("Code"):
        raise InvalidXMLError("the XML holds no <Error>")
    return values


def _json_texts(body: bytes) -> dict[str, str]:
    """Read an error of MinIO's admin API, which is JSON with the names of S3's elements."""
    import json

    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(code := found.get("Code"), str) or not code.strip():
        raise InvalidXMLError("the JSON is not an error with a Code")
    return {name: value for name, value in found.items() if isinstance(value, str)}


_EXPECTS_TLS = (
    rb"(?i)HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|plain HTTP to an SSL-enabled"
    rb"|combination of host and port requires TLS"
)
"""How Go, nginx, Apache and Tomcat respond to plain HTTP on an HTTPS port."""


def expects_tls(response: ErrorResponse) -> bool:
    """Return whether an error response says that the port expects HTTPS."""
    return re.search(_EXPECTS_TLS, response.data[:4096]) is not None
