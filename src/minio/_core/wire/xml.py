"""Parse S3's XML tolerantly and safely. lxml is imported when the first document is created or parsed.

Elements are found by local name, because servers use different namespaces. Entity resolution and network access are
disabled, and documents with a DTD are rejected.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ..exceptions import InvalidXMLError
from .interrupts import interrupts_later

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element as Element

_MOST = 1_000_000
"""The maximum number of elements in a document. A page of a listing has about 10,000. Each takes about 100 bytes."""

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@cache
def _load() -> None:
    with interrupts_later():
        importlib.import_module("lxml.etree")


def parse(body: bytes | str, root: str | None = None) -> Element:
    """Parse a document. With `root`, check the local name of its root element."""
    _load()
    from lxml import etree

    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    if body.count(b"<") > 2 * _MOST:
        raise InvalidXMLError(f"the answer has more than {_MOST} elements: {body[:100]!r}")
    # Comments are removed as well: the text of an element would end at a comment and truncate a name.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    element, wrong = _read(body, parser)
    if element is None:
        raise InvalidXMLError(f"the answer is not XML ({wrong}): {body[:100]!r}{_hint(body)}")
    if element.getroottree().docinfo.internalDTD is not None:
        raise InvalidXMLError(f"the answer has a DTD, which S3's XML never has: {body[:100]!r}{_hint(body)}")
    if local(element).lower() == "html":
        raise InvalidXMLError(f"the answer is not S3's: {body[:100]!r}{_hint(body)}")
    if root is not None:
        check_root(element, root)
    return element


def _read(body: bytes, parser: XMLParser) -> tuple[Element | None, str]:
    """Return the root element, or None and what is wrong. lxml's errors cannot be pickled, so ours must not follow from
    them: a process that pickles an error may pickle its context too."""
    from lxml import etree

    try:
        return etree.fromstring(body, parser), ""
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, str(error)


def check_root(element: Element, root: str) -> None:
    """Check the local name of the root element.

    Raises:
        InvalidXMLError: The name is different.
    """
    if local(element) != root:
        raise InvalidXMLError(f"expected <{root}>, got <{local(element)}>")


def _hint(body: bytes) -> str:
    """Return a hint about the endpoint if the body is an HTML page."""
    page = body[:1000].lower()
    return ". That is HTML: does the endpoint name the S3 port, and no proxy or console?" if b"<html" in page else ""


def local(element: Element) -> str:
    """Return the element's name without its namespace, or "" for comments and similar nodes."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Element, name: str) -> Element | None:
    """Return the first child with a local name, or None."""
    return next(children(element, name), None)


def children(element: Element, name: str) -> Iterator[Element]:
    """Iterate over all children with a local name."""
    return (item for item in element if local(item) == name)


def is_empty(element: Element) -> bool:
    """Return whether the element has no children, no attributes and no text except white space."""
    return len(element) == 0 and not (element.text or "").strip() and not has_attributes(element)


def has_attributes(element: Element) -> bool:
    """Return whether the element has attributes, not counting namespaced ones such as xsi:type."""
    return any(not str(name).startswith("{") for name in element.attrib)


def is_error(root: Element) -> bool:
    """Return whether the root element is that of an error of S3 or of an STS-style service."""
    return local(root) in ("Error", "ErrorResponse")


def text(element: Element, name: str) -> str | None:
    """Return the text of the first child with a local name: '' if it is empty, None if there is none."""
    found = child(element, name)
    return None if found is None else found.text or ""


def texts(element: Element) -> dict[str, str]:
    """Return the texts of all children by local name. If a name is repeated, the last one wins."""
    return {local(item): item.text or "" for item in element}


def new(name: str, namespace: str | None = NAMESPACE) -> Element:
    """Create a new root element."""
    _load()
    from lxml import etree

    if namespace is None:
        return etree.Element(name)
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})  # type: ignore[dict-item]


def add(parent: Element, name: str, value: str | None = None) -> Element:
    """Append a child element in its parent's namespace."""
    _load()
    from lxml import etree

    tag = str(parent.tag)
    namespace = tag[: tag.index("}") + 1] if tag.startswith("{") else ""
    item = etree.SubElement(parent, f"{namespace}{name}")
    if value is not None:
        item.text = value
    return item


def render(element: Element) -> bytes:
    """Serialize the document as UTF-8, without an XML declaration, as other clients do."""
    _load()
    from lxml import etree

    return etree.tostring(element, encoding="UTF-8")
