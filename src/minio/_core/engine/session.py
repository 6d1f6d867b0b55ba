"""What the calls of one client share: where the server is, who calls, what was learnt. No sockets."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import random
from typing import TYPE_CHECKING, TextIO

from ... import __version__
from ...retry import Retry
from ..wire import sigv4
from ..wire.checksums import Payload
from ..wire.endpoint import Endpoint, path_of
from ..wire.message import Origin, Outgoing, Query, Request, body_length
from ..wire.url import canonical_query

if TYPE_CHECKING:
    from ...credentials import Credentials, Provider

USER_AGENT = f"MinIO ({platform.system()}; {platform.machine()}) minio-py/{__version__}"
_ANONYMOUS_REGION = "us-east-1"
_MOST_PLACES = 1000


@dataclass(slots=True)
class Session:
    """The state behind a client. Safe across threads: every step is one assignment or one look-up."""

    endpoint: Endpoint
    provider: Provider | None = None
    region: str | None = None
    retry: Retry = field(default_factory=Retry)
    checksum: str | None = "CRC32C"
    user_agent: str = USER_AGENT
    regions: dict[str, str] = field(default_factory=dict)
    """Bucket -> region, as learnt."""
    skew: float = 0.0
    """Seconds that the server's clock is ahead of ours."""
    trace: TextIO | None = None
    retry_transport: bool = True
    """Try again after transport faults: False when somebody else's HTTP client has done so already."""
    _places: dict[tuple[str, str, bool], tuple[Endpoint, tuple[Origin, str, str]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __getstate__(self) -> dict[str, object]:
        """All but what was learnt, and what cannot travel."""
        left = ("regions", "trace", "_places")
        return {name: getattr(self, name) for name in self.__slots__ if name not in left}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.regions, self.trace, self._places = {}, None, {}

    def now(self) -> float:
        """The server's time, as far as it is known, in seconds since 1970."""
        return time.time() + self.skew

    def chance(self) -> float:
        """A random number from 0 to 1."""
        return random()

    def ready_credentials(self) -> Credentials | None:
        """The caller's credentials of this moment, None when there are none or they must be fetched."""
        ready = getattr(self.provider, "_ready", None)
        return None if ready is None else ready()

    def known_region(self, request: Request, anonymous: bool) -> str | None:
        """The region to sign for, None when it must be looked up."""
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
        elsewhere: tuple[Origin, str, str] | None = None,
    ) -> Outgoing:
        """Address and sign a request; `elsewhere` is where a redirect sent it: origin, Host header and path."""
        if elsewhere is None:
            origin, host, base = self._place(request.bucket, region, request.path_style)
            path = path_of(base, request.key)
        else:
            origin, host, path = elsewhere
        query = canonical_query(request.query) if request.query else ""
        headers = {
            "Host": host,
            "User-Agent": self.user_agent,
            "Accept-Encoding": "identity",
            **request.headers,
            **payload.headers,
        }
        length = body_length(request.body)
        if length or request.method in ("PUT", "POST"):
            headers["Content-Length"] = str(length)
        if credentials is not None:
            self._sign(request, path, query, headers, region, credentials, payload.sha256)
        return Outgoing(
            request.method,
            origin,
            f"{path}?{query}" if query else path,
            headers,
            request.body,
            request.stream,
            request.expect,
        )

    def _place(self, bucket: str, region: str, path_style: bool) -> tuple[Origin, str, str]:
        """Where requests on a bucket go; worked out once."""
        endpoint, which = self.endpoint, (bucket, region, path_style)
        found = self._places.get(which)
        if found is None or found[0] is not endpoint:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            found = self._places[which] = (endpoint, endpoint.place(bucket, region, path_style))
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
    ) -> None:
        date = sigv4.amz_date(int(self.now()))
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
        )

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
        """A URL that anybody may use until it expires; without credentials the plain URL."""
        _, host, path = self.endpoint.address(bucket, key, region, path_style=False)
        url = f"{self.endpoint.scheme}://{host}{path}"
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
