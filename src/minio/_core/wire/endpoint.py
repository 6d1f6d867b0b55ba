"""The user's endpoint, and the addresses of buckets and objects on it.

Requests use path style (`host/bucket/key`), except on AWS, where they use virtual-hosted style (`bucket.host/key`).
On AWS, path style is used for bucket names with dots over https, which no certificate covers, and for operations that
request it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidEndpointError
from .message import Origin
from .url import quote_path

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_PORT = re.compile(r"[0-9]{1,5}")
# re compiles and caches the following patterns on first use: most clients need none of them.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_REGION = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_IPV6 = r"\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]"
_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")
_AWS = (
    r"(?P<prefix>(?:bucket\.vpce-[0-9a-z-]+\.)?s3(?:-(?:accelerate|fips|control|external-1))?)"
    r"(?P<dualstack>\.dualstack)?(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?(?P<vpce>\.vpce)?"
    r"\.(?P<domain>amazonaws\.com(?:\.cn)?)"
)

_SCHEMES = {"http": False, "https": True}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server: its address, and how it expects buckets to be addressed."""

    host: str
    port: int
    secure: bool
    region: str = ""
    """The region in an AWS host name."""
    aws: str = ""
    """The AWS domain (`amazonaws.com`), or '' for any other server."""
    prefix: str = ""
    """The first part of an AWS host name: `s3`, `s3-fips`, ..."""
    fixed: bool = False
    """The AWS host already names its region or VPC endpoint, so no region is inserted."""
    virtual: bool = False
    dualstack: bool = False
    accelerate: bool = False

    @property
    def scheme(self) -> str:
        return "https" if self.secure else "http"

    def __str__(self) -> str:
        return self._netloc(self.host)

    def _netloc(self, host: str) -> str:
        host = f"[{host}]" if ":" in host else host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    def with_flags(self, **flags: bool) -> Endpoint:
        """Return a copy with other addressing flags: virtual, dualstack, accelerate."""
        return replace(self, **flags)  # type: ignore[arg-type]

    def address(self, bucket: str, key: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Return the origin, the Host header and the quoted path for a bucket and key."""
        origin, host, base = self.bucket_address(bucket, region, path_style)
        return origin, host, path_of(base, key)

    def bucket_address(self, bucket: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Return the origin, the Host header and the base path for a bucket."""
        host = self._regional(region, bool(bucket) and not path_style) if self.aws else self.host
        base = f"/{bucket}" if bucket else ""
        if bucket and self.virtual and not path_style and not (self.secure and "." in bucket):
            host = f"{bucket}.{host}"
            base = ""
        return Origin(self.scheme, host, self.port), self._netloc(host), base

    def _regional(self, region: str, on_bucket: bool) -> str:
        if self.accelerate and on_bucket:
            return f"s3-accelerate.{'dualstack.' if self.dualstack else ''}{self.aws}"
        if self.fixed or (region == "us-east-1" and not self.dualstack):
            return self.host
        if not re.fullmatch(_LABEL, region):
            raise InvalidArgumentError(f"region {region!r} cannot be a part of a host's name")
        return f"{self.prefix}.{'dualstack.' if self.dualstack else ''}{region}.{self.aws}"


def path_of(base: str, key: str) -> str:
    """Return the quoted path of an object, or of the bucket itself."""
    return f"{base}/{quote_path(key)}" if key else base or "/"


def parse_region(region: str | None) -> str | None:
    """Validate a region sent by a server, because it becomes part of hosts and headers. Return None if invalid."""
    text = (region or "").strip()
    return text if re.fullmatch(_REGION, text) else None


def _match_aws(host: str) -> re.Match[str] | None:
    return re.fullmatch(_AWS, host) if host.endswith(_AWS_DOMAINS) else None


def is_aws_host(host: str, bucket: str | None, aws: str) -> bool:
    """Return whether a host in the AWS domain belongs to S3 or to the bucket. Anyone can rent other hosts there."""
    found = _match_aws(host.removeprefix(f"{bucket}.") if bucket else host)
    return found is not None and found["domain"] == aws


def parse_endpoint(endpoint: str, secure: bool = True, name: str = "endpoint") -> Endpoint:
    """Parse `host`, `host:port` or `[v6]:port`, with an optional trailing slash.

    Raises:
        InvalidEndpointError: The endpoint has a scheme, a path, a user or an invalid port, or is malformed.
    """
    if not isinstance(endpoint, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(endpoint).__name__}")
    text = endpoint.removesuffix("/")
    if not text:
        raise InvalidEndpointError(f"{name} must not be empty: give a host, or host:port")
    if "://" in text:
        raise InvalidEndpointError(
            f"{name} {endpoint!r} must not have a scheme: give host:port, and secure=True or False for https or http"
        )
    if any(mark in text for mark in "/?#@"):
        raise InvalidEndpointError(f"{name} {endpoint!r} must be a host and a port, without path, query or user")
    host, port = _split(name, endpoint, text, secure)
    return _aws_endpoint(host, port, secure) or Endpoint(host=host, port=port, secure=secure)


def parse_address(name: str, address: str, secure: bool, explicit: bool = True) -> Endpoint:
    """Parse an endpoint that may have a scheme, as in `http://127.0.0.1:9000`.

    Args:
        name: The name of the argument.
        address: The endpoint.
        secure: Use HTTPS if the address has no scheme.
        explicit: The caller has given `secure`. A scheme that contradicts it is refused, because using either of them
            could send data without encryption that should be encrypted.

    Raises:
        InvalidEndpointError: The address has another scheme, a path, a query or a user, or contradicts `secure`.
    """
    scheme, mark, rest = address.partition("://") if isinstance(address, str) else ("", "", "")
    if not mark:
        return parse_endpoint(address, secure, name)
    if "@" in rest:
        raise InvalidEndpointError(f"{name} must have no user and password: give access_key and secret_key")
    if scheme.lower() not in _SCHEMES:
        raise InvalidEndpointError(f"{name} {address!r} must begin with http:// or https://, or have no scheme")
    if not rest.removesuffix("/"):
        raise InvalidEndpointError(f"{name} {address!r} has no host")
    wanted = _SCHEMES[scheme.lower()]
    if explicit and wanted != secure:
        raise InvalidEndpointError(f"{name} {address!r} contradicts secure={secure}: leave out one of them")
    if any(mark in rest.removesuffix("/") for mark in "/?#"):
        raise InvalidEndpointError(f"{name} {address!r} must be a scheme, a host and a port, without path and query")
    return parse_endpoint(rest, wanted, name)


def _split(name: str, endpoint: str, text: str, secure: bool) -> tuple[str, int]:
    v6 = re.match(_IPV6, text) if text.startswith("[") else None
    if v6:
        host, rest = v6[1], text[v6.end() :]
        colon, number = rest[:1], rest[1:]
        valid = colon in ("", ":") and _is_v6(host)
    else:
        host, colon, number = text.partition(":")
        valid = _HOST.fullmatch(host) is not None and len(host) <= 253
    if not valid:
        raise InvalidEndpointError(f"{name} {endpoint!r} does not begin with a valid host name or address")
    if not colon:
        return host, 443 if secure else 80
    if not (_PORT.fullmatch(number) and 0 < int(number) < 65536):
        raise InvalidEndpointError(f"{name} {endpoint!r} has a bad port: {number!r} is not a number from 1 to 65535")
    return host, int(number)


def _is_v6(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.IPv6Address(host) is not None
    except ValueError:
        return False


def _aws_endpoint(host: str, port: int, secure: bool) -> Endpoint | None:
    found = _match_aws(host.lower())
    if found is None:
        return None
    region = found["region"] or ""
    if not region and found["domain"].endswith(".cn"):
        region = "cn-north-1"
    accelerate = found["prefix"] == "s3-accelerate"
    return Endpoint(
        host=host.lower(),
        port=port,
        secure=secure,
        region=region,
        aws=found["domain"],
        prefix="s3" if accelerate else found["prefix"],
        fixed=bool(found["region"]) or (found["prefix"] != "s3" and not accelerate),
        virtual=True,
        dualstack=found["dualstack"] is not None,
        accelerate=accelerate,
    )
