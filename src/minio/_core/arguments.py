"""Argument checks. Each error names the argument and explains what is wrong with it.

No request is sent before all checks have passed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from .exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidBucketError

if TYPE_CHECKING:
    import ctypes
    from array import array as Array
    from mmap import mmap

DictType = Mapping[str, "str | Sequence[str]"]
WritableBuffer: TypeAlias = "bytearray | memoryview | Array[Any] | ctypes.Array[Any] | mmap"
"""Buffers that a call can fill. At run time any writable, contiguous buffer will do."""


class _NotGiven:
    """The type of `NOT_GIVEN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not given>"

    def __reduce__(self) -> str:
        return "NOT_GIVEN"  # copying and unpickling return this same object


NOT_GIVEN: Any = _NotGiven()


class _DefaultTrue(int):
    """The default of a flag whose value may also follow from another argument. It shows itself as True."""

    def __repr__(self) -> str:
        return "True"


DEFAULT_TRUE: Any = _DefaultTrue(1)
"""The default of arguments for which None is a meaningful value. Signatures show it as `<not given>`."""

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,61}[A-Za-z0-9]").fullmatch
_STRICT_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]").fullmatch
_IPV4 = r"(\d{1,3}\.){3}\d{1,3}"
_REGION = re.compile(r"[!-.0-~]+").fullmatch
_MAX_EXPIRY = 7 * 24 * 3600
_MAX_KEY = 1024


T = TypeVar("T")

# XML 1.0 cannot represent these characters, not even as character references.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def can_carry(text: str) -> bool:
    """Return whether XML can represent the text. It cannot represent most control characters."""
    # Most text is printable ASCII, and the pattern takes a while to compile.
    return (text.isascii() and text.isprintable()) or re.search(_NOT_XML, text) is None


def check_encodable(name: str, value: str, *, secret: bool = False) -> None:
    """Raise an error if the text cannot be encoded as UTF-8 because it contains a lone surrogate.

    All such checks go through this function. `name` is the name of the argument, or describes the part of it that is
    checked. The error message omits the value if `secret` is set.
    """
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError as error:
        shown = name if secret else f"{name} {value!r}"
        # Not chained: the original exception contains the text.
        raise InvalidArgumentError(f"{shown} cannot be written in UTF-8: {error.reason}") from None


def check_filled(name: str, value: object) -> None:
    """Raise an error unless the value is a str that is not blank and can be encoded as UTF-8."""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be str, not {type(value).__name__}")
    if not value.strip():
        raise InvalidArgumentError(f"{name} must not be empty")
    check_encodable(name, value)


def check_type(name: str, value: object, kind: type | tuple[type, ...]) -> None:
    """Raise an error unless the value is an instance of one of the types."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        wanted = " or ".join(each.__name__ for each in kinds)
        raise InvalidArgumentTypeError(f"{name} must be {wanted}, not {type(value).__name__}")


def check_xml_text(name: str, value: object, *, blank: bool = False, longest: int | None = None) -> None:
    """Raise an error unless the value is a str that XML can represent, is not too long, and is not blank.

    `blank` allows blank text.
    """
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be str, not {type(value).__name__}")
    if not blank and not value.strip():
        raise InvalidArgumentError(f"{name} must not be empty")
    if longest is not None and len(value) > longest:
        raise InvalidArgumentError(f"{name} must have at most {longest} characters, not {len(value)}")
    check_encodable(name, value)
    if not can_carry(value):
        raise InvalidArgumentError(f"{name} holds a character that XML cannot carry: {value!r}")


def check_choice(name: str, value: object, allowed: Collection[str]) -> None:
    """Raise an error unless the value is one of the allowed strings."""
    if value not in allowed:
        raise InvalidArgumentError(f"{name} must be {' or '.join(allowed)}, not {value!r}")


def check_flag(name: str, value: object) -> bool:
    """Return a flag as a bool. Every truth value is accepted, except text: the text "false" would be true.

    The empty text, as of an environment variable that is not set, is False.
    """
    if isinstance(value, (str, bytes)) and value:
        raise InvalidArgumentTypeError(f"{name} must be True or False, not the text {value!r}: compare the text first")
    return bool(value)


def whole_number(name: str, value: Any, unit: str = "") -> int:
    """Return a number as an int. It is an int, or has `__index__`, as the integers of numpy have. A bool is refused."""
    if type(value) is int:
        return value
    if not isinstance(value, bool):
        try:
            return index(value)
        except TypeError:
            pass
    raise InvalidArgumentTypeError(f"{name} must be {unit or 'int'}, not {type(value).__name__}")


BYTES = "a whole number of bytes"


def check_number(name: str, value: Any, least: int = 0) -> int:
    """Return a number as an int. Raise an error if it is less than `least`."""
    number = whole_number(name, value)
    if number < least:
        raise InvalidArgumentError(f"{name} must be {least} or more, not {number}")
    return number


def check_number_of(owner: object, name: str, least: int = 0, *, optional: bool = True) -> None:
    """Check a number that is an attribute of a new value, and store it there as an int."""
    value = getattr(owner, name)
    if value is not None or not optional:
        object.__setattr__(owner, name, check_number(name, value, least))


def check_optional(name: str, value: object, kind: type) -> None:
    """Raise an error unless the value is None or an instance of the type."""
    if value is not None:
        check_type(name, value, kind)


def check_optional_xml_text(name: str, value: object, *, blank: bool = False, longest: int | None = None) -> None:
    """Check like `check_xml_text`, but accept None."""
    if value is not None:
        check_xml_text(name, value, blank=blank, longest=longest)


def check_optional_number(name: str, value: Any, least: int = 0) -> int | None:
    """Check like `check_number`, but accept None."""
    return None if value is None else check_number(name, value, least)


def check_moment(name: str, value: object) -> None:
    """Raise an error unless the value is None or a datetime."""
    check_optional(name, value, datetime)


def checked_list(
    name: str, values: Iterable[T], kind: type[T], *, empty: bool = False, most: int | None = None
) -> list[T]:
    """Copy the values into a new list, and check that each is an instance of the type."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidArgumentTypeError(f"{name} must be a list of {kind.__name__}, not {type(values).__name__}")
    items = list(values)
    if not items and not empty:
        raise InvalidArgumentError(f"{name} must not be empty")
    if most is not None and len(items) > most:
        raise InvalidArgumentError(f"{name} must have at most {most} items, not {len(items)}")
    for item in items:
        check_type(f"each of {name}", item, kind)
    return items


def check_bucket_name(bucket_name: str, strict: bool = False, s3_check: bool = False) -> None:
    """Check a bucket name.

    Args:
        bucket_name: The name.
        strict: Apply S3's rules for new buckets: only lower-case letters, digits, dots and hyphens.
        s3_check: Also reject names that AWS reserves.

    Raises:
        InvalidBucketError: The name breaks a rule. The message says which one.
        InvalidArgumentTypeError: The name is not a str.
    """
    if not isinstance(bucket_name, str):
        raise InvalidArgumentTypeError(f"bucket_name must be a str, not {type(bucket_name).__name__}")
    if not (strict or s3_check) and _STRICT_BUCKET(bucket_name) and "." not in bucket_name:
        return
    broken = _broken_rule(bucket_name, strict) or (_broken_aws_rule(bucket_name) if strict or s3_check else None)
    if broken is None and s3_check and bucket_name.startswith("xn--"):
        broken = "must not begin with 'xn--'"
    if broken is not None:
        raise InvalidBucketError(f"bucket_name {bucket_name!r} {broken}")


def _broken_rule(name: str, strict: bool) -> str | None:
    if not 3 <= len(name) <= 63:
        return "must have 3 to 63 characters"
    if not (_STRICT_BUCKET if strict else _BUCKET)(name):
        kinds = "lower-case letters, digits, dots and hyphens" if strict else "letters, digits, and . - _ :"
        return f"must hold only {kinds}, and begin and end with a letter or digit"
    if any(pair in name for pair in ("..", ".-", "-.")):
        return "must not hold '..', '.-' or '-.'"
    if re.fullmatch(_IPV4, name):
        return "must not be an IP address"
    return None


def _broken_aws_rule(name: str) -> str | None:
    for suffix in ("-s3alias", "--ol-s3"):
        if name.endswith(suffix):
            return f"must not end with {suffix!r}"
    return None


def check_object_name(object_name: str) -> None:
    """Check an object name.

    Raises:
        InvalidArgumentError: The name is blank or too long, has a path segment `.` or `..`, or cannot be encoded as
            UTF-8.
        InvalidArgumentTypeError: The name is not a str.
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
    check_encodable("object_name", object_name)
    size = len(object_name.encode())
    if size > _MAX_KEY:
        raise InvalidArgumentError(f"object_name has {size} bytes in UTF-8, but S3 allows {_MAX_KEY}")


def check_names(bucket_name: str, object_name: str) -> None:
    """Check a bucket name and an object name."""
    check_bucket_name(bucket_name)
    check_object_name(object_name)


def optional_text(name: str, value: str | None) -> str:
    """Check an optional str argument and return it, or '' for None."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    check_encodable(name, value)
    return value


def check_region(name: str, value: object) -> str | None:
    """Check a region name, which becomes part of signatures and headers. Return None if it is None or empty."""
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
    """Check the lifetime of a presigned URL, 1 second to 7 days. Return it in seconds, rounded up."""
    if isinstance(expires, bool) or not isinstance(expires, (timedelta, int, float)):
        raise InvalidArgumentTypeError(f"expires must be a timedelta or seconds, not {type(expires).__name__}")
    seconds = expires.total_seconds() if isinstance(expires, timedelta) else expires
    if not 1 <= seconds <= _MAX_EXPIRY:
        raise InvalidArgumentError(f"expires must be from 1 second to 7 days, not {expires!r}")
    return ceil(seconds)


def check_workers(name: str, workers: Any) -> int:
    """Return the number of concurrent requests of a transfer."""
    if type(workers) is not int and not isinstance(workers, bool) and hasattr(workers, "__index__"):
        workers = index(workers)
    if type(workers) is not int or not 1 <= workers <= 256:
        raise InvalidArgumentError(f"{name} must be a whole number from 1 to 256, not {workers!r}")
    return workers


def check_page_size(size: Any) -> int:
    """Return the number of names that a page of a listing may have."""
    count = whole_number("page_size", size, "an int")
    if not 1 <= count <= 1000:
        raise InvalidArgumentError(f"page_size must be from 1 to 1,000, not {count}")
    return count


def check_range(offset: Any, length: Any) -> tuple[int, int]:
    """Return the `offset` and `length` of a partial read. None means 0."""
    if type(offset) is int and type(length) is int and offset >= 0 <= length:
        return offset, length
    return _position("offset", offset), _position("length", length)


def _position(name: str, value: Any) -> int:
    number = 0 if value is None else whole_number(name, value, BYTES)
    if number < 0:
        raise InvalidArgumentError(f"{name} must be at least 0, not {number}")
    return number


def check_buffer(name: str, buffer: Any) -> memoryview:
    """Check that a buffer can be filled, and return its bytes."""
    try:
        view = memoryview(buffer)
    except TypeError:
        raise InvalidArgumentTypeError(
            f"{name} must be a writable buffer such as a bytearray, not {type(buffer).__name__}"
        ) from None
    if view.readonly:
        raise InvalidArgumentError(f"{name} must be a writable buffer, but this {type(buffer).__name__} is read-only")
    if not view.c_contiguous:
        raise InvalidArgumentError(f"{name} must be a contiguous buffer: copy it first")
    return view.cast("B")


def check_headers(name: str, headers: DictType | None) -> dict[str, str]:
    """Check the caller's extra headers and return a copy. Lists of values are joined with commas."""
    if headers is None:
        return {}
    if type(headers) is not dict and not isinstance(headers, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(headers).__name__}")
    return {_header_name(name, key): _header_value(name, key, value) for key, value in headers.items()}


def check_metadata(name: str, metadata: Mapping[Any, Any] | None) -> dict[str, str]:
    """Check metadata and return a copy. Unlike other headers, names and values may be numbers, bools and None."""
    if metadata is None:
        return {}
    if type(metadata) is not dict and not isinstance(metadata, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(metadata).__name__}")
    return {
        _header_name(name, key if isinstance(key, (str, bytes)) else str(key)): _header_value(name, key, _named(value))
        for key, value in metadata.items()
    }


def _named(value: Any) -> Any:
    """Return the value with "None" in place of None, also in a list."""
    if value is None:
        return "None"
    return [_named(item) for item in value] if isinstance(value, (list, tuple)) else value


def check_query(name: str, values: DictType | None) -> dict[str, str]:
    """Check the caller's extra query parameters and return a copy. Unlike headers, they may contain any text."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(values).__name__}")
    return {_query_name(name, key): _joined(name, key, value) for key, value in values.items()}


def check_repeated_query(name: str, values: DictType | None) -> dict[str, str | list[str]]:
    """Check query parameters like `check_query`. A list repeats the parameter for each of its values."""
    if values is None or not isinstance(values, Mapping):
        return dict(check_query(name, values))
    lists = {key: value for key, value in values.items() if isinstance(value, (list, tuple))}
    found: dict[str, str | list[str]] = {}
    for key, value in values.items():
        if key in lists:
            found[key] = [check_query(name, {key: item})[key] for item in value]
        else:
            found.update(check_query(name, {key: value}))
    return found


def _query_name(argument: str, key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidArgumentTypeError(f"{argument}: the name {key!r} must be a str")
    check_encodable(f"{argument}: the name", key)
    return key


def check_response_headers(name: str, headers: DictType | None) -> dict[str, str]:
    """Check query parameters that set headers of the response, and return a copy."""
    values = check_query(name, headers)
    return {_header_name(name, key): _plain_value(name, key, value) for key, value in values.items()}


_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"


def _header_name(argument: str, key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidArgumentTypeError(f"{argument}: the name {key!r} must be a str")
    if not re.fullmatch(_TOKEN, key):
        raise InvalidArgumentError(f"{argument}: {key!r} is not a valid header name")
    return key


def _header_value(argument: str, key: str, value: Any) -> str:
    text = _plain_value(argument, key, value)
    if not text.isascii():
        raise InvalidArgumentError(f"{argument}: the value of {key!r} must be ASCII, as HTTP headers are: {text!r}")
    return text


def _plain_value(argument: str, key: str, value: Any) -> str:
    if type(value) is str and value.isprintable():
        return value.strip()
    text = _joined(argument, key, value)
    if any((ord(char) < 32 and char != "\t") or ord(char) == 127 for char in text):
        raise InvalidArgumentError(f"{argument}: the value of {key!r} holds a control character: {text!r}")
    return text.strip()


def _joined(argument: str, key: str, value: Any) -> str:
    """Convert a header or query value to text. Items of a list are joined with commas."""
    if type(value) is str and value.isascii():
        return value
    items = value if isinstance(value, (list, tuple)) else [value]
    if any(item is None or isinstance(item, (Mapping, list, tuple)) for item in items):
        raise InvalidArgumentError(f"{argument}: the value of {key!r} must be text, not {value!r}")
    text = ",".join(_text_of(argument, key, item) for item in items)
    check_encodable(f"{argument}: the value of {key!r}", text)
    return text


def _text_of(argument: str, key: str, item: Any) -> str:
    if not isinstance(item, bytes):
        return str(item)
    try:
        return item.decode()
    except UnicodeDecodeError as error:
        raise InvalidArgumentError(f"{argument}: the value of {key!r} must be UTF-8, not {item!r}") from error
