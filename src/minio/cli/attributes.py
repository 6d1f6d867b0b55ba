"""The flags that describe objects, as arguments of the library."""

from __future__ import annotations

import argparse
from typing import Any

from .errors import UsageProblem

_HEADERS = {
    "cache_control": "Cache-Control",
    "content_disposition": "Content-Disposition",
    "content_encoding": "Content-Encoding",
    "content_language": "Content-Language",
    "storage_class": "x-amz-storage-class",
}


def headers(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the headers of the flags, without those of the content type, the user metadata and the encryption."""
    return {name: getattr(arguments, flag) for flag, name in _HEADERS.items() if getattr(arguments, flag)}


def of_object(arguments: argparse.Namespace, name: str) -> dict[str, Any]:
    """Return the arguments of `put_object` and `fput_object`.

    Args:
        arguments: The flags.
        name: The name of the object, whose ending decides about its content type.
    """
    from minio._core.transfer.directory.content_types import content_type

    return {
        "content_type": arguments.content_type or content_type(name),
        "headers": headers(arguments) or None,
        "user_metadata": dict(arguments.metadata) or None,
        "tags": tags(arguments),
        "sse": encryption(arguments),
    }


def as_headers(arguments: argparse.Namespace) -> dict[str, str]:
    """Return all of them as headers, for calls that write many objects."""
    from urllib.parse import urlencode

    found = headers(arguments)
    if arguments.content_type:
        found["Content-Type"] = arguments.content_type
    found.update({f"x-amz-meta-{name}": value for name, value in arguments.metadata})
    if arguments.tags:
        found["x-amz-tagging"] = urlencode(arguments.tags)
    sse = encryption(arguments)
    return {**found, **(sse.headers() if sse else {})}


def are_given(arguments: argparse.Namespace) -> bool:
    """Return whether any of the flags is given."""
    return bool(as_headers(arguments))


def tags(arguments: argparse.Namespace) -> Any:
    """Return the tags, or None."""
    if not arguments.tags:
        return None
    from minio.commonconfig import Tags

    made = Tags.new_object_tags()
    made.update(arguments.tags)
    return made


def encryption(arguments: argparse.Namespace) -> Any:
    """Return how the server encrypts, or None.

    Raises:
        UsageProblem: The flag is wrong.
    """
    kind = arguments.sse
    if not kind:
        return None
    from minio.sse import SseKMS, SseS3

    if kind.upper() in ("AES256", "SSE-S3"):
        return SseS3()
    if kind.startswith("aws:kms"):
        return SseKMS(kind.removeprefix("aws:kms").lstrip(":"), {})
    raise UsageProblem(f"--sse: {kind!r} is not known", "write AES256 or aws:kms:KEY-ID")
