"""What ends a command: its exit status, and one line on standard error.

| exit | when |
|---|---|
| 0 | everything is done; what options leave alone is included |
| 1 | some items failed, or `diff` found differences |
| 2 | usage or configuration, or refused as unsafe: nothing was changed |
| 3 | the single cause: not found |
| 4 | ... denied, or no credentials |
| 5 | ... unreachable or timed out, which is worth another try |
| 130, 143, 141 | Ctrl-C, SIGTERM, a closed pipe |
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

DONE, SOME_FAILED, USAGE, NOT_FOUND, DENIED, UNREACHABLE = range(6)
INTERRUPTED, CLOSED_PIPE, TERMINATED = 130, 141, 143


class CommandProblem(Exception):
    """An error of the command line itself.

    Args:
        message: What is wrong.
        hint: What to try.
    """

    exit_status = SOME_FAILED
    code = ""
    """The code of S3, if a server has refused something."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageProblem(CommandProblem):
    """The arguments or the configuration are wrong, or the command is refused. Nothing was changed."""

    exit_status = USAGE
    command = ""
    """The command, if it is found before there is an `Output`."""


class BadSource(UsageProblem):
    """One source cannot go where it should, for its name. If there are others, they are not refused."""


class NotFound(CommandProblem):
    """What was named does not exist."""

    exit_status = NOT_FOUND


class NoCredentials(CommandProblem):
    """There are no credentials for a server."""

    exit_status = DENIED


class Failed(CommandProblem):
    """The command failed for another reason."""


