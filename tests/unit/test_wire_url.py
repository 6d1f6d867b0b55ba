"""Percent-encoding: its laws, and the order of query parameters."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote_plus

import pytest
from hypothesis import given, strategies as st

from minio._core.wire.url import canonical_query, quote, quote_path, unquote

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_round_trip(text: str) -> None:
    assert unquote(quote(text)) == text
    assert unquote(quote_path(text)) == text


@given(texts)
def test_only_unreserved_characters_are_left(text: str) -> None:
    unreserved = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")
    assert set(quote(text)) <= unreserved
    assert set(quote_path(text)) <= unreserved | {"/"}
    assert quote_path(text).count("/") == text.count("/")


@given(st.binary())
def test_names_that_are_not_text_survive(raw: bytes) -> None:
    assert unquote("".join(f"%{byte:02X}" for byte in raw)).encode("utf-8", "surrogateescape") == raw


def test_percent_sequence_in_a_name_is_literal() -> None:
    assert quote("%41") == quote_path("%41") == "%2541"
    assert unquote("%2541") == "%41"


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("a+b", "a b"),
        ("a%20b", "a b"),
        ("a%2Bb", "a+b"),
        ("%e4%bd%a0", "你"),
        ("100%", "100%"),
        ("", ""),
        ("a/b", "a/b"),
    ],
)
def test_unquote_of_what_servers_write(coded: str, text: str) -> None:
    assert unquote(coded) == text


@pytest.mark.parametrize(
    ("text", "coded"),
    [(" ", "%20"), ("+", "%2B"), ("~", "~"), ("*", "%2A"), ("ü", "%C3%BC"), ("/", "%2F"), ("\0", "%00")],
)
def test_quote(text: str, coded: str) -> None:
    assert quote(text) == coded


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, ""),
        ({"uploads": ""}, "uploads="),
        ({"prefix": "J", "max-keys": "2"}, "max-keys=2&prefix=J"),
        ({"b": "1", "a": "2", "B": "3"}, "B=3&a=2&b=1"),
        ({"events": ["s3:b", "s3:a"]}, "events=s3%3Aa&events=s3%3Ab"),
        ({"a-b": "1", "a": "2"}, "a=2&a-b=1"),
        ({"a b": "c&d=e"}, "a%20b=c%26d%3De"),
    ],
)
def test_canonical_query(query: dict[str, str | list[str]], text: str) -> None:
    assert canonical_query(query) == text


@given(st.dictionaries(texts, texts | st.lists(texts, max_size=3)))
def test_canonical_query_preserves_the_parameters(query: dict[str, str | list[str]]) -> None:
    text = canonical_query(query)
    wanted = [(n, v) for n, value in query.items() for v in ([value] if isinstance(value, str) else value)]
    # Both sides use unquote_plus: parse_qsl replaces invalid characters in the same way.
    assert sorted(parse_qsl(text, keep_blank_values=True)) == sorted(
        (unquote_plus(quote(n)), unquote_plus(quote(v))) for n, v in wanted
    )
    coded = [tuple(pair.split("=")) for pair in text.split("&")] if text else []
    assert coded == sorted(coded)
