"""Reading and writing values as XML, under the module path of the 7.2 API."""

from __future__ import annotations

from ._core.wire.marshal import (
    Element,
    FromXmlType,
    SubElement,
    ToXmlType,
    find,
    findall,
    findtext,
    getbytes,
    marshal,
    unmarshal,
)
from ._core.wire.xml_fields import UnexpectedXMLError

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
