"""Percent-encoding as S3 signs it: everything but A-Z a-z 0-9 - . _ ~ is encoded, and `/` only outside of names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote as _quote
from urllib.parse import unquote_to_bytes

from .message import Query

_plain_path = re.compile(r"[A-Za-z0-9\-._~/]*").fullmatch
_plain = re.compile(r"[A-Za-z0-9\-._~]*").fullmatch


def quote_path(name: str) -> str:
    """An object's name as it stands in a path."""
    return name if _plain_path(name) else _quote(name, safe="/~")


def quote(value: str) -> str:
    """A value as it stands in a query."""
    return value if _plain(value) else _quote(value, safe="~")


def unquote(value: str) -> str:
    """Undo `encoding-type=url`: percent codes, and `+` for a space as many servers write it.

    Names that are no UTF-8 come back with surrogates, as file names do in Python.
    """
    if "+" in value:
        value = value.replace("+", " ")
    return unquote_to_bytes(value).decode("utf-8", "surrogateescape") if "%" in value else value


def pairs(query: Query) -> Iterable[tuple[str, str]]:
    """The parameters one by one: a list of values stands for several of one name."""
    for name, value in query.items():
        if isinstance(value, str):
            yield name, value
        else:
            for item in value:
                yield name, item


def canonical_query(query: Query) -> str:
    """The query in the order and encoding in which it is signed, and sent."""
    if not query:
        return ""
    return "&".join([f"{name}={value}" for name, value in sorted([(quote(n), quote(v)) for n, v in pairs(query)])])
