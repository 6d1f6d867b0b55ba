"""Helpers of the 3.x to 6.x APIs. Import them from `minio.helpers`."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TextIO
from urllib.parse import SplitResult, urlsplit

from ._core.arguments import check_bucket_name, check_non_empty_string
from ._core.display import shows
from ._core.exceptions import InvalidArgumentError, InvalidEndpointError, InvalidSizeError
from ._core.transfer.plan import MAX_OBJECT_SIZE, MAX_PARTS, MIN_PART_SIZE
from ._core.wire.endpoint import parse_endpoint
from ._core.wire.redact import redact
from ._core.wire.url import quote, quote_path

basestring = (str, bytes)

AWS_S3_ENDPOINT_MAP = {
    "us-east-1": "s3.amazonaws.com",
    "us-east-2": "s3-us-east-2.amazonaws.com",
    "us-west-1": "s3-us-west-1.amazonaws.com",
    "us-west-2": "s3-us-west-2.amazonaws.com",
    "ca-central-1": "s3.ca-central-1.amazonaws.com",
    "eu-west-1": "s3-eu-west-1.amazonaws.com",
    "eu-west-2": "s3-eu-west-2.amazonaws.com",
    "sa-east-1": "s3-sa-east-1.amazonaws.com",
    "eu-central-1": "s3-eu-central-1.amazonaws.com",
    "ap-south-1": "s3.ap-south-1.amazonaws.com",
    "ap-southeast-1": "s3-ap-southeast-1.amazonaws.com",
    "ap-southeast-2": "s3-ap-southeast-2.amazonaws.com",
    "ap-northeast-1": "s3-ap-northeast-1.amazonaws.com",
    "ap-northeast-2": "s3-ap-northeast-2.amazonaws.com",
    "cn-north-1": "s3.cn-north-1.amazonaws.com.cn",
}
_AWS_REGION = re.compile(r"s3[.-](.+)\.amazonaws\.com(?:\.cn)?")
_SUPPORTED = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"}
)
_NOTIFICATIONS = ("TopicConfigurations", "QueueConfigurations", "CloudFunctionConfigurations")


def get_s3_endpoint(region: str) -> str:
    """Return the host of S3 in a region, `s3.amazonaws.com` if the region is not known."""
    return AWS_S3_ENDPOINT_MAP.get(region, "s3.amazonaws.com")


def get_s3_region_from_endpoint(endpoint: str) -> str | None:
    """Return the region in the URL of an AWS host, or None."""
    found = _AWS_REGION.fullmatch(urlsplit(endpoint).hostname or endpoint)
    return found[1] if found else None


def is_virtual_host(endpoint_url: str, bucket_name: str | None) -> bool:
    """Return whether requests for a bucket use its own host: on `s3.amazonaws.com`, unless its name has dots."""
    if not bucket_name:
        return False
    host = urlsplit(endpoint_url)
    return (host.hostname or "").lower() in ("s3.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn") and not (
        host.scheme == "https" and "." in bucket_name
    )


def get_scheme_host(url: SplitResult) -> tuple[str, str]:
    """Return the scheme and the host of a URL, without the default port."""
    scheme, host = url.scheme, url.netloc
    return scheme, host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))


def get_target_url(
    endpoint_url: str,
    bucket_name: str | None = None,
    object_name: str | None = None,
    bucket_region: str | None = "us-east-1",
    query: Mapping[str, Any] | None = None,
) -> str:
    """Return the URL of a request.

    Args:
        endpoint_url: The URL of the server.
        bucket_name: The bucket.
        object_name: The object.
        bucket_region: The region of the bucket, for hosts in AWS.
        query: The query parameters: str, None for a name without a value, or lists.
    """
    url = urlsplit(endpoint_url)
    scheme, host = get_scheme_host(url)
    if host == "s3.amazonaws.com":
        host = get_s3_endpoint(bucket_region or "us-east-1")
    path = "/"
    if bucket_name and is_virtual_host(endpoint_url, bucket_name):
        host = f"{bucket_name}.{host}"
    elif bucket_name:
        path = f"/{bucket_name}/"
    if object_name:
        path += quote_path(object_name)
    text = "&".join(_pairs(query or {}))
    return f"{scheme}://{host}{path}{'?' if text else ''}{text}"


def _pairs(query: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for name in sorted(query):
        values = query[name] if isinstance(query[name], (list, tuple)) else [query[name]]
        found += [quote(name) if value is None else f"{quote(name)}={quote(str(value))}" for value in values]
    return found


def encode_object_name(object_name: str) -> str:
    """Percent-encode the name of an object for a URL."""
    is_non_empty_string(object_name)
    return quote_path(object_name)


def get_sha256_hexdigest(content: bytes | str) -> str:
    """Return the SHA-256 of data in hex."""
    return Hasher.sha256(content).hexdigest()


def get_md5_base64digest(content: bytes | str) -> str:
    """Return the MD5 of data in base64."""
    return Hasher.md5(content).base64digest()


def is_valid_bucket_name(bucket_name: str, strict: bool = False) -> bool:
    """Return True, or raise an error if a name is not one of a bucket."""
    check_bucket_name(bucket_name, strict=strict)
    return True


def is_non_empty_string(input_string: str) -> bool:
    """Return True, or raise an error if a str is blank."""
    check_non_empty_string(input_string)
    return True


def is_valid_endpoint(endpoint: str) -> bool:
    """Return True, or raise an error unless `endpoint` is a host, perhaps with a port."""
    parse_endpoint(endpoint)
    if endpoint.endswith("/"):
        raise InvalidEndpointError(f"endpoint must be a host without a path, not {endpoint!r}")
    return True


def is_valid_bucket_notification_config(notifications: Any) -> bool:
    """Return True, or raise an error unless a dict describes the notifications of a bucket."""
    from .notificationconfig import NotificationConfig

    for name in notifications if isinstance(notifications, Mapping) else ():
        if name not in _NOTIFICATIONS:
            raise InvalidArgumentError(f"{name} is an invalid key for notifications configuration")
    NotificationConfig.from_dict(notifications)
    return True


is_valid_notification_config = is_valid_bucket_notification_config


def is_amz_header(key: str) -> bool:
    """Return whether a header is user metadata, an ACL or about encryption."""
    name = key.lower()
    return name.startswith(("x-amz-meta-", "x-amz-grant-", "x-amz-server-side-encryption")) or name == "x-amz-acl"


def is_supported_header(key: str) -> bool:
    """Return whether a header of an upload is stored with the object as such."""
    return key.lower() in _SUPPORTED


def is_storageclass_header(key: str) -> bool:
    """Return whether a header names the storage class."""
    return key.lower() == "x-amz-storage-class"


def amzprefix_user_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return metadata as headers: with `X-Amz-Meta-` before the names that are not headers by themselves."""
    return {
        key
        if is_amz_header(key) or is_supported_header(key) or is_storageclass_header(key)
        else f"X-Amz-Meta-{key}": value
        for key, value in metadata.items()
    }


