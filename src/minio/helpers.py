"""Checks of names and arguments, headers from options, and the limits of S3."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult
from urllib.parse import quote as _quote

from ._core.transfer.plan import MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE, make_plan
from ._core.transfer.progress import ProgressType
from .datatypes import ObjectWriteResult
from .error import InvalidArgumentError, InvalidArgumentTypeError, InvalidBucketError, InvalidSizeError

if TYPE_CHECKING:
    from .commonconfig import Tags
    from .retention import Retention
    from .sse import Sse, SseCustomerKey

__all__ = [
    "MAX_MULTIPART_COUNT",
    "MAX_MULTIPART_OBJECT_SIZE",
    "MAX_PART_SIZE",
    "MIN_PART_SIZE",
    "DictType",
    "ObjectWriteResult",
    "ProgressType",
    "check_bucket_name",
    "check_non_empty_string",
    "check_object_name",
    "check_sse",
    "check_ssec",
    "genheaders",
    "get_part_info",
    "headers_to_strings",
    "is_valid_policy_type",
    "makedirs",
    "md5sum_hash",
    "normalize_headers",
    "queryencode",
    "quote",
    "read_part_data",
    "sha256_hash",
    "url_replace",
]

DictType = Mapping[str, "str | Sequence[str]"]


class Unset(Enum):
    """The type of `UNSET`: an argument that was not given, where None means something."""

    UNSET = "UNSET"


UNSET = Unset.UNSET

MAX_MULTIPART_COUNT = MAX_PARTS
MAX_MULTIPART_OBJECT_SIZE = MAX_OBJECT_SIZE

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,61}[A-Za-z0-9]").fullmatch
_STRICT_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]").fullmatch
_IPV4 = re.compile(r"(\d{1,3}\.){3}\d{1,3}").fullmatch
_REGION = re.compile(r"[!-.0-~]+").fullmatch
_MAX_EXPIRY = 7 * 24 * 3600
_MAX_KEY = 1024


def check_bucket_name(bucket_name: str, strict: bool = False, s3_check: bool = False) -> None:
    """Check a bucket's name.

    Args:
        bucket_name: The name.
        strict: Insist on what S3 demands of new buckets: lower-case letters, digits, dots and hyphens.
        s3_check: Insist on what AWS reserves as well.

    Raises:
        InvalidBucketError: The name breaks a rule; the message says which.
        InvalidArgumentTypeError: It is no str.
    """
    if not isinstance(bucket_name, str):
        raise InvalidArgumentTypeError(f"bucket_name must be a str, not {type(bucket_name).__name__}")
    if not (strict or s3_check) and _STRICT_BUCKET(bucket_name) and "." not in bucket_name:
        return
    fault = _bucket_fault(bucket_name, strict) or (_aws_fault(bucket_name) if strict or s3_check else None)
    if fault is None and s3_check and bucket_name.startswith("xn--"):
        fault = "must not begin with 'xn--'"
    if fault is not None:
        raise InvalidBucketError(f"bucket_name {bucket_name!r} {fault}")


def _bucket_fault(name: str, strict: bool) -> str | None:
    if not 3 <= len(name) <= 63:
        return "must have 3 to 63 characters"
    if not (_STRICT_BUCKET if strict else _BUCKET)(name):
        kinds = "lower-case letters, digits, dots and hyphens" if strict else "letters, digits, and . - _ :"
        return f"must hold only {kinds}, and begin and end with a letter or digit"
    if any(pair in name for pair in ("..", ".-", "-.")):
        return "must not hold '..', '.-' or '-.'"
    if _IPV4(name):
        return "must not be an IP address"
    return None


def _aws_fault(name: str) -> str | None:
    for suffix in ("-s3alias", "--ol-s3"):
        if name.endswith(suffix):
            return f"must not end with {suffix!r}"
    return None


def check_object_name(object_name: str) -> None:
    """Check an object's name.

    Raises:
        InvalidArgumentError: It is blank, too long, has a path segment `.` or `..`, or cannot be written in UTF-8.
        InvalidArgumentTypeError: It is no str.
    """
    if not isinstance(object_name, str):
        raise InvalidArgumentTypeError(f"object_name must be a str, not {type(object_name).__name__}")
    if not object_name.strip():
        raise InvalidArgumentError("object_name must not be empty or blank")
    if "." in object_name and not {".", ".."}.isdisjoint(object_name.split("/")):
        raise InvalidArgumentError(f"object_name {object_name!r} must not have a path segment '.' or '..'")
    if not object_name.isascii() or len(object_name) > _MAX_KEY:
        _check_encoded(object_name)


def _check_encoded(object_name: str) -> None:
    try:
        size = len(object_name.encode())
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"object_name {object_name!r} cannot be written in UTF-8: {error.reason}") from error
    if size > _MAX_KEY:
        raise InvalidArgumentError(f"object_name has {size} bytes in UTF-8, but S3 allows {_MAX_KEY}")


def check_names(bucket_name: str, object_name: str) -> None:
    """Check the names of a bucket and an object in it."""
    check_bucket_name(bucket_name)
    check_object_name(object_name)


def check_text(name: str, value: str | None) -> str:
    """Check an optional str argument; None is ''."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(f"{name} {value!r} cannot be written in UTF-8: {error.reason}") from error
    return value


