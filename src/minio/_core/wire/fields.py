"""Values out of S3's XML and into it. lxml is imported when the first element is made or read, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from ...error import InvalidArgumentError, InvalidXMLError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from lxml.etree import _Element

_LONGEST = 30
"""Characters of a number: what has more is none that S3 knows."""


class UnexpectedXMLError(InvalidXMLError, ValueError):
    """The XML is well-formed, but a required element is missing or its text cannot be read."""


def enter(parent: _Element | None, name: str) -> _Element:
    """A new child of the parent; without a parent a new outermost element in S3's namespace."""
    from . import xml

    return xml.new(name) if parent is None else xml.add(parent, name)


def add_text(element: _Element, name: str, value: object) -> None:
    """Append a child with the value as its text; None appends nothing."""
    from . import xml

    if value is not None:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        xml.add(element, name, text)


def own(element: _Element, name: str) -> _Element:
    """The element itself when that is its name, else its child of that name."""
    from . import xml

    return element if xml.local(element) == name else need(element, name)


def need(element: _Element, name: str) -> _Element:
    """The child of that name.

    Raises:
        UnexpectedXMLError: There is none.
    """
    from . import xml

    found = xml.child(element, name)
    if found is None:
        raise UnexpectedXMLError(f"<{xml.local(element)}> has no <{name}>")
    return found


def seek(element: _Element, name: str) -> _Element | None:
    """The first child of that name, or None."""
    from . import xml

    return xml.child(element, name)


def seek_all(element: _Element, name: str) -> Iterable[_Element]:
    """All children of that name."""
    from . import xml

    return xml.children(element, name)


def need_text(element: _Element, name: str) -> str:
    """The text of the child of that name, '' when it is empty."""
    return need(element, name).text or ""


def seek_text(element: _Element, name: str) -> str | None:
    """The text of the child of that name: '' when it is empty, None when there is none."""
    from . import xml

    return xml.text(element, name)


def filled_text(element: _Element, name: str) -> str | None:
    """The text of the child of that name without surrounding blanks, None when there is none or it is blank."""
    return (seek_text(element, name) or "").strip() or None


def seek_int(element: _Element, name: str) -> int | None:
    """The number in the child of that name, None when there is none or it is empty."""
    return read_int(name, filled_text(element, name))


def read_int(name: str, text: str | None) -> int | None:
    """The number that a text is, None when it is empty or missing; `name` is that of its element."""
    if not text:
        return None
    try:
        return int(text if len(text) <= _LONGEST else "")
    except ValueError:
        _refuse(name, "a whole number", text)


def read_size(name: str, text: str | None) -> int:
    """The number of bytes that a text is, 0 when it is empty or missing."""
    size = read_int(name, text) or 0
    if size < 0:
        _refuse(name, "a size", text or "")
    return size


def read_moment(name: str, text: str | None) -> datetime | None:
    """The moment that a text is, aware and in UTC; None when it is empty or missing."""
    from ...time import from_iso8601utc

    try:
        return from_iso8601utc(text)
    except InvalidArgumentError:
        _refuse(name, "a timestamp", text or "")


def _refuse(name: str, wanted: str, text: str) -> NoReturn:
    raise UnexpectedXMLError(f"<{name}> is not {wanted}: {text[:100]!r}") from None


def seek_bool(element: _Element, name: str) -> bool | None:
    """Whether the child of that name says true, None when there is none or it is empty."""
    text = filled_text(element, name)
    if text is None:
        return None
    if text.lower() not in ("true", "false"):
        _refuse(name, "true or false", text)
    return text.lower() == "true"
