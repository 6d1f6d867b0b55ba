"""The state that all calls of a client share: endpoint, credentials, and what was learned. No I/O."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from ..._version import __version__
from ...retry import Retry
from ..wire import sigv4
from ..wire.body import body_length
from ..wire.checksums import Payload
from ..wire.endpoint import Endpoint, path_of
from ..wire.message import Origin, Outgoing, Request
from ..wire.url import Query, canonical_query
from . import fork as fork  # registers the fork handler, because clients may be used after a fork
from .layouts import Layouts, common_headers

if TYPE_CHECKING:
    from ...credentials import Credentials, Provider
    from .hooks import Hooks
    from .request_options import RequestOptions


def _user_agent() -> str:
    if sys.platform == "win32":
        import platform

        system, machine = platform.system(), platform.machine()
    else:  # what `platform` returns, without importing it
        found = os.uname()
        system, machine = found.sysname, found.machine
    return f"MinIO ({system}; {machine}) minio-py/{__version__}"


USER_AGENT = _user_agent()
_ANONYMOUS_REGION = "us-east-1"
_MOST_PLACES = 1000


@dataclass(slots=True, eq=False)
class Session:
    """The state of a client. It is thread-safe, because every step is a single assignment or lookup."""

    endpoint: Endpoint
    provider: Provider | None = None
    region: str | None = None
    retry: Retry = field(default_factory=Retry)
    checksum: str | None = "CRC32C"
    user_agent: str = USER_AGENT
    regions: dict[str, str] = field(default_factory=dict)
    """The learned regions, by bucket."""
    doubtful: set[str] = field(default_factory=set)
    """Buckets whose region was looked up, but not yet confirmed by a call."""
    skew: float = 0.0
    """The number of seconds by which the server's clock is ahead of the local clock."""
    fold_to_first: bool = False
    """Learned: the server folds white space in signed headers as Ceph does."""
    trace: TextIO | None = None
    hooks: Hooks | None = field(default=None, repr=False)
    """The functions that are called for requests, responses and retries."""
    retry_transport: bool = True
    """Retry after transport errors. False if a custom HTTP client already does so."""
    proxy: str | None = field(default=None, repr=False)
    """The proxy URL given to the client. Its password is removed from errors and traces."""
    presign_endpoint: Endpoint | None = None
    """The endpoint of presigned URLs and forms, if it is not `endpoint`."""
    options: RequestOptions | None = field(default=None, repr=False)
    """The options of the one call that this session is for."""
    on_slow_down: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    """Called when the server asks for fewer requests, before the request is repeated."""
    _addresses: dict[tuple[str, str, bool], tuple[Endpoint, tuple[Origin, str, str]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _layouts: Layouts = field(default_factory=Layouts, init=False, repr=False, compare=False)

    def __getstate__(self) -> dict[str, object]:
        """Return the state without what was learned and what cannot be pickled."""
        left = ("regions", "doubtful", "trace", "on_slow_down", "hooks", "_addresses", "_layouts")
        return {name: getattr(self, name) for name in self.__slots__ if name not in left}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.regions, self.doubtful, self._addresses, self._layouts = {}, set(), {}, Layouts()
        self.trace = self.hooks = self.on_slow_down = None

    def now(self) -> float:
        """Return the estimated time of the server, in seconds since the epoch."""
        return time.time() + self.skew

    def chance(self) -> float:
        """Return a random number from 0 to 1."""
        from random import random

        return random()

    def ready_credentials(self) -> Credentials | None:
        """Return the current credentials, or None if there are none or they must be fetched."""
        ready = getattr(self.provider, "_ready", None)
        return None if ready is None else ready()

    def known_region(self, request: Request, anonymous: bool) -> str | None:
        """Return the region to sign for, or None if it must be looked up."""
        if request.region:
            return request.region
        if not request.bucket:
            return self.region or self.endpoint.region or _ANONYMOUS_REGION
        found = self.regions.get(request.bucket) or self.region or self.endpoint.region
        return found or (_ANONYMOUS_REGION if anonymous else None)

    def prepare(
        self,
        request: Request,
        region: str,
        credentials: Credentials | None,
        payload: Payload,
        redirect_to: tuple[Origin, str, str] | None = None,
        skew: float | None = None,
        fold_to_first: bool = False,
    ) -> Outgoing:
        """Address and sign a request.

        Args:
            request: The request.
            region: The region to sign for.
            credentials: None for an anonymous request.
            payload: The digests of the body.
            redirect_to: The target of a redirect: origin, Host header and path.
            skew: A clock offset to try instead of the session's.
            fold_to_first: Fold white space in signed headers as Ceph does.
        """
        usual = redirect_to is None and skew is None and not (request.query or request.path_style)
        if usual and request.key and credentials is not None:
            laid_out = self._layouts.render(
                request, region, credentials, payload, self.endpoint, self.user_agent, time.time() + self.skew
            )
            if laid_out is not None:
                return laid_out
        if redirect_to is None:
            origin, host, base = self._place(request.bucket, region, request.path_style)
            path = path_of(base, request.key)
        else:
            origin, host, path = redirect_to
        query = canonical_query(request.query) if request.query else ""
        headers = {**common_headers(host, self.user_agent), **request.headers, **payload.headers}
        length = body_length(request.body)
        if length or request.method in ("PUT", "POST"):
            headers["Content-Length"] = str(length)
        if credentials is not None and not request.signs_itself:
            epoch = time.time() + (self.skew if skew is None else skew)
            self._sign(request, path, query, headers, region, credentials, payload.sha256, epoch, fold_to_first)
        return Outgoing(
            request.method,
            origin,
            f"{path}?{query}" if query else path,
            headers,
            request.body,
            request.stream,
            request.expect,
            request.repeatable,
        )

    def _place(self, bucket: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Return the origin, the Host header and the base path for a bucket. The result is cached."""
        endpoint, which = self.endpoint, (bucket, region, path_style)
        found = self._addresses.get(which)
        if found is None or found[0] is not endpoint:
            if len(self._addresses) >= _MOST_PLACES:
                self._addresses.clear()
            found = self._addresses[which] = (endpoint, endpoint.bucket_address(bucket, region, path_style))
        return found[1]

    def _sign(
        self,
        request: Request,
        path: str,
        query: str,
        headers: dict[str, str],
        region: str,
        credentials: Credentials,
        sha256: str,
        epoch: float,
        fold_to_first: bool,
    ) -> None:
        date = sigv4.amz_date(int(epoch))
        headers["x-amz-content-sha256"] = sha256
        headers["x-amz-date"] = date
        if credentials.session_token:
            headers["x-amz-security-token"] = credentials.session_token
        headers["Authorization"] = sigv4.authorization(
            request.method,
            path,
            query,
            headers,
            sha256,
            access_key=credentials.access_key,
            secret_key=credentials.secret_key,
            region=region,
            date=date,
            fold_to_first=fold_to_first,
        )

    def presigned_address(self, bucket: str, key: str, region: str) -> tuple[str, str, str]:
        """Return the URL of a bucket or object for others, its Host header and its path."""
        endpoint = self.presign_endpoint or self.endpoint
        _, host, path = endpoint.address(bucket, key, region, path_style=False)
        return f"{endpoint.scheme}://{host}{path}", host, path

    def presign(
        self,
        method: str,
        bucket: str,
        key: str,
        query: Query,
        region: str,
        credentials: Credentials | None,
        expires: int,
        epoch: float | None = None,
    ) -> str:
        """Return a URL that anyone can use until it expires. Without credentials, return the plain URL."""
        url, host, path = self.presigned_address(bucket, key, region)
        if credentials is None:
            text = canonical_query(query)
        else:
            text = sigv4.presign(
                method,
                path,
                query,
                host,
                access_key=credentials.access_key,
                secret_key=credentials.secret_key,
                session_token=credentials.session_token,
                region=region,
                date=sigv4.amz_date(int(self.now() if epoch is None else epoch)),
                expires=expires,
            )
        return f"{url}?{text}" if text else url