def check_region(name: str, value: object) -> str | None:
    """Check the name of a region: it becomes a part of signatures, and so of headers. None for none."""
    if value is not None and not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    if value and not _REGION(value):
        raise InvalidArgumentError(f"{name} must be printable ASCII without spaces and slashes, not {value!r}")
    return value or None


def check_non_empty_string(string: str | bytes) -> None:
    """Check that a str or bytes is not blank."""
    if not isinstance(string, (str, bytes)):
        raise InvalidArgumentTypeError(f"expected a str or bytes, not {type(string).__name__}")
    if not string.strip():
        raise InvalidArgumentError("a text must not be empty or blank")


def check_expires(expires: timedelta | int) -> int:
    """Check how long a presigned URL shall hold: 1 second to 7 days; returns seconds."""
    if isinstance(expires, bool) or not isinstance(expires, (timedelta, int, float)):
        raise InvalidArgumentTypeError(f"expires must be a timedelta or seconds, not {type(expires).__name__}")
    seconds = expires.total_seconds() if isinstance(expires, timedelta) else expires
    if not 1 <= seconds <= _MAX_EXPIRY:
        raise InvalidArgumentError(f"expires must be from 1 second to 7 days, not {expires!r}")
    return int(seconds)


def check_workers(name: str, workers: int) -> None:
    """Check how many requests a transfer may have under way at a time."""
    if not isinstance(workers, int) or isinstance(workers, bool) or not 1 <= workers <= 256:
        raise InvalidArgumentError(f"{name} must be a whole number from 1 to 256, not {workers!r}")


