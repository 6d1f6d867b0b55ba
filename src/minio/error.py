"""Everything this library raises on purpose.

* MinioException (= MinioError)      catches all of it
  - InvalidArgumentError             an argument is wrong; nothing was sent         also a ValueError
    + InvalidEndpointError           ... the endpoint
    + InvalidBucketError             ... the bucket's name
    + InvalidArgumentTypeError       ... its type                                   also a TypeError
    + InvalidPathError               ... a local path that cannot be used           also an OSError
      . MissingFileError             ... there is no such file                      also a FileNotFoundError
    + InvalidSizeError               ... a size is out of bounds, or a stream ended early   also an OSError
  - InvalidXMLError                  what should have been XML is not
  - TransportError                   no usable answer came: connection, time-out, TLS
  - ClosedError                      the client was closed                          also a RuntimeError
  - ResponseError                    the server answered, and the answer is an error
    + S3Error                        ... in S3's own terms, with a code
      . KnownResponseError           ... with a code that has a class of its own
        NoSuchKey, NoSuchBucket, AccessDenied, ... (77 codes)
    + ServerError                    ... a 5xx without an S3 error
    + InvalidResponseError           ... not in S3's terms: a proxy's page, say     also an InvalidXMLError
  - MinioAdminException              an answer of the admin API

All of them pickle. None of them holds a secret. Their texts may be shown on a terminal, whatever a server has said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from ._core.wire.printable import printable, printable_lines


class ErrorResponse(Protocol):
    """What an error needs of the answer that it tells of: status, headers and body."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def data(self) -> bytes: ...


class MinioException(Exception):
    """The root of every error that this library raises on purpose."""

    def __init__(self, message: object = "", *args: object) -> None:
        super().__init__(message, *args)
        self.message: Any = message

    def __str__(self) -> str:
        return printable_lines(super().__str__())

    def add_note(self, note: str, /) -> None:
        """Add a line to what a traceback shows of the error."""
        super().add_note(printable_lines(note))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[MinioException], args: tuple[Any, ...], state: dict[str, Any]) -> MinioException:
    # Among several builtin bases Python's own rule finds one that refuses to make the others.
    make: Any = OSError.__new__ if issubclass(cls, OSError) else cls.__new__
    error: MinioException = make(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


MinioError = MinioException


class InvalidArgumentError(MinioException, ValueError):
    """An argument is wrong. Nothing was sent."""


ArgumentError = InvalidArgumentError


class InvalidArgumentTypeError(InvalidArgumentError, TypeError):
    """An argument is of the wrong type. Nothing was sent."""


class InvalidEndpointError(InvalidArgumentError):
    """The endpoint is not a host, or a host and a port."""


class InvalidBucketError(InvalidArgumentError):
    """The bucket's name breaks S3's rules."""


class InvalidPathError(InvalidArgumentError, OSError):
    """A local path cannot be read from or written to."""

    # OSError.__new__ reads (errno, strerror) out of two arguments, and its str() shows only those.
    def __str__(self) -> str:
        return printable_lines(str(self.message))


class MissingFileError(InvalidPathError, FileNotFoundError):
    """A local file to be read does not exist."""


class InvalidSizeError(InvalidArgumentError, OSError):
    """A size is out of bounds, or a stream held fewer bytes than were announced."""

    def __str__(self) -> str:
        return printable_lines(str(self.message))


class InvalidXMLError(MinioException):
    """What should have been S3's XML is not."""


class TransportError(MinioException):
    """No usable answer came: the connection failed, broke or took too long.

    Args:
        message: What happened.
        host: The host and port that were tried.
        cause: The fault below, also chained as ``__cause__``.
        tries: How often the request was sent, or tried to be.
        safe: The request surely did not reach the server; kept as `unsent`.

    `final` tells that trying again is of no use: the server's certificate is not trusted, say.
    """

    def __init__(
        self, message: str, host: str = "", cause: BaseException | None = None, tries: int = 1, safe: bool = False
    ) -> None:
        super().__init__(message)
        self.host = host
        self.cause = cause
        self.tries = tries
        self.unsent = safe
        self.final = False

    def __str__(self) -> str:
        text = str(self.message)
        if self.host:
            text += f" (host {self.host}, {self.tries} {'try' if self.tries == 1 else 'tries'})"
        return printable_lines(text)

    def __reduce__(self) -> tuple[Any, ...]:
        state = dict(self.__dict__)
        state["cause"] = None if self.cause is None else _portable(self.cause)
        return _rebuild, (type(self), self.args, state)


def _portable(cause: BaseException) -> BaseException:
    """A cause that surely pickles: many of the sockets' own exceptions hold pools and locks."""
    if isinstance(cause, OSError) and type(cause).__module__ == "builtins":
        return cause
    return RuntimeError(f"{type(cause).__name__}: {cause}")


class DeadlineExceeded(TransportError, TimeoutError):
    """The call did not end within the deadline that the caller had set. Whether the server did its part is unknown."""

    def __init__(
        self, message: str, host: str = "", cause: BaseException | None = None, tries: int = 1, safe: bool = False
    ) -> None:
        super().__init__(message, host, cause, tries, safe)
        self.final = True


class ClosedError(MinioException, RuntimeError):
    """The client was closed; a closed client makes no more calls."""


class ResponseError(MinioException):
    """The server answered, and the answer is an error.

    Args:
        response: The answer.
        method: The HTTP method of the request.
        bucket_name: The bucket that the request named.
        object_name: The object that the request named.
    """

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
            from ._core.wire.errors import error_fields

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
        self.region: str | None = None if response is None else _region_of(response)

    @property
    def _response(self) -> ErrorResponse | None:
        return self.response

    @property
    def _xml(self) -> Any:
        """The answer's XML as an element; None when it has none. Code of the documented era looks there."""
        from ._core.wire.xml import parse

        try:
            return parse(self.response.data) if self.response is not None else None
        except InvalidXMLError:
            return None

    @property
    def status(self) -> int:
        """The HTTP status of the answer, 0 when there is no answer at hand."""
        return self.response.status if self.response is not None else 0

    def get_exception(self) -> ResponseError:
        """The error as the class of its code, or this error when its code has none."""
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
        error.method, error.region = self.method, self.region
        return error

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self._details()}"

    def _details(self) -> str:
        names = ("code", "message", "resource", "request_id", "host_id", "bucket_name", "object_name", "region")
        always = names[:2]
        shown = ((name, getattr(self, name)) for name in names)
        return ", ".join(f"{name}: {printable(str(value))}" for name, value in shown if value or name in always)


