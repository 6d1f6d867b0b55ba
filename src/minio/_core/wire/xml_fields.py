"""Read and write the fields of S3's XML. lxml is imported when the first element is created or read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from ..exceptions import InvalidArgumentError, InvalidXMLError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from lxml.etree import _Element

_LONGEST = 30
"""The maximum number of characters in a number. S3 uses no longer ones."""


class UnexpectedXMLError(InvalidXMLError, ValueError):
    """The XML is well-formed, but a required element is missing or its text is invalid."""


def sub_element(parent: _Element | None, name: str) -> _Element:
    """Create a child of the parent or, without a parent, a new root element in S3's namespace."""
    from . import xml

    return xml.new(name) if parent is None else xml.add(parent, name)


def add_text(element: _Element, name: str, value: object) -> None:
    """Append a child with the value as its text. Do nothing if the value is None."""
    from . import xml

    if value is not None:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        xml.add(element, name, text)


def own(element: _Element, name: str) -> _Element:
    """Return the element itself if it has the name, or else its child with the name."""
    from . import xml

    return element if xml.local(element) == name else require(element, name)


def require(element: _Element, name: str) -> _Element:
    """Return the child with a name.

    Raises:
        UnexpectedXMLError: The child is missing.
    """
    from . import xml

    found = xml.child(element, name)
    if found is None:
        raise UnexpectedXMLError(f"<{xml.local(element)}> has no <{name}>")
    return found


def find(element: _Element, name: str) -> _Element | None:
    """Return the first child with a name, or None."""
    from . import xml

    return xml.child(element, name)


def find_all(element: _Element, name: str) -> Iterable[_Element]:
    """Return all children with a name."""
    from . import xml

    return xml.children(element, name)


def check_children(element: _Element, *once: str, many: tuple[str, ...] = ()) -> _Element:
    """Check that the element contains only children with these names, and return it.

    Anything ignored when a setting is read would be lost when the setting is written back: a rule that loses one of
    its conditions applies to more objects. Therefore unknown content is rejected.

    Args:
        element: The element.
        once: Names of children that may occur at most once.
        many: Names of children that may occur any number of times.

    Raises:
        UnexpectedXMLError: The element has another child, a repeated child, an attribute, or text.
    """
    from . import xml

    place = f"<{xml.local(element)}>"
    seen: set[str] = set()
    for item in element:
        name = xml.local(item)
        if name not in once and name not in many:
            raise UnexpectedXMLError(f"{place} has the unsupported element <{name}>; edit this document as XML")
        if name in seen and name not in many:
            raise UnexpectedXMLError(f"{place} has more than one <{name}>")
        seen.add(name)
    if any(part and part.strip() for part in (element.text, *(item.tail for item in element))):
        raise UnexpectedXMLError(f"{place} has text beside its elements")
    if xml.has_attributes(element):
        raise UnexpectedXMLError(f"{place} has unsupported attributes")
    return element


def seek_filled(element: _Element, name: str) -> _Element | None:
    """Return the first child with a name, or None if there is none or it is empty."""
    from . import xml

    found = xml.child(element, name)
    return None if found is None or xml.is_empty(found) else found


def need_text(element: _Element, name: str) -> str:
    """Return the text of the required child with a name, or '' if it is empty."""
    return element_text(require(element, name))


def find_text(element: _Element, name: str) -> str | None:
    """Return the text of the child with a name: '' if it is empty, None if there is none."""
    found = find(element, name)
    return None if found is None else element_text(found)


def element_text(element: _Element) -> str:
    """Return the text of the element, or '' if it is empty.

    Raises:
        UnexpectedXMLError: The element has children or attributes, which would be lost.
    """
    from . import xml

    if len(element):
        raise UnexpectedXMLError(f"<{xml.local(element)}> has elements, where a text is expected")
    if element.attrib and xml.has_attributes(element):
        raise UnexpectedXMLError(f"<{xml.local(element)}> has unsupported attributes")
    return element.text or ""


def text_or_none(element: _Element, name: str) -> str | None:
    """Return the stripped text of the child with a name, or None if there is none or it is blank."""
    return (find_text(element, name) or "").strip() or None


def find_int(element: _Element, name: str) -> int | None:
    """Return the number in the child with a name, or None if there is none or it is empty."""
    return read_int(name, text_or_none(element, name))


def read_int(name: str, text: str | None) -> int | None:
    """Parse a number. Return None if the text is empty or missing. `name` is the element, for the error."""
    if not text:
        return None
    try:
        return int(text if len(text) <= _LONGEST else "")
    except ValueError:
        _refuse(name, "a whole number", text)


def read_size(name: str, text: str | None) -> int:
    """Parse a number of bytes. Return 0 if the text is empty or missing."""
    size = read_int(name, text) or 0
    if size < 0:
        _refuse(name, "a size", text or "")
    return size


def read_moment(name: str, text: str | None) -> datetime | None:
    """Parse a timestamp into an aware datetime in UTC. Return None if the text is empty or missing."""
    from .dates import from_iso8601utc

    try:
        return from_iso8601utc(text)
    except InvalidArgumentError:
        _refuse(name, "a timestamp", text or "")


def _refuse(name: str, wanted: str, text: str) -> NoReturn:
    raise UnexpectedXMLError(f"<{name}> is not {wanted}: {text[:100]!r}") from None


def find_bool(element: _Element, name: str) -> bool | None:
    """Return the boolean in the child with a name, or None if there is none or it is empty."""
    return read_bool(name, find_text(element, name))


def read_bool(name: str, text: str | None) -> bool | None:
    """Parse a boolean. Return None if the text is blank or missing."""
    text = (text or "").strip()
    if not text:
        return None
    if text.lower() not in ("true", "false"):
        _refuse(name, "true or false", text)
    return text.lower() == "true"
