"""Checks of arguments that become values of the public vocabulary: each names the argument and says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

from ...error import InvalidArgumentError, InvalidArgumentTypeError

T = TypeVar("T")

# XML 1.0 has no way to write these, not even as references.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def can_carry(text: str) -> bool:
    """Whether XML can carry a text: not so with most control characters."""
    # Most text is plain, and what is to be searched for takes a while to compile.
    return (text.isascii() and text.isprintable()) or re.search(_NOT_XML, text) is None


def check_type(name: str, value: object, kind: type | tuple[type, ...]) -> None:
    """Refuse a value that is of none of the kinds."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        wanted = " or ".join(each.__name__ for each in kinds)
        raise InvalidArgumentTypeError(f"{name} must be {wanted}, not {type(value).__name__}")


def check_text(name: str, value: object, *, blank: bool = False, longest: int | None = None) -> None:
    """Refuse what is not a str, is blank (unless allowed), is too long, or cannot be written in XML."""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be str, not {type(value).__name__}")
    if not blank and not value.strip():
        raise InvalidArgumentError(f"{name} must not be empty")
    if longest is not None and len(value) > longest:
        raise InvalidArgumentError(f"{name} must have at most {longest} characters, not {len(value)}")
    if not can_carry(value):
        raise InvalidArgumentError(f"{name} holds a character that XML cannot carry: {value!r}")


def check_choice(name: str, value: object, allowed: Collection[str]) -> None:
    """Refuse what is not one of the words."""
    if value not in allowed:
        raise InvalidArgumentError(f"{name} must be {' or '.join(allowed)}, not {value!r}")


def check_number(name: str, value: object, least: int = 0) -> None:
    """Refuse what is not an int, or is below the least."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidArgumentTypeError(f"{name} must be int, not {type(value).__name__}")
    if value < least:
        raise InvalidArgumentError(f"{name} must be {least} or more, not {value}")


def check_optional(name: str, value: object, kind: type) -> None:
    """Refuse what is neither None nor of the kind."""
    if value is not None:
        check_type(name, value, kind)


def check_optional_text(name: str, value: object, *, blank: bool = False, longest: int | None = None) -> None:
    """Like check_text, and None is right too."""
    if value is not None:
        check_text(name, value, blank=blank, longest=longest)


def check_optional_number(name: str, value: object, least: int = 0) -> None:
    """Like check_number, and None is right too."""
    if value is not None:
        check_number(name, value, least)


def check_moment(name: str, value: object) -> None:
    """Refuse what is neither None nor a datetime."""
    check_optional(name, value, datetime)


def checked_list(
    name: str, values: Iterable[T], kind: type[T], *, empty: bool = False, most: int | None = None
) -> list[T]:
    """A list of its own of the values, each of the kind."""
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
