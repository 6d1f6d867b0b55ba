"""Errors that every layer may raise: invalid arguments, and requests without a usable response.

The public module is `minio.error`, which documents the whole hierarchy. Tracebacks and pickles show its name.
"""

from __future__ import annotations

import sys
from typing import Any

from .printable import printable_lines
from .public import publish


def reason_of(error: Exception) -> str:
    """Return what the system says about a path, without the path: messages name the one that was given."""
    return getattr(error, "strerror", None) or str(error)


class MinioException(Exception):
    """The base class of all errors that this library raises deliberately."""

    def __init__(self, message: object = "", *args: object) -> None:
        super().__init__(message, *args)
        self.message: Any = message

    def __str__(self) -> str:
        return printable_lines(super().__str__())

    def add_note(self, note: str, /) -> None:
        """Add a note that tracebacks show with the error."""
        super().add_note(printable_lines(note))

    def __reduce__(self) -> tuple[Any, ...]:
        # The attributes are restored afterwards: among them may be errors whose context is this one.
        return _rebuild, (type(self), self.args), self.__dict__


def _rebuild(cls: type[MinioException], args: tuple[Any, ...]) -> MinioException:
    # With several built-in bases, the __new__ that Python picks may refuse to create the class.
    _derive_from_urllib3()
    make: Any = OSError.__new__ if issubclass(cls, OSError) else cls.__new__
    error: MinioException = make(cls, *args)
    error.args = args
    return error


MinioError = MinioException


class InvalidArgumentError(MinioException, ValueError):
    """An argument is invalid. No request was sent."""


ArgumentError = InvalidArgumentError


class InvalidArgumentTypeError(InvalidArgumentError, TypeError):
    """An argument has the wrong type. No request was sent."""


class InvalidEndpointError(InvalidArgumentError):
    """The endpoint is not of the form `host` or `host:port`."""


class InvalidBucketError(InvalidArgumentError):
    """The bucket name breaks S3's rules."""


class InvalidPathError(InvalidArgumentError, OSError):
    """A local path cannot be read from or written to."""

    # OSError.__new__ treats two arguments as (errno, strerror), and its str() shows only those.
    def __str__(self) -> str:
        return printable_lines(str(self.message))


class MissingFileError(InvalidPathError, FileNotFoundError):
    """The local file to read does not exist."""


class InvalidSizeError(InvalidArgumentError, OSError):
    """A size is out of bounds, or a stream ended before the announced length."""

    def __str__(self) -> str:
        return printable_lines(str(self.message))


class UnsafeDeleteError(MinioException, ValueError):
    """Names would be removed that should probably stay: the source is empty or absent, or the target is not a place
    for it. Nothing was removed."""


class InvalidXMLError(MinioException):
    """A document is not the expected S3 XML."""


class DecryptionError(MinioException, ValueError):
    """Encrypted data is truncated, damaged, not encrypted as expected, or encrypted with another key."""


class TransportError(MinioException):
    """No usable response was received: the connection failed, was lost or timed out.

    Args:
        message: What happened.
        host: The host and port of the last attempt.
        cause: The underlying error, also chained as ``__cause__``.
        tries: The number of attempts to send the request.
        safe: The request certainly did not reach the server. Stored as `unsent`.

    `final` is true if retrying cannot help, for example because the server's certificate is not trusted.

    In a program that has imported urllib3, this class also derives from `urllib3.exceptions.MaxRetryError`, which
    earlier releases raised. It has the attributes `reason`, `pool` and `url` of that class.
    """

    url: str = ""
    """The path of the request, without its query, or '' if unknown."""

    def __init__(
        self, message: str, host: str = "", cause: BaseException | None = None, tries: int = 1, safe: bool = False
    ) -> None:
        # Not super().__init__: that may be urllib3's, which takes other arguments.
        self.args = (message,)
        self.message = message
        _derive_from_urllib3()
        self.host = host
        self.cause = cause
        self.tries = tries
        self.unsent = safe
        self.final = False

    @property
    def reason(self) -> BaseException | None:
        """The error of the last attempt, or None. urllib3's name for `cause`."""
        inner = getattr(self.cause, "reason", None)
        return inner if isinstance(inner, BaseException) else self.cause

    @property
    def pool(self) -> Any:
        """The connection pool of an `http_client`, or None."""
        return getattr(self.cause, "pool", None)

    def __str__(self) -> str:
        text = str(self.message)
        if self.host:
            text += f" (host {self.host}, {self.tries} {'try' if self.tries == 1 else 'tries'})"
        return printable_lines(text)

    def __reduce__(self) -> tuple[Any, ...]:
        state = dict(self.__dict__)
        state["cause"] = None if self.cause is None else _portable(self.cause)
        return _rebuild, (type(self), self.args), state


def _derive_from_urllib3() -> None:
    """Make TransportError a urllib3 error as well, once the program has imported urllib3.

    Code written for earlier releases catches `urllib3.exceptions.HTTPError` or MaxRetryError. Importing urllib3 for
    this would cost more than all of `import minio`, and a program cannot catch its errors without importing it.
    """
    base = getattr(sys.modules.get("urllib3.exceptions"), "MaxRetryError", None)
    if isinstance(base, type) and issubclass(base, Exception) and base not in TransportError.__mro__:
        TransportError.__bases__ = (MinioException, base)


def _portable(cause: BaseException) -> BaseException:
    """Return a cause that can be pickled. Many socket exceptions hold pools and locks, which cannot."""
    if isinstance(cause, OSError) and type(cause).__module__ in ("builtins", "socket"):
        return cause
    return RuntimeError(f"{type(cause).__name__}: {cause}")


class DeadlineExceeded(TransportError, TimeoutError):
    """The call did not finish within the caller's deadline. The server may or may not have carried out the request."""

    def __init__(
        self, message: str, host: str = "", cause: BaseException | None = None, tries: int = 1, safe: bool = False
    ) -> None:
        super().__init__(message, host, cause, tries, safe)
        self.final = True


class ClosedError(MinioException, RuntimeError):
    """The client is closed. A closed client sends no more requests."""


class PartialFailure(MinioException):
    """A call on many files or objects ended, and some of them failed. The others are done.

    Attributes:
        summary: The `minio.directories.Summary`, with the first 1,000 failures.
    """

    def __init__(self, summary: Any) -> None:
        first = summary.failures[0] if summary.failures else None
        example = f"; the first: {first.target or first.source}: {first.error}" if first is not None else ""
        ended = f", {summary.cancelled} were not tried" if summary.cancelled else ""
        super().__init__(f"{summary.failed} of {_tried(summary)} failed{ended}{example}")
        self.summary = summary


def _tried(summary: Any) -> int:
    return int(summary.done + summary.skipped + summary.deleted + summary.failed + summary.cancelled)


publish("minio.error", vars())
