"""Convert values to S3's XML and back.

Elements are lxml elements. They are found by local name, because servers use different namespaces.

    body = marshal(VersioningConfig("Enabled"))
    config = unmarshal(VersioningConfig, body)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from .xml_fields import UnexpectedXMLError

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
    """A value that can be written as XML: `toxml` adds it to an element, or creates a new root element."""

    def toxml(self, element: _Element | None) -> _Element: ...


class FromXmlType(Protocol):
    """A value that can be read from XML: `fromxml` creates it from an element."""

    @classmethod
    def fromxml(cls, element: _Element) -> Self: ...


B = TypeVar("B", bound=FromXmlType)


def Element(tag: str, namespace: str = _S3_NAMESPACE) -> _Element:
    """Create a new root element. An empty namespace means none."""
    from . import xml

    return xml.new(tag, namespace or None)


def SubElement(parent: _Element, tag: str, text: str | None = None) -> _Element:
    """Append a child element in its parent's namespace."""
    from . import xml

    return xml.add(parent, tag, text)


def findall(element: _Element, name: str) -> list[_Element]:
    """Return all elements with a name, or with a path such as ``Contents/Key``."""
    from . import xml

    found = [element]
    for step in name.split("/"):
        found = [item for each in found for item in xml.children(each, step)]
    return found


def find(element: _Element, name: str, strict: bool = False) -> _Element | None:
    """Return the first element with a name or path, or None.

    Raises:
        UnexpectedXMLError: `strict` is set and the element is missing. It is a ValueError and an InvalidXMLError.
    """
    found = findall(element, name)
    if not found and strict:
        raise UnexpectedXMLError(f"XML element <{name}> not found")
    return found[0] if found else None


def findtext(element: _Element, name: str, strict: bool = False) -> str | None:
    """Return the text of the first element with a name or path: '' if it is empty, None if there is none.

    Raises:
        UnexpectedXMLError: `strict` is set and the element is missing.
    """
    found = find(element, name, strict)
    return None if found is None else found.text or ""


def getbytes(element: _Element) -> bytes:
    """Serialize the element as a UTF-8 document."""
    from . import xml

    return xml.render(element)


def marshal(obj: ToXmlType) -> bytes:
    """Serialize a value as a UTF-8 document."""
    return getbytes(obj.toxml(None))


def unmarshal(cls: type[B], xmlstring: str | bytes) -> B:
    """Read a value from a document.

    Raises:
        InvalidXMLError: The document is not XML, or a required element is missing.
    """
    from . import xml

    return cls.fromxml(xml.parse(xmlstring))
