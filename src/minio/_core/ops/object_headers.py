"""The headers of a new object: metadata, encryption, tags, retention and legal hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..arguments import DictType, check_encodable, check_headers, check_metadata
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ..wire.url import quote

if TYPE_CHECKING:
    from ...commonconfig import Tags
    from ...retention import Retention
    from ...sse import Sse, SseCustomerKey

# These are sent as they are. Every other name is user metadata.
_STANDARD = frozenset(
    {"cache-control", "content-encoding", "content-type", "content-disposition", "content-language", "expires"}
)


_is_plain = re.compile(r"[!-~](?:[ -~]*[!-~])?").fullmatch
"""Matches the values that are sent as they are."""
_STANDARD_AS_WRITTEN = frozenset({"Content-Type"})


def normalize_headers(headers: DictType | None) -> dict[str, str]:
    """Convert metadata to headers: names that are not S3 headers get the prefix `X-Amz-Meta-`.

    Raises:
        InvalidArgumentError: A name or value is not valid in a header.
    """
    if type(headers) is dict and len(headers) == 1:  # most uploads have nothing else
        kind = headers.get("Content-Type")
        if type(kind) is str and _is_plain(kind):
            return {"Content-Type": kind}
    found = check_metadata("metadata", headers)
    if found.keys() <= _STANDARD_AS_WRITTEN:
        return found
    return {
        key if key.lower().startswith("x-amz-") or key.lower() in _STANDARD else f"X-Amz-Meta-{key}": value
        for key, value in found.items()
    }


def genheaders(
    headers: DictType | None,
    sse: Sse | None,
    tags: Tags | Mapping[str, str] | None,
    retention: Retention | None,
    legal_hold: bool,
) -> dict[str, str]:
    """Return the headers of a new object: metadata, encryption, tags, retention and legal hold."""
    found = normalize_headers(headers)
    if sse is None and tags is None and retention is None and legal_hold is False:
        return found
    found.update(sse.headers() if sse is not None else {})
    if tags is not None and not isinstance(tags, Mapping):
        raise InvalidArgumentTypeError(f"tags must be a Tags or dict, not {type(tags).__name__}")
    if not isinstance(legal_hold, bool):
        raise InvalidArgumentTypeError(f"legal_hold must be a bool, not {type(legal_hold).__name__}")
    if tags:
        if not all(isinstance(text, str) for tag in tags.items() for text in tag):
            raise InvalidArgumentTypeError("tags must hold str only, as names and as values")
        for tag in tags.items():
            for text in tag:
                check_encodable("tags:", text)
        found["x-amz-tagging"] = "&".join(f"{quote(key)}={quote(value)}" for key, value in tags.items())
    if retention is not None:
        from ...retention import Retention

        if not isinstance(retention, Retention):
            raise InvalidArgumentTypeError(f"retention must be a Retention, not {type(retention).__name__}")
        found.update(retention.headers())
    if legal_hold:
        found["x-amz-object-lock-legal-hold"] = "ON"
    return found


def user_headers(user_metadata: DictType | None) -> dict[str, str]:
    """Return the headers of user metadata. Each name gets the prefix `X-Amz-Meta-`."""
    return {
        name if name.lower().startswith("x-amz-meta-") else f"X-Amz-Meta-{name}": value
        for name, value in check_headers("user_metadata", user_metadata).items()
    }


def one_metadata(metadata: DictType | None, user_metadata: DictType | None) -> DictType | None:
    """Return the metadata of a copy, which is given by either name."""
    if user_metadata is None:
        return metadata
    check_one_kind(metadata, "user_metadata")
    return user_headers(user_metadata)


def check_one_kind(metadata: DictType | None, *others: str) -> None:
    """Raise InvalidArgumentError if `metadata` is given together with arguments that replace it."""
    if metadata is not None:
        raise InvalidArgumentError(
            f"metadata must not be given with {' or '.join(others)}: it holds both headers and user metadata"
        )


def check_sse(sse: Sse | None) -> None:
    """Check the argument `sse`."""
    if sse is None:
        return
    from ...sse import Sse

    if not isinstance(sse, Sse):
        raise InvalidArgumentTypeError(f"sse must be an Sse, not {type(sse).__name__}")


def check_ssec(sse: SseCustomerKey | None) -> None:
    """Check the argument `ssec`."""
    if sse is None:
        return
    from ...sse import SseCustomerKey

    if not isinstance(sse, SseCustomerKey):
        raise InvalidArgumentTypeError(f"ssec must be an SseCustomerKey, not {type(sse).__name__}")
