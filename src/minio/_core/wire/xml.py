"""S3's XML, read tolerantly and without danger. lxml is imported when the first document is made or read.

Servers disagree about namespaces, so elements are found by their local name. Entities and the
network are off, and a DTD is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ...error import InvalidXMLError
from .interrupts import interrupts_later

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MOST = 1_000_000
"""Elements of a document: a page of a listing has some ten thousand. Each takes a hundred bytes of memory."""

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@cache
def _load() -> None:
    with interrupts_later():
        importlib.import_module("lxml.etree")


def parse(body: bytes | str, root: str | None = None) -> Element:
    """Read a document; with `root`, insist on the local name of its outermost element."""
    _load()
    from lxml import etree

    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    if body.count(b"<") > 2 * _MOST:
        raise InvalidXMLError(f"the answer has more than {_MOST} elements: {body[:100]!r}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        element = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidXMLError(f"the answer is not XML ({error}): {body[:100]!r}{_hint(body)}") from error
    if element.getroottree().docinfo.internalDTD is not None:
        raise InvalidXMLError(f"the answer has a DTD, which S3's XML never has: {body[:100]!r}{_hint(body)}")
    if local(element).lower() == "html":
        raise InvalidXMLError(f"the answer is not S3's: {body[:100]!r}{_hint(body)}")
    if root is not None and local(element) != root:
        raise InvalidXMLError(f"expected <{root}>, got <{local(element)}>")
    return element


def _hint(body: bytes) -> str:
    """What a page for a browser says about the endpoint."""
    page = body[:1000].lower()
    return ". That is HTML: does the endpoint name the S3 port, and no proxy or console?" if b"<html" in page else ""


def local(element: Element) -> str:
    """The element's name without its namespace; comments and the like have none."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)


def children(element: Element, name: str) -> Iterator[Element]:
    """All children of that local name."""
    return (item for item in element if local(item) == name)


def text(element: Element, name: str) -> str | None:
    """The text of the first child of that local name: '' when it is empty, None when there is none."""
    found = child(element, name)
    return None if found is None else found.text or ""


def texts(element: Element) -> dict[str, str]:
    """The texts of all children by local name; of several with one name the last."""
    return {local(item): item.text or "" for item in element}


def new(name: str, namespace: str | None = NAMESPACE) -> Element:
    """A new outermost element."""
    _load()
    from lxml import etree

    if namespace is None:
        return etree.Element(name)
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})  # type: ignore[dict-item]


def add(parent: Element, name: str, value: str | None = None) -> Element:
    """Append a child in its parent's namespace."""
    _load()
    from lxml import etree

    tag = str(parent.tag)
    namespace = tag[: tag.index("}") + 1] if tag.startswith("{") else ""
    item = etree.SubElement(parent, f"{namespace}{name}")
    if value is not None:
        item.text = value
    return item


def render(element: Element) -> bytes:
    """The document as UTF-8 bytes, with its declaration."""
    _load()
    from lxml import etree

    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)