def optimal_part_info(length: int, part_size: int = MIN_PART_SIZE) -> tuple[int, int, int]:
    """Return how an object is cut into parts: their number, their size, and the size of the last one.

    Args:
        length: The length of the object, -1 if it is not known.
        part_size: The size of parts is a multiple of this.
    """
    if length > MAX_OBJECT_SIZE:
        raise InvalidArgumentError(f"an object has at most {MAX_OBJECT_SIZE} bytes, not {length}")
    whole = MAX_OBJECT_SIZE if length == -1 else length
    step = part_size or MIN_PART_SIZE
    size = max(-(-whole // MAX_PARTS), 1)
    size = -(-size // step) * step
    count = max(-(-whole // size), 1)
    return count, size, whole - (count - 1) * size


def read_full(data: Any, size: int) -> bytes:
    """Read `size` bytes from a stream, or fewer only at its end."""
    found = b""
    while len(found) < size and (part := data.read(size - len(found))):
        found += part
    if len(found) > size:
        raise InvalidSizeError("read(n) returned more than n bytes")
    return found


def mkdir_p(path: str) -> None:
    """Create a directory and its parents if they do not exist."""
    from os import makedirs

    makedirs(path, exist_ok=True)


class PartMetadata(NamedTuple):
    """A part before it is uploaded, with its digests."""

    data: Any
    md5_hex: str
    sha256_hex: str
    size: int


@shows(live=True)
class Hasher:
    """A digest of data, as hex or in base64. `h` is a hash of `hashlib`, to which the data is added."""

    def __init__(self, data: bytes | str, h: Any) -> None:
        self._hash = h
        self.update(data)

    @classmethod
    def md5(cls, data: bytes | str = b"") -> Hasher:
        """Return the MD5 of data."""
        return cls(data, hashlib.md5(usedforsecurity=False))

    @classmethod
    def sha256(cls, data: bytes | str = b"") -> Hasher:
        """Return the SHA-256 of data."""
        return cls(data, hashlib.sha256())

    def update(self, data: bytes | str | None) -> None:
        """Add data."""
        if data:
            self._hash.update(data.encode() if isinstance(data, str) else data)

    def hexdigest(self) -> str:
        """Return the digest in hex."""
        return str(self._hash.hexdigest())

    def base64digest(self) -> str:
        """Return the digest in base64."""
        return base64.b64encode(self._hash.digest()).decode()


def dump_http(method: str, url: str, request_headers: Mapping[str, str], response: Any, output_stream: TextIO) -> None:
    """Write a request and its response to a text stream, without credentials and signatures."""
    parts = urlsplit(url)
    output_stream.write("---------START-HTTP---------\n")
    output_stream.write(f"{method} {parts.path or '/'}{'?' if parts.query else ''}{redact(parts.query)} HTTP/1.1\n")
    output_stream.writelines(f"{redact(f'{name}: {value}')}\n" for name, value in request_headers.items())
    output_stream.write(f"\nHTTP/1.1 {response.status}\n")
    output_stream.writelines(f"{redact(f'{name}: {value}')}\n" for name, value in response.headers.items())
    if response.status >= 400:
        output_stream.write(f"\n{response.read()!r}\n")
    output_stream.write("---------END-HTTP---------\n\n")
