"""The exceptions that this library raises.

* MinioException (= MinioError)      the base class of all errors
  - InvalidArgumentError             an argument is invalid; nothing was sent       also a ValueError
    + InvalidEndpointError           ... the endpoint
    + InvalidBucketError             ... the bucket's name
    + InvalidArgumentTypeError       ... its type                                   also a TypeError
    + InvalidPathError               ... a local path that cannot be used           also an OSError
      . MissingFileError             ... the file does not exist                    also a FileNotFoundError
    + InvalidSizeError               ... a size is out of range, or a stream ended early    also an OSError
  - InvalidXMLError                  the data is not valid XML
  - DecryptionError                  encrypted data is damaged, or of another key   also a ValueError
  - TransportError                   no usable response: connection, timeout, TLS
  - PartialFailure                   some of many files or objects failed
  - UnsafeDeleteError                removing what the source lacks is refused      also a ValueError
  - ClosedError                      the client is closed                           also a RuntimeError
  - ResponseError                    the server returned an error response
    + S3Error                        ... an S3 error with a code
      . KnownResponseError           ... with a code that has its own class
        NoSuchKey, NoSuchBucket, AccessDenied, ... (79 codes)
    + ServerError                    ... a 5xx status without an S3 error
    + InvalidResponseError           ... not from S3, such as a proxy's page        also an InvalidXMLError
  - MinioAdminException              an error response of the admin API

All errors can be pickled. No error contains a secret. Their messages are safe to print on a terminal, whatever the
server sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ._core.exceptions import (
    ArgumentError as ArgumentError,
    ClosedError as ClosedError,
    DeadlineExceeded as DeadlineExceeded,
    DecryptionError as DecryptionError,
    InvalidArgumentError as InvalidArgumentError,
    InvalidArgumentTypeError as InvalidArgumentTypeError,
    InvalidBucketError as InvalidBucketError,
    InvalidEndpointError as InvalidEndpointError,
    InvalidPathError as InvalidPathError,
    InvalidSizeError as InvalidSizeError,
    InvalidXMLError as InvalidXMLError,
    MinioError as MinioError,
    MinioException as MinioException,
    MissingFileError as MissingFileError,
    PartialFailure as PartialFailure,
    TransportError as TransportError,
    UnsafeDeleteError as UnsafeDeleteError,
)
from ._core.printable import printable, printable_lines
from ._core.wire.endpoint import parse_region
from ._core.wire.s3error import ErrorResponse as ErrorResponse, error_fields, error_texts
from ._core.wire.xml import parse


class ResponseError(MinioException):
    """The server returned an error response.

    Args:
        response: The response.
        method: The HTTP method of the request.
        bucket_name: The bucket in the request.
        object_name: The object in the request.

    Errors that a client raises also have `operation` (the name of the S3 operation, such as "GetObject"), `host` and
    `status`.
    """

    operation: str = ""
    """The name of the S3 operation, or '' if unknown."""
    host: str = ""
    """The host and port that sent the response, or '' if unknown."""
    location: str = ""
    """The target of a redirect, or '' for other responses."""

    def __init__(
        self,
        response: ErrorResponse | None,
        method: str = "",
        bucket_name: str | None = None,
        object_name: str | None = None,
    ) -> None:
        super().__init__("")
        self._set(response, None, None, bucket_name, object_name, method)
        if response is not None:
            self.__dict__.update(error_fields(response, bucket_name, object_name))

    def _set(
        self,
        response: ErrorResponse | None,
        code: str | None,
        message: str | None,
        bucket_name: str | None,
        object_name: str | None,
        method: str = "",
    ) -> None:
        self.response = response
        self.code = code
        self.message = message
        self.bucket_name = bucket_name
        self.object_name = object_name
        self.method = method
        self.resource: str | None = None
        self.request_id: str | None = None
        self.host_id: str | None = None
        self.region: str | None = _region_of(response)

    @property
    def _response(self) -> ErrorResponse | None:
        return self.response

    @property
    def _xml(self) -> Any:
        """The XML of the response as an element, or None. Used by code for the documented API."""
        data = getattr(self.response, "data", None)
        try:
            return parse(data) if isinstance(data, bytes) else None
        except InvalidXMLError:
            return None

    @property
    def status(self) -> int:
        """The HTTP status of the response, or 0 if there is none."""
        status = getattr(self.response, "status", 0)
        return status if isinstance(status, int) else 0

    def get_exception(self) -> ResponseError:
        """Return the error as the class for its code, or this error if the code has no class."""
        cls = known_errors.get(self.code or "")
        if cls is None or isinstance(self, cls):
            return self
        error = cls(
            self.response,
            self.code,
            self.message,
            self.resource,
            self.request_id,
            self.host_id,
            self.bucket_name,
            self.object_name,
        )
        error._take_context(self)
        return error

    def _take_context(self, other: ResponseError) -> None:
        """Copy the attributes that the constructor does not set."""
        self.method, self.region = other.method, other.region
        self.operation, self.host, self.location = other.operation, other.host, other.location

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self._details()}"

    def _details(self) -> str:
        names = (
            "code", "message", "resource", "request_id", "host_id", "bucket_name", "object_name", "region",
            "location", "operation", "host", "status",
        )  # fmt: skip
        always = names[:2]
        shown = ((name, getattr(self, name)) for name in names)
        return ", ".join(f"{name}: {printable(str(value))}" for name, value in shown if value or name in always)


def _region_of(response: object) -> str | None:
    """Return the region in the headers. Tests of programs pass mocks, texts and other objects as the response."""
    headers = getattr(response, "headers", None)
    return parse_region(headers.get("x-amz-bucket-region")) if isinstance(headers, Mapping) else None


class S3Error(ResponseError):
    """The server returned an S3 error.

    Args:
        response: The response.
        code: The S3 error code, such as ``NoSuchKey``.
        message: The error message of the server.
        resource: The resource that the error concerns.
        request_id: The S3 request id.
        host_id: The S3 host id.
        bucket_name: The bucket in the request.
        object_name: The object in the request.
    """

    def __init__(
        self,
        response: ErrorResponse | None,
        code: str | None,
        message: str | None,
        resource: str | None,
        request_id: str | None,
        host_id: str | None,
        bucket_name: str | None = None,
        object_name: str | None = None,
    ) -> None:
        MinioException.__init__(self, code, message)
        self._set(response, code, message, bucket_name, object_name)
        self.resource = resource
        self.request_id = request_id
        self.host_id = host_id

    def _value(self) -> tuple[Any, ...]:
        return (
            type(self), self.code, self.message, self.resource, self.request_id, self.host_id,
            self.bucket_name, self.object_name,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, S3Error) and self._value() == other._value()

    def __hash__(self) -> int:
        return hash(self._value())

    def __str__(self) -> str:
        return f"S3 operation failed; {self._details()}"

    @property
    def response_error(self) -> Self:
        """Return the error itself. Code for the documented API reads the details from it."""
        return self

    def copy(self, code: str, message: str | None) -> S3Error:
        """Return the same error with another code and message."""
        cls = known_errors.get(code, S3Error)
        error = cls(
            self.response,
            code,
            message,
            self.resource,
            self.request_id,
            self.host_id,
            self.bucket_name,
            self.object_name,
        )
        error._take_context(self)
        return error

    @classmethod
    def fromxml(
        cls, response: ErrorResponse, method: str = "", bucket_name: str | None = None, object_name: str | None = None
    ) -> S3Error:
        """Create the error from a response, as the class for its code.

        Args:
            response: The response.
            method: The HTTP method of the request.
            bucket_name: The bucket in the request.
            object_name: The object in the request.

        Raises:
            InvalidXMLError: The response has a body that is not an S3 error.
        """
        fields = error_fields(response, bucket_name, object_name)
        code = fields["code"] or ""
        if response.status == 304 and method not in ("", "GET", "HEAD"):
            code = "PreconditionFailed"  # Ceph sends this if the source of a copy does not meet If-None-Match
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


class ServerError(ResponseError):
    """The server returned a 5xx status without an S3 error."""

    def __init__(self, message: str, status_code: int) -> None:
        MinioException.__init__(self, message, status_code)
        self._set(None, None, message, None, None)
        self._status_code = status_code

    @property
    def status_code(self) -> int:
        """The HTTP status of the response."""
        return self._status_code

    @property
    def status(self) -> int:
        return self._status_code

    def __str__(self) -> str:
        where = f" (operation {self.operation})" if self.operation else ""
        return printable(f"{self.message}{where}")


_CONSOLE = frozenset({200, 204, 401, 403, 404, 405})
"""Statuses of the pages that a console or another web server sends."""
_OF_S3 = frozenset({"etag", "x-amz-request-id"})
"""Headers that only an S3 server sends, which show that the endpoint is correct."""


class InvalidResponseError(ResponseError, InvalidXMLError):
    """The response is not from S3, such as the page of a proxy or a console, or an empty body.

    Args:
        code: The HTTP status.
        content_type: The content type of the response.
        body: The text of the response. The message shows its first line.
    """

    def __init__(self, code: int, content_type: str | None, body: str | None) -> None:
        MinioException.__init__(self, code, content_type, body)
        first = (body or "").strip().partition("\n")[0].strip()[:200]
        message = f"the answer is not S3's: {first!r}" if first else "the answer is empty"
        self._set(None, str(code), message, None, None)
        self._status, self._content_type, self._body = code, content_type, body

    @property
    def status(self) -> int:
        return self._status

    @property
    def content_type(self) -> str | None:
        """The content type of the response."""
        return self._content_type

    @property
    def body(self) -> str | None:
        """The text of the response, possibly truncated."""
        return self._body

    def __str__(self) -> str:
        where = f" from {self.host_id}" if self.host_id else ""
        asked = f" to {self.operation}" if self.operation else ""
        return printable(
            f"not an S3 answer{where}{asked}: HTTP status {self._status}, "
            f"content type {self._content_type!r}, {self.message}. {self._advice()}"
        ).rstrip()

    def _advice(self) -> str:
        if self.location:
            return f"It redirects to {self.location}: is that the endpoint to use?"
        if self._status == 413:
            return (
                "A proxy limits the size of request bodies: raise its limit (client_max_body_size in nginx), "
                "or upload in smaller parts (part_size)"
            )
        if self._status >= 500:
            return "A proxy or gateway in front of the server failed, or the server behind it"
        headers = {} if self.response is None else self.response.headers
        if self._status in _CONSOLE and _OF_S3.isdisjoint(headers):
            return "Does the endpoint name the S3 port, and no proxy or console?"
        return ""


class MinioAdminException(MinioException):
    """The admin API returned an error.

    Args:
        code: The HTTP status, as text.
        body: The text of the response.

    Errors that a client raises also have `operation` (the name of the operation, such as "AddUser") and `host`.
    """

    operation: str = ""
    """The name of the operation, or '' if unknown."""
    host: str = ""
    """The host and port that sent the response, or '' if unknown."""
    reason: str = ""
    """Why the response is not the admin API's, or '' if it is."""

    def __init__(self, code: str, body: str) -> None:
        super().__init__(code, body)
        self._code, self._body = code, body
        try:  # the text is JSON, or XML if another handler sent it
            found = error_texts(str(body).encode("utf-8", "replace"))
        except InvalidXMLError:
            found = {}
        self.code = str(found.get("Code") or code)
        self.message = found.get("Message") or body

    @property
    def status(self) -> int:
        """The HTTP status of the response, or 0 if it is unknown."""
        return int(self._code) if str(self._code).isdecimal() else 0

    @property
    def body(self) -> str:
        """The text of the response."""
        return self._body

    def __str__(self) -> str:
        more = (f"; Operation: {self.operation}" if self.operation else "") + (
            f"; {self.reason}" if self.reason else ""
        )
        body = str(self._body).strip()
        return printable_lines(f"admin request failed; Status: {self._code}, Body: {body}{more}")


