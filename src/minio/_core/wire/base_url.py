"""`BaseURL` of the 7.2 API: the address of a server, and the URLs of buckets and objects on it.

A client's `_base_url` is a view: it reads and changes the endpoint that the client uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from ..arguments import check_region, check_repeated_query
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidEndpointError
from ..public import publish
from .endpoint import Endpoint, parse_endpoint
from .url import canonical_query


class Addressed(Protocol):
    """What has an endpoint and perhaps a region: a client's session."""

    endpoint: Endpoint
    region: str | None


class _Address:
    def __init__(self, endpoint: Endpoint, region: str | None) -> None:
        self.endpoint = endpoint
        self.region = region


class BaseURL:
    """The address of a server, and the URLs of buckets and objects on it.

    Args:
        endpoint: The URL of the server, `http://host:port` or `https://host:port`.
        region: The region of all buckets, if known.

    Raises:
        InvalidEndpointError: `endpoint` is not such a URL.
        InvalidArgumentError: `region` is invalid.

    Example:
        >>> from minio.helpers import BaseURL
        >>> url = BaseURL("http://localhost:9000", None)
        >>> url.build(method="GET", region="us-east-1", bucket_name="my-bucket", object_name="a b").geturl()
        'http://localhost:9000/my-bucket/a%20b'
    """

    def __init__(self, endpoint: str, region: str | None) -> None:
        self._address: Addressed = _Address(_parse_url(endpoint), check_region("region", region))

    @classmethod
    def _of(cls, address: Addressed) -> BaseURL:
        """Return the view of something else's address. Changes of one are changes of the other."""
        made = cls.__new__(cls)
        made._address = address
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url.geturl()!r}, {self.region!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BaseURL) and (self._endpoint, self.region) == (other._endpoint, other.region)

    def __hash__(self) -> int:
        return hash((self._endpoint, self.region))

    @property
    def _endpoint(self) -> Endpoint:
        return self._address.endpoint

    @property
    def _url(self) -> SplitResult:
        """The URL of the server."""
        return SplitResult(self._endpoint.scheme, str(self._endpoint), "", "", "")

    @_url.setter
    def _url(self, url: SplitResult) -> None:
        self._address.endpoint = _parse_url(url.geturl())

    @property
    def region(self) -> str | None:
        """The region that was given, else the one in the host name. "" if an AWS host names none."""
        return self._address.region or self._endpoint.region or ("" if self._endpoint.aws else None)

    @property
    def is_https(self) -> bool:
        """Whether the scheme is https."""
        return self._endpoint.secure

    @property
    def host(self) -> str:
        """The host, with the port unless it is the default of the scheme."""
        return str(self._endpoint)

    @property
    def is_aws_host(self) -> bool:
        """Whether the host is S3 in AWS."""
        return bool(self._endpoint.aws)

    @property
    def aws_s3_prefix(self) -> str | None:
        """The first part of an AWS host, with the dot: `s3.`. None for other hosts."""
        endpoint = self._endpoint
        return ("s3-accelerate." if endpoint.accelerate else f"{endpoint.prefix}.") if endpoint.aws else None

    @aws_s3_prefix.setter
    def aws_s3_prefix(self, prefix: str) -> None:
        if not self._endpoint.aws:
            return
        if not isinstance(prefix, str):
            raise InvalidArgumentTypeError(f"aws_s3_prefix must be a str, not {type(prefix).__name__}")
        host = self._endpoint.host.removeprefix(f"{self._endpoint.prefix}.")
        name = prefix.removesuffix(".")
        made = parse_endpoint(f"{name}.{host}", self._endpoint.secure)
        if not made.aws:
            raise InvalidArgumentError(
                f"aws_s3_prefix must be the first part of an AWS host, such as 's3.': {prefix!r}"
            )
        self._address.endpoint = made.with_flags(virtual=self._endpoint.virtual, dualstack=self._endpoint.dualstack)

    @property
    def accelerate_host_flag(self) -> bool:
        """Use the transfer acceleration endpoints of AWS."""
        return self._endpoint.accelerate

    @accelerate_host_flag.setter
    def accelerate_host_flag(self, flag: bool) -> None:
        self._set_flags(accelerate=bool(flag))

    @property
    def dualstack_host_flag(self) -> bool:
        """Use the dual-stack endpoints of AWS."""
        return self._endpoint.dualstack

    @dualstack_host_flag.setter
    def dualstack_host_flag(self, flag: bool) -> None:
        self._set_flags(dualstack=bool(flag))

    @property
    def virtual_style_flag(self) -> bool:
        """Use virtual-hosted-style URLs: `bucket.host/object`."""
        return self._endpoint.virtual

    @virtual_style_flag.setter
    def virtual_style_flag(self, flag: bool) -> None:
        self._set_flags(virtual=bool(flag))

    def _set_flags(self, **flags: bool) -> None:
        self._address.endpoint = self._endpoint.with_flags(**flags)

    def build(
        self,
        *,
        method: str,
        region: str,
        bucket_name: str | None = None,
        object_name: str | None = None,
        query_params: Mapping[str, Any] | None = None,
    ) -> SplitResult:
        """Return the URL of a request.

        Args:
            method: The HTTP method.
            region: The region of the bucket, which is a part of hosts in AWS.
            bucket_name: The bucket.
            object_name: The object.
            query_params: The query parameters: str, or lists of str.

        Raises:
            InvalidArgumentError: `object_name` is given without `bucket_name`.
        """
        if object_name and not bucket_name:
            raise InvalidArgumentError(f"bucket_name must be given with object_name {object_name!r}")
        query = canonical_query(check_repeated_query("query_params", query_params))
        # S3 does not answer these at the bucket's own host: the bucket may not exist yet, or its region is not known.
        of_bucket = bool(bucket_name) and not object_name
        path_style = of_bucket and (
            (method == "PUT" and not query) or (method == "GET" and "location" in (query_params or ()))
        )
        _, host, path = self._endpoint.address(bucket_name or "", object_name or "", region, path_style)
        return SplitResult(self._endpoint.scheme, host, path, query, "")


def _parse_url(endpoint: str) -> Endpoint:
    if not isinstance(endpoint, str):
        raise InvalidArgumentTypeError(f"endpoint must be a str, not {type(endpoint).__name__}")
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not endpoint.startswith(f"{parts.scheme}://"):
        raise InvalidEndpointError(f"endpoint must begin with http:// or https://, not {endpoint!r}")
    return parse_endpoint(endpoint.removeprefix(f"{parts.scheme}://"), parts.scheme == "https")


publish("minio.helpers", {"BaseURL": BaseURL, "__name__": __name__})