def _region_of(response: ErrorResponse) -> str | None:
    from ._core.wire.endpoint import told_region

    return told_region(response.headers.get("x-amz-bucket-region"))


class S3Error(ResponseError):
    """The server answered with an error in S3's own terms.

    Args:
        response: The answer.
        code: S3's error code, such as ``NoSuchKey``.
        message: S3's text.
        resource: What S3 says that the error is about.
        request_id: S3's number of the request.
        host_id: S3's name of the host.
        bucket_name: The bucket that the request named.
        object_name: The object that the request named.
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
        """The error itself: code of the documented era asks for the details here."""
        return self

    def copy(self, code: str, message: str | None) -> S3Error:
        """The same error with another code and message."""
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
        error.method, error.region = self.method, self.region
        return error

    @classmethod
    def fromxml(cls, response: ErrorResponse) -> S3Error:
        """Read the error out of an answer's XML."""
        from ._core.wire.errors import read_error

        return read_error(response)


class ServerError(ResponseError):
    """The server failed without saying how in S3's terms."""

    def __init__(self, message: str, status_code: int) -> None:
        MinioException.__init__(self, message, status_code)
        self._set(None, None, message, None, None)
        self._status_code = status_code

    @property
    def status_code(self) -> int:
        """The HTTP status of the answer."""
        return self._status_code

    @property
    def status(self) -> int:
        return self._status_code

    def __str__(self) -> str:
        return printable(str(self.message))