class KnownResponseError(S3Error):
    """The base class of S3 errors whose code has its own class."""


# One class for each error code.
# fmt: off
class AccessDenied(KnownResponseError): """The credentials do not allow this."""
class AccountProblem(KnownResponseError): """Something is wrong with the account; ask the provider."""
class AmbiguousGrantByEmailAddress(KnownResponseError): """The e-mail address belongs to more than one account."""
class BadDigest(KnownResponseError): """The body that arrived does not match its Content-MD5 or checksum."""
class BucketAlreadyExists(KnownResponseError): """The bucket's name is taken by another owner."""
class BucketAlreadyOwnedByYou(KnownResponseError): """The bucket exists already, and is yours."""
class BucketNotEmpty(KnownResponseError): """The bucket still holds objects or versions."""
class ConditionalRequestConflict(KnownResponseError): """Another write of the object is under way; try again."""
class CredentialNotSupported(KnownResponseError): """The request does not take credentials."""
class CrossLocationLoggingProhibited(KnownResponseError): """A bucket cannot log into another region."""
class EntityTooLarge(KnownResponseError): """The object or part is larger than allowed."""
class EntityTooSmall(KnownResponseError): """The object or part is smaller than allowed."""
class ExpiredToken(KnownResponseError): """The session token has expired."""
class IllegalVersioningConfigurationException(KnownResponseError): """The versioning configuration is not allowed."""
class IncompleteBody(KnownResponseError): """Fewer bytes arrived than Content-Length announced."""
class IncorrectNumberOfFilesInPostRequest(KnownResponseError): """A POST form must hold exactly one file."""
class InlineDataTooLarge(KnownResponseError): """The inline data exceeds the limit."""
class InternalError(KnownResponseError): """The server failed; the request may be sent again."""
class InvalidAccessKeyId(KnownResponseError): """The access key does not exist."""
class InvalidAddressingHeader(KnownResponseError): """The request must name the anonymous role."""
class InvalidArgument(KnownResponseError): """The server refused an argument."""
class InvalidBucketName(KnownResponseError): """The server refused the bucket's name."""
class InvalidBucketState(KnownResponseError): """The bucket's state does not allow this."""
class InvalidDigest(KnownResponseError): """The Content-MD5 is not a valid digest."""
class InvalidEncryptionAlgorithmError(KnownResponseError): """The encryption algorithm is not supported."""
class InvalidLocationConstraint(KnownResponseError): """The region is not one of this server's."""
class InvalidObjectState(KnownResponseError): """The object's storage class does not allow this."""
class InvalidPart(KnownResponseError): """A part named at completion is missing or has another ETag."""
class InvalidPartOrder(KnownResponseError): """The parts were not named in ascending order."""
class InvalidPayer(KnownResponseError): """The payer is not allowed."""
class InvalidPolicyDocument(KnownResponseError): """The form's policy is not valid."""
class InvalidRange(KnownResponseError): """The range lies outside the object."""
class InvalidRequest(KnownResponseError): """The request is not valid."""
class InvalidSOAPRequest(KnownResponseError): """The SOAP body is not valid."""
class InvalidSecurity(KnownResponseError): """The security credentials are not valid."""
class InvalidStorageClass(KnownResponseError): """The storage class is not known."""
class InvalidTargetBucketForLogging(KnownResponseError): """The bucket for the log cannot be used."""
class InvalidToken(KnownResponseError): """The session token is malformed."""
class InvalidURI(KnownResponseError): """The URI could not be read."""
class KeyTooLong(KnownResponseError): """The object's name is too long."""
class MalformedACLError(KnownResponseError): """The ACL is not valid XML or breaks its schema."""
class MalformedPOSTRequest(KnownResponseError): """The form is not well-formed multipart/form-data."""
class MalformedXML(KnownResponseError): """The XML sent is not valid."""
class MaxMessageLengthExceeded(KnownResponseError): """The request is too large."""
class MaxPostPreDataLengthExceededError(KnownResponseError): """The form's fields before the file are too large."""
class MetadataTooLarge(KnownResponseError): """The metadata headers exceed the limit."""
class MethodNotAllowed(KnownResponseError): """The method is not allowed on this resource."""
class MissingAttachment(KnownResponseError): """A SOAP attachment was expected."""
class MissingContentLength(KnownResponseError): """A Content-Length is required."""
class MissingRequestBodyError(KnownResponseError): """The request needs a body."""
class MissingSecurityElement(KnownResponseError): """The SOAP request lacks its security element."""
class MissingSecurityHeader(KnownResponseError): """A required header is missing."""
class NoLoggingStatusForKey(KnownResponseError): """A key has no logging status."""
class NoSuchBucket(KnownResponseError): """The bucket does not exist."""
class NoSuchBucketPolicy(KnownResponseError): """The bucket has no policy."""
class NoSuchKey(KnownResponseError): """The object does not exist."""
class NoSuchLifecycleConfiguration(KnownResponseError): """The bucket has no lifecycle configuration."""
class NoSuchUpload(KnownResponseError): """The multipart upload does not exist; it was completed or aborted."""
class NoSuchVersion(KnownResponseError): """The version does not exist."""
class NotModified(KnownResponseError):
    """The object was not modified: If-None-Match or If-Modified-Since is not satisfied (status 304)."""
