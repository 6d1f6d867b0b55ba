"""ETags: returned to callers without quotes, compared by their opaque tag, and sent in If-Match only if strong.

A weak ETag (`W/"..."`) means that two representations are equivalent, not that their bytes are equal. If-Match
requires strong comparison (RFC 9110, section 13.1.1), so a weak ETag never matches. When the response is available,
its ETag is compared here instead.
"""

from __future__ import annotations


def bare_etag(value: str) -> str:
    """Return an ETag without quotes. A weak ETag keeps its `W/`."""
    return value.replace('"', "")


def is_weak(etag: str) -> bool:
    """Return whether an ETag, with or without quotes, is weak."""
    return etag.startswith("W/")


def opaque_tag(etag: str) -> str:
    """Return an ETag without quotes and without the `W/` of a weak ETag."""
    return bare_etag(etag).removeprefix("W/")


def same_etag(one: str, other: str) -> bool:
    """Compare two ETags weakly, because proxies that compress or rewrite responses make strong ETags weak."""
    return opaque_tag(one) == opaque_tag(other)


def if_match(etag: str | None) -> dict[str, str]:
    """Return the If-Match header for an ETag. Return no header for a weak ETag, which never matches."""
    return {"If-Match": f'"{bare_etag(etag)}"'} if etag and not is_weak(etag) else {}
