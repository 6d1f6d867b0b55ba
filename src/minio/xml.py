"""S3's XML: write values as documents, read documents into values.

Elements are lxml's. They are found by their local name, since servers disagree about namespaces.

    body = marshal(VersioningConfig("Enabled"))
    config = unmarshal(VersioningConfig, body)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from ._core.wire.fields import UnexpectedXMLError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "Element",
    "FromXmlType",
    "SubElement",
    "ToXmlType",
    "UnexpectedXMLError",
    "find",
    "findall",
    "findtext",
    "getbytes",
    "marshal",
    "unmarshal",
]

_S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class ToXmlType(Protocol):
    """A value that writes itself as XML: `toxml` writes it below the element, or as a document of its own."""

    def toxml(self, element: _Element | None) -> _Element: ...


class FromXmlType(Protocol):
    """A value that is read from XML: `fromxml` reads it out of the element."""

    @classmethod
    def fromxml(cls, element: _Element) -> Self: ...


B = TypeVar("B", bound=FromXmlType)


def Element(tag: str, namespace: str = _S3_NAMESPACE) -> _Element:
    """Make a new outermost element; an empty namespace means none."""
    from ._core.wire import xml

    return xml.new(tag, namespace or None)


def SubElement(parent: _Element, tag: str, text: str | None = None) -> _Element:
    """Append a child in its parent's namespace."""
    from ._core.wire import xml

    return xml.add(parent, tag, text)


def findall(element: _Element, name: str) -> list[_Element]:
    """List the elements of that name, or of that path: ``Contents/Key``."""
    from ._core.wire import xml

    found = [element]
    for step in name.split("/"):
        found = [item for each in found for item in xml.children(each, step)]
    return found


def find(element: _Element, name: str, strict: bool = False) -> _Element | None:
    """Find the first element of that name or path.

    Raises:
        UnexpectedXMLError: `strict` is set and there is none. It is a ValueError and an InvalidXMLError.
    """
    found = findall(element, name)
    if not found and strict:
        raise UnexpectedXMLError(f"XML element <{name}> not found")
    return found[0] if found else None


def findtext(element: _Element, name: str, strict: bool = False) -> str | None:
    """Read the text of the first element of that name or path: '' when it is empty, None when there is none.

    Raises:
        UnexpectedXMLError: `strict` is set and there is none.
    """
    found = find(element, name, strict)
    return None if found is None else found.text or ""


def getbytes(element: _Element) -> bytes:
    """Render the element as a UTF-8 document."""
    from ._core.wire import xml

    return xml.render(element)


def marshal(obj: ToXmlType) -> bytes:
    """Render a value as a UTF-8 document."""
    return getbytes(obj.toxml(None))


def unmarshal(cls: type[B], xmlstring: str | bytes) -> B:
    """Read a value out of a document.

    Raises:
        InvalidXMLError: It is not XML, or lacks what the value needs.
    """
    from ._core.wire import xml

    return cls.fromxml(xml.parse(xmlstring))