class NotSignedUp(KnownResponseError): """The account is not signed up for the service."""
class OperationAborted(KnownResponseError): """A conflicting operation is under way."""
class PermanentRedirect(KnownResponseError): """The bucket lives at another endpoint."""
class PreconditionFailed(KnownResponseError): """A condition of the request did not hold."""
class Redirect(KnownResponseError): """The request must go to another endpoint for now."""
class RequestIsNotMultiPartContent(KnownResponseError): """A form must be sent as multipart/form-data."""
class RequestTimeTooSkewed(KnownResponseError): """The client's clock and the server's are too far apart."""
class RequestTimeout(KnownResponseError): """The body did not arrive in time."""
class RequestTorrentOfBucketError(KnownResponseError): """A bucket has no torrent."""
class RestoreAlreadyInProgress(KnownResponseError): """The object is being restored already."""
class ServiceUnavailable(KnownResponseError): """The server is busy; try again."""
class SignatureDoesNotMatch(KnownResponseError):
    """The signature is wrong. Check the secret key, and whether a proxy rewrites requests."""
class SlowDown(KnownResponseError): """Too many requests; try again more slowly."""
class TemporaryRedirect(KnownResponseError): """The bucket's new address is still being published."""
class TokenRefreshRequired(KnownResponseError): """The session token must be refreshed."""
class TooManyBuckets(KnownResponseError): """The account holds as many buckets as it may."""
class UnexpectedContent(KnownResponseError): """The request does not take a body."""
class UnresolvableGrantByEmailAddress(KnownResponseError): """No account has that e-mail address."""
class UserKeyMustBeSpecified(KnownResponseError): """The form must hold the field ``key``."""
class APINotImplemented(KnownResponseError): """The server does not implement this (S3 code ``NotImplemented``)."""
# fmt: on

known_errors: dict[str, type[KnownResponseError]] = {
    cls.__name__: cls for cls in KnownResponseError.__subclasses__() if cls is not APINotImplemented
} | {"NotImplemented": APINotImplemented}
"""The class that is raised for each S3 error code."""


def __getattr__(name: str) -> object:
    if name == "MultiDeleteError":  # documented here, and defined with similar values
        from .deleteobjects import MultiDeleteError

        return MultiDeleteError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
