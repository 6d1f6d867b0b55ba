"""The public XML helpers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from minio import xml
from minio.commonconfig import Tag
from minio.error import InvalidXMLError
from minio.versioningconfig import VersioningConfig

NS = "http://s3.amazonaws.com/doc/2006-03-01/"


def test_elements_are_in_the_namespace_of_s3() -> None:
    root = xml.Element("Root")
    xml.SubElement(root, "Item", "text")
    assert xml.getbytes(root).endswith(f'<Root xmlns="{NS}"><Item>text</Item></Root>'.encode())


@pytest.mark.parametrize(("namespace", "tag"), [("", "Root"), ("urn:x", "{urn:x}Root")])
def test_another_namespace(namespace: str, tag: str) -> None:
    assert xml.Element("Root", namespace).tag == tag


@pytest.mark.parametrize("namespace", ["", NS, "urn:other"])
def test_find_by_local_name(namespace: str) -> None:
    root = xml.Element("Root", namespace)
    part = xml.SubElement(root, "Part")
    for text in ("one", None):
        xml.SubElement(part, "Item", text)
    assert xml.find(root, "Part") is part
    assert [item.text for item in xml.findall(root, "Part/Item")] == ["one", None]
    assert xml.findtext(root, "Part/Item") == "one"
    assert xml.find(root, "Item") is None
    assert xml.findtext(root, "Item") is None


def test_empty_element_has_the_empty_text() -> None:
    root = xml.Element("Root")
    xml.SubElement(root, "Item")
    assert xml.findtext(root, "Item", True) == ""


def test_strict_requires_the_element() -> None:
    root = xml.Element("Root")
    for kind in (ValueError, InvalidXMLError):
        with pytest.raises(kind, match="<Item> not found"):
            xml.find(root, "Item", True)
        with pytest.raises(kind, match="<Item> not found"):
            xml.findtext(root, "Item", strict=True)


@pytest.mark.parametrize("kind", [bytes, str])
def test_unmarshal_accepts_bytes_and_text(kind: type) -> None:
    body = xml.marshal(VersioningConfig("Enabled"))
    assert xml.unmarshal(VersioningConfig, body if kind is bytes else body.decode()) == VersioningConfig("Enabled")


@pytest.mark.parametrize("body", [b"", b"<a>", b"not xml", b"<Tag><Key>k</Key>"])
def test_not_xml(body: bytes) -> None:
    with pytest.raises(InvalidXMLError):
        xml.unmarshal(Tag, body)


def test_document_with_entities_is_refused() -> None:
    body = b'<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]><Tag><Key>k</Key><Value>&e;</Value></Tag>'
    with pytest.raises(InvalidXMLError):
        xml.unmarshal(Tag, body)


def test_modules_do_not_load_lxml() -> None:
    names = "time xml commonconfig tagging retention legalhold versioningconfig objectlockconfig sseconfig sse select"
    names += " lifecycleconfig replicationconfig deleteobjects"
    code = f"import sys, importlib\nfor name in {names.split()!r}: importlib.import_module('minio.' + name)\n"
    code += "sys.exit(any(name.partition('.')[0] in ('lxml', 'urllib3') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