def check_range(offset: int, length: int) -> None:
    """Check `offset` and `length` of a partial read."""
    if type(offset) is int and type(length) is int and offset >= 0 <= length:
        return
    for name, value in (("offset", offset), ("length", length)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidArgumentTypeError(f"{name} must be a whole number of bytes, not {type(value).__name__}")
        if value < 0:
            raise InvalidArgumentError(f"{name} must be at least 0, not {value}")


def check_sse(sse: Sse | None) -> None:
    """Check the argument `sse`."""
    if sse is None:
        return
    from .sse import Sse

    if not isinstance(sse, Sse):
        raise InvalidArgumentTypeError(f"sse must be an Sse, not {type(sse).__name__}")


def check_ssec(sse: SseCustomerKey | None) -> None:
    """Check the argument `ssec`."""
    if sse is None:
        return
    from .sse import SseCustomerKey

    if not isinstance(sse, SseCustomerKey):
        raise InvalidArgumentTypeError(f"ssec must be an SseCustomerKey, not {type(sse).__name__}")


# These are S3 headers by themselves; every other name is the user's own metadata.
_STANDARD = frozenset(
    {"cache-control", "content-encoding", "content-type", "content-disposition", "content-language", "expires"}
)


_STANDARD_AS_WRITTEN = frozenset({"Content-Type"})


def check_headers(name: str, headers: DictType | None) -> dict[str, str]:
    """Check extra headers that the caller gives, and copy them; values in a list are joined."""
    if headers is None:
        return {}
    if type(headers) is not dict and not isinstance(headers, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(headers).__name__}")
    return {_header_name(name, key): _header_value(name, key, value) for key, value in headers.items()}


def check_query(name: str, values: DictType | None) -> dict[str, str]:
    """Check extra query parameters that the caller gives, and copy them. Unlike a header, a URL carries any text."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(values).__name__}")
    return {_header_name(name, key): _plain_value(name, key, value) for key, value in values.items()}


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


def _header_name(argument: str, key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidArgumentTypeError(f"{argument}: the name {key!r} must be a str")
    if not _TOKEN(key):
        raise InvalidArgumentError(f"{argument}: {key!r} is no valid header name")
    return key


def _header_value(argument: str, key: str, value: Any) -> str:
    text = _plain_value(argument, key, value)
    if not text.isascii():
        raise InvalidArgumentError(f"{argument}: the value of {key!r} must be ASCII, as HTTP headers are: {text!r}")
    return text


def _plain_value(argument: str, key: str, value: Any) -> str:
    if type(value) is str and value.isprintable():
        return value.strip()
    items = value if isinstance(value, (list, tuple)) else [value]
    if any(item is None or isinstance(item, (Mapping, list, tuple)) for item in items):
        raise InvalidArgumentError(f"{argument}: the value of {key!r} must be text, not {value!r}")
    text = ",".join(item.decode() if isinstance(item, bytes) else str(item) for item in items)
    if any((ord(char) < 32 and char != "\t") or ord(char) == 127 for char in text):
        raise InvalidArgumentError(f"{argument}: the value of {key!r} holds a control character: {text!r}")
    return text.strip()


def normalize_headers(headers: DictType | None) -> dict[str, str]:
    """Turn metadata into headers: what is no S3 header becomes `X-Amz-Meta-...`.

    Raises:
        InvalidArgumentError: A name or value cannot stand in a header.
    """
    found = check_headers("metadata", headers)
    if found.keys() <= _STANDARD_AS_WRITTEN:
        return found
    return {
        key if key.lower().startswith("x-amz-") or key.lower() in _STANDARD else f"X-Amz-Meta-{key}": value
        for key, value in found.items()
    }


def genheaders(
    headers: DictType | None,
    sse: Sse | None,
    tags: Tags | Mapping[str, str] | None,
    retention: Retention | None,
    legal_hold: bool,
) -> dict[str, str]:
    """The headers of a new object: metadata, encryption, tags, retention and legal hold."""
    found = normalize_headers(headers)
    if sse is None and tags is None and retention is None and legal_hold is False:
        return found
    found.update(sse.headers() if sse is not None else {})
    if tags is not None and not isinstance(tags, Mapping):
        raise InvalidArgumentTypeError(f"tags must be a Tags or dict, not {type(tags).__name__}")
    if not isinstance(legal_hold, bool):
        raise InvalidArgumentTypeError(f"legal_hold must be a bool, not {type(legal_hold).__name__}")
    if tags:
        if not all(isinstance(text, str) for tag in tags.items() for text in tag):
            raise InvalidArgumentTypeError("tags must hold str only, as names and as values")
        found["x-amz-tagging"] = "&".join(f"{queryencode(key)}={queryencode(value)}" for key, value in tags.items())
    if retention is not None:
        from .retention import Retention

        if not isinstance(retention, Retention):
            raise InvalidArgumentTypeError(f"retention must be a Retention, not {type(retention).__name__}")
        found.update(retention.headers())
    if legal_hold:
        found["x-amz-object-lock-legal-hold"] = "ON"
    return found


def get_part_info(object_size: int, part_size: int) -> tuple[int, int]:
    """How an object is cut: the size of its parts in bytes, and how many; -1 when its size is unknown."""
    if object_size < 0 and not part_size:
        raise InvalidArgumentError("part_size must be given when the size of the object is unknown")
    plan = make_plan(object_size, part_size)
    if plan.length is not None and plan.length <= plan.part_size:
        return plan.length, 1
    return plan.part_size, plan.count or -1


def headers_to_strings(headers: Mapping[str, str | list[str] | tuple[str]], titled_key: bool = False) -> str:
    """Headers as lines of text, without secrets."""
    from ._core.engine.trace import redact

    lines = []
    for key, value in headers.items():
        name = key.title() if titled_key else key
        lines += [f"{name}: {redact(item)}" for item in (value if isinstance(value, (list, tuple)) else [value])]
    return "\n".join(lines)


def is_valid_policy_type(policy: str | bytes) -> bool:
    """Check that a policy is text and not blank; raises unless it is."""
    check_non_empty_string(policy)
    return True


def makedirs(path: str) -> None:
    """Make a directory and its parents, unless it is there."""
    if path:
        os.makedirs(path, exist_ok=True)


def md5sum_hash(data: str | bytes | None) -> str | None:
    """The MD5 of some data in base64, as Content-MD5 has it."""
    if data is None:
        return None
    raw = data.encode() if isinstance(data, str) else data
    return base64.b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode()


def sha256_hash(data: str | bytes | None) -> str:
    """The SHA-256 of some data in hex."""
    raw = data.encode() if isinstance(data, str) else data or b""
    return hashlib.sha256(raw).hexdigest()


def quote(resource: str, safe: str = "/", encoding: str | None = None, errors: str | None = None) -> str:
    """Percent-encode as S3 signs it, leaving `safe` and `~` alone."""
    return _quote(resource, safe=f"{safe}~", encoding=encoding, errors=errors)


def queryencode(query: str, safe: str = "", encoding: str | None = None, errors: str | None = None) -> str:
    """Percent-encode a value of a query."""
    return quote(query, safe, encoding, errors)


def read_part_data(stream: Any, size: int, part_data: bytes = b"", progress: ProgressType | None = None) -> bytes:
    """Read so many bytes from a stream, fewer only at its end, behind those that were read before."""
    while len(part_data) < size:
        data = stream.read(size - len(part_data))
        if not data:
            break
        if not isinstance(data, bytes):
            raise InvalidArgumentTypeError(f"read() must return bytes, not {type(data).__name__}")
        part_data += data
        if progress is not None:
            progress.update(len(data))
    if len(part_data) > size:
        raise InvalidSizeError("read(n) returned more than n bytes")
    return part_data


def url_replace(
    *,
    url: SplitResult,
    scheme: str | None = None,
    netloc: str | None = None,
    path: str | None = None,
    query: str | None = None,
    fragment: str | None = None,
) -> SplitResult:
    """A URL with some of its parts replaced."""
    given = {"scheme": scheme, "netloc": netloc, "path": path, "query": query, "fragment": fragment}
    return url._replace(**{name: value for name, value in given.items() if value is not None})
