"""Listing pages in the usual form are read by column, all others as XML, with the same result."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, strategies as st

from minio._core.ops import listing
from minio._core.ops.fast_listing import decode_all, scan
from minio._core.ops.listing import Listing, Page
from minio._core.wire.message import Headers, Response
from minio._core.wire.url import unquote
from minio.error import InvalidXMLError

START = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
AT = "<LastModified>2026-01-02T03:04:05.678Z</LastModified>"
OWNER = "<Owner><ID>o</ID><DisplayName>name &amp; more</DisplayName></Owner>"
PLAIN_OWNER = "<Owner><ID>75aa</ID><DisplayName>o</DisplayName></Owner>"

# An object as servers write it. {key} is its name and {etag} its quoted ETag.
DIALECTS = {
    "AWS": "<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>{etag}</ETag>"
    "<Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>",
    "AWS with checksums": "<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>"
    "<ETag>{etag}</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
    "<Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>",
    "AWS version 1": f"<Contents><Key>{{key}}</Key>{AT}<ETag>{{etag}}</ETag><Size>7</Size>{PLAIN_OWNER}"
    "<StorageClass>STANDARD</StorageClass></Contents>",
    "SeaweedFS": f"<Contents><Key>{{key}}</Key><ETag>{{etag}}</ETag><Size>5</Size>{PLAIN_OWNER}"
    "<StorageClass>STANDARD</StorageClass><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>",
    "MinIO": f"<Contents><Key>{{key}}</Key>{AT}<ETag>{{etag}}</ETag><Size>0</Size><Owner><ID></ID><DisplayName>"
    "</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>",
    "Ceph": f"<Contents><Key>{{key}}</Key>{AT}<ETag>{{etag}}</ETag><Size>18446744073709551</Size>"
    f"<StorageClass>STANDARD</StorageClass>{PLAIN_OWNER}<Type>Normal</Type></Contents>",
    "with a version": "<Contents><Key>{key}</Key><VersionId>null</VersionId><IsLatest>true</IsLatest></Contents>",
    "the name alone": "<Contents><Key>{key}</Key></Contents>",
}
# Left to the XML parser, or refused by it.
UNUSUAL = {
    "a self-closing child": "<Contents><Key>{key}</Key><ETag/></Contents>",
    "an attribute": '<Contents><Key a="b">{key}</Key></Contents>',
    "an attribute of the whole": '<Contents a="b"><Key>{key}</Key></Contents>',
    "a comment": "<Contents><!-- none --><Key>{key}</Key></Contents>",
    "CDATA": "<Contents><Key><![CDATA[a<b]]></Key></Contents>",
    "other entities": "<Contents><Key>{key}&#x263a;&lt;</Key></Contents>",
    "an instruction": "<Contents><?php ?><Key>{key}</Key></Contents>",
    "CR": "<Contents><Key>a\r\nb</Key></Contents>",
    "a prefix": '<s:Contents xmlns:s="urn:s"><s:Key>{key}</s:Key></s:Contents>',
    "metadata": "<Contents><Key>{key}</Key><UserMetadata><X-Amz-Meta-A>b</X-Amz-Meta-A></UserMetadata></Contents>",
    "items of metadata": "<Contents><Key>{key}</Key><UserMetadata><Items><Key>a</Key><Value>b</Value></Items>"
    "</UserMetadata></Contents>",
    "tags": "<Contents><Key>{key}</Key><UserTags>a=b</UserTags></Contents>",
    "a name twice": "<Contents><Key>{key}</Key><Key>other</Key></Contents>",
    "two owners": f"<Contents><Key>{{key}}</Key>{PLAIN_OWNER}{PLAIN_OWNER}</Contents>",
    "an owner with an entity": f"<Contents><Key>{{key}}</Key>{OWNER}</Contents>",
    "an owner of another kind": "<Contents><Key>{key}</Key><Owner><ID>a<b>c</b></ID></Owner></Contents>",
    "an owner backwards": "<Contents><Key>{key}</Key></Owner><Owner></Contents>",
    "an owner's Key": "<Contents><Key>{key}</Key><Owner><Key>other</Key></Owner></Contents>",
    "no name": "<Contents><Size>1</Size></Contents>",
    "an object in an object": "<Contents><Contents><Key>{key}</Key></Contents></Contents>",
    "a moment elsewhere": "<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05+02:00</LastModified></Contents>",
    "no moment": "<Contents><Key>{key}</Key><LastModified></LastModified></Contents>",
    "no size": "<Contents><Key>{key}</Key><Size></Size></Contents>",
    "a quote within": "<Contents><Key>{key}</Key><ETag>a&quot;b</ETag></Contents>",
    "text between": "<Contents>text<Key>{key}</Key>text</Contents>text",
    "blanks between": "<Contents>\n  <Key>{key}</Key>\n</Contents>\n",
    "bad moment": "<Contents><Key>{key}</Key><LastModified>2026-02-30T00:00:00Z</LastModified></Contents>",
    "bad size": "<Contents><Key>{key}</Key><Size>many</Size></Contents>",
    "a control character": "<Contents><Key>a\x01b</Key></Contents>",
    "a character that is none": "<Contents><Key>a\ufffe</Key></Contents>",
    "]]>": "<Contents><Key>a]]></Key></Contents>",
    "an unknown entity": "<Contents><Key>&nbsp;</Key></Contents>",
    "an open element": "<Contents><Key>{key}</Contents>",
}
KINDS = {**DIALECTS, **UNUSUAL}
ENTITIES = {'"': "&quot;"}


def read(body: bytes, api: str = "v2") -> Page:
    return Listing("bucket", api=api).parse(Response(200, Headers(), body))


def read_as_xml(body: bytes, api: str = "v2") -> Page:
    with patch.object(listing, "scan", lambda body: None):
        return read(body, api)


def outcome(reader: Callable[..., Page], body: bytes, api: str = "v2") -> Any:
    try:
        return reader(body, api)
    except InvalidXMLError as error:
        return type(error), str(error)


def page(contents: str, *, url: bool = True, rest: str = "", start: str = START, space: str = SPACE) -> bytes:
    encoding = "<EncodingType>url</EncodingType>" if url else ""
    return (
        f"{start}<ListBucketResult{space}><Name>bucket</Name><IsTruncated>true</IsTruncated>{encoding}"
        f"<NextContinuationToken>next</NextContinuationToken>{contents}{rest}</ListBucketResult>"
    ).encode("utf-8", "surrogatepass")


def item(kind: str, key: str, etag: str = "&quot;d41d8-2&quot;") -> str:
    return KINDS[kind].replace("{key}", key).replace("{etag}", etag)


names = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)
etags = st.sampled_from(["&quot;a-2&quot;", '"b"', "&#34;c&#34;", "d", "", '""'])
rests = st.sampled_from(
    [
        "",
        "<CommonPrefixes><Prefix>a%2Fb/</Prefix></CommonPrefixes>",
        "<Delimiter>/</Delimiter>\n",
        "<Version><Key>v</Key></Version>",
        "<Contents><Key>last</Key></Contents>",
        "<Contents />",
        "<!-- end -->",
    ]
)


@given(st.data(), st.sampled_from(list(DIALECTS)), st.booleans(), st.sampled_from(["v2", "v1"]), rests)
def test_readers_agree_about_what_servers_write(data: Any, kind: str, url: bool, api: str, rest: str) -> None:
    texts = data.draw(st.lists(st.tuples(names, etags), min_size=1, max_size=5))
    write = (lambda name: quote(name, safe="/")) if url else (lambda name: escape(name, ENTITIES))
    body = page("".join(item(kind, write(name), etag) for name, etag in texts), url=url, rest=rest)
    assert read(body, api) == read_as_xml(body, api)
    assert [entry.object_name for entry in read(body).objects][: len(texts)] == [name for name, _ in texts]


@given(st.data(), st.booleans(), rests)
def test_readers_agree_about_unusual_pages(data: Any, url: bool, rest: str) -> None:
    kinds = data.draw(st.lists(st.tuples(st.sampled_from(list(KINDS)), names), min_size=1, max_size=4))
    body = page("".join(item(kind, escape(name)) for kind, name in kinds), url=url, rest=rest)
    assert outcome(read, body) == outcome(read_as_xml, body)


FRAGMENTS = ["<", ">", "&", "/", "<!--", "-->", "<![CDATA[", "]]>", "<?x ", "?>", "<Contents>", "</Contents>", '"']
FRAGMENTS += ["<Contents/>", "<Owner>", "</Owner>", "</Key>", "<Key>", "\r", "\0", "\ufffe", "&#10;", "%0A", "%", "+"]
FRAGMENTS += ["<a>", "</a>", "<a/>", "\ud800", "<ChecksumType>", "</ListBucketResult>", "<ListBucketResult>", "é", " "]


@given(
    st.sampled_from(list(DIALECTS)),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(FRAGMENTS), st.integers(0, 12)), min_size=1, max_size=4),
)
@example("the name alone", [(0.0, "<!--", 0), (1.0, "-->", 0)])
def test_readers_agree_about_damaged_pages(kind: str, damages: list[tuple[float, str, int]]) -> None:
    text = page("".join(item(kind, name) for name in "abc")).decode()
    for place, fragment, lost in damages:
        at = int(place * len(text))
        text = text[:at] + fragment + text[at + lost :]
    body = text.encode("utf-8", "surrogatepass")
    assert outcome(read, body) == outcome(read_as_xml, body)


WRAPPED = {
    "in a comment": "<!-- {} -->",
    "in CDATA": "<Name><![CDATA[{}]]></Name>",
    "in an instruction": "<?php {} ?>",
    "in an element": "<Other>{}</Other>",
    "in an element beside an empty one": "<Other>{}</Other><Contents />",
    "in an attribute": '<Other a="{}"/>',
    "on both sides of a comment": "{}<!-- -->{}",
    "twice": "{}<Delimiter>/</Delimiter>{}",
}


@pytest.mark.parametrize("form", WRAPPED.values(), ids=WRAPPED)
def test_readers_agree_about_text_that_looks_like_objects(form: str) -> None:
    body = page(form.replace("{}", item("AWS", "a")))
    assert outcome(read, body) == outcome(read_as_xml, body)


STARTS = {
    "none": "",
    "in another encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>',
    "of version 1.1": '<?xml version="1.1" encoding="UTF-8"?>',
    "with a mark": "\ufeff" + START,
    "in quotes": "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
    "with a DTD": START + '<!DOCTYPE a [<!ENTITY b "c">]>',
    "with a style": START + '<?xml-stylesheet href="a"?>',
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_readers_agree_about_the_start_of_a_page(start: str) -> None:
    body = page(item("AWS", "ä"), start=start, url=False)
    assert outcome(read, body) == outcome(read_as_xml, body)


@pytest.mark.parametrize("space", ["", SPACE, ' xmlns="http://doc.s3.amazonaws.com/2006-03-01"'])
@pytest.mark.parametrize("kind", DIALECTS)
def test_usual_pages_are_read_by_column(kind: str, space: str) -> None:
    body = page(item(kind, "a/b") * 3 + "\n", space=space)
    run = scan(body)
    assert run is not None
    assert len(run.names) == 3
    assert b"a/b" not in run.rest


def test_objects_with_and_without_checksums_are_read_by_column() -> None:
    body = page(item("AWS", "a") + item("AWS with checksums", "b") + item("AWS", "c"))
    assert scan(body) is not None
    assert read(body) == read_as_xml(body)


@pytest.mark.parametrize("kind", sorted({*UNUSUAL} - {"an owner's Key", "a prefix"}))
def test_unusual_pages_are_read_as_xml(kind: str) -> None:
    body = page(item("AWS", "a") + item(kind, "b"))
    assert scan(body) is None
    assert outcome(read, body) == outcome(read_as_xml, body)


def test_long_page_is_read_as_xml() -> None:
    body = page(item("AWS", "a") * 60_000)
    assert scan(body) is None
    assert len(read(body).objects) == 60_000


def test_objects_read_by_column_equal_others() -> None:
    found = read(page(item("SeaweedFS", "a%20b"))).objects[0]
    assert (found.object_name, found.etag, found.size, found.owner_id) == ("a b", "d41d8-2", 5, "75aa")
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)
    found.object_name = "other"
    assert found != read(page(item("SeaweedFS", "a%20b"))).objects[0]


@given(st.lists(st.text(st.sampled_from("ab%+ \n0Aä/<\\"), max_size=8)))
def test_decoding_names_together_agrees_with_one_by_one(encoded: list[str]) -> None:
    assert list(decode_all(encoded, unquote)) == [unquote(name) for name in encoded]
