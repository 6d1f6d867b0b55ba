"""The options of both transports, and the TLS context and proxy derived from them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ..arguments import whole_number
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError, TransportError
from .proxy import parse_proxy

if TYPE_CHECKING:
    import ssl

    from minio._core.wire.message import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """The options of a transport. They can be pickled, and equal settings share one TLS context."""

    connect_timeout: float = 10.0
    """Total seconds to connect: name resolution, all addresses, the proxy tunnel, and the TLS handshake."""
    read_timeout: float = 60.0
    """Maximum seconds without progress in reading or writing."""
    cert_check: bool = True
    """Verify the server's certificate and host name."""
    ca_certs: str | None = None
    """A PEM file or directory of CA certificates. None means SSL_CERT_FILE if set, otherwise certifi."""
    client_cert: str | tuple[str, str] | None = None
    """The client certificate: a PEM file that includes the key, or a certificate file and a key file."""
    proxy: str | None = field(default=None, repr=False)
    """The proxy URL. "" means none. None means HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, except for hosts in NO_PROXY."""
    max_idle: int = 32
    """The maximum number of idle connections kept open for later requests."""
    max_idle_seconds: float = 60.0
    """Connections idle for longer are not reused, because a firewall or load balancer may have dropped them."""
    max_connections: int = 256
    """The maximum number of connections of the asyncio transport per event loop, and of idle connections of any
    transport."""
    bandwidth_limit: int | None = None
    """The maximum number of bytes a second that the transport sends and receives."""

    def __post_init__(self) -> None:
        if not isinstance(self.cert_check, bool):
            raise InvalidArgumentTypeError(f"cert_check must be a bool, not {type(self.cert_check).__name__}")
        for name in ("ca_certs", "proxy"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
        object.__setattr__(self, "max_connections", _count("max_connections", self.max_connections))
        if self.bandwidth_limit is not None:
            object.__setattr__(self, "bandwidth_limit", _count("bandwidth_limit", self.bandwidth_limit))
        _check_pair(self.client_cert)
        if self.proxy:
            _check_proxy(self.proxy)


def _count(name: str, value: object) -> int:
    if (count := whole_number(name, value, "an int")) < 1:
        raise InvalidArgumentError(f"{name} must be at least 1, not {count}")
    return count


def _check_pair(client_cert: object) -> None:
    files = client_cert if isinstance(client_cert, tuple) and len(client_cert) == 2 else (client_cert,)
    if client_cert is not None and not all(isinstance(file, str) for file in files):
        raise InvalidArgumentTypeError("client_cert must be a file's name, or the names of a certificate and its key")


def _check_proxy(url: str) -> None:
    try:
        parse_proxy(_with_scheme(url))
    except ValueError as error:
        raise InvalidArgumentError(f"proxy must be like http://host:port: {error}") from None


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def ssl_context(settings: TransportSettings) -> ssl.SSLContext:
    """Return the TLS context for these settings. It is cached: reading the certificates takes 10 ms.

    Raises:
        OSError: A certificate file cannot be read, or contains no certificate (ssl.SSLError).
    """
    if not settings.cert_check:
        return _context("", settings.client_cert)
    return _context(authorities(settings), settings.client_cert)


def authorities(settings: TransportSettings) -> str:
    """Return the file or directory of the certificate authorities."""
    return settings.ca_certs or os.environ.get("SSL_CERT_FILE") or _bundled()


def _bundled() -> str:
    import certifi

    return certifi.where()


_ADVICE = dict.fromkeys((2, 18, 19, 20, 21), " (its authority goes into ca_certs)")
"""OpenSSL's error numbers for an unknown certificate authority, with the advice for each."""


_PLAIN = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""OpenSSL's error reasons when a server does not use TLS."""


class CertificateFileError(OSError):
    """A certificate file cannot be read."""


def is_final(error: BaseException) -> bool:
    """Return whether a retry cannot help, because the certificate or its file is the cause."""
    import ssl

    while not isinstance(error, (ssl.SSLCertVerificationError, CertificateFileError)):
        if error.__cause__ is None:
            return False
        error = error.__cause__
    return True


def why_unconnected(error: BaseException, settings: TransportSettings, origin: Origin) -> str:
    """Return why the connection failed, and how to fix it if known."""
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"TLS failed: certificate verify failed: {error.verify_message}{_ADVICE.get(error.verify_code, '')}"
    elif isinstance(error, ssl.SSLError) and error.reason in _PLAIN:
        text = "TLS failed: the server does not speak it: for plain http make the client with secure=False"
    elif isinstance(error, ssl.SSLEOFError) or (isinstance(error, ConnectionResetError) and origin.scheme == "https"):
        text = "TLS failed: the server closed the connection; if it expects http, make the client with secure=False"
    elif isinstance(error, ssl.SSLError):
        text = f"TLS failed: {error}"
    else:
        text = f"cannot connect: {str(error) or type(error).__name__}"
    return text + _by_way_of(settings, origin)


def _by_way_of(settings: TransportSettings, origin: Origin) -> str:
    proxy = _proxy_name(settings, origin)
    return f" (through the proxy {proxy})" if proxy else ""


def _proxy_name(settings: TransportSettings, origin: Origin) -> str:
    url = proxy_for(settings, origin)
    try:
        return str(parse_proxy(url).origin) if url else ""
    except ValueError:
        return ""  # the error is about this proxy URL


def refused_by_proxy(settings: TransportSettings, origin: Origin) -> TransportError:
    """Return the error for a 407 response, which only proxies send."""
    return proxy_refusal(_proxy_name(settings, origin), origin)


def proxy_refusal(proxy: str, origin: Origin) -> TransportError:
    """Return the error for a 407 response. `proxy` is the proxy's address, or "" if unknown."""
    name = f"the proxy {proxy}" if proxy else "a proxy on the way"
    text = f"{name} demands a user and a password (407): put them before the host in its URL"
    error = TransportError(text, str(origin), safe=True)
    error.final = True
    return error


@lru_cache(maxsize=64)
def _context(authorities: str, client_cert: str | tuple[str, str] | None) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if not authorities:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif os.path.isdir(authorities):
        context.load_verify_locations(capath=authorities)
    else:
        with _naming(authorities):
            context.load_verify_locations(authorities)
    if client_cert is not None:
        files = (client_cert,) if isinstance(client_cert, str) else client_cert
        with _naming(" and ".join(files)):
            context.load_cert_chain(*files)
    return context


@contextmanager
def _naming(files: str) -> Iterator[None]:
    """Add the file names to errors, because OpenSSL does not."""
    try:
        yield
    except OSError as error:
        raise CertificateFileError(f"certificate file {files} cannot be read: {error}") from error


def proxy_for(settings: TransportSettings, origin: Origin) -> str | None:
    """Return the proxy URL for an origin, or None for a direct connection."""
    if settings.proxy is not None:
        return _with_scheme(settings.proxy) if settings.proxy else None
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # without the import below, which takes long
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get(origin.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(str(origin)) or proxy_bypass(origin.host):
        return None
    return _with_scheme(proxy)
