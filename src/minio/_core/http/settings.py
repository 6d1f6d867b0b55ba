"""How connections are made: what both transports are told, and the two things they derive from it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ...error import InvalidArgumentError, InvalidArgumentTypeError
from .proxy import parse_proxy

if TYPE_CHECKING:
    from minio._core.wire.message import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """What a transport is told when it is made. It pickles, and equal settings share one TLS context."""

    connect_timeout: float = 10.0
    """Seconds to reach a server, with the proxy's tunnel and the TLS handshake."""
    read_timeout: float = 60.0
    """Seconds without any progress, in reading or in writing."""
    cert_check: bool = True
    """Verify the server's certificate and its name."""
    ca_certs: str | None = None
    """A PEM file, or a directory of them, to verify against; None: what SSL_CERT_FILE names, else certifi's."""
    client_cert: str | tuple[str, str] | None = None
    """The client's own certificate: one PEM file with its key, or a certificate file and a key file."""
    proxy: str | None = field(default=None, repr=False)
    """The proxy's URL; "" for none; None: as the environment says (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""
    max_idle: int = 32
    """Connections kept open for the next request."""

    def __post_init__(self) -> None:
        if not isinstance(self.cert_check, bool):
            raise InvalidArgumentTypeError(f"cert_check must be a bool, not {type(self.cert_check).__name__}")
        for name in ("ca_certs", "proxy"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
        _check_pair(self.client_cert)
        if self.proxy:
            _check_proxy(self.proxy)


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
    """Return the TLS context that these settings ask for, made once: reading the certificates takes 10 ms.

    Raises:
        OSError: A certificate file cannot be read, or holds none (ssl.SSLError).
    """
    if not settings.cert_check:
        return _context("", settings.client_cert)
    return _context(settings.ca_certs or os.environ.get("SSL_CERT_FILE") or _bundled(), settings.client_cert)


def _bundled() -> str:
    import certifi

    return certifi.where()


_ADVICE = dict.fromkeys((2, 18, 19, 20, 21), " (its authority goes into ca_certs)")
"""By OpenSSL's number of the fault: those of an authority that is not known here."""


class CertificateFileError(OSError):
    """A certificate file cannot be read."""


def is_final(error: BaseException) -> bool:
    """Whether it is of no use to try again: a certificate does not become better, and neither does a file's name."""
    while not isinstance(error, (ssl.SSLCertVerificationError, CertificateFileError)):
        if error.__cause__ is None:
            return False
        error = error.__cause__
    return True


def why_unconnected(error: BaseException, settings: TransportSettings, origin: Origin) -> str:
    """Tell why no connection could be made, and what to do about it where that is known."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"TLS failed: certificate verify failed: {error.verify_message}{_ADVICE.get(error.verify_code, '')}"
    elif isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        text = "TLS failed: the server does not speak it: for plain http make the client with secure=False"
    elif isinstance(error, ssl.SSLError):
        text = f"TLS failed: {error}"
    else:
        text = f"cannot connect: {str(error) or type(error).__name__}"
    return text + _by_way_of(settings, origin)


def _by_way_of(settings: TransportSettings, origin: Origin) -> str:
    url = proxy_for(settings, origin)
    try:
        return f" (through the proxy {parse_proxy(url).origin})" if url else ""
    except ValueError:
        return ""  # then this is what the error tells of


@lru_cache(maxsize=64)
def _context(authorities: str, client_cert: str | tuple[str, str] | None) -> ssl.SSLContext:
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
    """OpenSSL does not say which file it could not read."""
    try:
        yield
    except OSError as error:
        raise CertificateFileError(f"certificate file {files} cannot be read: {error}") from error


def proxy_for(settings: TransportSettings, origin: Origin) -> str | None:
    """Return the URL of the proxy through which this origin is reached, or None for straight to it."""
    from urllib.request import getproxies, proxy_bypass

    if settings.proxy is not None:
        return _with_scheme(settings.proxy) if settings.proxy else None
    proxies = getproxies()
    proxy = proxies.get(origin.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(str(origin)) or proxy_bypass(origin.host):
        return None
    return _with_scheme(proxy)
