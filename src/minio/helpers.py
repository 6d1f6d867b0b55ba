"""Checks of names and arguments, headers for options, and the limits of S3, as in the 3.x to 7.2 APIs."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, quote as _quote

from urllib3 import HTTPHeaderDict

from ._core.arguments import (
    DictType,
    check_bucket_name,
    check_non_empty_string,
    check_object_name,
)
from ._core.datatypes import ObjectWriteResult
from ._core.engine.session import USER_AGENT as _DEFAULT_USER_AGENT
from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError
from ._core.ops.object_headers import check_sse, check_ssec, genheaders, normalize_headers
from ._core.transfer.plan import MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE, make_plan
from ._core.transfer.progress import ProgressType
from ._core.wire.base_url import BaseURL
from ._legacy_helpers import (
    AWS_S3_ENDPOINT_MAP,
    Hasher,
    PartMetadata,
    amzprefix_user_metadata,
    basestring,
    dump_http,
    encode_object_name,
    get_md5_base64digest,
    get_s3_endpoint,
    get_s3_region_from_endpoint,
    get_scheme_host,
    get_sha256_hexdigest,
    get_target_url,
    is_amz_header,
    is_non_empty_string,
    is_storageclass_header,
    is_supported_header,
    is_valid_bucket_name,
    is_valid_bucket_notification_config,
    is_valid_endpoint,
    is_valid_notification_config,
    is_virtual_host,
    mkdir_p,
    optimal_part_info,
    read_full,
)
from ._version import __version__ as __version__
from .thread_pool import ThreadPool, Worker

__all__ = [
    "AWS_S3_ENDPOINT_MAP",
    "DEFAULT_PART_SIZE",
    "MAX_MULTIPART_COUNT",
    "MAX_MULTIPART_OBJECT_SIZE",
    "MAX_PART_SIZE",
    "MAX_POOL_SIZE",
    "MIN_PART_SIZE",
    "_BUCKET_NAME_REGEX",
    "_DEFAULT_USER_AGENT",
    "BaseURL",
    "DictType",
    "HTTPHeaderDict",
    "Hasher",
    "ObjectWriteResult",
    "PartMetadata",
    "ProgressType",
    "ThreadPool",
    "Worker",
    "amzprefix_user_metadata",
    "basestring",
    "check_bucket_name",
    "check_non_empty_string",
    "check_object_name",
    "check_sse",
    "check_ssec",
    "dump_http",
    "encode_object_name",
    "genheaders",
    "get_md5_base64digest",
    "get_part_info",
    "get_s3_endpoint",
    "get_s3_region_from_endpoint",
    "get_scheme_host",
    "get_sha256_hexdigest",
    "get_target_url",
    "headers_to_strings",
    "is_amz_header",
    "is_non_empty_string",
    "is_storageclass_header",
    "is_supported_header",
    "is_valid_bucket_name",
    "is_valid_bucket_notification_config",
    "is_valid_endpoint",
    "is_valid_notification_config",
    "is_valid_policy_type",
    "is_virtual_host",
    "makedirs",
    "md5sum_hash",
    "mkdir_p",
    "normalize_headers",
    "optimal_part_info",
    "queryencode",
    "quote",
    "read_full",
    "read_part_data",
    "sha256_hash",
    "url_replace",
]

__title__ = "minio-py"

_BUCKET_NAME_REGEX = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
"""The names of buckets. `check_bucket_name` knows the further rules."""

DEFAULT_PART_SIZE = MIN_PART_SIZE
MAX_POOL_SIZE = 10
MAX_MULTIPART_COUNT = MAX_PARTS
MAX_MULTIPART_OBJECT_SIZE = MAX_OBJECT_SIZE


def get_part_info(object_size: int, part_size: int) -> tuple[int, int]:
    """Return the part size in bytes and the number of parts of an object. The number is -1 if the size is unknown."""
    if object_size < 0 and not part_size:
        raise InvalidArgumentError("part_size must be given when the size of the object is unknown")
    plan = make_plan(object_size, part_size)
    if plan.length is not None and plan.length <= plan.part_size:
        return plan.length, 1
    return plan.part_size, plan.count or -1


def headers_to_strings(headers: Mapping[str, str | list[str] | tuple[str]], titled_key: bool = False) -> str:
    """Return headers as lines of text, without secrets."""
    from ._core.wire.redact import redact

    lines = []
    for key, value in headers.items():
        name = key.title() if titled_key else key
        lines += [f"{name}: {redact(item)}" for item in (value if isinstance(value, (list, tuple)) else [value])]
    return "\n".join(lines)


def is_valid_policy_type(policy: str | bytes) -> bool:
    """Raise an error unless a policy is a non-blank str."""
    check_non_empty_string(policy)
    return True


def makedirs(path: str) -> None:
    """Create a directory and its parents if they do not exist."""
    if path:
        os.makedirs(path, exist_ok=True)


def md5sum_hash(data: str | bytes | None) -> str | None:
    """Return the MD5 of data in base64, as for Content-MD5."""
    if data is None:
        return None
    raw = data.encode() if isinstance(data, str) else data
    return base64.b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode()


def sha256_hash(data: str | bytes | None) -> str:
    """Return the SHA-256 of data in hex."""
    raw = data.encode() if isinstance(data, str) else data or b""
    return hashlib.sha256(raw).hexdigest()


def quote(resource: str, safe: str = "/", encoding: str | None = None, errors: str | None = None) -> str:
    """Percent-encode a string as S3 signatures require, except for `safe` and `~`."""
    return _quote(resource, safe=f"{safe}~", encoding=encoding, errors=errors)


def queryencode(query: str, safe: str = "", encoding: str | None = None, errors: str | None = None) -> str:
    """Percent-encode a query value."""
    return quote(query, safe, encoding, errors)


def read_part_data(stream: Any, size: int, part_data: bytes = b"", progress: ProgressType | None = None) -> bytes:
    """Read from a stream and append to the bytes read before, up to a size. Fewer are read only at its end."""
    while len(part_data) < size:
        data = stream.read(size - len(part_data))
        if not data:
            break
        if not isinstance(data, bytes):
            raise InvalidArgumentTypeError(f"read() must return bytes, not {type(data).__name__}")
        part_data += data
        if progress is not None:
            progress.update(len(data))
    if len(part_data) > size:
        raise InvalidSizeError("read(n) returned more than n bytes")
    return part_data


def url_replace(
    *,
    url: SplitResult,
    scheme: str | None = None,
    netloc: str | None = None,
    path: str | None = None,
    query: str | None = None,
    fragment: str | None = None,
) -> SplitResult:
    """Return a URL with some of its parts replaced."""
    given = {"scheme": scheme, "netloc": netloc, "path": path, "query": query, "fragment": fragment}
    return url._replace(**{name: value for name, value in given.items() if value is not None})
