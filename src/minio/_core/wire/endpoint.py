"""Where a request goes: the endpoint that the user named, and the address of a bucket or object on it.

Path style (`host/bucket/key`) everywhere but on AWS, where the bucket goes into the host (`bucket.host/key`), except
for names with dots over https (no certificate covers them) and for the calls that ask for path style.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ...error import InvalidArgumentError, InvalidArgumentTypeError, InvalidEndpointError
from .message import Origin
from .url import quote_path

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_PORT = re.compile(r"[0-9]{1,5}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_REGION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_IPV6 = re.compile(r"\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]")
_AWS = re.compile(
    r"(?P<prefix>(?:bucket\.vpce-[0-9a-z-]+\.)?s3(?:-(?:accelerate|fips|control|external-1))?)"
    r"(?P<dualstack>\.dualstack)?(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?(?P<vpce>\.vpce)?"
    r"\.(?P<domain>amazonaws\.com(?:\.cn)?)"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server: how to reach it and how it wants buckets to be addressed."""

    host: str
    port: int
    secure: bool
    region: str = ""
    """The region that an AWS host name tells."""
    aws: str = ""
    """The AWS domain (`amazonaws.com`), '' on every other server."""
    prefix: str = ""
    """What comes first in an AWS host name: `s3`, `s3-accelerate`, ..."""
    fixed: bool = False
    """An AWS host that already names its region or VPC end point: no region is put into it."""
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
        """The same server addressed otherwise: virtual, dualstack, accelerate."""
        return replace(self, **flags)  # type: ignore[arg-type]

    def address(self, bucket: str, key: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Where a request on this bucket and key goes: its origin, its Host header and its quoted path."""
        origin, host, base = self.place(bucket, region, path_style)
        return origin, host, path_of(base, key)

    def place(self, bucket: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Where requests on a bucket go: their origin, their Host header and what their paths begin with."""
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
        if not _LABEL.fullmatch(region):
            raise InvalidArgumentError(f"region {region!r} cannot be a part of a host's name")
        return f"{self.prefix}.{'dualstack.' if self.dualstack else ''}{region}.{self.aws}"


def path_of(base: str, key: str) -> str:
    """The quoted path of an object, or of the bucket itself."""
    return f"{base}/{quote_path(key)}" if key else base or "/"


def told_region(region: str | None) -> str | None:
    """A region as a server has told it, None unless it is a name: it becomes a part of hosts and of headers."""
    text = (region or "").strip()
    return text if _REGION.fullmatch(text) else None


def is_aws_host(host: str, bucket: str | None, aws: str) -> bool:
    """Whether a host is one of S3's in an AWS domain, or the bucket's there. Anybody can rent other hosts in it."""
    found = _AWS.fullmatch(host.removeprefix(f"{bucket}.") if bucket else host)
    return found is not None and found["domain"] == aws


def parse_endpoint(endpoint: str, secure: bool = True) -> Endpoint:
    """Read `host`, `host:port`, `[v6]:port`, each with at most one slash behind it.

    Raises:
        InvalidEndpointError: It is something else: a URL with its scheme, a path, a user, a bad port.
    """
    if not isinstance(endpoint, str):
        raise InvalidArgumentTypeError(f"endpoint must be a str, not {type(endpoint).__name__}")
    text = endpoint.removesuffix("/")
    if not text:
        raise InvalidEndpointError("endpoint must not be empty: give a host, or host:port")
    if "://" in text:
        raise InvalidEndpointError(
            f"endpoint {endpoint!r} must not have a scheme: give host:port, and secure=True or False for https or http"
        )
    if any(mark in text for mark in "/?#@"):
        raise InvalidEndpointError(f"endpoint {endpoint!r} must be a host and a port, without path, query or user")
    host, port = _split(endpoint, text, secure)
    return _aws_endpoint(host, port, secure) or Endpoint(host=host, port=port, secure=secure)


def _split(endpoint: str, text: str, secure: bool) -> tuple[str, int]:
    v6 = _IPV6.match(text)
    if v6:
        host, rest = v6[1], text[v6.end() :]
        colon, number = rest[:1], rest[1:]
        valid = colon in ("", ":") and _is_v6(host)
    else:
        host, colon, number = text.partition(":")
        valid = _HOST.fullmatch(host) is not None and len(host) <= 253
    if not valid:
        raise InvalidEndpointError(f"endpoint {endpoint!r} does not begin with a valid host name or address")
    if not colon:
        return host, 443 if secure else 80
    if not (_PORT.fullmatch(number) and 0 < int(number) < 65536):
        raise InvalidEndpointError(f"endpoint {endpoint!r} has a bad port: {number!r} is not a number from 1 to 65535")
    return host, int(number)


def _is_v6(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.IPv6Address(host) is not None
    except ValueError:
        return False


def _aws_endpoint(host: str, port: int, secure: bool) -> Endpoint | None:
    found = _AWS.fullmatch(host.lower())
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
