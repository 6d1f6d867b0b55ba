"""The errors of a file system for those of the client. The error of the client is the cause of each.

    FileNotFoundError   the object, version or bucket does not exist (404)
    PermissionError     the credentials are wrong, or do not allow the call (401, 403; 405 for a delete marker)
    FileExistsError     a bucket exists, or an object that must not be replaced
    TimeoutError        the deadline has passed
    ConnectionError     the server cannot be reached, or the connection was lost
    OSError             anything else: ENOTEMPTY for a bucket with objects, ESTALE for an object that was replaced while
                        it was being read, EBUSY for a busy server, EIO for the rest

Errors in arguments stay as they are: they are ValueError or TypeError already.
"""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..error import (
    BucketAlreadyExists,
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    DeadlineExceeded,
    InvalidArgumentError,
    InvalidBucketError,
    InvalidBucketName,
    MinioException,
    PreconditionFailed,
    ResponseError,
    S3Error,
    TransportError,
)

if TYPE_CHECKING:
    from ..deleteobjects import DeleteError

F = TypeVar("F", bound=Callable[..., Any])

_BY_CLASS: tuple[tuple[type[MinioException], int], ...] = (
    (InvalidBucketError, errno.ENOENT),
    (InvalidBucketName, errno.ENOENT),
    (BucketAlreadyOwnedByYou, errno.EEXIST),
    (BucketAlreadyExists, errno.EEXIST),
    (BucketNotEmpty, errno.ENOTEMPTY),
    (PreconditionFailed, errno.ESTALE),
    (DeadlineExceeded, errno.ETIMEDOUT),
    (TransportError, errno.ECONNABORTED),
)
_BY_STATUS = {
    401: errno.EACCES,
    403: errno.EACCES,
    404: errno.ENOENT,
    405: errno.EPERM,
    409: errno.EBUSY,
    429: errno.EBUSY,
    503: errno.EBUSY,
}


def os_error(error: MinioException, path: str = "") -> OSError | MinioException:
    """Return the error of a file system for an error of the client."""
    if isinstance(error, OSError) or (
        isinstance(error, InvalidArgumentError) and not isinstance(error, InvalidBucketError)
    ):
        return error
    number = next((number for cls, number in _BY_CLASS if isinstance(error, cls)), None)
    if number is None:
        number = _BY_STATUS.get(error.status, errno.EIO) if isinstance(error, ResponseError) else errno.EIO
    # OSError chooses the subclass for the number.
    return OSError(number, f"{os.strerror(number)} ({_reason(error)})", path)


def removal_error(bucket: str, errors: Sequence[DeleteError]) -> OSError:
    """Return the error for objects that a multi-delete did not remove."""
    first = errors[0]
    number = errno.EACCES if first.code == "AccessDenied" else errno.EIO
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return OSError(number, f"{os.strerror(number)} ({first.code}: {first.message}{more})", f"{bucket}/{first.name}")


def _reason(error: MinioException) -> str:
    if isinstance(error, S3Error):
        return f"{error.code}: {error.message}" if error.message else f"{error.code}"
    return str(error)


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise the errors of a file system in place of those of the client."""
    try:
        yield
    except MinioException as error:
        found = os_error(error, path)
        if found is error:
            raise
        raise found from error


def translates(function: F) -> F:
    """Let a coroutine function, or an async generator function, raise the errors of a file system."""
    import inspect

    if inspect.isasyncgenfunction(function):

        @wraps(function)
        async def iterate(self: Any, path: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with translated(_shown(path)):
                async for item in function(self, path, *args, **kwargs):
                    yield item

        return cast(F, iterate)

    @wraps(function)
    async def call(self: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        with translated(_shown(path)):
            return await cast("Awaitable[Any]", function(self, path, *args, **kwargs))

    return cast(F, call)


def _shown(path: Any) -> str:
    return path if isinstance(path, str) else str(path)