class InvalidResponseError(ResponseError, InvalidXMLError):
    """The answer is not S3's: a proxy's page, a console's port, an empty body.

    Args:
        code: The HTTP status.
        content_type: The answer's content type.
        body: The answer's text; its first line is shown.
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
        """The answer's content type."""
        return self._content_type

    @property
    def body(self) -> str | None:
        """The answer's text, as far as it was kept."""
        return self._body

    def __str__(self) -> str:
        where = f" from {self.host_id}" if self.host_id else ""
        return printable(
            f"not an S3 answer{where}: HTTP status {self._status}, "
            f"content type {self._content_type!r}, {self.message}. "
            "Does the endpoint name the S3 port, and no proxy or console?"
        )


class MinioAdminException(MinioException):
    """An answer of the admin API that is an error."""

    def __init__(self, code: str, body: str) -> None:
        super().__init__(code, body)
        self._code, self._body = code, body

    def __str__(self) -> str:
        return printable_lines(f"admin request failed; Status: {self._code}, Body: {self._body}")


class KnownResponseError(S3Error):
    """An S3 error whose code has a class of its own."""


class AccessDenied(KnownResponseError):
    """The credentials do not allow this."""


class AccountProblem(KnownResponseError):
    """Something is wrong with the account; ask the provider."""


class AmbiguousGrantByEmailAddress(KnownResponseError):
    """The e-mail address belongs to more than one account."""


class BadDigest(KnownResponseError):
    """The body that arrived does not match its Content-MD5 or checksum."""


class BucketAlreadyExists(KnownResponseError):
    """The bucket's name is taken by another owner."""


class BucketAlreadyOwnedByYou(KnownResponseError):
    """The bucket exists already, and is yours."""


class BucketNotEmpty(KnownResponseError):
    """The bucket still holds objects or versions."""


class CredentialNotSupported(KnownResponseError):
    """The request does not take credentials."""


class CrossLocationLoggingProhibited(KnownResponseError):
    """A bucket cannot log into another region."""


class EntityTooLarge(KnownResponseError):
    """The object or part is larger than allowed."""


class EntityTooSmall(KnownResponseError):
    """The object or part is smaller than allowed."""


class ExpiredToken(KnownResponseError):
    """The session token has expired."""


class IllegalVersioningConfigurationException(KnownResponseError):
    """The versioning configuration is not allowed."""


class IncompleteBody(KnownResponseError):
    """Fewer bytes arrived than Content-Length announced."""


class IncorrectNumberOfFilesInPostRequest(KnownResponseError):
    """A POST form must hold exactly one file."""


class InlineDataTooLarge(KnownResponseError):
    """The inline data exceeds the limit."""


class InternalError(KnownResponseError):
    """The server failed; the request may be sent again."""


class InvalidAccessKeyId(KnownResponseError):
    """The access key does not exist."""


class InvalidAddressingHeader(KnownResponseError):
    """The request must name the anonymous role."""


class InvalidArgument(KnownResponseError):
    """The server refused an argument."""


class InvalidBucketName(KnownResponseError):
    """The server refused the bucket's name."""


class InvalidBucketState(KnownResponseError):
    """The bucket's state does not allow this."""


class InvalidDigest(KnownResponseError):
    """The Content-MD5 is not a valid digest."""


class InvalidEncryptionAlgorithmError(KnownResponseError):
    """The encryption algorithm is not supported."""


class InvalidLocationConstraint(KnownResponseError):
    """The region is not one of this server's."""


class InvalidObjectState(KnownResponseError):
    """The object's storage class does not allow this."""


class InvalidPart(KnownResponseError):
    """A part named at completion is missing or has another ETag."""


class InvalidPartOrder(KnownResponseError):
    """The parts were not named in ascending order."""


class InvalidPayer(KnownResponseError):
    """The payer is not allowed."""


class InvalidPolicyDocument(KnownResponseError):
    """The form's policy is not valid."""


class InvalidRange(KnownResponseError):
    """The range lies outside the object."""


class InvalidRequest(KnownResponseError):
    """The request is not valid."""


class InvalidSOAPRequest(KnownResponseError):
    """The SOAP body is not valid."""


class InvalidSecurity(KnownResponseError):
    """The security credentials are not valid."""


class InvalidStorageClass(KnownResponseError):
    """The storage class is not known."""


class InvalidTargetBucketForLogging(KnownResponseError):
    """The bucket for the log cannot be used."""


class InvalidToken(KnownResponseError):
    """The session token is malformed."""


