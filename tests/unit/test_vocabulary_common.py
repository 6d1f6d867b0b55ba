"""Tags, filters, and copy sources."""

from __future__ import annotations

import copy
import io
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, strategies as st

from minio import xml
from minio.commonconfig import (
    DISABLED,
    ENABLED,
    AndOperator,
    BaseRule,
    ComposeSource,
    CopySource,
    Filter,
    ObjectConditionalReadArgs,
    SnowballObject,
    Tag,
    Tags,
    check_status,
)
from minio.error import InvalidArgumentError
from minio.sse import SseCustomerKey
from minio.tagging import Tagging

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
# Any text that XML can represent. "\r" is written as a character reference.
chars = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
keys = st.text(chars, min_size=1, max_size=128).filter(str.strip)
values = st.text(chars, max_size=256)
tag_values = st.builds(Tag, keys, values)


def tags_of(pairs: dict[str, str], for_object: bool = False) -> Tags:
    return Tags.of(pairs.items(), for_object)


object_tags = st.dictionaries(keys, values, min_size=1, max_size=10).map(lambda pairs: tags_of(pairs, True))
sizes = st.integers(1, 1 << 50)
and_operators = st.builds(AndOperator, st.none() | values, object_tags, st.none() | sizes, st.none() | sizes)
filters = st.one_of(
    st.builds(Filter, prefix=values),
    st.builds(Filter, tag=tag_values),
    st.builds(Filter, and_operator=and_operators),
    st.builds(Filter, object_size_less_than=sizes),
    st.builds(Filter, object_size_greater_than=sizes),
)


@given(tag_values | filters | and_operators | st.builds(Tagging, object_tags))
def test_round_trip(value: Any) -> None:
    assert xml.unmarshal(type(value), xml.marshal(value)) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert repr(value).startswith(type(value).__name__)


@given(tag_values | filters | and_operators)
def test_round_trip_within_another_element(value: Any) -> None:
    parent = xml.Element("Parent", "")
    assert value.toxml(parent).getparent() is parent
    assert type(value).fromxml(parent) == value


@given(object_tags)
def test_header_of_tags(tags: Tags) -> None:
    header = tags.to_header()
    assert header.isascii()
    assert not set(header) & set("+ \r\n")
    assert dict(parse_qsl(header, keep_blank_values=True, strict_parsing=True)) == tags
    assert Tags.from_header(header) == tags


def test_header_of_some_tags() -> None:
    assert tags_of({"a b": "c&d=e/+", "ü": ""}).to_header() == "a%20b=c%26d%3De%2F%2B&%C3%BC="
    assert Tags().to_header() == ""


@given(object_tags)
def test_copies_of_tags(tags: Tags) -> None:
    for again in (pickle.loads(pickle.dumps(tags)), copy.copy(tags), copy.deepcopy(tags), tags.copy()):
        assert type(again) is Tags
        assert again == tags
        for number in range(10 - len(again)):
            again[f"a key of the test's own: {number}"] = ""
        with pytest.raises(InvalidArgumentError, match="at most 10"):
            again["one too many"] = ""


@pytest.mark.parametrize(("tags", "most"), [(Tags.new_bucket_tags(), 50), (Tags.new_object_tags(), 10)])
def test_limits_of_tags(tags: Tags, most: int) -> None:
    tags.update({str(number): "" for number in range(most)})
    tags["0"] = "changed"
    for add in (lambda: tags.update(x=""), lambda: tags.setdefault("x"), lambda: tags.__ior__({"x": ""})):
        with pytest.raises(InvalidArgumentError, match=f"at most {most} tags"):
            add()
    assert len(tags) == most


@pytest.mark.parametrize(
    ("key", "value"), [("", "v"), (" ", "v"), ("k" * 129, "v"), ("k", "v" * 257), ("k", None), (1, "v"), ("k\0", "")]
)
def test_bad_tags(key: Any, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="tag"):
        Tag(key, value)
    with pytest.raises(InvalidArgumentError, match="tag"):
        Tags()[key] = value