class DeleteRefused(CommandProblem):
    """The server has refused to remove one of several objects.

    Args:
        code: The code of S3.
        message: What the server says.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message.rstrip("."), _HINTS.get(code, ""))
        self.code = code
        self.exit_status = _status_of_code(code)


class OutputClosed(Exception):
    """The reader of standard output has gone."""


class OutputFailed(CommandProblem):
    """Standard output cannot be written, for example because a disk is full."""


def advice(hint: str) -> str:
    """Return a hint as the end of a message: what can be typed is quoted, a sentence is not."""
    if not hint:
        return ""
    typed = hint.startswith(("mio ", "s3://", "https://", "./", "-", "aws ", "pip ", "mkdir "))
    if typed:
        return f"; try: {hint}" if "'" in hint and "' or '" not in hint else f"; try '{hint}'"
    return f"; {hint}"


@dataclass(frozen=True, slots=True)
class Explained:
    """An error as it is shown.

    Args:
        exit_status: The exit status, if this is the single cause.
        code: The code of S3, or the kind of the error.
        message: One line.
        hint: What to try, or "".
        http_status: The status of the response, or 0.
        request_id: The id of the request, or "".
        retryable: Whether the same command may succeed later.
    """

    exit_status: int
    code: str
    message: str
    hint: str = ""
    http_status: int = 0
    request_id: str = ""
    retryable: bool = False

    @property
    def text(self) -> str:
        """The error on one line, without the hint."""
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.code}: {self.message}{request}" if self.code else f"{self.message}{request}"

    def record(self) -> dict[str, Any]:
        """The error in a JSON record."""
        return {
            "code": self.code,
            "status": self.http_status,
            "message": self.message,
            "request_id": self.request_id,
            "retryable": self.retryable,
        }


def explain(error: BaseException) -> Explained:
    """Return how to show an error. What is unsafe on a terminal is escaped: names, and what servers say."""
    if isinstance(error, CommandProblem):
        from minio._core.printable import printable

        return Explained(error.exit_status, error.code, printable(str(error)), error.hint)
    if isinstance(error, OSError) and not _is_of_library(error):
        return _explain_os(error)
    from minio import error as errors

    if isinstance(error, errors.ResponseError):
        return _explain_response(error)
    if isinstance(error, errors.TransportError):
        return Explained(UNREACHABLE, "", in_flags(str(error)), "mio ping", retryable=not error.final)
    if isinstance(error, errors.MissingFileError):
        return Explained(NOT_FOUND, "", in_flags(str(error)))
    if isinstance(error, (errors.InvalidPathError, errors.InvalidSizeError)):
        return Explained(SOME_FAILED, "", in_flags(str(error)))  # of one file, whatever becomes of others
    if isinstance(error, (errors.InvalidArgumentError, errors.UnsafeDeleteError)):
        return Explained(USAGE, "", in_flags(str(error)))
    if isinstance(error, errors.MinioException):
        return Explained(SOME_FAILED, "", in_flags(str(error)))
    return _explain_bug(error)


def _is_of_library(error: OSError) -> bool:
    return type(error).__module__.startswith("minio.")


def _explain_os(error: OSError) -> Explained:
    name = f"{error.filename}: " if error.filename else ""
    status = NOT_FOUND if isinstance(error, FileNotFoundError) else SOME_FAILED
    hint = "free some space, and run the same command again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    return Explained(status, "", in_flags(f"{name}{error.strerror or error}"), hint)


_FLAGS = {
    "allow_empty_source=True": "--allow-empty-source",
    "bucket_name": "the bucket name",
    "file_path": "the file",
    "object_name": "the key",
    "make the client with secure=False": "write http:// in front of the host",
    "bad_names": "--bad-names",
    "ca_certs": "--ca-bundle",
    "case_conflict": "--case-conflict",
    "concurrency": "--concurrency",
    "delete=True": "--delete",
    "delete_excluded=True": "--delete-excluded",
    "max_delete": "--max-delete",
    "part_size": "--part-size",
    "jobs": "--jobs",
}
"""Words of the library, and what they are called here."""
_BYTE = r"(?<!\\)\\udc([89a-f][0-9a-f])"
"""A byte of a name that is not UTF-8, as Python quotes it. `printable` shows it otherwise."""


def in_flags(message: str) -> str:
    """Return a message of the library as the command line says it: with flags, and with bytes as names have them."""
    import re

    names = "|".join(map(re.escape, _FLAGS))
    message = re.sub(rf"(?<![\w-])({names})(?![\w-])", lambda found: _FLAGS[found[1]], message)
    return re.sub(_BYTE, lambda found: f"\\{int(found[1], 16):03o}", message)


_DENIED_CODES = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "XMinioAdminInvalidAccessKey",
    }
)
_MISSING_CODES = frozenset({"NoSuchBucket", "NoSuchKey", "NoSuchUpload", "NoSuchVersion"})
_BUSY_CODES = frozenset({"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"})
_HINTS = {
    "BucketNotEmpty": "mio rb --force",
    "RequestTimeTooSkewed": "mio ping",
    "SignatureDoesNotMatch": "mio ping",
    "InvalidAccessKeyId": "mio ping",
    "AccessDenied": "mio ping",
}


def _explain_response(error: Any) -> Explained:
    code = str(error.code or "")
    status = error.status
    exit_status = _status_of_code(code, status)
    return Explained(
        exit_status,
        code or type(error).__name__,
        _message(error),
        _HINTS.get(code, ""),
        status,
        str(error.request_id or ""),
        exit_status == UNREACHABLE,
    )


def _status_of_code(code: str, status: int = 0) -> int:
    """Return the exit status for a code of S3 and the status of the response, if there is one."""
    if code in _DENIED_CODES or status in (401, 403):
        return DENIED
    if code in _MISSING_CODES or code.startswith("NoSuch") or status == 404:
        return NOT_FOUND
    if code in _BUSY_CODES or (status >= 500 and status not in (501, 505)) or status == 429:
        return UNREACHABLE
    return SOME_FAILED


def _message(error: Any) -> str:
    from minio._core.printable import printable

    told = str(error.message or "").strip() or _meaning(error)
    return printable(told.splitlines()[0]).rstrip(".")


def _meaning(error: Any) -> str:
    """Return what the code of an error means, for servers that send the code alone."""
    from minio.error import KnownResponseError

    meaning = type(error).__doc__ if isinstance(error, KnownResponseError) else None
    return meaning or f"HTTP status {error.status}"


def _explain_bug(error: BaseException) -> Explained:
    from minio._core.wire.redact import redact

    told = redact(str(error)).splitlines()
    return Explained(SOME_FAILED, type(error).__name__, told[0] if told else "", "use --debug, which shows more")


def status_of(error: BaseException) -> int:
    """Return the exit status of a command that an error ends."""
    return explain(error).exit_status