class InvalidURI(KnownResponseError):
    """The URI could not be read."""


class KeyTooLong(KnownResponseError):
    """The object's name is too long."""


class MalformedACLError(KnownResponseError):
    """The ACL is not valid XML or breaks its schema."""


class MalformedPOSTRequest(KnownResponseError):
    """The form is not well-formed multipart/form-data."""


class MalformedXML(KnownResponseError):
    """The XML sent is not valid."""


class MaxMessageLengthExceeded(KnownResponseError):
    """The request is too large."""


class MaxPostPreDataLengthExceededError(KnownResponseError):
    """The form's fields before the file are too large."""


class MetadataTooLarge(KnownResponseError):
    """The metadata headers exceed the limit."""


class MethodNotAllowed(KnownResponseError):
    """The method is not allowed on this resource."""


class MissingAttachment(KnownResponseError):
    """A SOAP attachment was expected."""


class MissingContentLength(KnownResponseError):
    """A Content-Length is required."""


class MissingRequestBodyError(KnownResponseError):
    """The request needs a body."""


class MissingSecurityElement(KnownResponseError):
    """The SOAP request lacks its security element."""


class MissingSecurityHeader(KnownResponseError):
    """A required header is missing."""


class NoLoggingStatusForKey(KnownResponseError):
    """A key has no logging status."""


class NoSuchBucket(KnownResponseError):
    """The bucket does not exist."""


class NoSuchBucketPolicy(KnownResponseError):
    """The bucket has no policy."""


class NoSuchKey(KnownResponseError):
    """The object does not exist."""


class NoSuchLifecycleConfiguration(KnownResponseError):
    """The bucket has no lifecycle configuration."""


class NoSuchUpload(KnownResponseError):
    """The multipart upload does not exist; it was completed or aborted."""


class NoSuchVersion(KnownResponseError):
    """The version does not exist."""


class NotSignedUp(KnownResponseError):
    """The account is not signed up for the service."""


class OperationAborted(KnownResponseError):
    """A conflicting operation is under way."""


class PermanentRedirect(KnownResponseError):
    """The bucket lives at another endpoint."""


class PreconditionFailed(KnownResponseError):
    """A condition of the request did not hold."""


class Redirect(KnownResponseError):
    """The request must go to another endpoint for now."""


class RequestIsNotMultiPartContent(KnownResponseError):
    """A form must be sent as multipart/form-data."""


class RequestTimeTooSkewed(KnownResponseError):
    """The client's clock and the server's are too far apart."""


class RequestTimeout(KnownResponseError):
    """The body did not arrive in time."""


class RequestTorrentOfBucketError(KnownResponseError):
    """A bucket has no torrent."""


class RestoreAlreadyInProgress(KnownResponseError):
    """The object is being restored already."""


class ServiceUnavailable(KnownResponseError):
    """The server is busy; try again."""


class SignatureDoesNotMatch(KnownResponseError):
    """The signature is wrong: check the secret key, or a proxy that rewrites requests."""


class SlowDown(KnownResponseError):
    """Too many requests; try again more slowly."""


class TemporaryRedirect(KnownResponseError):
    """The bucket's new address is still being published."""


class TokenRefreshRequired(KnownResponseError):
    """The session token must be refreshed."""


class TooManyBuckets(KnownResponseError):
    """The account holds as many buckets as it may."""


class UnexpectedContent(KnownResponseError):
    """The request does not take a body."""


class UnresolvableGrantByEmailAddress(KnownResponseError):
    """No account has that e-mail address."""


class UserKeyMustBeSpecified(KnownResponseError):
    """The form must hold the field ``key``."""


class APINotImplemented(KnownResponseError):
    """The server does not implement this (S3 code ``NotImplemented``)."""


known_errors: dict[str, type[KnownResponseError]] = {
    cls.__name__: cls for cls in KnownResponseError.__subclasses__() if cls is not APINotImplemented
} | {"NotImplemented": APINotImplemented}
"""S3 error code -> the class that is raised for it."""


def __getattr__(name: str) -> object:
    # The documented era has this value here; it lives with its like.
    if name == "MultiDeleteError":
        from .deleteobjects import MultiDeleteError

        return MultiDeleteError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