@pytest.mark.parametrize("namespace", ["", NS])
def test_tags_as_servers_send_them(namespace: str) -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
        <Tagging{namespace}>
          <TagSet>
            <Tag><Key>k1</Key><Value>v1</Value></Tag>
            <Tag><Key>k2</Key><Value></Value></Tag>
            <Tag><Key>k3</Key></Tag>
          </TagSet>
        </Tagging>"""
    assert xml.unmarshal(Tagging, body).tags == {"k1": "v1", "k2": "", "k3": ""}
    assert xml.unmarshal(Tags, body) == {"k1": "v1", "k2": "", "k3": ""}


@pytest.mark.parametrize("body", ["<Tagging><TagSet/></Tagging>", f"<Tagging{NS}><TagSet></TagSet></Tagging>"])
def test_no_tags(body: str) -> None:
    assert xml.unmarshal(Tagging, body) == Tagging(None)
    assert xml.marshal(Tagging(None)).endswith(b"<TagSet/></Tagging>")


def test_xml_output() -> None:
    body = xml.marshal(Tagging(tags_of({"k": "v"})))
    assert body.endswith(f"<Tagging{NS}><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>".encode())


def test_bad_tagging() -> None:
    with pytest.raises(InvalidArgumentError, match="tags"):
        Tagging({"a": "b"})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="TagSet"):
        xml.unmarshal(Tagging, "<Tagging/>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<Filter/>", Filter(prefix="")),
        (f"<Filter{NS}></Filter>", Filter(prefix="")),
        ("<Filter><Prefix/></Filter>", Filter(prefix="")),
        ("<Filter><Prefix>a/</Prefix></Filter>", Filter(prefix="a/")),
        ("<Filter><Prefix/><Tag><Key>k</Key><Value>v</Value></Tag></Filter>", Filter(tag=Tag("k", "v"))),
        (
            "<Filter><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter>",
            Filter(and_operator=AndOperator("a", tags_of({"k": "v"}))),
        ),
        (
            f"<Filter{NS}><And><Prefix>a</Prefix><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></And></Filter>",
            Filter(and_operator=AndOperator("a", object_size_greater_than=5)),
        ),
    ],
)
def test_filters_as_servers_send_them(body: str, expected: Filter) -> None:
    assert xml.unmarshal(Filter, body) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"prefix": "a", "tag": Tag("k", "v")},
        {"and_operator": AndOperator("a"), "prefix": "", "tag": Tag("k", "v")},
        {"prefix": 1},
        {"tag": "k=v"},
        {"and_operator": "a"},
        {"object_size_less_than": 0},
        {"object_size_greater_than": -1},
    ],
)
def test_bad_filters(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        Filter(**arguments)


@pytest.mark.parametrize("arguments", [{}, {"prefix": 1}, {"tags": {"k": "v"}}, {"object_size_greater_than": "1"}])
def test_bad_and_operators(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        AndOperator(**arguments)


def test_status() -> None:
    check_status(ENABLED)
    check_status(DISABLED)
    for status in ("enabled", "", None):
        with pytest.raises(InvalidArgumentError, match="status must be Enabled or Disabled"):
            check_status(status)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", ["<Rule><Status>Enabled</Status><Filter/><ID/></Rule>"])
def test_base_rule(body: str) -> None:
    element = xml.SubElement(xml.Element("Any"), "Rule")
    BaseRule(ENABLED, Filter(prefix="a"), "id").toxml(element)
    assert BaseRule.parsexml(element) == (ENABLED, Filter(prefix="a"), "id")
    from minio._core.wire.xml import parse

    assert BaseRule.parsexml(parse(body)) == (ENABLED, None, None)
    for arguments in (("on",), (ENABLED, "a"), (ENABLED, None, ""), (ENABLED, None, "i" * 256)):
        with pytest.raises(InvalidArgumentError):
            BaseRule(*arguments)


def test_copy_headers() -> None:
    key = SseCustomerKey(bytes(32))
    source = CopySource(
        "bucket",
        "a b/ü+&?%2F.txt",
        version_id="v/1+",
        ssec=key,
        match_etag='"abc"',
        not_match_etag="def",
        modified_since=datetime(2026, 11, 23, 2, tzinfo=timezone(timedelta(hours=2))),
        unmodified_since=datetime(2026, 11, 24),
    )
    assert source.gen_copy_headers() == {
        "x-amz-copy-source": "/bucket/a%20b/%C3%BC%2B%26%3F%252F.txt?versionId=v%2F1%2B",
        "x-amz-copy-source-if-match": "abc",
        "x-amz-copy-source-if-none-match": "def",
        "x-amz-copy-source-if-modified-since": "Mon, 23 Nov 2026 00:00:00 GMT",
        "x-amz-copy-source-if-unmodified-since": "Tue, 24 Nov 2026 00:00:00 GMT",
        **key.copy_headers(),
    }
    assert "AAAA" not in repr(source)
    assert pickle.loads(pickle.dumps(source)) == source


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1))
def test_any_name_can_be_a_source(name: str) -> None:
    if not name.strip():
        return
    header = CopySource("bucket", name).gen_copy_headers()["x-amz-copy-source"]
    assert header.isascii()
    assert "?" not in header
    assert unquote(header) == f"/bucket/{name}"


@pytest.mark.parametrize("cls", [CopySource, ComposeSource, ObjectConditionalReadArgs])
@pytest.mark.parametrize(
    "change",
    [
        {"bucket_name": ""},
        {"object_name": " "},
        {"object_name": None},
        {"region": ""},
        {"version_id": 1},
        {"ssec": bytes(32)},
        {"offset": -1},
        {"offset": 1.5},
        {"offset": True},
        {"length": 0},
        {"match_etag": ""},
        {"not_match_etag": b"a"},
        {"modified_since": "2026-11-23"},
        {"unmodified_since": 1},
    ],
)
def test_bad_sources(cls: type[ObjectConditionalReadArgs], change: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=next(iter(change))):
        cls(**({"bucket_name": "bucket", "object_name": "name"} | change))


def test_source_can_be_converted() -> None:
    source = CopySource("bucket", "name", offset=1, length=2, version_id="v")
    made = ComposeSource.of(source)
    assert type(made) is ComposeSource
    assert CopySource.of(made) == source
    with pytest.raises(InvalidArgumentError, match="src"):
        ComposeSource.of("bucket/name")  # type: ignore[arg-type]


def test_compose_source() -> None:
    source = ComposeSource("bucket", "name", offset=5, length=5)
    for name in ("headers", "object_size"):
        with pytest.raises(InvalidArgumentError, match="build_headers"):
            getattr(source, name)
    source.build_headers(10, '"etag"')
    assert source.object_size == 10
    assert source.headers == {"x-amz-copy-source": "/bucket/name", "x-amz-copy-source-if-match": "etag"}
    assert source == ComposeSource("bucket", "name", offset=5, length=5)
    assert pickle.loads(pickle.dumps(source)).headers == source.headers


def test_condition_of_the_caller_is_kept() -> None:
    source = ComposeSource("bucket", "name", match_etag="mine")
    source.build_headers(0, "theirs")
    assert source.headers["x-amz-copy-source-if-match"] == "mine"


@pytest.mark.parametrize(
    ("offset", "length", "size"), [(10, None, 10), (0, 11, 10), (6, 5, 10), (None, 1, 0), (0, None, 0)]
)
def test_range_beyond_the_object(offset: int | None, length: int | None, size: int) -> None:
    with pytest.raises(InvalidArgumentError, match="beyond its size"):
        ComposeSource("bucket", "name", offset=offset, length=length).build_headers(size, "etag")


def test_snowball_objects() -> None:
    data = io.BytesIO(b"abc")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert SnowballObject("name", data=data, length=3, mod_time=at).data is data
    assert pickle.loads(pickle.dumps(SnowballObject("name", "file"))) == SnowballObject("name", filename="file")


@pytest.mark.parametrize(
    "arguments",
    [
        {"object_name": ""},
        {"object_name": "n"},
        {"object_name": "n", "filename": ""},
        {"object_name": "n", "filename": "f", "data": io.BytesIO(), "length": 0},
        {"object_name": "n", "data": io.BytesIO()},
        {"object_name": "n", "data": b"abc", "length": 3},
        {"object_name": "n", "data": io.BytesIO(), "length": -1},
        {"object_name": "n", "data": io.BytesIO(), "length": 5 * 1024**4 + 1},
        {"object_name": "n", "filename": "f", "mod_time": 1.0},
    ],
)
def test_bad_snowball_objects(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        SnowballObject(**arguments)
