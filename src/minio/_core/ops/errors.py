"""Create exceptions from error responses."""

from __future__ import annotations

from ...error import InvalidResponseError, PreconditionFailed, ResponseError, S3Error, ServerError
from ..exceptions import InvalidXMLError
from ..wire.s3error import ErrorResponse


def complete_error(error: ResponseError, operation: str, host: str) -> None:
    """Add to an error the S3 operation, the host that sent it, and the location of a redirect."""
    error.operation = operation
    error.host = host
    response = error.response
    if response is not None and 300 <= response.status < 400:
        error.location = response.headers.get("location", "")


def name_source(error: S3Error, bucket: str, key: str) -> None:
    """Change the error of a copy to name the source, which is missing. The request itself named the target."""
    error.message = f"{(error.message or error.code or '').rstrip('.')}: {bucket}/{key}, the source of the copy"
    error.args = (error.code, error.message)
    error.bucket_name, error.object_name = bucket, key


def unmet(bucket: str, key: str) -> PreconditionFailed:
    """Create the exception for a conditional write that the client itself refuses."""
    text = "the object does not meet the condition of the write"
    return PreconditionFailed(None, "PreconditionFailed", text, None, None, None, bucket, key)


def invalid_response(response: ErrorResponse, host: str, reason: str = "") -> InvalidResponseError:
    """Create the exception for a response, of any status, that is not a valid S3 response. `reason` explains why."""
    body = response.data[:4096].decode("utf-8", "replace")
    error = InvalidResponseError(response.status, response.headers.get("content-type"), body)
    if reason:
        error.message = f"{reason} ({error.message})" if body.strip() else reason
    error.host_id, error.response = host, response
    return error


def to_exception(
    response: ErrorResponse, method: str, bucket_name: str | None, object_name: str | None, host: str
) -> ResponseError:
    """Create the exception for a response with an error status."""
    bucket_name, object_name = bucket_name or None, object_name or None
    try:
        error: ResponseError = S3Error.fromxml(response, method, bucket_name, object_name)
    except InvalidXMLError:
        error = invalid_response(response, host)
    else:
        if response.status >= 500 and response.status != 501 and not response.data.strip():
            code = error.code
            error = ServerError(f"server {host} failed with HTTP status {response.status}", response.status)
            error.code = code
    error.response, error.method = response, method
    error.bucket_name, error.object_name = bucket_name or error.bucket_name, object_name or error.object_name
    return error
