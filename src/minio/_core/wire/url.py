"""Percent-encoding as in S3 signatures: all characters except A-Z a-z 0-9 - . _ ~ and, in object names, `/`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote as _quote, unquote_to_bytes

Query: TypeAlias = "Mapping[str, str | Sequence[str]]"
_plain_path = re.compile(r"[A-Za-z0-9\-._~/]*").fullmatch
_plain = re.compile(r"[A-Za-z0-9\-._~]*").fullmatch


def quote_path(name: str) -> str:
    """Encode an object name for the path of a URL."""
    return name if _plain_path(name) else _quote(name, safe="/~")


def quote(value: str) -> str:
    """Encode a name or value for a query."""
    return value if _plain(value) else _quote(value, safe="~", errors="surrogateescape")


def unquote(value: str) -> str:
    """Decode `encoding-type=url`: percent-encoding, and `+` for a space, which many servers use.

    Bytes that are not UTF-8 are decoded to surrogates, as in Python's file names.
    """
    if "+" in value:
        value = value.replace("+", " ")
    return unquote_to_bytes(value).decode("utf-8", "surrogateescape") if "%" in value else value


def pairs(query: Query) -> Iterable[tuple[str, str]]:
    """Iterate over the parameters. A list of values repeats the name for each value."""
    for name, value in query.items():
        if isinstance(value, str):
            yield name, value
        else:
            for item in value:
                yield name, item


def canonical_query(query: Query) -> str:
    """Return the query in the order and encoding in which it is signed and sent."""
    if not query:
        return ""
    return "&".join([f"{name}={value}" for name, value in sorted([(quote(n), quote(v)) for n, v in pairs(query)])])
