"""From an answer that is an error to the exception that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...error import InvalidResponseError, InvalidXMLError, ResponseError, S3Error, ServerError, known_errors
from .endpoint import told_region

if TYPE_CHECKING:
    from ...error import ErrorResponse

# What a status means where the answer has no body to say it (HEAD, and some proxies).
_CODES = {
    301: ("PermanentRedirect", "the bucket lives at another endpoint"),
    307: ("Redirect", "the request must go to another endpoint for now"),
    400: ("BadRequest", "the request was refused"),
    403: ("AccessDenied", "access denied"),
    405: ("MethodNotAllowed", "the method is not allowed on this resource"),
    409: ("Conflict", "the request conflicts with the state of the resource"),
    411: ("MissingContentLength", "a Content-Length is required"),
    412: ("PreconditionFailed", "a condition of the request did not hold"),
    416: ("InvalidRange", "the range lies outside the object"),
    429: ("SlowDown", "too many requests"),
    501: ("MethodNotAllowed", "the method is not allowed on this resource"),
    500: ("InternalError", "the server failed"),
    503: ("ServiceUnavailable", "the server is busy"),
}


def read_error(
    response: ErrorResponse, method: str = "", bucket_name: str | None = None, object_name: str | None = None
) -> S3Error:
    """The error in an answer's XML, as the class of its code."""
    fields = error_fields(response, bucket_name, object_name)
    code = fields["code"] or ""
    error = known_errors.get(code, S3Error)(
        response,
        code,
        fields["message"],
        fields["resource"],
        fields["request_id"],
        fields["host_id"],
        fields["bucket_name"],
        fields["object_name"],
    )
    error.method, error.region = method, fields["region"]
    return error


def error_fields(
    response: ErrorResponse, bucket_name: str | None = None, object_name: str | None = None
) -> dict[str, str | None]:
    """The attributes of an error: from the XML, else from the headers and the status.

    Raises:
        InvalidXMLError: There is a body, and it is no S3 error.
    """
    headers = response.headers
    xml = _error_texts(response.data) if response.data.strip() else {}
    code, message = _CODES.get(response.status, ("UnknownException", f"HTTP status {response.status}"))
    if response.status == 404:
        code = "NoSuchKey" if object_name else "NoSuchBucket"
        message = "the object does not exist" if object_name else "the bucket does not exist"
    return {
        "code": xml.get("Code") or headers.get("x-minio-error-code") or code,
        "message": xml.get("Message") if xml else headers.get("x-minio-error-desc", message).strip('"'),
        "resource": xml.get("Resource"),
        "request_id": xml.get("RequestId") or headers.get("x-amz-request-id"),
        "host_id": xml.get("HostId") or headers.get("x-amz-id-2"),
        "bucket_name": bucket_name or xml.get("BucketName"),
        "object_name": object_name or xml.get("Key"),
        "region": told_region(xml.get("Region")) or told_region(headers.get("x-amz-bucket-region")),
    }


def _error_texts(body: bytes) -> dict[str, str]:
    from .xml import child, parse, texts

    root = parse(body)
    # Some servers wrap the error: <ErrorResponse><Error>.
    found = root if str(root.tag).rpartition("}")[2] == "Error" else child(root, "Error")
    if found is None:
        raise InvalidXMLError("the XML holds no <Error>")
    return texts(found)


def refuse_page(response: ErrorResponse) -> None:
    """Refuse a success that is a page for a browser: a console or a proxy has answered.

    Raises:
        InvalidXMLError: It is.
    """
    if (response.headers.get("content-type") or "").lower().startswith("text/html"):
        raise InvalidXMLError("the answer is a page for a browser")


def misread(response: ErrorResponse, host: str) -> InvalidResponseError:
    """The exception for an answer, of whatever status, that is not what an S3 server says."""
    body = response.data[:4096].decode("utf-8", "replace")
    error = InvalidResponseError(response.status, response.headers.get("content-type"), body)
    error.host_id = host
    return error


def to_exception(
    response: ErrorResponse, method: str, bucket_name: str | None, object_name: str | None, host: str
) -> ResponseError:
    """The exception for an answer whose status is no success."""
    bucket_name, object_name = bucket_name or None, object_name or None
    try:
        error: ResponseError = read_error(response, method, bucket_name, object_name)
    except InvalidXMLError:
        error = misread(response, host)
    else:
        if response.status >= 500 and response.status != 501 and not response.data.strip():
            code = error.code
            error = ServerError(f"server {host} failed with HTTP status {response.status}", response.status)
            error.code = code
    error.response, error.method = response, method
    error.bucket_name, error.object_name = bucket_name or error.bucket_name, object_name or error.object_name
    return error
