"""`minio.compat` of the 3.x API: names of Python 2 and 3 under one name."""

from __future__ import annotations

import queue
import urllib.parse
from urllib.parse import parse_qs, unquote, urlsplit

from .helpers import queryencode as _queryencode, quote as _quote

__all__ = [
    "basestring",
    "builtin_range",
    "builtin_str",
    "bytes",
    "long",
    "numeric_types",
    "parse_qs",
    "queryencode",
    "quote",
    "range",
    "str",
    "unquote",
    "urldecode",
    "urlencode",
    "urllib",
    "urlsplit",
]

PYTHON2 = False
_is_py2, _is_py3 = False, True

Queue = queue.Queue
basestring = (str, bytes)
bytes = bytes
long = int
numeric_types = (int, int, float)
range = range
builtin_range = range
str = str
builtin_str = str
urldecode = unquote


def quote(resource: str) -> str:
    """Percent-encode an object name: all but letters, digits, `-._~` and `/`."""
    return _quote(resource)


urlencode = quote


def queryencode(query: str) -> str:
    """Percent-encode a query value: all but letters, digits and `-._~`."""
    return _queryencode(query)
