"""Proxy URLs."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from minio._core.wire.message import Origin

_PORTS = {"http": 80, "https": 443}


class Proxy(NamedTuple):
    """The address of a proxy, and its Proxy-Authorization header."""

    origin: Origin
    authorization: str | None

    def __repr__(self) -> str:
        return f"Proxy({self.origin})"

    def headers(self) -> dict[str, str]:
        """Return the headers of a request to the proxy itself."""
        return {} if self.authorization is None else {"Proxy-Authorization": self.authorization}


def parse_proxy(url: str) -> Proxy:
    """Parse `http://user:password@host:port`.

    Raises:
        ValueError: The URL has no host, or the kind of proxy is not supported. The message does not repeat the URL,
            which may contain a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{parts.scheme}:// is not supported, only http:// and https://")
    if not parts.hostname:
        raise ValueError("the URL names no host")
    origin = Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])
    return Proxy(origin, _basic(parts.username, parts.password))


def _basic(user: str | None, password: str | None) -> str | None:
    if user is None:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return "Basic " + b64encode(pair.encode()).decode("ascii")
